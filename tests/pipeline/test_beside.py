"""The second process: its result comes back, and whatever goes wrong with it costs time and nothing else."""

import os
import signal
import time
from pathlib import Path

import pytest

from generator.helm import ChartTexts, Engine
from generator.pipeline.beside import beside

TEXT = "x" * 3_000_000  # more than a pipe holds


def test_beside_works_in_another_process() -> None:
    with beside(os.getpid) as result:
        assert result() != os.getpid()


def test_beside_brings_back_what_a_pipe_does_not_hold_at_once() -> None:
    with beside(lambda: {"page": TEXT}) as result:
        assert result() == {"page": TEXT}


def test_beside_works_here_when_the_copy_dies() -> None:
    here = os.getpid()

    def work() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "done here"

    with beside(work) as result:
        assert result() == "done here"


def test_beside_raises_here_what_the_work_raises() -> None:
    def work() -> str:
        raise ValueError("what is wrong")

    with beside(work) as result, pytest.raises(ValueError, match="what is wrong"):
        result()


def test_beside_works_here_when_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refuse)

    with beside(os.getpid) as result:
        assert result() == os.getpid()


def test_beside_works_here_on_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)

    with beside(os.getpid) as result:
        assert result() == os.getpid()


def test_beside_ends_the_copy_when_nobody_waits_for_it(tmp_path: Path) -> None:
    started = tmp_path / "started"

    def work() -> None:
        started.write_text(str(os.getpid()))
        time.sleep(60)

    def wait_in_vain() -> None:
        with beside(work):
            while not started.exists() or not started.read_text():
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wait_in_vain()

    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


def test_beside_gives_the_copy_none_of_the_open_files(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:

        def work() -> str:
            try:
                os.fstat(lock.fileno())
            except OSError as error:
                return os.strerror(error.errno or 0)
            return "open"

        with beside(work) as result:
            assert result() == "Bad file descriptor"


def test_beside_works_here_where_the_copy_would_enter_an_engine_of_this_process() -> None:
    loaded = Engine()
    chart = ChartTexts("x", {"Chart.yaml": "{apiVersion: v2, name: x, version: 1.0.0}"})

    with beside(lambda: (loaded.render_complete(chart, {}), os.getpid())) as result:
        assert result() == ((), os.getpid())
