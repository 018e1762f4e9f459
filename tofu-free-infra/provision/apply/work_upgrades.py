"""Steps of an upgrade: Talos with a way back, Kubernetes part by part."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from provision.machineconfig.install import installer_of
from provision.plan import configs
from provision.plan.step import Kind, Step
from provision.proxmox import power
from provision.talos.configuration import Mode
from provision.talos.error import DeadlinePassed, Node, TalosError
from provision.talos.kubernetes.manifests import apply_manifests, prune
from provision.talos.kubernetes.rollout import wait_for_kubelet, wait_for_static_pod
from provision.talos.lifecycle import Upgraded, reboot, rollback, upgrade
from provision.talos.machine import boot_id, version
from provision.talos.resource import bootstrap_manifests, machine_config
from provision.talos.waiting import wait_for_component, wait_for_reboot, wait_until_ready

from .ground import Turn
from .kubernetes_access import kubernetes
from .work_nodes import empty, gate, put_config, reopen, wait_healthy
from .work_vms import where


class UpgradeFailed(Exception):
    """A node is not well after its upgrade; the roll stops here."""


async def _talos(turn: Turn, step: Step) -> None:
    """Upgrade one node: gate, drain, install, reboot, look; back to the old version where it is not well."""
    ground, node = turn.ground, turn.ground.node(step.subject)
    await gate(turn, node)
    api = kubernetes(ground)
    await empty(turn, api, node)
    async with ground.talos().connect(node) as session:
        before = await boot_id(session)
        image = installer_of(ground.wanted.nodes[node.name], ground.wanted.cluster)
        if await upgrade(session, image) is Upgraded.INSTALLED:
            await reboot(session)
    try:
        await _come_back(turn, node, before, step.argument)
    except (DeadlinePassed, UpgradeFailed) as error:
        done = await _go_back(turn, node, step)
        raise UpgradeFailed(f"{node}: is not well after its upgrade to {step.argument}: {error}; {done}") from error
    await _follow_installer(turn, node)
    await reopen(turn, api, node)
    if node.name in ground.wanted.cluster.control_planes:
        await wait_healthy(turn)


async def _come_back(turn: Turn, node: Node, before: str, target: str) -> None:
    ground = turn.ground
    await wait_for_reboot(turn.waiter, ground.talos(), node, before, ground.deadlines.reboot_s)
    await wait_until_ready(turn.waiter, ground.talos(), node, ground.deadlines.reboot_s)
    async with ground.talos().connect(node) as session:
        found = (await version(session)).tag
    if found != target:
        raise UpgradeFailed(f"it runs {found} again: the new version did not boot")


async def _go_back(turn: Turn, node: Node, step: Step) -> str:
    """Boot the version before where the node can be asked, else switch it off and on; say what was done."""
    try:
        async with turn.ground.talos().connect(node) as session:
            found = (await version(session)).tag
            if found != step.argument:
                return f"it is on {found}; look at its console, then run `provision upgrade` again"
            await rollback(session)
        return "it was rolled back; look at its logs before the next try"
    except TalosError:
        pass
    if step.vm_id is None:
        return "it does not answer and is no VM: switch it off and on by hand"
    await asyncio.to_thread(lambda: power.power_cycle(turn.api, where(turn, step), step.vm_id or 0))
    return "it did not answer and was switched off and on, which boots the version before if the new one does not boot"


async def _follow_installer(turn: Turn, node: Node) -> None:
    """Let the configuration name the installer of the version that runs now."""
    ground = turn.ground
    async with ground.talos().connect(node) as session:
        actual = (await machine_config(session)).text
        running = (await version(session)).tag
    assert ground.seen is not None
    seen = replace(ground.seen.nodes[node.name], config=actual, version=running)
    documents = configs.standing(ground.wanted, ground.keys, node.name, seen)
    if configs.installer_of(configs.read(actual)) != configs.installer_of(documents):
        await put_config(turn, node, configs.text_of(documents), Mode.NO_REBOOT)


async def _component(turn: Turn, step: Step) -> None:
    """Move one part of one control plane to the wanted version."""
    ground, node = turn.ground, turn.ground.node(step.subject)
    await wait_healthy(turn)
    image = configs.target_images(ground.wanted, node.name)[step.argument]
    await _put_images(turn, node, {step.argument: image})
    found = await wait_for_component(
        turn.waiter, ground.talos(), node, step.argument, image, ground.deadlines.rollout_s
    )
    api = kubernetes(ground)
    await wait_for_static_pod(api, step.argument, node.address, found, turn.waiter, ground.deadlines.rollout_s)


async def _kubelet(turn: Turn, step: Step) -> None:
    """Move one kubelet to the wanted version."""
    ground, node = turn.ground, turn.ground.node(step.subject)
    api = kubernetes(ground)
    was_ready = ground.seen is not None and ground.seen.cluster.nodes[node.name].ready
    await _put_images(turn, node, {"kubelet": configs.target_images(ground.wanted, node.name)["kubelet"]})
    await wait_until_ready(turn.waiter, ground.talos(), node, ground.deadlines.rollout_s)
    await wait_for_kubelet(api, node.name, step.argument, turn.waiter, ground.deadlines.rollout_s, ready=was_ready)


async def _put_images(turn: Turn, node: Node, images: Mapping[str, str]) -> None:
    ground = turn.ground
    assert ground.seen is not None
    async with ground.talos().connect(node) as session:
        actual = (await machine_config(session)).text
        running = (await version(session)).tag
    seen = replace(ground.seen.nodes[node.name], config=actual, version=running)
    text = configs.text_of(configs.standing(ground.wanted, ground.keys, node.name, seen, images))
    await put_config(turn, node, text, Mode.NO_REBOOT)


async def _manifests(turn: Turn, step: Step) -> None:
    """Apply the bootstrap manifests of the version that runs now, and take away what only the one before had."""
    async with turn.ground.talos().connect(turn.ground.control_planes[0]) as session:
        manifests = await bootstrap_manifests(session)
    api = kubernetes(turn.ground)
    await apply_manifests(api, manifests)
    pruned = await prune(api, manifests)
    for entry in pruned.deleted:
        turn.watch.noted(f"deleted {entry}: the new version does not bring it any more")
    for text in pruned.left:
        turn.watch.noted(f"left alone {text}")


WORK: Mapping[Kind, Callable[[Turn, Step], Awaitable[None]]] = {
    Kind.TALOS_UPGRADE: _talos,
    Kind.COMPONENT: _component,
    Kind.KUBELET: _kubelet,
    Kind.MANIFESTS: _manifests,
}
