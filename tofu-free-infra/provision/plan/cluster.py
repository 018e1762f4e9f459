"""Steps that make nodes of bare machines: configure, bootstrap once, join."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provision.inventory.model import Node
from provision.machineconfig.support import refuses_kubernetes_upgrade, refuses_upgrade
from provision.talos.probe import Presence

from . import configs, vms
from .removal import Leaving
from .seen import NodeSeen, Seen, address_of
from .step import Deferred, Kind, Mark, Step
from .wanted import Wanted

BOOTSTRAP = f"cluster/{Kind.BOOTSTRAP.value}"
READY = f"cluster/{Kind.READY.value}"


@dataclass(frozen=True, slots=True)
class ClusterSteps:
    """The steps of the cluster, and what is left or in the way."""

    steps: tuple[Step, ...]
    deferred: tuple[Deferred, ...]
    blockers: tuple[str, ...]


def fresh_nodes(wanted: Wanted, seen: Seen) -> tuple[str, ...]:
    """Return the nodes that are machines without a configuration, or not there yet."""
    return tuple(name for name in wanted.nodes if not _is_configured(wanted, seen, name))


def _is_configured(wanted: Wanted, seen: Seen, name: str) -> bool:
    if name in wanted.specs and vms.standing(wanted, seen, name) is None:
        return False
    found = seen.nodes.get(name)
    return found is not None and found.answers


def has_etcd(wanted: Wanted, seen: Seen) -> bool:
    """Return whether any node that was asked has etcd data: then there is a cluster."""
    return bool(seen.cluster.members) or any(node.has_etcd_data for node in seen.nodes.values())


def cluster_steps(wanted: Wanted, seen: Seen, going: Sequence[Leaving] = ()) -> ClusterSteps:
    """Return what the nodes need once their machines run; `going` are machines that leave."""
    blockers = tuple(_blockers(wanted, seen))
    if blockers:
        return ClusterSteps((), (), blockers)
    changes = _change(wanted, seen, going)
    steps = [*changes, *_configure(wanted, seen, changes), *_bootstrap(wanted, seen), *_join(wanted, seen)]
    steps += _uncordon(wanted, seen)
    return ClusterSteps(tuple(steps), tuple(_deferred(wanted, seen)), ())


def _blockers(wanted: Wanted, seen: Seen) -> Iterator[str]:
    alive = [node for name, node in seen.nodes.items() if node.answers and name in wanted.nodes]
    if alive and seen.bundle is None:
        yield f"{alive[0].name!r} has a configuration, and the cluster's keys are not where the inventory says"
    for name, node in seen.nodes.items():
        if node.presence is Presence.FOREIGN and name in wanted.nodes:
            yield f"{name!r} at {node.address} is of another cluster, or of this one made with other keys"
    for node in alive:
        found = configs.contract_of(configs.read(node.config)) if node.config else wanted.inventory.talos.contract
        if found != wanted.inventory.talos.contract:
            yield (
                f"{node.name!r} was made with contract {found}, the inventory says {wanted.inventory.talos.contract}: "
                "the contract of a cluster never changes"
            )


def _configure(wanted: Wanted, seen: Seen, changes: list[Step]) -> Iterator[Step]:
    exists = has_etcd(wanted, seen)
    # The firewall of the control planes that are there has to let a new one in before it knocks.
    before = frozenset(step.id for step in changes if not _comes_after(step))
    for name in fresh_nodes(wanted, seen):
        node = wanted.inventory.nodes[name]
        needs = frozenset({f"cluster/{Kind.SECRETS.value}", _started(name)})
        if exists and node.is_control_plane:
            # One control plane after the other: each has to vote before the next one counts for the quorum.
            needs |= before
            before = frozenset({_joined(name)})
        yield Step(Kind.CONFIGURE, name, Mark.CREATE, needs, vm_id=node.vm_id)


def _started(name: str) -> str:
    return f"{name}/{Kind.VM_START.value}"


def _joined(name: str) -> str:
    return f"{name}/{Kind.JOIN.value}"


def _comes_after(step: Step) -> bool:
    return any(need.endswith(f"/{Kind.FORGET.value}") for need in step.needs)


def _change(wanted: Wanted, seen: Seen, going: Sequence[Leaving]) -> list[Step]:
    """Bring the configuration of running nodes up to date, one node after the other.

    It names every control plane, above all in the firewall of etcd: one that leaves is named until it has left, so
    where one joins as well there are two changes.
    """
    members = [machine for machine in going if machine.is_member and machine.name not in wanted.nodes]
    joining = [name for name in fresh_nodes(wanted, seen) if wanted.inventory.nodes[name].is_control_plane]
    found: list[Step] = []
    if members and joining:
        found += _changes(wanted, seen, {machine.name: address_of(machine.vm) for machine in members}, "widen", [])
    return found + _changes(wanted, seen, {}, "", [machine.last for machine in members])


def _changes(wanted: Wanted, seen: Seen, also: Mapping[str, str], argument: str, first: list[str]) -> list[Step]:
    steps: list[Step] = []
    before = frozenset(first)
    for name in wanted.nodes:
        found = seen.nodes.get(name)
        if not _is_configured(wanted, seen, name) or found is None or found.config is None or seen.bundle is None:
            continue
        desired = configs.standing(wanted, seen.bundle, name, found, also=also)
        if details := configs.differences(found.config, desired):
            vm_id = wanted.inventory.nodes[name].vm_id
            steps.append(Step(Kind.CONFIG, name, Mark.CHANGE, before, argument, vm_id, details=details))
            before |= {steps[-1].id}
    return steps


def _bootstrap(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    planes = [node.name for node in wanted.inventory.control_planes]
    if not has_etcd(wanted, seen):
        needs = frozenset(f"{name}/{Kind.CONFIGURE.value}" for name in planes)
        yield Step(Kind.BOOTSTRAP, "cluster", Mark.CREATE, needs)
    if not seen.cluster.api_ready:
        yield Step(Kind.READY, "cluster", Mark.WAIT, frozenset({BOOTSTRAP, _joined(planes[0])}))


def _join(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    before: frozenset[str] = frozenset()
    for name, node in wanted.inventory.nodes.items():
        if _has_joined(wanted, seen, node):
            continue
        needs = frozenset({f"{name}/{Kind.CONFIGURE.value}"})
        if node.is_control_plane:
            needs |= {BOOTSTRAP} | before
            before = frozenset({_joined(name)})
        else:
            needs |= {READY}
        yield Step(Kind.JOIN, name, Mark.WAIT, needs, vm_id=node.vm_id)


def _has_joined(wanted: Wanted, seen: Seen, node: Node) -> bool:
    if not _is_configured(wanted, seen, node.name):
        return False
    is_voter = node.name in seen.cluster.voters or not node.is_control_plane
    return is_voter and node.name in seen.cluster.nodes


def _uncordon(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    for name, found in seen.cluster.nodes.items():
        if found.ours and name in wanted.nodes and _is_configured(wanted, seen, name):
            restart = f"{name}/{Kind.VM_RESTART.value}"
            yield Step(Kind.UNCORDON, name, Mark.CHANGE, frozenset({restart, _joined(name)}))


def _deferred(wanted: Wanted, seen: Seen) -> Iterator[Deferred]:
    for name in wanted.nodes:
        found = seen.nodes.get(name)
        if found is None or not _is_configured(wanted, seen, name):
            continue
        yield from versions_behind(wanted, found)
        wanted_keys = set(wanted.cluster.encryption)
        actual = {volume for volume, is_on in found.encrypted.items() if is_on and volume in ("STATE", "EPHEMERAL")}
        if actual != wanted_keys and found.encrypted:
            before, after = (", ".join(sorted(keys)) or "nothing" for keys in (actual, wanted_keys))
            text = f"encryption of {before} → {after}"
            yield Deferred(name, text, f"at replace: {vms.BY_REPLACE}, or `provision replace --due` for all")


def versions_behind(wanted: Wanted, found: NodeSeen) -> Iterator[Deferred]:
    """Return what an upgrade would move on a node."""
    talos = wanted.inventory.talos.version
    if found.version is not None and found.version != talos:
        yield Deferred(found.name, f"Talos {found.version} → {talos}", _way(refuses_upgrade(found.version, talos)))
    images = configs.images_of(configs.read(found.config)) if found.config else {}
    targets = configs.target_images(wanted, found.name)
    for part, image in targets.items():
        if part in images and images[part] != image:
            before, after = configs.version_of(images[part]), configs.version_of(image)
            way = _way(refuses_kubernetes_upgrade(before, after))
            yield Deferred(found.name, f"{part} {before} → {after}", way)


def _way(refusal: str | None) -> str:
    return "`provision upgrade`" if refusal is None else f"no way: {refusal}"
