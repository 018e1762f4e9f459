"""Wait until something is so: with a deadline, and always able to say what for and what is missing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from provision.talos.error import DeadlinePassed, NotReady, Unreachable, Untrusted

_Value = TypeVar("_Value")


class Clock(Protocol):
    """Time that passes: real, or faster in a test."""

    def now(self) -> float:
        """Return seconds that only grow."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


@dataclass(frozen=True, slots=True)
class RealClock:
    """Time as it is, or `rate` times as fast beside a simulator that runs as fast."""

    rate: float = 1.0

    def now(self) -> float:
        """Return seconds that only grow."""
        return time.monotonic() * self.rate

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds / self.rate)


@dataclass(frozen=True, slots=True)
class Pending:
    """Not so yet: what is missing."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done(Generic[_Value]):
    """It is so, with what was found."""

    value: _Value


@dataclass(frozen=True, slots=True)
class Progress:
    """What a wait tells while it goes on."""

    what: str
    missing: str
    waited_s: float


def _silent(_: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """How to wait: clock, pause between two looks, and whom to tell."""

    clock: Clock = field(default_factory=RealClock)
    every_s: float = 2.0
    tell: Callable[[Progress], None] = _silent

    async def until(
        self, what: str, look: Callable[[], Awaitable[Done[_Value] | Pending]], deadline_s: float
    ) -> _Value:
        """Look again and again until it is so.

        A node that does not answer, says "not yet", or still shows the certificate of maintenance mode counts as not
        so; every other error ends the wait.

        Raises:
            DeadlinePassed: it did not become so; the text says what is missing.
        """
        start = self.clock.now()
        while True:
            try:
                found: Done[_Value] | Pending = await look()
            except (Unreachable, NotReady, Untrusted) as error:
                found = Pending(str(error))
            if isinstance(found, Done):
                return found.value
            waited = self.clock.now() - start
            if waited >= deadline_s:
                raise DeadlinePassed(f"waited {deadline_s:.0f} s for {what}: {found.reason}")
            self.tell(Progress(what, found.reason, waited))
            await self.clock.sleep(self.every_s)
