"""The plan of an apply: desired minus actual."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from provision.proxmox.images import ImageSpec
from provision.proxmox.validate import site_faults
from provision.talos.probe import Presence

from . import firewall_rules
from .cluster import cluster_steps
from .leftovers import leftovers, tidying
from .removal import Leaving, ghosts, leaving, removal_steps, unreadable
from .room import short_of_room
from .seen import Seen, to_replace
from .step import Kind, Mark, Plan, Step, in_order
from .vms import VmSteps, extra_steps, vm_steps
from .wanted import Wanted


def plan(wanted: Wanted, seen: Seen) -> Plan:
    """Return the steps from what is to what shall be, in an order that keeps every dependency."""
    parts = {name: vm_steps(wanted, seen, name) for name in wanted.specs}
    going, kept = leaving(wanted, seen)
    gone = ghosts(wanted, seen)
    nodes = cluster_steps(wanted, seen, going)
    steps = [*_prepare(wanted, seen, parts)]
    steps += [step for part in parts.values() for step in part.steps]
    steps += [*extra_steps(wanted, seen), *nodes.steps, *gone]
    first = _before_leaving(wanted, seen, going, steps)
    steps = _after_leaving(wanted, going, gone, steps)
    steps += removal_steps(wanted, seen, going, first)
    steps += tidying(wanted, seen) if wanted.tidy else ()
    blockers = [text for part in parts.values() for text in part.blockers]
    blockers += [*nodes.blockers, *_blockers(wanted, seen, going)]
    deferred = [left for part in parts.values() for left in part.deferred]
    return Plan(
        wanted.environment,
        () if blockers else in_order(steps),
        (*deferred, *nodes.deferred, *kept),
        tuple(_warnings(wanted, seen)),
        tuple(blockers),
    )


def _prepare(wanted: Wanted, seen: Seen, parts: Mapping[str, VmSteps]) -> Iterator[Step]:
    """Keys, pool, images and seeds: what the first machine needs."""
    if seen.bundle is None and wanted.nodes:
        yield Step(Kind.SECRETS, "cluster", Mark.CREATE)
    if wanted.inventory.proxmox.pool not in seen.site.pools:
        yield Step(Kind.POOL, "pool", Mark.CREATE, argument="")
    made = [name for name, part in parts.items() if any(step.kind is Kind.VM_CREATE for step in part.steps)]
    yield from _images(wanted, seen, made)
    for name in made:
        volume = wanted.seed_volume(name)
        if volume is not None and not has_volume(wanted, seen, wanted.specs[name].host, volume):
            host = wanted.specs[name].host
            storage = _turn(wanted, host)
            yield Step(Kind.SEED, name, Mark.CREATE, host=host, storages=(storage,))


def _turn(wanted: Wanted, host: str) -> str:
    name = wanted.image_storage
    return name if wanted.inventory.storages[name].shared else f"{host}/{name}"


def has_volume(wanted: Wanted, seen: Seen, host: str, volume: str) -> bool:
    """Return whether a host sees a volume of the image storage."""
    shared = wanted.inventory.storages[wanted.image_storage].shared
    return ("" if shared else host, volume) in seen.volumes


def image_hosts(wanted: Wanted, seen: Seen, made: list[str]) -> dict[str, tuple[ImageSpec, list[str]]]:
    """Return the images to download, by file, and the hosts that need each: one of them where the storage is shared."""
    found: dict[str, tuple[ImageSpec, list[str]]] = {}
    shared = wanted.inventory.storages[wanted.image_storage].shared
    for name in made:
        image, host = wanted.image_of(wanted.virtual[name]), wanted.specs[name].host
        hosts = found.setdefault(image.file, (image, []))[1]
        if not has_volume(wanted, seen, host, image.volume) and host not in hosts and not (shared and hosts):
            hosts.append(host)
    return {file: entry for file, entry in found.items() if entry[1]}


def _images(wanted: Wanted, seen: Seen, made: list[str]) -> Iterator[Step]:
    for file, (image, hosts) in image_hosts(wanted, seen, made).items():
        needs: frozenset[str] = frozenset()
        if image == wanted.talos_image:
            needs = frozenset({f"{wanted.schematic_id[:12]}/{Kind.SCHEMATIC.value}"})
            yield Step(Kind.SCHEMATIC, wanted.schematic_id[:12], Mark.CREATE)
        yield Step(
            Kind.IMAGE, file, Mark.CREATE, needs, host=hosts[0], storages=tuple(_turn(wanted, host) for host in hosts)
        )


def _conflicts(wanted: Wanted, machine: Leaving, name: str) -> bool:
    """Return whether a new machine needs the place of one that goes: its id, its name or its address."""
    spec = wanted.specs.get(name)
    if spec is None:
        return machine.name == name
    address = str(wanted.virtual[name].address)
    taken = machine.vm.options.get("ipconfig0", "")
    return spec.vm_id == machine.vm.vm_id or name == machine.name or f"ip={address}/" in taken


def _before_leaving(
    wanted: Wanted, seen: Seen, going: tuple[Leaving, ...], steps: list[Step]
) -> dict[str, frozenset[str]]:
    """Return what each machine that goes waits for: new nodes of its kind that do not need its place."""
    joins = [step.subject for step in steps if step.kind is Kind.JOIN]
    found = {}
    for machine in going:
        if not machine.is_node:
            continue
        found[machine.last] = frozenset(
            f"{name}/{Kind.JOIN.value}"
            for name in joins
            if wanted.inventory.nodes[name].is_control_plane == machine.is_member
            and not any(_conflicts(wanted, other, name) for other in going)
        )
    return found


def _after_leaving(wanted: Wanted, going: tuple[Leaving, ...], gone: Sequence[Step], steps: list[Step]) -> list[Step]:
    """Let the making of a machine wait for whoever holds its place, and its joining for the memory of the last one."""
    found = []
    for step in steps:
        if step.kind is Kind.VM_CREATE:
            holders = {machine.last for machine in going if _conflicts(wanted, machine, step.subject)}
            found.append(_needing(step, holders))
        elif step.kind is Kind.CONFIGURE:
            found.append(_needing(step, {ghost.id for ghost in gone}))
        else:
            found.append(step)
    return found


def _needing(step: Step, more: set[str]) -> Step:
    return replace(step, needs=step.needs | more) if more else step


def _blockers(wanted: Wanted, seen: Seen, going: tuple[Leaving, ...]) -> Iterator[str]:
    for fault in site_faults(wanted.site_want, seen.site):
        yield f"{fault.what}; {fault.fix}"
    for vm in wanted.inventory.vms.values():
        yield from firewall_rules.faults(wanted.inventory, vm)
    yield from unreadable(seen, going)
    members = set(seen.cluster.members)
    staying = members - {machine.name for machine in going if machine.is_member}
    fresh = {node.name for node in wanted.inventory.control_planes} - members
    free = {name for name in fresh if not any(_conflicts(wanted, machine, name) for machine in going)}
    rolls = len(members) > 2 and all(to_replace(machine.vm) for machine in going if machine.is_member)
    if members and not staying and not free and not rolls:
        yield (
            f"etcd's only members {', '.join(sorted(members))} would go, and the cluster with them: "
            "take a snapshot with `provision etcd snapshot`, then destroy and `provision apply --recover-from FILE`"
        )


def _warnings(wanted: Wanted, seen: Seen) -> Iterator[str]:
    if wanted.firewalls and seen.site.cluster_firewall is not True:
        state = "off" if seen.site.cluster_firewall is False else "not readable by this token"
        names = ", ".join(wanted.firewalls)
        yield f"the cluster firewall of Proxmox is {state}: the rules of {names} are not enforced"
    ours = seen.ours(wanted.environment)
    for vm_id, vm in sorted(seen.site.vms.items()):
        if vm_id not in ours and vm_id not in {spec.vm_id for spec in wanted.specs.values()}:
            yield f"VM {vm_id} ({vm.name!r} on {vm.host}) is in our range and not ours: it is left alone"
    for name in sorted({vm.image for vm in wanted.inventory.vms.values()}):
        if wanted.inventory.images[name].sha512 is None:
            yield f"image {name!r} has no sha512: whatever is there is taken"
    yield from short_of_room(wanted, seen)
    quiet = [name for name in wanted.nodes if name in seen.nodes and seen.nodes[name].presence is Presence.SILENT]
    if quiet and seen.bundle is not None:
        yield f"nodes that run and do not answer: {', '.join(quiet)}; what they hold stays, apply waits for them"
    left = leftovers(wanted, seen)
    if left and not wanted.tidy:
        files = ", ".join(dict.fromkeys(volume.rpartition("/")[2] for _, volume in left))
        yield f"left over on {wanted.image_storage!r}: {files}; `provision apply --tidy` removes what nobody wants"
    if seen.site.silent:
        yield f"hosts that do not answer: {', '.join(sorted(seen.site.silent))}; their VMs are not known"
