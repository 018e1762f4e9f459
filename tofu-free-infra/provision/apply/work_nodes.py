"""Steps on nodes: configure, bootstrap once, join, change, restart."""

from collections.abc import Awaitable, Callable, Mapping

from provision.plan import configs
from provision.plan.step import Kind, Step
from provision.talos.bootstrap import Bootstrapped, bootstrap_once
from provision.talos.configuration import Mode, apply_configuration
from provision.talos.error import DeadlinePassed, Node, NotReady, TalosError, Unreachable
from provision.talos.etcd import members
from provision.talos.health import etcd_health, refuses_to_take_down
from provision.talos.kubernetes.client import Kubernetes, KubernetesRefused
from provision.talos.kubernetes.drain import drain
from provision.talos.machine import version
from provision.talos.probe import Found, Presence
from provision.talos.resource import node_status
from provision.talos.wait import Done, Pending
from provision.talos.waiting import (
    wait_for_config,
    wait_for_etcd,
    wait_for_etcd_member,
    wait_for_presence,
    wait_until_ready,
)

from .ground import Turn
from .kubernetes_access import kubernetes, mark_cordoned, open_again

TRY_S = 120


class GateClosed(Exception):
    """A node must not go down now."""


class ForeignNode(Exception):
    """A machine of another cluster stands at a node's address."""


async def _secrets(turn: Turn, step: Step) -> None:
    turn.ground.make_keys()


# ── joining ──────────────────────────────────────────────────────────────────
async def _configure(turn: Turn, step: Step) -> None:
    """Give a bare machine its configuration; one that has it already is left alone."""
    ground, node = turn.ground, turn.ground.node(step.subject)
    found = await wait_for_presence(
        turn.waiter,
        ground.talos(),
        node,
        [Presence.MAINTENANCE, Presence.CONFIGURED, Presence.FOREIGN],
        ground.deadlines.answer_s,
    )
    if found.presence is Presence.FOREIGN:
        found = await _not_foreign(turn, node)
    if found.presence is Presence.MAINTENANCE:
        text = configs.fresh(ground.wanted, ground.keys, node.name, _kubernetes_version(turn))
        try:
            async with ground.talos().connect_maintenance(node) as session:
                await apply_configuration(session, text)
        except Unreachable:
            pass  # a node that takes its configuration may drop the connection: what it is afterwards counts
    # A worker shows its API only once a control plane has signed for it.
    wanted = [Presence.CONFIGURED] if ground.wanted.nodes[node.name].is_control_plane else _NOT_BARE
    await wait_for_presence(turn.waiter, ground.talos(), node, wanted, ground.deadlines.answer_s)


async def _not_foreign(turn: Turn, node: Node) -> Found:
    """Look again for a while: a connection that breaks at the wrong moment looks like another cluster's node.

    Raises:
        ForeignNode: it stays one.
    """
    wanted = [Presence.MAINTENANCE, Presence.CONFIGURED]
    try:
        return await wait_for_presence(turn.waiter, turn.ground.talos(), node, wanted, turn.ground.deadlines.foreign_s)
    except DeadlinePassed as error:
        text = f"{node}: is of another cluster, or was made with other keys; wipe it, or correct its address"
        raise ForeignNode(text) from error


_NOT_BARE = [Presence.CONFIGURED, Presence.SILENT]


def _kubernetes_version(turn: Turn) -> str | None:
    """Return the version that the cluster runs, the lowest while an upgrade is under way; None for a new cluster."""
    seen = turn.ground.seen
    running = [
        configs.version_of(image)
        for node in (seen.nodes.values() if seen else ())
        if node.config and (image := configs.images_of(configs.read(node.config)).get("kube-apiserver"))
    ]
    return min(running, key=lambda text: [int(part) for part in text.split(".")]) if running else None


async def _bootstrap(turn: Turn, step: Step) -> None:
    """Make the cluster, unless any control plane shows that there is one."""
    ground = turn.ground

    async def look() -> Done[Bootstrapped] | Pending:
        found = await bootstrap_once(
            ground.talos(), ground.control_planes, snapshot=ground.snapshot, skip_hash=ground.skip_hash
        )
        return Done(found)

    await turn.waiter.until("etcd to be made", look, ground.deadlines.answer_s)


async def _ready(turn: Turn, step: Step) -> None:
    """Wait until the API server behind the cluster's endpoint calls itself ready."""
    api = kubernetes(turn.ground)

    async def look() -> Done[None] | Pending:
        try:
            return Done(None) if await api.is_ready() else Pending("it does not call itself ready")
        except KubernetesRefused as error:
            return Pending(str(error))

    await turn.waiter.until(f"the API server at {api.server}", look, turn.ground.deadlines.join_s)


async def _join(turn: Turn, step: Step) -> None:
    """Wait until a node is a member of etcd, if it is to be, and known to Kubernetes."""
    ground, node = turn.ground, turn.ground.node(step.subject)
    if ground.wanted.nodes[node.name].is_control_plane:
        await wait_for_etcd_member(turn.waiter, ground.talos(), node, ground.deadlines.join_s)

    async def look() -> Done[None] | Pending:
        async with ground.talos().connect(node) as session:
            found = await node_status(session, node.name)
        return Pending("it has not joined Kubernetes") if found is None else Done(None)

    await turn.waiter.until(f"{node} to join Kubernetes", look, ground.deadlines.join_s)


# ── changing ─────────────────────────────────────────────────────────────────
async def member_nodes(turn: Turn) -> tuple[Node, ...]:
    """Return the nodes that are members of etcd now, as whoever answers first tells."""
    ground = turn.ground
    assert ground.seen is not None
    known = {one.name: Node(one.name, one.address) for one in ground.seen.nodes.values()}
    known |= {one.name: one for one in ground.control_planes}
    for node in known.values():
        try:
            async with ground.talos().connect(node) as session:
                names = [member.node for member in await members(session)]
        except TalosError:
            continue
        return tuple(known.get(name, Node(name, "")) for name in names)
    return ()


async def gate(turn: Turn, node: Node) -> None:
    """Let a node go down only while etcd can spare it.

    Raises:
        GateClosed: it cannot; the text says why.
    """
    found = await member_nodes(turn)
    if node not in found and node.name not in turn.ground.wanted.cluster.control_planes:
        return
    health = await etcd_health(turn.ground.talos(), found or turn.ground.control_planes)
    refusal = refuses_to_take_down(health, force=turn.ground.force)
    if refusal is not None:
        raise GateClosed(f"{node}: stays up: {refusal}")


async def _change_config(turn: Turn, step: Step) -> None:
    """Bring a running node's configuration up to date; a firewall is tried first, so that it cannot lock us out."""
    ground, node = turn.ground, turn.ground.node(step.subject)
    assert ground.seen is not None
    also = {one.name: one.address for one in await member_nodes(turn)} if step.argument == "widen" else {}
    found = ground.seen.nodes[node.name]
    text = configs.text_of(configs.standing(ground.wanted, ground.keys, node.name, found, also=also))
    await gate(turn, node)
    if configs.firewall_changes(step.details):
        async with ground.talos().connect(node) as session:
            await apply_configuration(session, text, mode=Mode.TRY, try_s=TRY_S)
        async with ground.talos().connect(node) as session:
            await version(session)  # by a new connection: the rules let us in, or the node goes back by itself
    await put_config(turn, node, text)
    await wait_until_ready(turn.waiter, ground.talos(), node, ground.deadlines.reboot_s)


async def put_config(turn: Turn, node: Node, text: str, mode: Mode = Mode.AUTO) -> None:
    """Apply a configuration and wait until the node runs it, whether or not the connection lasts."""
    ground = turn.ground
    try:
        async with ground.talos().connect(node) as session:
            await apply_configuration(session, text, mode=mode)
    except (Unreachable, NotReady):
        pass  # it may have happened: what the node runs is the answer
    await wait_for_config(turn.waiter, ground.talos(), node, text, ground.deadlines.reboot_s)


async def restart(turn: Turn, step: Step, power_cycle: Callable[[Turn, Step], Awaitable[None]]) -> None:
    """Restart a node's VM so that nobody notices: gate, drain, off and on, ready, open again."""
    ground, node = turn.ground, turn.ground.node(step.subject)
    await gate(turn, node)
    api = kubernetes(ground)
    await empty(turn, api, node)
    await power_cycle(turn, step)
    await wait_until_ready(turn.waiter, ground.talos(), node, ground.deadlines.reboot_s)
    await reopen(turn, api, node)


async def empty(turn: Turn, api: Kubernetes, node: Node) -> None:
    """Cordon a node, with a note that we did, and drain it; one that Kubernetes does not know is empty."""
    try:
        await mark_cordoned(api, node.name)
    except KubernetesRefused as error:
        if error.code == 404:
            return
        raise
    await drain(api, node.name, turn.waiter, turn.ground.deadlines.drain_s)


async def reopen(turn: Turn, api: Kubernetes, node: Node) -> None:
    """Open a node again; the API may need a moment where it went down with the node."""

    async def look() -> Done[None] | Pending:
        try:
            await open_again(api, node.name)
        except KubernetesRefused as error:
            if error.code != 404:
                return Pending(str(error))
        return Done(None)

    await turn.waiter.until(f"{node} to be open for pods", look, turn.ground.deadlines.join_s)


async def _uncordon(turn: Turn, step: Step) -> None:
    await reopen(turn, kubernetes(turn.ground), turn.ground.node(step.subject))


async def wait_healthy(turn: Turn) -> None:
    """Wait until etcd is healthy on all control planes."""
    found = await member_nodes(turn) or turn.ground.control_planes
    await wait_for_etcd(turn.waiter, turn.ground.talos(), found, turn.ground.deadlines.join_s)


WORK: Mapping[Kind, Callable[[Turn, Step], Awaitable[None]]] = {
    Kind.SECRETS: _secrets,
    Kind.CONFIGURE: _configure,
    Kind.BOOTSTRAP: _bootstrap,
    Kind.READY: _ready,
    Kind.JOIN: _join,
    Kind.CONFIG: _change_config,
    Kind.UNCORDON: _uncordon,
}
