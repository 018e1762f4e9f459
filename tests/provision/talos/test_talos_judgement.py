"""What etcd's members say, judged without any node: tables of views and of what is wrong with them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from grpclib.const import Status
from grpclib.exceptions import GRPCError

from provision.talos import health
from provision.talos.error import (
    AlreadyThere,
    DeadlinePassed,
    Node,
    NotFound,
    NotPermitted,
    NotReady,
    NotSupported,
    Rejected,
    TalosError,
    Unreachable,
    Untrusted,
)
from provision.talos.etcd import Member, MemberStatus
from provision.talos.status import from_status
from provision.talos.wait import Done, Pending, Progress, RealClock, Waiter

NODES = tuple(Node(f"talos-{n}", f"10.0.10.1{n}") for n in (1, 2, 3))
MEMBERS = tuple(Member(n, f"talos-{n}", False) for n in (1, 2, 3))


def view(number: int, **changes: object) -> health._View:
    status = MemberStatus(number, 1, False, 2, 5000, 8192, ())
    return replace(health._View(MEMBERS, status, (), True), **changes)  # type: ignore[arg-type]  # a table's row


def says(number: int, **changes: object) -> health._View:
    good = view(number)
    return replace(good, status=replace(good.status, **changes))  # type: ignore[arg-type]  # a table's row


@pytest.mark.parametrize(
    ("third", "problems"),
    [
        (view(3), []),
        (says(3, errors=("no space",)), ["talos-3 (10.0.10.13): etcd says 'no space'"]),
        (view(3, alarms=("NOSPACE on member 3",)), ["talos-3 (10.0.10.13): etcd raises NOSPACE on member 3"]),
        (says(3, is_learner=True), ["talos-3 (10.0.10.13): is a learner and does not vote yet"]),
        (says(3, leader=0), ["talos-3 (10.0.10.13): knows no leader"]),
        (view(3, service_healthy=False), ["talos-3 (10.0.10.13): service etcd is not healthy"]),
        (view(3, members=MEMBERS[:2]), ["the control planes know different etcd members"]),
        (says(3, leader=2), ["the control planes follow different etcd leaders"]),
        (says(3, raft_index=3999), ["talos-3 (10.0.10.13): is 1001 entries behind"]),
        (
            view(3, members=(*MEMBERS, Member(4, "talos-9", False))),
            [
                "the control planes know different etcd members",
                "etcd has the member 'talos-9', which no control plane is",
            ],
        ),
    ],
    ids=lambda value: "; ".join(value) if isinstance(value, list) else "",
)
def test_views_are_compared(third: health._View, problems: list[str]) -> None:
    views = dict(zip(NODES, (view(1), view(2), third), strict=True))
    found = [problem for node, each in views.items() for problem in health._own_problems(node, each)]
    assert found + health._disagreements(views, NODES) == problems


def test_nobody_asked_means_nothing_known() -> None:
    assert health._disagreements({}, NODES) == []


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (Status.FAILED_PRECONDITION, NotReady, "failed precondition"),
        (Status.UNAVAILABLE, NotReady, "unavailable"),
        (Status.ALREADY_EXISTS, AlreadyThere, "already exists"),
        (Status.INVALID_ARGUMENT, Rejected, "invalid argument"),
        (Status.PERMISSION_DENIED, NotPermitted, "permission denied"),
        (Status.UNIMPLEMENTED, NotSupported, "unimplemented"),
        (Status.NOT_FOUND, NotFound, "not found"),
        (Status.DEADLINE_EXCEEDED, Unreachable, "deadline exceeded"),
        (Status.INTERNAL, TalosError, "internal"),
    ],
)
def test_every_status_has_its_error(status: Status, kind: type[TalosError], words: str) -> None:
    error = from_status(NODES[0], "a reboot", GRPCError(status, "because"))
    assert type(error) is kind
    assert str(error) == f"talos-1 (10.0.10.11): refused a reboot, {words}: because"


def looking(*answers: Done[str] | Pending | Exception) -> Callable[[], Awaitable[Done[str] | Pending]]:
    left = list(answers)

    async def look() -> Done[str] | Pending:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return look


async def test_a_wait_ends_when_it_is_so_and_tells_on_the_way() -> None:
    told: list[Progress] = []
    waiter = Waiter(RealClock(1000), every_s=1, tell=told.append)
    look = looking(Pending("not yet"), Unreachable("silent"), NotReady("busy"), Untrusted("bare"), Done("yes"))
    assert await waiter.until("the end", look, 1000) == "yes"
    assert [(progress.what, progress.missing) for progress in told] == [
        ("the end", "not yet"),
        ("the end", "silent"),
        ("the end", "busy"),
        ("the end", "bare"),
    ]
    assert told[2].waited_s >= told[0].waited_s


async def test_a_wait_that_ends_late_says_what_was_missing() -> None:
    with pytest.raises(DeadlinePassed) as caught:
        await Waiter(RealClock(1000), every_s=5).until("the end", looking(Pending("one thing")), 20)
    assert str(caught.value) == "waited 20 s for the end: one thing"


async def test_a_wait_does_not_swallow_other_errors() -> None:
    with pytest.raises(Rejected):
        await Waiter(RealClock(1000)).until("the end", looking(Rejected("no")), 20)


async def test_a_wait_can_be_cancelled() -> None:
    task = asyncio.create_task(Waiter().until("the end", looking(Pending("x")), 100))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
