"""What the fuzz tests share: a stand in a memory folder, and how fast they went."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.testing.trial import Stand, Trial

MEMORY = Path("/dev/shm")
ROOT = Path(__file__).resolve().parents[2]
_SPEED = "fuzz"


class Tries:
    """Counts what a property test tried."""

    def __init__(self, stand: Stand, name: str) -> None:
        self.stand = stand
        self._name = name
        self._began = time.monotonic()
        self._tried = 0
        self._passed = 0

    def expect_no_fault(self, trial: Trial) -> None:
        """Count a trial; fail with ready service files if something happened that must not."""
        self._tried += 1
        self._passed += trial.passed
        if trial.faults:
            kept = ROOT / ".cache" / "fuzz" / f"{self._name}.yaml"
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(trial.text, encoding="utf-8")
            shown = "\n".join(trial.faults)
            raise AssertionError(f"{shown}\n\nKeep it: cp {kept} tests/fuzz/kept/\n\n{trial.text}")

    def summary(self) -> str:
        seconds = max(time.monotonic() - self._began, 0.001)
        return (
            f"{self._name}: {self._tried} examples, {self._passed} passed, the others were refused; "
            f"{self._tried / seconds:.1f} examples a second"
        )


@pytest.fixture
def tries(request: pytest.FixtureRequest, record_property: object) -> Iterator[Tries]:
    """A stand for one test, in memory where the machine has such a folder."""
    folder = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=folder, prefix="chartroom-fuzz-") as scratch:
        tries = Tries(Stand(Path(scratch)), request.node.name)
        yield tries
        request.node.user_properties.append((_SPEED, tries.summary()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print examples a second."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    lines = {value for report in reports for name, value in getattr(report, "user_properties", ()) if name == _SPEED}
    for line in sorted(lines):
        terminalreporter.write_line(f"fuzz: {line}")
