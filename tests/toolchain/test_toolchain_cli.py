"""The set-up command."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain.clone import make_clone
from toolchain.cli import Parts, UsageFault, read_parts

ROOT = Path(__file__).resolve().parents[2]


def test_read_parts_sorts_what_is_asked_for(tmp_path: Path) -> None:
    tools = make_clone(tmp_path).clone / "tools"
    assert read_parts(["run"], tools) == Parts(("run",), (), ())
    assert read_parts(["test", "run"], tools) == Parts(("run", "test"), (), ())
    assert read_parts(["greet"], tools) == Parts((), (tools / "greet",), ())
    # Node comes with the test lock.
    assert read_parts(["draw"], tools) == Parts(("run", "test"), (), (tools / "draw",))


def test_read_parts_names_the_parts_for_an_unknown_one(tmp_path: Path) -> None:
    with pytest.raises(UsageFault) as fault:
        read_parts(["run", "gat"], make_clone(tmp_path).clone / "tools")
    assert str(fault.value) == "no part is called 'gat', the parts are: run, test, greet, draw"


def test_an_unknown_part_is_a_usage_fault() -> None:
    command: list[str | Path] = [sys.executable, ROOT / "tools" / "setup.py", "nothing"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == (
        "set-up: no part is called 'nothing', the parts are: run, test, gate, helm3, kubectl, promtool, mermaid\n"
    )
