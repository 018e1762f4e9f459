"""Entries of the cache: whole or absent, made once."""

import fcntl
import threading
import time
from pathlib import Path

import pytest

from tests.toolchain.clone import Recorder
from toolchain.store import alone, entry, fingerprint, link


def test_fingerprint_keeps_parts_apart() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a", b"b") == fingerprint(b"a", "b")


def test_entry_is_filled_once(tmp_path: Path) -> None:
    filled = []

    def fill(folder: Path) -> None:
        filled.append(folder.name)
        (folder / "tool").write_text("x")

    for _ in range(2):
        assert entry(tmp_path / "helm-1", Recorder(), fill) == tmp_path / "helm-1"
    assert filled == ["helm-1.partial"]
    assert (tmp_path / "helm-1" / "tool").read_text() == "x"


def test_entry_is_absent_when_filling_is_interrupted(tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        entry(tmp_path / "helm-1", Recorder(), fill)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["helm-1.lock"]


def test_entry_starts_afresh_where_a_killed_run_left_half(tmp_path: Path) -> None:
    (tmp_path / "helm-1.partial").mkdir()
    (tmp_path / "helm-1.partial" / "half").write_text("x")
    folder = entry(tmp_path / "helm-1", Recorder(), lambda partial: (partial / "tool").touch())
    assert [path.name for path in folder.iterdir()] == ["tool"]


def test_alone_says_nothing_while_nobody_waits(tmp_path: Path) -> None:
    recorder = Recorder()
    with alone(tmp_path / "lock", recorder):
        pass
    assert recorder.said == []


def test_alone_says_that_it_waits(tmp_path: Path) -> None:
    recorder, released = Recorder(), threading.Event()
    holder = (tmp_path / "lock").open("w")
    fcntl.flock(holder, fcntl.LOCK_EX)

    def enter() -> None:
        with alone(tmp_path / "lock", recorder):
            released.set()

    waiting = threading.Thread(target=enter)
    waiting.start()
    while not recorder.said:
        time.sleep(0.01)
    assert not released.is_set()
    holder.close()
    waiting.join(10)
    assert released.is_set()
    assert recorder.said == [f"set-up: waiting for another set-up that holds {tmp_path / 'lock'}"]


def test_link_replaces_a_folder_and_an_old_link(tmp_path: Path) -> None:
    old, new, place = tmp_path / "old", tmp_path / "new", tmp_path / "bin" / "helm"
    place.mkdir(parents=True)
    (place / "left").touch()
    for target in (old, new, new):
        link(target, place)
        assert place.readlink() == target
    assert [path.name for path in place.parent.iterdir()] == ["helm"]
