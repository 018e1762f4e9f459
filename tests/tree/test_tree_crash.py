"""A run that is killed or interrupted anywhere: each file is old or new, and the next run heals."""

import itertools
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from generator.tree import LEDGER_PATH, TEMPORARY, Content
from tests.tree.children import end_of, start
from tests.tree.trees import NEW, OLD, ledger, on_disk, tree_of, write_tree

# A file that a person edited, which the new tree no longer wants: it must survive every crash.
EDITED = "charts/media/templates/radarr.yaml"


class EndAt:
    """A step that lets `count` steps pass and then ends the run."""

    def __init__(self, count: int, how: signal.Signals | None) -> None:
        self._left = count
        self._how = how

    def __call__(self, action: str, path: str, /) -> None:
        self._left -= 1
        if self._left < 0:
            if self._how is None:
                raise KeyboardInterrupt
            os.kill(os.getpid(), self._how)


def prepare(root: Path) -> None:
    write_tree(root, OLD)
    (root / EDITED).write_bytes(b"edited by a person\n")


def assert_whole(root: Path) -> None:
    """Each file is as the old run or as the new run wrote it; only temporary files may stand beside."""
    for path, content in on_disk(root).items():
        if TEMPORARY in path or path.endswith("/") or path == EDITED:
            continue
        assert content in (OLD.get(path), NEW.get(path)), path
    assert (root / EDITED).read_bytes() == b"edited by a person\n"


def assert_healed(root: Path, wanted: dict[str, Content]) -> None:
    """The next run ends as if nothing had happened, and takes nothing of ours for a person's."""
    report = write_tree(root, wanted)

    left: dict[str, Content] = {EDITED: b"edited by a person\n"}
    assert report.overwritten == ((EDITED,) if EDITED in wanted else ())
    assert [finding.rule for finding in report.findings] == ([] if EDITED in wanted else ["output/kept"])
    assert on_disk(root) == (wanted if EDITED in wanted else wanted | left)


@pytest.mark.parametrize("next_tree", ["new", "old"])
def test_write_heals_after_a_kill_at_every_step(tmp_path: Path, next_tree: str) -> None:
    for count in itertools.count():
        root = tmp_path / str(count)
        prepare(root)

        code = end_of(start(partial(write_tree, root, NEW, EndAt(count, signal.SIGKILL))))

        assert_whole(root)
        assert_healed(root, NEW if next_tree == "new" else OLD)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    # Two ledgers, 4 files and a link written, two entries deleted.
    assert count == 2 * 3 + 4 * 3 + 1 + 2


def test_write_heals_when_the_healing_run_is_killed_too(tmp_path: Path) -> None:
    for first, second in itertools.product(range(0, 21, 3), range(0, 21, 4)):
        root = tmp_path / f"{first}-{second}"
        prepare(root)

        for wanted, count in ((NEW, first), (OLD, second)):
            child = start(partial(run_to, root, wanted, count))
            assert end_of(child) == -signal.SIGKILL
            for path, content in on_disk(root).items():
                if TEMPORARY not in path and not path.endswith("/") and path != EDITED:
                    assert content in (OLD.get(path), NEW.get(path))

        write_tree(root, NEW)
        left = on_disk(root)
        assert left.pop(EDITED, None) in (None, b"edited by a person\n")
        assert left == NEW


def run_to(root: Path, wanted: dict[str, Content], count: int) -> None:
    write_tree(root, wanted, EndAt(count, signal.SIGKILL))
    os.kill(os.getpid(), signal.SIGKILL)


def test_write_leaves_no_temporary_file_when_interrupted_at_every_step(tmp_path: Path) -> None:
    for count in range(21):
        root = tmp_path / str(count)
        prepare(root)

        with pytest.raises(KeyboardInterrupt):
            write_tree(root, NEW, EndAt(count, None))

        assert not list(root.rglob(f"{TEMPORARY}*"))
        assert_whole(root)
        assert_healed(root, NEW)


def test_write_writes_the_same_ledger_after_a_crash_as_without_one(tmp_path: Path) -> None:
    write_tree(tmp_path / "smooth", NEW)
    write_tree(tmp_path / "crashed", OLD)
    assert end_of(start(partial(run_to, tmp_path / "crashed", NEW, 9))) == -signal.SIGKILL

    write_tree(tmp_path / "crashed", NEW)

    assert ledger(tmp_path / "crashed") == ledger(tmp_path / "smooth")


def test_write_survives_kills_at_any_time(tmp_path: Path) -> None:
    old: dict[str, Content] = {f"charts/{i % 20}/{i}.yaml": b"old" * 5000 for i in range(300)}
    new: dict[str, Content] = {f"charts/{i % 20}/{i}.yaml": b"new" * 5000 for i in range(100, 400)}
    write_tree(tmp_path, old)
    for number in range(24):
        wanted = new if number % 2 else old
        child = start(partial(write_tree, tmp_path, wanted))
        time.sleep(0.002 * number)
        os.kill(child, signal.SIGKILL)
        end_of(child)
        assert {c for path, c in on_disk(tmp_path).items() if TEMPORARY not in path} <= {
            b"old" * 5000,
            b"new" * 5000,
            b"",  # an emptied folder
        }
    report = write_tree(tmp_path, new)

    assert report.findings == ()
    assert on_disk(tmp_path) == new


PROGRAM = """
import sys
from pathlib import Path
from tests.tree.trees import NEW, write_tree

def step(action, path):
    if action == "replace" and path.startswith("kubernetes"):
        print("here", flush=True)
        sys.stdin.read()

write_tree(Path(sys.argv[1]), NEW, step)
"""


def test_write_ends_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    prepare(tmp_path)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "here\n"
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate()

    assert errors.splitlines()[-1] == "KeyboardInterrupt"
    assert not list(tmp_path.rglob(f"{TEMPORARY}*"))
    assert_whole(tmp_path)
    assert_healed(tmp_path, NEW)


@pytest.mark.parametrize(("seed", "locale"), [("0", "C"), ("1", "tr_TR.UTF-8")])
def test_write_leaves_the_same_bytes_under_another_hash_seed_locale_and_order(
    tmp_path: Path, seed: str, locale: str
) -> None:
    write_tree(tmp_path / "here", NEW)
    program = (
        "import sys; from pathlib import Path; from tests.tree.trees import NEW, write_tree\n"
        "write_tree(Path(sys.argv[1]), dict(reversed(NEW.items())))"
    )
    environment = {
        "PYTHONHASHSEED": seed,
        "LC_ALL": locale,
        "TZ": "Asia/Tokyo",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "there")], env=environment, check=True)

    assert on_disk(tmp_path / "there") == on_disk(tmp_path / "here")
    assert ledger(tmp_path / "there") == ledger(tmp_path / "here")


def test_tree_and_ledger_do_not_depend_on_what_stood_before(tmp_path: Path) -> None:
    write_tree(tmp_path / "cold", NEW)
    for tree in ({}, OLD, NEW):
        write_tree(tmp_path / "warm", tree)

    assert on_disk(tmp_path / "warm") == on_disk(tmp_path / "cold")
    assert (tmp_path / "warm" / LEDGER_PATH).read_bytes() == (tmp_path / "cold" / LEDGER_PATH).read_bytes()
    assert tree_of(NEW) == tree_of(dict(reversed(NEW.items())))
