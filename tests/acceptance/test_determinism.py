"""The same values give the same bytes, whoever runs it, where, and in what order the disk lists the files."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.acceptance.repository import (
    GENERATED,
    ROOT,
    changes,
    chartroom,
    copy_repository,
    environment,
    files_of,
)

# Lists every folder backwards, as another disk may.
BACKWARDS = """\
import os, sys
sys.path.insert(0, {root!r})
listdir, scandir, walk = os.listdir, os.scandir, os.walk

class Backwards:
    def __init__(self, path): self._entries = sorted(scandir(path), key=lambda entry: entry.name, reverse=True)
    def __iter__(self): return iter(self._entries)
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def close(self): pass
    def __next__(self):
        if not self._entries: raise StopIteration
        return self._entries.pop(0)

os.listdir = lambda path=".": sorted(listdir(path), reverse=True)
os.scandir = lambda path=".": Backwards(path)
from generator.cli import main
sys.argv = ["chartroom", "charts", "--quiet"]
main()
"""

SURROUNDINGS = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "locale C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "locale UTF-8": {"LC_ALL": "C.UTF-8"},
    "another time zone": {"TZ": "Pacific/Kiritimati"},
    "without assertions": {"PYTHONOPTIMIZE": "1"},
    "without docstrings": {"PYTHONOPTIMIZE": "2"},
}


def emptied(root: Path) -> Path:
    """Take everything away that is generated, and what runs remember."""
    for folder in (
        "kubernetes/prod",
        "kubernetes/dev",
        "kubernetes/staging",
        "docs/reference",
        ".schemas",
        ".chartroom",
    ):
        shutil.rmtree(root / folder, ignore_errors=True)
    for chart in (root / "charts").iterdir():
        if chart.is_dir() and chart.name != "common":
            shutil.rmtree(chart)
    return root


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return emptied(copy_repository(tmp_path_factory.mktemp("bare") / "fleet"))


@pytest.mark.parametrize("case", SURROUNDINGS)
def test_surroundings_change_no_byte(case: str, bare: Path, written: Path, tmp_path: Path) -> None:
    root = shutil.copytree(bare, tmp_path / "fleet", symlinks=True)

    run = chartroom(root, "charts", "--quiet", env=SURROUNDINGS[case])

    assert run.code == 0, run.err
    assert changes(files_of(written), files_of(root)) == []
    assert (root / ".chartroom/ledger").read_bytes() == (written / ".chartroom/ledger").read_bytes()


def test_the_order_of_files_on_disk_changes_no_byte(bare: Path, written: Path, tmp_path: Path) -> None:
    import subprocess

    root = shutil.copytree(bare, tmp_path / "fleet", symlinks=True)
    program = BACKWARDS.format(root=str(ROOT))

    subprocess.run([sys.executable, "-c", program], cwd=root, env=environment(), check=True, capture_output=True)

    assert changes(files_of(written), files_of(root)) == []


def test_the_order_in_which_services_came_changes_no_byte(fleet: Path, written: Path) -> None:
    """A service taken away and put back ends at the same bytes as one that never went."""
    for path in ("values/apps/media/kavita.yaml", "values/platform/observability/netdata.yaml"):
        kept = (fleet / path).read_bytes()
        disabled = (fleet / "values/environments/dev.yaml").read_text()
        if path.endswith("netdata.yaml"):
            (fleet / "values/environments/dev.yaml").write_text(
                disabled.replace("disabled: [platform/observability/netdata]\n", "")
            )
        (fleet / path).unlink()
        assert chartroom(fleet, "charts", "--quiet").code == 0
        (fleet / path).write_bytes(kept)
        (fleet / "values/environments/dev.yaml").write_text(disabled)

    assert chartroom(fleet, "charts", "--quiet").code == 0

    assert changes(files_of(written), files_of(fleet)) == []


def test_line_ends_of_the_values_change_no_byte_but_those_of_mounted_texts(fleet: Path, written: Path) -> None:
    for path in (fleet / "values").glob("*/*/*.yaml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert chartroom(fleet, "charts", "--quiet").code == 0

    assert changes(files_of(written, *GENERATED), files_of(fleet, *GENERATED)) == []
