"""What the disk may refuse, or hide: each is one clear error, and nothing outside is touched."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.tree import LEDGER_PATH, TEMPORARY, Content, Scope, Tree, TreeError, check, fingerprint
from generator.tree.disk import read_content
from generator.tree.error import cannot_read
from tests.tree.trees import NEW, OLD, on_disk, tree_of, write_tree

AFTERWARDS = "every file is whole, old or new, and the next run goes on from here"
NOBODY = 65534


def in_a_namespace(tmp_path: Path, case: str) -> dict[str, object]:
    """Run a case of on_tmpfs.py where mounting is permitted and seen by nobody else."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    probe = [*unshare, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)]
    if not shutil.which("unshare") or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip(f"mount namespaces are not permitted here: the {case} disk was not tried")
    command = [*unshare, sys.executable, "-m", "tests.tree.on_tmpfs", str(tmp_path), case]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def test_write_says_that_the_disk_is_full_and_goes_on_later(tmp_path: Path) -> None:
    result = in_a_namespace(tmp_path, "full")

    path, _, reason = str(result.pop("error")).partition(": ")
    assert path.startswith("charts/big/")
    assert reason == f"the disk is full; {AFTERWARDS}"
    assert result == {"whole": True, "temporary": [], "healed": True}


def test_write_touches_nothing_when_not_even_the_ledger_fits(tmp_path: Path) -> None:
    assert in_a_namespace(tmp_path, "ledger-full") == {
        "error": f".chartroom/ledger: the disk is full; {AFTERWARDS}",
        "untouched": True,
        "healed": True,
    }


def test_write_says_that_the_disk_is_read_only_and_check_works_on_it(tmp_path: Path) -> None:
    assert in_a_namespace(tmp_path, "read-only") == {
        "error": f".chartroom/lock: the file system is read-only; {AFTERWARDS}",
        "untouched": True,
        "check": 0,
    }


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can reach; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="chartroom-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("locked", "mode", "call", "text"),
    [
        (".", 0o555, "write_tree(root, NEW)", f".chartroom: this user has no permission; {AFTERWARDS}"),
        (
            "charts/media",
            0o555,
            "write_tree(root, NEW)",
            f"charts/media/Chart.yaml: this user has no permission; {AFTERWARDS}",
        ),
        (
            "charts/media/templates",
            0o555,
            "write_tree(root, NEW)",
            f"charts/media/templates/radarr.yaml: this user has no permission; {AFTERWARDS}",
        ),
        ("docs", 0o555, "write_tree(root, NEW)", f"docs/reference: this user has no permission; {AFTERWARDS}"),
        (
            "charts/media/Chart.yaml",
            0o000,
            "check(root, tree_of(OLD))",
            "charts/media/Chart.yaml: this user has no permission",
        ),
        ("charts/media", 0o000, "check(root, tree_of(OLD))", "charts/media: this user has no permission"),
        ("charts", 0o666, "check(root, tree_of(OLD))", "charts/media: this user has no permission"),
        (".chartroom/lock", 0o000, "check(root, tree_of(OLD))", ".chartroom/lock: this user has no permission"),
        ("docs", 0o000, "fingerprint(root, ['docs'])", "docs: this user has no permission"),
    ],
)
def test_a_folder_without_permission_is_one_clear_error(
    open_folder: Path, locked: str, mode: int, call: str, text: str
) -> None:
    """Run as a user without rights: as root nothing would be refused."""
    root = open_folder / "root"
    if locked != ".":
        prepare = OLD if locked != "docs" or "check" in call or "fingerprint" in call else without_docs()
        write_tree(root, prepare)
        (root / "docs").mkdir(exist_ok=True)
    root.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        for place in (root, *root.rglob("*")):
            os.chown(place, NOBODY, NOBODY, follow_symlinks=False)
    (root / locked).chmod(mode)
    program = (
        "import os, sys\nfrom pathlib import Path\n"
        "from generator.tree import TreeError, check, fingerprint\n"
        "from tests.tree.trees import NEW, OLD, tree_of, write_tree\n"
        "root = Path(sys.argv[1])\n"
        f"if os.geteuid() == 0: os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        f"try: {call}\nexcept TreeError as error: print(error, end='')\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    environment.pop("COVERAGE_PROCESS_CONFIG", None)  # nobody may not write where coverage keeps its data
    command = [sys.executable, "-c", program, str(root)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    for place in (root, root / locked):
        place.chmod(0o755)

    assert (run.stdout, run.stderr) == (text, "")


def without_docs() -> dict[str, Content]:
    return {path: content for path, content in OLD.items() if not path.startswith("docs")}


def test_write_says_that_a_name_is_too_long(tmp_path: Path) -> None:
    path = f"charts/{'x' * 256}"

    with pytest.raises(TreeError) as error:
        write_tree(tmp_path, OLD | {path: b""})

    assert str(error.value) == f"{path}: the name is too long for this file system; {AFTERWARDS}"
    assert [place for place in on_disk(tmp_path) if "tmp" in place] == []


@pytest.mark.parametrize(
    "linked", ["charts", "charts/media", "docs", "docs/reference", "kubernetes/prod", ".chartroom"]
)
def test_nothing_is_written_or_deleted_through_a_linked_folder(tmp_path: Path, linked: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    write_tree(root, OLD)
    (root / linked).rename(outside)
    (root / linked).symlink_to(outside)
    before = on_disk(tmp_path)

    for wanted in (NEW, {}):
        with pytest.raises(TreeError) as error:
            write_tree(root, wanted)
        assert str(error.value) == (
            f"{linked}: is a symbolic link to {outside}, a folder is needed; nothing is written through links"
        )
    if linked != ".chartroom":
        with pytest.raises(TreeError):
            check(root, tree_of(OLD))
    assert on_disk(tmp_path) == before


def test_a_linked_folder_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "charts").symlink_to("charts")

    with pytest.raises(TreeError) as error:
        write_tree(tmp_path, OLD)

    assert str(error.value) == (
        "charts: is a symbolic link to charts, a folder is needed; nothing is written through links"
    )


def test_write_works_below_a_root_that_is_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to("real")

    write_tree(tmp_path / "root", OLD)

    assert check(tmp_path / "root", tree_of(OLD)) == ()
    assert on_disk(tmp_path / "real") == OLD


def test_write_says_that_a_folder_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "kubernetes/staging/mine").mkdir(parents=True)

    with pytest.raises(TreeError) as error:
        write_tree(tmp_path, NEW)

    assert str(error.value) == (f"kubernetes/staging: a folder is in the way; move it away; {AFTERWARDS}")


@pytest.mark.parametrize("path", ["charts/media/templates", "charts/media", "kubernetes", ".chartroom"])
def test_write_says_that_a_file_is_in_the_way(tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(b"mine")

    with pytest.raises(TreeError) as error:
        write_tree(tmp_path, OLD)

    assert str(error.value) == f"{path}: a file is in the way; move it away; {AFTERWARDS}"
    assert (tmp_path / path).read_bytes() == b"mine"


def test_write_does_not_write_through_a_link_planted_under_its_temporary_name(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.write_bytes(b"mine")
    write_tree(root, OLD)

    def plant(action: str, path: str, /) -> None:
        if (action, path) == ("delete", "charts/media/templates/radarr.yaml"):
            (root / f"charts/media/{TEMPORARY}{os.getpid()}").symlink_to(outside)

    with pytest.raises(TreeError) as error:
        write_tree(root, NEW, plant)

    assert str(error.value) == f"charts/media/Chart.yaml: a file is in the way; move it away; {AFTERWARDS}"
    assert outside.read_bytes() == b"mine"


def test_write_forgets_a_generated_file_whose_folder_became_a_file(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    shutil.rmtree(tmp_path / "kubernetes/prod")
    (tmp_path / "kubernetes/prod").write_bytes(b"mine")

    report = write_tree(tmp_path, {})

    assert [finding.place.path for finding in report.findings] == ["kubernetes/prod"]
    assert on_disk(tmp_path) == {"kubernetes/prod": b"mine"}


def test_a_pipe_where_a_file_is_wanted_does_not_stop_the_run(tmp_path: Path) -> None:
    (tmp_path / "kubernetes").mkdir()
    os.mkfifo(tmp_path / "kubernetes/pipe")

    assert [finding.rule for finding in check(tmp_path, tree_of({}))] == ["output/ledger", "output/stray"]
    assert len(fingerprint(tmp_path, ["kubernetes"])) == 64


def test_write_replaces_a_pipe_that_stands_where_a_file_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "kubernetes").mkdir()
    os.mkfifo(tmp_path / "kubernetes/staging")

    write_tree(tmp_path, NEW)

    assert on_disk(tmp_path) == NEW


def test_a_scope_whose_name_is_too_long_is_one_clear_error(tmp_path: Path) -> None:
    name = "x" * 256

    with pytest.raises(TreeError) as error:
        check(tmp_path, Tree(Scope((name,)), {}))

    assert str(error.value) == f"{name}: the name is too long for this file system"


def test_a_ledger_with_a_name_that_is_too_long_is_one_clear_error(tmp_path: Path) -> None:
    path = f"charts/{'x' * 256}"
    for folder in (".chartroom", "charts"):
        (tmp_path / folder).mkdir()
    (tmp_path / LEDGER_PATH).write_text(f"{'0' * 64}  {path}\n")

    with pytest.raises(TreeError) as error:
        check(tmp_path, tree_of({}))

    assert str(error.value) == f"{path}: the name is too long for this file system"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here: a file that grows was not read")
def test_read_content_reads_a_file_that_is_longer_than_it_says() -> None:
    content = read_content(Path("/proc/self"), "status")

    assert isinstance(content, bytes)
    assert content.endswith(b"\n")
    assert f"Pid:\t{os.getpid()}\n".encode() in content


def test_an_error_without_words_of_ours_is_told_in_those_of_the_system() -> None:
    assert str(cannot_read("charts/a", OSError(errno.EIO, "x"))) == "charts/a: input/output error"
