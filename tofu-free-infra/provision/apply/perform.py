"""The use case: lock, look, plan, check, carry out; the same for apply, upgrade, replace and destroy."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from provision.plan import file as plan_file
from provision.plan.file import PlanFile
from provision.plan.seen import Seen
from provision.plan.step import Plan

from . import journal as journals
from . import lock
from .ground import Ground
from .journal import Journal
from .look import look
from .run import Stop, Teller, carry_out
from .schedule import Limits
from .work import worker

Planner = Callable[[Seen], Plan]
Approval = Callable[[Plan], bool]


class Blocked(Exception):
    """The plan has something in its way."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("\n".join(plan.blockers))
        self.plan = plan


class NotApproved(Exception):
    """A person said no."""


@dataclass(frozen=True, slots=True)
class Run:
    """How to carry a plan out: where the journal is, who is told, which file was approved."""

    journal: Path
    teller: Teller
    approved: PlanFile | None = None
    plan_name: str | None = None
    agreed: Callable[[Ground], Awaitable[None]] | None = None
    ask: Approval = field(default=lambda plan: True)
    stop: Stop = field(default_factory=Stop)
    make_journal: Callable[[Path], Journal] = Journal


async def perform(ground: Ground, planner: Planner, run: Run) -> Plan:
    """Carry out what `planner` says, under the lock, and return the plan.

    Raises:
        LockHeldError: somebody else is at work.
        PlanFileError: what was approved is not what would be done.
        Blocked: the plan cannot be carried out.
        StepFailed, Stopped: it was not carried out to its end.
    """
    past = journals.read(run.journal)
    who = lock.holder(past)
    journal = run.make_journal(run.journal)
    resumes = past.broke_off and run.plan_name is not None and past.plan == run.plan_name
    # Before the lock, so that a run that dies right after it is known to have it.
    try:
        journal.begin(who, run.plan_name)
    except BlockingIOError as error:
        await lock.refuse(ground.api, ground.wanted.environment, past.pid, error)
    try:
        async with lock.held(ground.api, ground.wanted.environment, who):
            return await _locked(ground, planner, run, journal, resumes=resumes)
    finally:
        journal.end()


async def _locked(ground: Ground, planner: Planner, run: Run, journal: Journal, *, resumes: bool) -> Plan:
    seen = await look(ground)
    plan = planner(seen)
    if run.approved is not None:
        plan_file.check(run.approved, plan, ground.wanted, seen, begun=resumes)
    if plan.blockers:
        raise Blocked(plan)
    if not plan.steps:
        return plan
    if not run.ask(plan):
        raise NotApproved("nothing was done")
    if run.agreed is not None:
        await run.agreed(ground)
    proxmox = ground.wanted.inventory.proxmox
    limits = Limits(proxmox.parallel_host, proxmox.parallel_storage)
    await carry_out(plan, worker(ground), journal, run.teller, limits, run.stop)
    return plan
