"""A run that is killed leaves each file old or new; the next run heals. Two runs at once do not mix."""

import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.repository import ROOT, changes, chartroom, command_line, edit, environment, files_of

# Runs the command, and ends the process at the given write.
KILLED = """\
import os, signal, sys
sys.path.insert(0, {root!r})
from generator.cli import main
left = {count}
replace = os.replace

def replace_or_die(*args, **kwargs):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.{signal})
    return replace(*args, **kwargs)

os.replace = os.rename = replace_or_die
sys.argv = ["chartroom", "charts", "--quiet"]
main()
"""


@pytest.fixture(scope="module")
def moved(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fleet after a change that touches many files, written without a disturbance."""
    root = shutil.copytree(written, tmp_path_factory.mktemp("moved") / "fleet", symlinks=True)
    change(root)
    assert chartroom(root, "charts", "--quiet").code == 0
    return root


def change(root: Path) -> None:
    edit(root, "values/site.yaml", "zone: home.example.net", "zone: house.example.net")
    (root / "values/apps/media/kavita.yaml").unlink()


def whole(old: dict[str, bytes], new: dict[str, bytes], now: dict[str, bytes]) -> list[str]:
    """The files that are neither as they were nor as they should be."""
    return [
        path
        for path, data in now.items()
        if ".chartroom-tmp-" not in path and data not in (old.get(path), new.get(path))
    ]


@pytest.mark.parametrize(
    ("count", "how"), [(0, "SIGKILL"), (1, "SIGKILL"), (20, "SIGKILL"), (50, "SIGKILL"), (40, "SIGINT")]
)
def test_a_killed_run_leaves_whole_files_and_the_next_one_heals(
    count: int, how: str, moved: Path, written: Path, fleet: Path
) -> None:
    change(fleet)
    program = KILLED.format(root=str(ROOT), count=count, signal=how)

    run = subprocess.run(
        [sys.executable, "-c", program], cwd=fleet, env=environment(), capture_output=True, check=False
    )

    assert run.returncode == (-signal.SIGKILL if how == "SIGKILL" else 130)
    if how == "SIGINT":
        assert run.stderr == b"\ninterrupted; every file is either as it was or as it should be\n"
    assert whole(files_of(written), files_of(moved), files_of(fleet)) == []
    healed = chartroom(fleet, "charts", "--quiet")
    assert (healed.code, healed.out) == (0, "")
    assert changes(files_of(moved), files_of(fleet)) == []
    assert list(fleet.rglob(".chartroom-tmp-*")) == []
    assert (fleet / ".chartroom/ledger").read_bytes() == (moved / ".chartroom/ledger").read_bytes()


def test_two_runs_at_once_do_not_mix(moved: Path, fleet: Path) -> None:
    change(fleet)
    shutil.rmtree(fleet / ".cache")
    runs = [
        subprocess.Popen(
            command_line("charts", "--quiet"),
            cwd=fleet,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    said = [run.communicate(timeout=120) for run in runs]

    assert [run.returncode for run in runs] == [0, 0, 0]
    assert changes(files_of(moved), files_of(fleet)) == []
    errors = [text.decode() for _, text in said]
    assert sum("files written" in text for text in errors) == 1
    assert sum("nothing changed" in text for text in errors) == 2


def test_a_run_says_for_whom_it_waits(fleet: Path) -> None:
    from generator.tree import hold

    with hold(fleet):
        run = subprocess.Popen(
            command_line("charts", "--quiet"),
            cwd=fleet,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert run.stderr is not None
        waiting = run.stderr.readline().decode()
    run.communicate(timeout=120)

    assert run.returncode == 0
    assert waiting == f"waiting for process {os.getpid()} on {platform.node()}, which writes here now\n"


def test_a_reader_that_goes_away_ends_the_command_quietly(written: Path) -> None:
    run = subprocess.Popen(
        command_line("render"), cwd=written, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.readline()
    run.stdout.close()
    began = time.monotonic()
    error = run.stderr.read()
    run.wait(timeout=60)
    run.stderr.close()

    assert time.monotonic() - began < 60
    assert b"Traceback" not in error
