"""Running a program: progress from its output, and its last words where it fails."""

import os
from pathlib import Path

import pytest

from tests.toolchain.clone import Recorder, make_program
from toolchain.fault import SetupFault
from toolchain.program import ask, run


def test_run_shows_what_describe_returns(tmp_path: Path) -> None:
    program = make_program(tmp_path / "go", "print('net/http')\nprint('ignored')\n")
    described: list[str] = []

    def describe(line: str) -> str | None:
        described.append(line)
        return None

    run([program], what="building", progress=Recorder(), environ=os.environ, describe=describe)
    assert described == ["net/http", "ignored"]


def test_run_reports_the_last_lines_of_a_failed_program(tmp_path: Path) -> None:
    program = make_program(tmp_path / "go", "print('first')\nprint('no such module')\nraise SystemExit(7)\n")
    with pytest.raises(SetupFault) as fault:
        run([program], what="building helm", progress=Recorder(), environ=os.environ)
    assert str(fault.value) == ("building helm: go ended with exit code 7; it said:\n    first\n    no such module")


def test_run_reports_a_program_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(SetupFault) as fault:
        run([tmp_path / "go"], what="building helm", progress=Recorder(), environ={})
    assert str(fault.value) == f"building helm: cannot start {tmp_path / 'go'}: No such file or directory"


def test_ask_returns_what_is_printed(tmp_path: Path) -> None:
    program = make_program(tmp_path / "helm", "import sys\nprint('v4.2.4', file=sys.stderr)\n")
    assert ask([program, "version"], environ=os.environ) == "v4.2.4"


def test_ask_returns_nothing_for_a_program_that_fails_or_is_absent(tmp_path: Path) -> None:
    program = make_program(tmp_path / "helm", "print('no')\nraise SystemExit(1)\n")
    assert ask([program], environ=os.environ) == ""
    assert ask([tmp_path / "absent"], environ={}) == ""
