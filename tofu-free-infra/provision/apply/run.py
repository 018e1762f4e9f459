"""Carry out the steps of a plan side by side, each noted before and after; the first fault stops what has not begun."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from provision.plan.step import Plan, Step
from provision.proxmox import Watch

from .journal import Journal
from .schedule import Limits, startable

_NAMED = 6
Work = Callable[[Step, Watch], Awaitable[None]]


class Teller(Protocol):
    """Who shows what goes on."""

    def begun(self, step: Step) -> None:
        """A step began."""

    def waiting(self, step: Step, what: str, reason: str, waited_s: float) -> None:
        """A step waits, for this reason, and has done so for so long."""

    def noted(self, step: Step, text: str) -> None:
        """A step has something that a person should know of."""

    def done(self, step: Step) -> None:
        """A step is done."""

    def failed(self, step: Step, error: BaseException) -> None:
        """A step failed."""


def _first_of(steps: tuple[str, ...]) -> str:
    """Name steps, the first of them where there are many: the next plan shows all."""
    more = f" and {len(steps) - _NAMED} more" if len(steps) > _NAMED else ""
    return ", ".join(steps[:_NAMED]) + more


class StepFailed(Exception):
    """A step failed; those that had not begun were left untouched."""

    def __init__(self, step: Step, error: BaseException, untouched: tuple[str, ...]) -> None:
        left = f"\n  left untouched: {_first_of(untouched)}" if untouched else ""
        super().__init__(f"{step.id}: {error}{left}")
        self.step = step
        self.error = error
        self.untouched = untouched


class Stopped(Exception):
    """Somebody asked to stop; what had begun was brought to its end."""

    def __init__(self, untouched: tuple[str, ...]) -> None:
        super().__init__(f"stopped as asked; not begun: {_first_of(untouched) or 'nothing'}; apply again to go on")
        self.untouched = untouched


@dataclass(slots=True)
class Stop:
    """Set by a signal: nothing more begins."""

    asked: bool = False


class _Watch:
    """What a step tells: tasks go into the journal before anything else happens, waits to whoever shows them."""

    def __init__(self, step: Step, journal: Journal, teller: Teller, loop: asyncio.AbstractEventLoop) -> None:
        self._step, self._journal, self._teller, self._loop = step, journal, teller, loop

    def dispatched(self, upid: str, doing: str) -> None:
        self._journal.task(self._step.id, upid)

    def waiting(self, doing: str, reason: str, waited_s: float) -> None:
        self._loop.call_soon_threadsafe(self._teller.waiting, self._step, doing, reason, waited_s)

    def noted(self, text: str) -> None:
        self._loop.call_soon_threadsafe(self._teller.noted, self._step, text)


async def carry_out(
    plan: Plan, work: Work, journal: Journal, teller: Teller, limits: Limits, stop: Stop | None = None
) -> None:
    """Do every step of a plan.

    Raises:
        StepFailed: one failed; whatever ran beside it was brought to its end first.
        Stopped: `stop` was set.
    """
    stop = stop or Stop()
    loop = asyncio.get_running_loop()
    done: set[str] = set()
    running: dict[asyncio.Task[None], Step] = {}
    failure: tuple[Step, BaseException] | None = None
    while len(done) < len(plan.steps):
        if failure is None and not stop.asked:
            for step in startable(plan.steps, done, list(running.values()), limits):
                journal.start(step.id)
                teller.begun(step)
                running[asyncio.create_task(_one(work, step, _Watch(step, journal, teller, loop)))] = step
        if not running:
            break
        finished, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in [one for one in running if one in finished]:  # in the order in which they began
            step = running.pop(task)
            error = task.exception()
            if error is None:
                journal.done(step.id)
                teller.done(step)
                done.add(step.id)
            else:
                journal.failed(step.id, type(error).__name__)
                teller.failed(step, error)
                failure = failure or (step, error)
    left = tuple(step.id for step in plan.steps if step.id not in done and (failure is None or step is not failure[0]))
    if failure is not None:
        raise StepFailed(*failure, left) from failure[1]
    if left:
        raise Stopped(left)


async def _one(work: Work, step: Step, watch: Watch) -> None:
    await work(step, watch)
