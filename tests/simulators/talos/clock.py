"""Give the simulated nodes a time that can run fast and be moved on."""

import asyncio
import time
from dataclasses import dataclass, field

_TICK_S = 0.05  # how soon a sleeper notices that the clock was turned


@dataclass(slots=True)
class Clock:
    """Simulated seconds: real ones times `rate`, plus what was added by hand."""

    rate: float = 1.0
    _base: float = field(default_factory=time.time)
    _since: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        """Return the simulated time in seconds since 1970."""
        return self._base + (time.monotonic() - self._since) * self.rate

    def advance(self, seconds: float) -> None:
        """Move simulated time on by `seconds`."""
        self._base += seconds

    def turn(self, rate: float) -> None:
        """Let time run `rate` times as fast from now on."""
        self._base, self._since, self.rate = self.now(), time.monotonic(), rate

    async def sleep(self, seconds: float) -> None:
        """Wait until so much simulated time has gone by."""
        end = self.now() + seconds
        while (left := end - self.now()) > 0:
            await asyncio.sleep(min(left / self.rate if self.rate else _TICK_S, _TICK_S))
