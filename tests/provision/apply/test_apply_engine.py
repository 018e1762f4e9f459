"""The engine without a site: order, limits, faults, stopping, the journal, and who holds the lock."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from provision.apply import journal as journals
from provision.apply import lock
from provision.apply.factory import FactoryError, post
from provision.apply.ground import Deadlines
from provision.apply.journal import Journal, Past
from provision.apply.run import StepFailed, Stop, Stopped, carry_out
from provision.apply.schedule import Limits, places, startable
from provision.plan.step import Kind, Mark, Plan, Step
from provision.plan.wanted import Wanted
from provision.proxmox import Watch
from provision.proxmox.env_lock import Holder
from tests.provision.apply.simulated import Told
from tests.provision.apply.varied import cluster_of

HOLDER = Holder("anna", "laptop", "2026-11-20T10:00:00Z", "abc")


def step(
    name: str, kind: Kind = Kind.VM_CREATE, *needs: str, host: str | None = None, storages: tuple[str, ...] = ()
) -> Step:
    return Step(kind, name, Mark.CREATE, frozenset(needs), host=host, storages=storages)


def test_limits_hold_per_host_storage_and_cluster() -> None:
    steps = [step(f"vm-{n}", host="pve-1", storages=("pve-1/fast",)) for n in range(3)]
    steps += [step("other", host="pve-2"), step("a", Kind.DRAIN), step("b", Kind.DRAIN)]
    found = startable(steps, set(), [], Limits(host=2, storage=1))
    assert [one.subject for one in found] == ["vm-0", "other", "a"]
    found = startable(steps, set(), [], Limits(host=2, storage=9))
    assert [one.subject for one in found] == ["vm-0", "vm-1", "other", "a"]
    assert startable(steps, set(), [steps[0]], Limits(total=1)) == ()
    assert places(steps[0]) == (("host", "pve-1"), ("storage", "pve-1/fast"))


def test_needs_that_are_in_the_plan_count() -> None:
    first, second = step("a"), step("b", Kind.VM_START, "a/create", "elsewhere/create")
    assert startable([first, second], set(), [], Limits()) == (first,)
    assert startable([first, second], {"a/create"}, [], Limits()) == (second,)


async def run(plan: Plan, work: object, path: Path, stop: Stop | None = None) -> Told:
    told, journal = Told(), Journal(path)
    journal.begin(HOLDER, "plan")
    try:
        await carry_out(plan, work, journal, told, Limits(), stop)  # type: ignore[arg-type]  # tests give what fits
    finally:
        journal.end()
    return told


PLAN = Plan("dev", (step("a"), step("b"), step("c", Kind.VM_START, "a/create"), step("d", Kind.VM_START, "b/create")))


async def test_first_fault_stops_what_has_not_begun(tmp_path: Path) -> None:
    ended: list[str] = []

    async def work(one: Step, watch: Watch) -> None:
        if one.subject == "a":
            raise ValueError("no")
        await asyncio.sleep(0.01)
        ended.append(one.id)

    with pytest.raises(StepFailed) as failed:
        await run(PLAN, work, tmp_path / "journal")
    assert str(failed.value) == "a/create: no\n  left untouched: c/start, d/start"
    many = StepFailed(step("a"), ValueError("no"), tuple("bcdefghi"))
    assert str(many) == "a/create: no\n  left untouched: b, c, d, e, f, g and 2 more"
    assert str(Stopped(tuple("bcdefgh"))).startswith("stopped as asked; not begun: b, c, d, e, f, g and 1 more; apply")
    assert ended == ["b/create"]  # what ran beside it was brought to its end
    past = journals.read(tmp_path / "journal")
    assert (past.done, past.begun, past.finished) == (("b/create",), ("a/create", "b/create"), True)


async def test_stopping_brings_what_has_begun_to_its_end(tmp_path: Path) -> None:
    stop = Stop()

    async def work(one: Step, watch: Watch) -> None:
        stop.asked = True
        watch.dispatched("UPID:x", "making")
        watch.waiting("making", "a task runs", 1.0)
        await asyncio.sleep(0.01)

    with pytest.raises(Stopped) as stopped:
        await run(PLAN, work, tmp_path / "journal", stop)
    assert str(stopped.value) == "stopped as asked; not begun: c/start, d/start; apply again to go on"
    past = journals.read(tmp_path / "journal")
    assert (past.done, dict(past.tasks)["a/create"]) == (("a/create", "b/create"), "UPID:x")


async def test_waits_are_told(tmp_path: Path) -> None:
    async def work(one: Step, watch: Watch) -> None:
        watch.waiting("making", "a task runs", 1.0)
        await asyncio.sleep(0)

    told = await run(Plan("dev", (step("a"),)), work, tmp_path / "journal")
    assert (told.done_steps, told.waits) == (["a/create"], ["a/create: making: a task runs"])


def test_journal_of_a_run_that_died_is_known_by_its_process(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    assert journals.read(path) == Past()
    path.write_text("no json\n")
    assert journals.read(path) == Past()
    pid = os.fork()
    if pid == 0:
        Journal(path).begin(HOLDER, "plan")
        os._exit(0)
    os.waitpid(pid, 0)
    with path.open("a") as stream:
        stream.write('{"event": "start", "st')  # cut by the crash
    past = journals.read(path)
    assert (past.broke_off, past.goes_on, past.plan, past.begun) == (True, False, "plan", ())
    here = lock.holder(Past(Holder("anna", lock.holder(Past()).host, "then", "nonce"), pid, finished=False))
    assert here.nonce == "nonce"
    assert lock.holder(past).nonce != "abc"  # another machine's name stands in it
    rows = [json.loads(line) for line in path.read_text().splitlines()[:1]]
    path.write_text(json.dumps({**rows[0], "pid": 1}) + "\n")
    assert journals.read(path).broke_off  # a process has that id, and it is another one


def test_journal_of_a_run_that_is_at_work_belongs_to_it(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    first = Journal(path)
    first.begin(HOLDER, None)
    past = journals.read(path)
    assert (past.goes_on, past.broke_off, past.pid) == (True, False, os.getpid())
    with pytest.raises(BlockingIOError):
        Journal(path).begin(HOLDER, None)
    assert journals.read(path).goes_on  # it was not emptied either
    first.end()
    assert not journals.read(path).goes_on


def test_factory_is_asked_only_by_https() -> None:
    wanted = Wanted(cluster_of(1, 1))
    with pytest.raises(FactoryError, match=r"^ftp://x/schematics: https is expected$"):
        post(wanted, "ftp://x")
    with pytest.raises(FactoryError, match=r"^http://127.0.0.1:1/schematics: the schematic could not be posted: "):
        post(wanted, "http://127.0.0.1:1")


def test_deadlines_of_a_simulator_are_a_real_minute_at_least() -> None:
    assert Deadlines.at(1.0) == Deadlines()
    assert Deadlines.at(600.0).answer_s / 600.0 == 60.0
