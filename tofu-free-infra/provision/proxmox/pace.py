"""Say how often to look, how long to wait, and by which clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Pace:
    """Intervals and limits, in seconds. The figures are ours; facts 1.4 has the server's own lock waits (1 to 10 s)."""

    poll_s: float = 1.0
    lock_s: float = 300.0
    task_s: float = 3600.0
    state_s: float = 300.0
    tries: int = 3
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def limited(self, **seconds: float) -> "Pace":
        """Return the same pace with other limits."""
        return replace(self, **seconds)  # type: ignore[arg-type]  # only the float fields are given


def again(pace: Pace, kinds: tuple[type[Exception], ...], once: Callable[[int], _T]) -> _T:
    """Return what `once` returns; while it fails with one of `kinds` do it again, up to the pace's `tries`.

    `once` is given the number of the attempt, from 0, and begins by reading what is there now.
    """
    for attempt in range(pace.tries - 1):
        try:
            return once(attempt)
        except kinds:
            pace.sleep(pace.poll_s)
    return once(pace.tries - 1)


class Watch(Protocol):
    """Who wants to know what is going on: the journal and the progress display."""

    def dispatched(self, upid: str, doing: str) -> None:
        """A task was started or adopted; note it before anything else happens."""

    def waiting(self, doing: str, reason: str, waited_s: float) -> None:
        """We wait, for this reason, and have done so for so long."""

    def noted(self, text: str) -> None:
        """Something was done, or left, that a person should know of."""


class Silent:
    """Nobody watches."""

    def dispatched(self, upid: str, doing: str) -> None:
        """Note nothing."""

    def waiting(self, doing: str, reason: str, waited_s: float) -> None:
        """Show nothing."""

    def noted(self, text: str) -> None:
        """Tell nobody."""
