"""Give the simulated site a time that can run fast and be moved on."""

import time
from dataclasses import dataclass, field

EPOCH = 1_780_000_000.0
"""Where simulated time begins, so that task ids are the same in every run."""


@dataclass(slots=True)
class Clock:
    """Simulated seconds: real ones times `rate`, plus what was added by hand."""

    rate: float = 1.0
    _base: float = EPOCH
    _since: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        """Return the simulated time in seconds since 1970."""
        return self._base + (time.monotonic() - self._since) * self.rate

    def advance(self, seconds: float) -> None:
        """Move simulated time on by `seconds`."""
        self._base += seconds

    def turn(self, rate: float) -> None:
        """Let time run `rate` times as fast from now on; 0 stops it."""
        self._base, self._since, self.rate = self.now(), time.monotonic(), rate

    def set(self, moment: float) -> None:
        """Put the simulated time at `moment`, as a loaded site needs it."""
        self._base, self._since = moment, time.monotonic()

    def real(self, seconds: float) -> float:
        """Return how many real seconds `seconds` of simulated time are; none while time stands still."""
        return seconds / self.rate if self.rate else 0.0
