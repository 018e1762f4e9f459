"""See everything that a plan needs: Proxmox in a thread, the nodes side by side, the cluster by whoever answers."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from provision.plan.seen import ClusterSeen, KubernetesNode, NodeSeen, Seen, address_of, is_node
from provision.proxmox import images, observe
from provision.proxmox.errors import AbsentError, HostOfflineError, PermissionMissingError
from provision.proxmox.observed import Observed
from provision.talos.error import Node, TalosError
from provision.talos.etcd import members
from provision.talos.kubernetes.client import Object
from provision.talos.kubernetes.drain import nodes as kubernetes_nodes
from provision.talos.machine import has_etcd_data
from provision.talos.probe import Presence, probe
from provision.talos.resource import encrypted_volumes, kubelet_image, machine_config

from .ground import Ground
from .kubernetes_access import CORDONED, kubernetes

PROBE_S = 5.0


async def look(ground: Ground) -> Seen:
    """Return what is there now, and keep it on the ground for the steps that follow.

    Raises:
        ProxmoxError: Proxmox cannot be read.
    """
    ground.load_keys()
    inventory = ground.wanted.inventory
    pools = [inventory.proxmox.pool, ground.wanted.scope.lock_pool]
    site = await asyncio.to_thread(observe.site, ground.api, inventory.vm_ids, pools, ground.wanted.features)
    site = _without_lock(site, ground.wanted.scope.lock_pool)
    volumes = await asyncio.to_thread(_volumes, ground, site)
    first = Seen(site, volumes, bundle=ground.bundle)
    found = await asyncio.gather(*(_node(ground, node) for node in _to_ask(ground, first)))
    nodes = {node.name: node for node in found}
    cluster = await _cluster(ground, nodes)
    ground.seen = Seen(site, volumes, nodes, cluster, ground.bundle)
    return ground.seen


def _without_lock(site: Observed, pool: str) -> Observed:
    return replace(site, pools={name: found for name, found in site.pools.items() if name != pool})


def _volumes(ground: Ground, site: Observed) -> frozenset[tuple[str, str]]:
    storage = ground.wanted.inventory.storages[ground.wanted.image_storage]
    online = [name for name in ground.wanted.inventory.hosts if name in site.hosts and name not in site.silent]
    kinds = ["import", "iso"] if ground.wanted.inventory.vms else ["import"]
    found: set[tuple[str, str]] = set()
    for host in online[:1] if storage.shared else online:
        for kind in kinds:
            try:
                there = images.volumes(ground.api, host, storage.name, kind)
            except (AbsentError, HostOfflineError, PermissionMissingError):
                continue  # the plan compares storages and says what is missing
            found |= {("" if storage.shared else host, volume) for volume in there}
    return frozenset(found)


def _to_ask(ground: Ground, seen: Seen) -> list[Node]:
    """Return the nodes that may answer: metal ones, and those whose VM of ours runs, also when it is to leave."""
    inventory = ground.wanted.inventory
    asked = {node.name: Node(node.name, str(node.address)) for node in inventory.nodes.values() if node.host is None}
    for vm in seen.ours(inventory.environment).values():
        if vm.running and is_node(vm):
            asked[vm.name] = Node(vm.name, address_of(vm))
    return list(asked.values())


async def _node(ground: Ground, node: Node) -> NodeSeen:
    talos = ground.talos(PROBE_S)
    try:
        found = await probe(talos, node)
    except TalosError:
        return NodeSeen(node.name, node.address, Presence.SILENT)
    if found.presence is not Presence.CONFIGURED:
        return NodeSeen(node.name, node.address, found.presence, found.version)
    try:
        async with talos.connect(node) as session:
            config = await machine_config(session)
            return NodeSeen(
                node.name,
                node.address,
                found.presence,
                found.version,
                config.text,
                await has_etcd_data(session),
                await encrypted_volumes(session),
                await kubelet_image(session),
            )
    except TalosError:
        return NodeSeen(node.name, node.address, Presence.SILENT)  # it went while we asked


async def _cluster(ground: Ground, nodes: Mapping[str, NodeSeen]) -> ClusterSeen:
    holders = [node for node in nodes.values() if node.has_etcd_data]
    if not holders:
        return ClusterSeen()
    known = await _members(ground, holders)
    api = kubernetes(ground)
    try:
        ready = await api.is_ready()
        objects = await kubernetes_nodes(api)
    except TalosError:
        return ClusterSeen(known)
    return ClusterSeen(known, ready, {name: _kubernetes_node(item) for name, item in objects.items()})


async def _members(ground: Ground, holders: list[NodeSeen]) -> dict[str, bool]:
    for node in holders:
        try:
            async with ground.talos(PROBE_S).connect(Node(node.name, node.address)) as session:
                return {member.node: member.is_learner for member in await members(session)}
        except TalosError:
            continue
    return {}


def _kubernetes_node(item: Object) -> KubernetesNode:
    conditions = item["status"].get("conditions", ())
    return KubernetesNode(
        ready=any(entry["type"] == "Ready" and entry["status"] == "True" for entry in conditions),
        unschedulable=bool(item["spec"].get("unschedulable")),
        ours=CORDONED in item["metadata"].get("annotations", {}),
        kubelet=str(item["status"].get("nodeInfo", {}).get("kubeletVersion", "")).removeprefix("v"),
    )
