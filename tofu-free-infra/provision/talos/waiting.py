"""The waits of a cluster's life, each with words for what is missing."""

from collections.abc import Sequence

from provision.talos.connection import Talos
from provision.talos.error import Node
from provision.talos.etcd import status
from provision.talos.health import etcd_health, node_problems
from provision.talos.machine import boot_id
from provision.talos.probe import Found, Presence, probe
from provision.talos.resource import component, machine_config, node_status
from provision.talos.wait import Done, Pending, Waiter


async def wait_for_presence(
    waiter: Waiter, talos: Talos, node: Node, wanted: Sequence[Presence], deadline_s: float
) -> Found:
    """Wait until a node answers in one of the wanted ways."""
    names = " or ".join(presence.value for presence in wanted)

    async def look() -> Done[Found] | Pending:
        found = await probe(talos, node)
        return Done(found) if found.presence in wanted else Pending(f"it is {found.presence.value}")

    return await waiter.until(f"{node} to be {names}", look, deadline_s)


async def wait_until_ready(waiter: Waiter, talos: Talos, node: Node, deadline_s: float) -> None:
    """Wait until a node runs, with all its services healthy. A control plane needs etcd for that."""

    async def look() -> Done[None] | Pending:
        async with talos.connect(node) as session:
            problems = await node_problems(session)
        return Pending("; ".join(problems)) if problems else Done(None)

    await waiter.until(f"{node} to be ready", look, deadline_s)


async def wait_for_reboot(waiter: Waiter, talos: Talos, node: Node, before: str, deadline_s: float) -> str:
    """Wait until the boot id is another one than `before`, and return it."""

    async def look() -> Done[str] | Pending:
        async with talos.connect(node) as session:
            found = await boot_id(session)
        return Pending("it has not rebooted yet") if found == before else Done(found)

    return await waiter.until(f"{node} to come back from its reboot", look, deadline_s)


async def wait_for_etcd_member(waiter: Waiter, talos: Talos, node: Node, deadline_s: float) -> None:
    """Wait until a control plane is a member that votes and knows its leader."""

    async def look() -> Done[None] | Pending:
        async with talos.connect(node) as session:
            found = await status(session)
        if found.is_learner:
            return Pending("it is still a learner")
        return Pending("it knows no leader") if found.leader == 0 else Done(None)

    await waiter.until(f"{node} to be a member of etcd", look, deadline_s)


async def wait_for_etcd(waiter: Waiter, talos: Talos, control_planes: Sequence[Node], deadline_s: float) -> None:
    """Wait until all control planes are members, healthy, and of one mind."""

    async def look() -> Done[None] | Pending:
        health = await etcd_health(talos, control_planes)
        return Pending("; ".join(health.problems)) if health.problems else Done(None)

    await waiter.until("etcd to be healthy", look, deadline_s)


async def wait_for_config(waiter: Waiter, talos: Talos, node: Node, text: str, deadline_s: float) -> None:
    """Wait until a node runs exactly this configuration: the answer to an apply whose connection broke."""

    async def look() -> Done[None] | Pending:
        async with talos.connect(node) as session:
            found = await machine_config(session)
        return Done(None) if found.text == text else Pending("it still runs another configuration")

    await waiter.until(f"{node} to run its configuration", look, deadline_s)


async def wait_for_node(waiter: Waiter, talos: Talos, node: Node, deadline_s: float) -> None:
    """Wait until Kubernetes calls the node ready, as the node itself sees it."""

    async def look() -> Done[None] | Pending:
        async with talos.connect(node) as session:
            found = await node_status(session, node.name)
        if found is None:
            return Pending("it has not joined Kubernetes")
        return Done(None) if found.ready else Pending("Kubernetes calls it not ready")

    await waiter.until(f"{node} to be ready in Kubernetes", look, deadline_s)


async def wait_for_component(waiter: Waiter, talos: Talos, node: Node, name: str, image: str, deadline_s: float) -> str:
    """Wait until a part of the control plane is to run an image, and return the config version to look for."""

    async def look() -> Done[str] | Pending:
        async with talos.connect(node) as session:
            found = await component(session, name)
        return Done(found.version) if found.image == image else Pending(f"it is to run {found.image}")

    return await waiter.until(f"{name} of {node} to be set to {image}", look, deadline_s)
