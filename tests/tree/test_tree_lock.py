"""Two runs at once: one waits, and what stands at the end is one of them, whole."""

import os
import socket
import time
from functools import partial
from pathlib import Path

import pytest

from generator.tree import LOCK_PATH, Content, TreeError, hold, write
from tests.tree.children import end_of, start
from tests.tree.trees import on_disk, tree_of, write_tree


def variant(name: str) -> dict[str, Content]:
    """Return a tree whose every file says whose it is; half of the paths are its own."""
    shared: dict[str, Content] = {f"charts/shared/{i}.yaml": name.encode() * 100 for i in range(20)}
    return shared | {f"charts/{name}/{i}.yaml": name.encode() for i in range(20)}


def test_hold_refuses_while_another_process_holds_and_names_it(tmp_path: Path) -> None:
    def hold_for_ever() -> None:
        with hold(tmp_path):
            (tmp_path / "held").touch()
            time.sleep(60)

    child = start(hold_for_ever)
    try:
        wait_for(tmp_path / "held")
        waited: list[str] = []
        with pytest.raises(TreeError) as error, hold(tmp_path, wait_s=0.12, on_wait=waited.append):
            pass
    finally:
        os.kill(child, 9)
        end_of(child)

    holder = f"process {child} on {socket.gethostname()}"
    assert str(error.value) == f".chartroom/lock: held by {holder}, which writes here now; run again when it has ended"
    assert waited == [f"waiting for {holder}, which writes here now"]


def test_hold_is_free_again_after_the_holder_was_killed(tmp_path: Path) -> None:
    def hold_and_die() -> None:
        with hold(tmp_path):
            os.kill(os.getpid(), 9)

    assert end_of(start(hold_and_die)) == -9
    with hold(tmp_path, wait_s=0) as held:
        assert held.root == tmp_path
        assert (tmp_path / LOCK_PATH).read_text() == f"process {os.getpid()} on {socket.gethostname()}\n"


def test_hold_waits_for_the_other_run(tmp_path: Path) -> None:
    def hold_a_while() -> None:
        with hold(tmp_path):
            (tmp_path / "held").touch()
            time.sleep(0.3)
            (tmp_path / "ended").touch()

    child = start(hold_a_while)
    wait_for(tmp_path / "held")
    with hold(tmp_path, wait_s=30):
        assert (tmp_path / "ended").exists()
    assert end_of(child) == 0


def test_hold_names_no_process_when_the_lock_file_is_empty(tmp_path: Path) -> None:
    with hold(tmp_path):
        (tmp_path / LOCK_PATH).write_bytes(b"")
        with pytest.raises(TreeError) as error, hold(tmp_path, wait_s=0):
            pass

    assert str(error.value) == (
        ".chartroom/lock: held by another process, which writes here now; run again when it has ended"
    )


def test_hold_does_not_follow_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (tmp_path / "root/.chartroom").mkdir(parents=True)
    (tmp_path / "root" / LOCK_PATH).symlink_to(outside)

    with pytest.raises(TreeError) as error, hold(tmp_path / "root"):
        pass

    assert str(error.value) == (
        ".chartroom/lock: a symbolic link is in the way; "
        "every file is whole, old or new, and the next run goes on from here"
    )
    assert outside.read_text() == "mine"


def test_hold_refuses_a_root_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(TreeError) as error, hold(tmp_path / "absent"):
        pass

    assert str(error.value) == f"{tmp_path}/absent: is no folder, so nothing can be generated there"


def test_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    def run(name: str) -> None:
        for _ in range(4):
            with hold(tmp_path) as held:
                write(held, tree_of(variant(name)))

    children = [start(partial(run, name)) for name in ("a", "b", "c")]

    assert [end_of(child) for child in children] == [0, 0, 0]
    assert on_disk(tmp_path) in [variant("a"), variant("b"), variant("c")]
    write_tree(tmp_path, {})
    assert on_disk(tmp_path) == {}


def wait_for(place: Path) -> None:
    end = time.monotonic() + 30
    while not place.exists():
        assert time.monotonic() < end, f"{place} did not appear"
        time.sleep(0.01)
