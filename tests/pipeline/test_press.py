"""The press: what it gives back is what is rendered here, and whatever goes wrong with it costs only time."""

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator import chart
from generator.helm import HelmError
from generator.pipeline import press as press_module
from generator.pipeline.generate import Charts
from generator.pipeline.press import Press, start_press
from generator.pipeline.presswork import serve
from generator.pipeline.printing import Finished, Outcome, Printed, Printer, Sheet
from generator.pipeline.workspace import Workspace, open_workspace
from tests.policy.engine import ROOT

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n"
JOBS = tuple(Finished((("dev", f"{number}.yaml", MAP.replace("one", f"x{number}")),)) for number in range(5))
VERSIONS = {"dev": "1.36"}


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return open_workspace(ROOT)


def printed_by(press: Press, jobs: tuple[Sheet | Finished, ...], charts: int = 0) -> list[tuple[Printed, ...]]:
    press.begin(VERSIONS, charts)
    for job in jobs:
        press.send(job)
    return [outcome.printed for outcome in press.outcomes()]


def here(jobs: tuple[Sheet | Finished, ...], root: Path = ROOT) -> list[tuple[Printed, ...]]:
    printer = Printer(root)
    printer.begin(VERSIONS)
    return [printer.print(job).printed for job in jobs]


def sheet(workspace: Workspace, name: str) -> Sheet:
    charts = Charts(workspace)
    values = charts.values_of(name)
    return Sheet(name, chart.write_templates(name, charts.scopes, values), {"dev": values["dev"]})


@pytest.mark.parametrize("charts", [0, press_module.WORTH_ANOTHER])
def test_a_press_prints_what_is_printed_here(workspace: Workspace, charts: int) -> None:
    jobs: tuple[Sheet | Finished, ...] = (sheet(workspace, "media"), *JOBS, sheet(workspace, "databases"))
    with start_press(ROOT) as press:
        assert printed_by(press, jobs, charts) == here(jobs)


def pids(press: Press) -> set[int]:
    return {process.pid for process in press._processes}


def test_what_a_dead_press_owes_is_printed_here() -> None:
    with start_press(ROOT) as press:
        press.begin(VERSIONS)
        for pid in pids(press):
            os.kill(pid, signal.SIGKILL)
        for job in JOBS:
            press.send(job)
        assert [outcome.printed for outcome in press.outcomes()] == here(JOBS)


def test_what_one_of_two_owes_is_printed_here() -> None:
    with start_press(ROOT) as press:
        press.begin(VERSIONS, press_module.WORTH_ANOTHER)
        os.kill(max(pids(press)), signal.SIGKILL)
        for job in JOBS:
            press.send(job)
        assert [outcome.printed for outcome in press.outcomes()] == here(JOBS)


def test_a_press_that_cannot_start_prints_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(ROOT / "absent"))
    with start_press(ROOT) as press:
        assert not pids(press)
        assert printed_by(press, JOBS) == here(JOBS)


def test_on_one_core_there_is_no_press(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with start_press(ROOT) as press:
        assert not pids(press)


def test_what_helm_refuses_is_raised_here() -> None:
    texts = {"Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n", "templates/a.yaml": "{{"}
    broken = Sheet("x", texts, {"dev": {"services": {}}})
    with start_press(ROOT) as press, pytest.raises(HelmError, match="charts/x: "):
        printed_by(press, (broken,))


def test_a_press_ends_with_its_block() -> None:
    with start_press(ROOT) as press:
        (pid,) = pids(press)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_press_writes_nothing_else(tmp_path: Path) -> None:
    """Its errors go nowhere: what is wrong is said by this process, which does the work again."""
    program = """
import sys
from pathlib import Path
from generator.pipeline.press import start_press
from generator.pipeline.printing import Finished
with start_press(Path(sys.argv[1])) as press:
    press.begin({})
    press.send(Finished((("dev", "a.yaml", "{"),)))
    try:
        list(press.outcomes())
    except Exception as error:
        assert "common" in str(error), error
    else:
        raise SystemExit("it was printed without a library")
"""
    (tmp_path / "charts" / "common").mkdir(parents=True)
    done = subprocess.run((sys.executable, "-c", program, tmp_path), cwd=ROOT, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_the_other_end_serves_until_nothing_comes(tmp_path: Path) -> None:
    """In a process of its own, as `serve` ends it."""
    frames = [pickle.dumps(VERSIONS), *(pickle.dumps(job) for job in JOBS)]
    incoming = tmp_path / "in"
    incoming.write_bytes(b"".join(len(frame).to_bytes(8, "little") + frame for frame in frames))
    program = f"from {serve.__module__} import serve; serve({str(ROOT)!r})"
    with incoming.open("rb") as stream:
        done = subprocess.run((sys.executable, "-c", program), cwd=ROOT, stdin=stream, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    outcomes: list[Outcome] = []
    rest = done.stdout
    while rest:
        size = int.from_bytes(rest[:8], "little")
        outcomes.append(pickle.loads(rest[8 : 8 + size]))
        rest = rest[8 + size :]
    assert [outcome.printed for outcome in outcomes] == here(JOBS)
