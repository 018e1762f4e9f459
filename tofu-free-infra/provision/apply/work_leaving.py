"""Steps that take a node away: drain, leave etcd, be forgotten by Kubernetes."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping

from provision.plan.step import Kind, Step
from provision.talos.error import Node, NotReady, NotSupported, Unreachable, Untrusted
from provision.talos.etcd import forfeit_leadership, leave, members, remove_member
from provision.talos.health import etcd_health
from provision.talos.kubernetes.drain import delete_node
from provision.talos.probe import Presence, probe
from provision.talos.wait import Done, Pending

from .ground import Turn
from .kubernetes_access import kubernetes, mark_cordoned
from .work_nodes import GateClosed, empty, member_nodes


async def _drain(turn: Turn, step: Step) -> None:
    """Drain a node that goes; the pods of one that does not answer never end, so it is only closed."""
    ground, node = turn.ground, turn.ground.node(step.subject, step.argument)
    api = kubernetes(ground)
    if (await probe(ground.talos(), node)).presence is Presence.CONFIGURED:
        await empty(turn, api, node)
    else:
        await mark_cordoned(api, node.name)


async def _leave(turn: Turn, step: Step) -> None:
    """Take a control plane out of etcd: by itself if it answers, else by one that stays.

    Raises:
        GateClosed: those that stay are not healthy.
    """
    ground, node = turn.ground, turn.ground.node(step.subject, step.argument)
    staying = await _others(turn, node)
    await _wait_for_others(turn, node, staying)
    try:
        async with ground.talos().connect(node) as session:
            with contextlib.suppress(NotReady):  # nobody to hand it to
                await forfeit_leadership(session)
            await leave(session)
    except (Unreachable, Untrusted, NotReady, NotSupported):
        await _remove(turn, node, staying)

    async def look() -> Done[None] | Pending:
        async with ground.talos().connect(staying[0]) as session:
            names = [member.node for member in await members(session)]
        return Pending("it is still a member") if node.name in names else Done(None)

    await turn.waiter.until(f"{node} to leave etcd", look, ground.deadlines.join_s)


async def _others(turn: Turn, node: Node) -> tuple[Node, ...]:
    """Return the members that stay."""
    found = tuple(one for one in await member_nodes(turn) if one.name != node.name and one.address)
    if not found:
        raise GateClosed(f"{node}: is the last member of etcd that answers, and stays")
    return found


async def _wait_for_others(turn: Turn, node: Node, staying: tuple[Node, ...]) -> None:
    """Wait until those that stay are healthy; what they say about the one that goes does not count."""

    async def look() -> Done[None] | Pending:
        health = await etcd_health(turn.ground.talos(), staying)
        # Other members whose machines are gone leave after this one, and do not answer for themselves.
        problems = [t for t in health.problems if repr(node.name) not in t and "which no control plane is" not in t]
        return Pending("; ".join(problems)) if problems else Done(None)

    await turn.waiter.until(f"etcd to spare {node}", look, turn.ground.deadlines.join_s)


async def _remove(turn: Turn, node: Node, staying: tuple[Node, ...]) -> None:
    async with turn.ground.talos().connect(staying[0]) as session:
        for member in await members(session):
            if member.node == node.name:
                await remove_member(session, member.member_id)


async def _forget(turn: Turn, step: Step) -> None:
    """Delete the Node object of a machine that is gone."""
    api = kubernetes(turn.ground)

    async def look() -> Done[bool]:
        return Done(await delete_node(api, step.subject))

    await turn.waiter.until(f"Kubernetes to forget {step.subject}", look, turn.ground.deadlines.join_s)


WORK: Mapping[Kind, Callable[[Turn, Step], Awaitable[None]]] = {
    Kind.DRAIN: _drain,
    Kind.LEAVE: _leave,
    Kind.FORGET: _forget,
}
