"""The set-up command."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.toolchain.clone import FAKE_GO, Recorder, make_clone, make_environment, make_program
from toolchain.cli import Parts, UsageFault, read_parts, set_up
from toolchain.places import Places

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
        "set-up: no part is called 'nothing', "
        "the parts are: run, test, gate, helm3, kubeconform, kubectl, promtool, axe, mermaid\n"
    )


def run_set_up(clone: Path, go: str, part: str) -> tuple[int, str]:
    """Run the command as make does, in a clone of its own, with this text as its `go`."""
    shutil.copytree(ROOT / "tools" / "toolchain", clone / "tools" / "toolchain", dirs_exist_ok=True)
    shutil.copy(ROOT / "tools" / "setup.py", clone / "tools")
    make_program(clone / "bin" / "go", go)
    environ = {"PATH": f"{clone / 'bin'}:{os.environ['PATH']}", "HOME": str(clone.parent / "home")}
    command: list[str | Path] = [sys.executable, clone / "tools" / "setup.py", part]
    answer = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stderr


def test_set_up_brings_up_every_part_and_then_does_nothing(tmp_path: Path) -> None:
    places, recorder, log = make_clone(tmp_path), Recorder(), tmp_path / "pip.log"
    make_environment(places, log)
    make_program(tmp_path / "bin" / "go", FAKE_GO.replace("{flags}", "flags"))
    parts = read_parts(["test", "greet", "draw"], places.clone / "tools")
    environ = {"PATH": str(tmp_path / "bin")}
    set_up(parts, places, recorder, environ)
    assert recorder.said == [
        "set-up: downloading up to 1 Python packages (run)",
        "set-up: installing Python packages (run)",
        "set-up: downloading up to 1 Python packages (test)",
        "set-up: installing Python packages (test)",
        "set-up: installing chartroom itself, editable",
        "set-up: installing the Node modules of draw",
        "set-up: building greeter (greet 1/1, go1.26.8; once per user)",
    ]
    log.unlink()
    second = Recorder()
    set_up(parts, Places(clone=places.clone, cache=places.cache), second, environ)
    assert (second.said, log.exists()) == ([], False)


def test_a_tool_that_does_not_build_ends_with_what_go_said(tmp_path: Path) -> None:
    go = "import sys\nif sys.argv[1] == 'env': print('go1.26.8')\nelse: print('no network'); sys.exit(1)\n"
    assert run_set_up(make_clone(tmp_path).clone, go, "greet") == (
        3,
        "set-up: building greeter (greet 1/1, go1.26.8; once per user)\n"
        "set-up: building greeter: go ended with exit code 1; it said:\n"
        "    no network\n",
    )


def test_a_file_that_is_absent_is_one_line(tmp_path: Path) -> None:
    clone = make_clone(tmp_path).clone
    (clone / "tools" / "greet" / "go.mod").unlink()
    assert run_set_up(clone, "", "greet") == (
        3,
        f"set-up: {clone}/tools/greet/go.mod: No such file or directory\n",
    )


def test_an_interrupted_build_leaves_no_half_made_entry(tmp_path: Path) -> None:
    clone = make_clone(tmp_path).clone
    go = (
        "import os, signal, sys, time\n"
        "if sys.argv[1] == 'env': print('go1.26.8'); sys.exit()\n"
        f"os.kill(os.getppid(), {int(signal.SIGINT)})\n"
        "time.sleep(30)\n"
    )
    started = time.monotonic()
    code, said = run_set_up(clone, go, "greet")
    assert (code, said.splitlines()[-1]) == (130, "set-up: interrupted; the next run goes on from here")
    assert time.monotonic() - started < 20
    cache = next((clone.parent / "home").rglob("tools"))
    assert [path.suffix for path in cache.iterdir()] == [".lock"]
