"""What a terminal shows while work goes on, and what Ctrl-C does."""

import asyncio
import io
import os
import signal

import pytest
from rich.console import Console as Screen

from provision.apply.run import Stop
from provision.cli.carry import _signals
from provision.cli.progress import Board, Lines
from provision.plan.step import Kind, Mark, Step

ONE = Step(Kind.VM_CREATE, "talos-1", Mark.CREATE)
TWO = Step(Kind.VM_START, "talos-1", Mark.CREATE)


def test_lines_say_what_is_done_and_now_and_then_what_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 5.0, 11.0, 12.0, 12.5])
    lines = Lines(2, clock=lambda: next(times))
    lines.begun(ONE)
    lines.waiting(ONE, "create", "task qmcreate runs", 5)
    lines.waiting(ONE, "create", "task qmcreate runs", 11)
    lines.done(ONE)
    lines.failed(TWO, ValueError("no"))
    assert capsys.readouterr().err == (
        "      talos-1/create: task qmcreate runs, for 11 s\n  1/2 talos-1/create (12.0 s)\n  failed: talos-1/start\n"
    ).replace("  1/2", "    1/2")


def test_board_keeps_what_is_done_above_what_runs() -> None:
    out = io.StringIO()
    with Board(2, Screen(file=out, force_terminal=True, width=100, color_system=None)) as board:
        board.begun(ONE)
        board.waiting(ONE, "create", "task qmcreate runs", 1)
        board.waiting(TWO, "start", "not begun, so not shown", 1)
        board.done(ONE)
        board.begun(TWO)
        board.failed(TWO, ValueError("no"))
    text = out.getvalue()
    assert "✓   1/2 talos-1/create" in text
    assert "✗ talos-1/start" in text
    assert "task qmcreate runs" in text
    assert "not begun" not in text


async def test_first_interrupt_asks_to_stop(capsys: pytest.CaptureFixture[str]) -> None:
    stop = Stop()
    with _signals(stop):
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.05)
    assert stop.asked
    assert capsys.readouterr().err == ("stopping after the steps that have begun; Ctrl-C again stops at once\n")
