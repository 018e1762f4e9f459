"""Carry a plan out in front of a person: show, ask, work, and say how it ended."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import click

from provision.apply import journal as journals
from provision.apply import lock
from provision.apply.factory import FactoryError
from provision.apply.ground import Ground, NoKeysError
from provision.apply.perform import Blocked, NotApproved, Planner, Run, perform
from provision.apply.replacing import UnknownNode
from provision.apply.run import StepFailed, Stop, Stopped, Teller
from provision.machineconfig.schematic import SchematicError
from provision.plan.file import PlanFile, PlanFileError
from provision.plan.show import as_text
from provision.plan.step import Plan, PlanError
from provision.proxmox.errors import LockHeldError, ProxmoxError
from provision.secrets.error import SecretsError
from provision.talos.error import TalosError

from .progress import Board, Lines
from .refused import Refused
from .settings import Settings

_T = TypeVar("_T")
_SHOW_CURSOR = "\x1b[?25h"
_KNOWN = (
    ProxmoxError, TalosError, SecretsError, FactoryError, NoKeysError, Blocked, NotApproved, PlanFileError, PlanError,
    SchematicError, StepFailed, Stopped, UnknownNode,
)  # fmt: skip


def told(work: Awaitable[_T]) -> _T:
    """Run something to its end, turning every fault that has words of its own into those words.

    Raises:
        Refused: it did not succeed.
    """

    async def wait() -> _T:
        return await work

    with telling():
        return asyncio.run(wait())


@contextlib.contextmanager
def telling() -> Iterator[None]:
    """Turn every fault that has words of its own into those words.

    Raises:
        Refused: there was one.
    """
    try:
        yield
    except _KNOWN as error:
        raise Refused(str(error)) from error
    except OSError as error:
        if error.filename is None:
            raise  # no file of ours: whatever it is, nobody has words for it
        raise Refused(f"{error.filename}: {error.strerror}") from error


@dataclass(slots=True)
class Choice:
    """How the person wants it carried out."""

    yes: bool = False
    approved: PlanFile | None = None
    plan_name: str | None = None
    break_lock: bool = False
    confirm: Callable[[Plan], bool] | None = None


class _Late:
    """Stands for the display until the plan is approved: only then its size is known and the terminal is free."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._inner: Teller = Lines()

    def open(self, plan: Plan) -> None:
        if sys.stderr.isatty():
            self._inner = self._stack.enter_context(Board(len(plan.steps)))
        else:
            self._inner = Lines(len(plan.steps))

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def carry_out(
    settings: Settings,
    ground: Ground,
    planner: Planner,
    choice: Choice,
    marked: Callable[[Ground], Awaitable[None]] | None = None,
) -> Plan:
    """Show what would be done, ask, and do it; `marked` leaves a mark in Proxmox once it is agreed.

    Raises:
        Refused: it was not done to its end.
    """
    with contextlib.ExitStack() as stack:
        display = _Late(stack)

        def ask(plan: Plan) -> bool:
            click.echo(as_text(plan, ground.wanted, colour=settings.colour, width=settings.width))
            agreed = choice.yes or choice.approved is not None or _agrees(plan, choice)
            if agreed:
                display.open(plan)
            return agreed

        stop = Stop()
        run = Run(
            settings.journal,
            display,  # type: ignore[arg-type]  # it passes everything on to one
            approved=choice.approved,
            plan_name=choice.plan_name,
            agreed=marked,
            ask=ask,
            stop=stop,
        )
        plan = told(_locked(ground, planner, run, choice, stop))
    click.echo(f"{plan.title} of {plan.environment}: {'done' if plan.steps else 'nothing to do'}")
    return plan


def _agrees(plan: Plan, choice: Choice) -> bool:
    if choice.confirm is not None:
        return choice.confirm(plan)
    return click.confirm("carry it out?", default=False)


async def _locked(ground: Ground, planner: Planner, run: Run, choice: Choice, stop: Stop) -> Plan:
    if choice.break_lock:
        await _break_lock(ground, run, yes=choice.yes)
    with _signals(stop):
        try:
            return await perform(ground, planner, run)
        except Blocked as blocked:
            click.echo(as_text(blocked.plan, ground.wanted), err=True)
            raise


async def _break_lock(ground: Ground, run: Run, *, yes: bool) -> None:
    environment = ground.wanted.environment
    past = journals.read(run.journal)
    if past.goes_on:
        await lock.refuse(ground.api, environment, past.pid)
    shown = await lock.seen(ground.api, environment)
    if shown is None:
        click.echo(f"{environment!r} is not locked", err=True)
        return
    click.echo(f"{environment!r} is held by {shown}", err=True)
    if yes or click.confirm("break this lock?", default=False):
        await lock.break_lock(ground.api, environment, shown)
    else:
        raise LockHeldError(f"the lock of {environment!r} was left alone")


@contextlib.contextmanager
def _signals(stop: Stop) -> Iterator[None]:
    """Let the first Ctrl-C end the run after the steps that have begun, and the second one at once."""
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.asked:
            if sys.stderr.isatty():
                click.echo(_SHOW_CURSOR, err=True, nl=False)  # the board hid it, and is not asked any more
            click.echo("stopped at once; what runs in Proxmox goes on, apply again to go on from there", err=True)
            os._exit(130)
        stop.asked = True
        click.echo("stopping after the steps that have begun; Ctrl-C again stops at once", err=True)

    try:
        loop.add_signal_handler(signal.SIGINT, asked)
        loop.add_signal_handler(signal.SIGTERM, asked)
    except (ValueError, NotImplementedError):  # not the main thread
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)
