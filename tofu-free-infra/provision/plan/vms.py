"""Steps for VMs: make, change, move, protect by rules, start, replicate, put under HA."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from provision.proxmox.firewall import CLOSED
from provision.proxmox.observed import Vm
from provision.proxmox.vm_changes import Change, Effect, changes
from provision.proxmox.vm_spec import VmSpec

from .seen import Seen, is_node, to_replace
from .step import Deferred, Detail, Kind, Mark, Step
from .wanted import Wanted

BY_REPLACE = "`provision replace NODE`"


@dataclass(frozen=True, slots=True)
class VmSteps:
    """The steps of one VM, and what is left."""

    steps: tuple[Step, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    blockers: tuple[str, ...] = ()


def standing(wanted: Wanted, seen: Seen, name: str) -> Vm | None:
    """Return the VM that a machine of the inventory is now; None where it has to be made.

    A VM of ours with the id and another node's name is that other node, which goes first.
    """
    spec = wanted.specs[name]
    there = seen.ours(wanted.environment).get(spec.vm_id)
    if there is None or there.lock == "create" or to_replace(there):
        return None
    if there.name != name and (is_node(there) or name in wanted.nodes):
        return None
    return there


def spec_of(wanted: Wanted, seen: Seen, name: str) -> VmSpec:
    """Return the spec of a VM; one under HA may be on whichever host the HA manager put it."""
    spec = wanted.specs[name]
    there = standing(wanted, seen, name)
    if there is not None and name in wanted.ha and there.host in wanted.inventory.hosts:
        return replace(spec, host=there.host)
    return spec


def turns(wanted: Wanted, spec: VmSpec) -> tuple[str, ...]:
    """Return the storages on which a VM's making takes its turn; local ones are one per host."""
    known = wanted.inventory.storages
    return tuple(sorted(n if known[n].shared else f"{spec.host}/{n}" for n in spec.storages))


def vm_steps(wanted: Wanted, seen: Seen, name: str) -> VmSteps:
    """Return what a machine needs on Proxmox."""
    spec, there = spec_of(wanted, seen, name), standing(wanted, seen, name)
    taken = seen.site.vms.get(spec.vm_id)
    if taken is not None and spec.vm_id not in seen.ours(wanted.environment) and taken.lock != "create":
        tags = ";".join(sorted(taken.tags)) or "none"
        text = (
            f"VM {spec.vm_id} of {name!r} is taken by {taken.name!r} on {taken.host} (tags: {tags}), which is not ours"
        )
        return VmSteps(blockers=(text,))
    if there is None:
        return VmSteps(tuple(_new(wanted, spec)))
    found = changes(spec, there)
    return VmSteps(tuple(_changed(wanted, spec, there, found)), tuple(_left(wanted, spec, found)))


def _new(wanted: Wanted, spec: VmSpec) -> Iterator[Step]:
    name = spec.name
    create = Step(
        Kind.VM_CREATE,
        name,
        Mark.CREATE,
        needs=frozenset({f"pool/{Kind.POOL.value}", f"{wanted.image_of(wanted.virtual[name]).file}/{Kind.IMAGE.value}"})
        | {f"{name}/{Kind.SEED.value}"},
        vm_id=spec.vm_id,
        host=spec.host,
        storages=turns(wanted, spec),
    )
    yield create
    before = create.id
    if name in wanted.firewalls:
        before = (step := Step(Kind.VM_FIREWALL, name, Mark.CREATE, frozenset({before}), vm_id=spec.vm_id)).id
        yield step
    yield Step(Kind.VM_START, name, Mark.CREATE, frozenset({before}), vm_id=spec.vm_id, host=spec.host)


def _changed(wanted: Wanted, spec: VmSpec, there: Vm, found: tuple[Change, ...]) -> Iterator[Step]:
    name = spec.name
    inner = [change for change in found if change.effect in (Effect.LIVE, Effect.RESTART)]
    is_restart = there.running and (bool(there.pending) or any(change.effect is Effect.RESTART for change in inner))
    last: frozenset[str] = frozenset()
    if inner:
        step = Step(Kind.VM_CHANGE, name, Mark.CHANGE, vm_id=spec.vm_id, host=there.host, details=_details(inner))
        yield step
        last = frozenset({step.id})
    if any(change.effect is Effect.MIGRATE for change in found) and name not in wanted.nodes:
        detail = (Detail("host", there.host, spec.host),)
        storages = turns(wanted, spec)
        step = Step(Kind.VM_MIGRATE, name, Mark.CHANGE, last, spec.host, spec.vm_id, there.host, storages, detail)
        yield step
        last = frozenset({step.id})
    if name in wanted.firewalls and _firewall_differs(wanted, name, there):
        details = (Detail("rules", str(len(there.firewall.rules)), str(len(wanted.firewalls[name]))),)
        yield Step(Kind.VM_FIREWALL, name, Mark.CHANGE, last, vm_id=spec.vm_id, details=details)
    if not there.running:
        yield Step(Kind.VM_START, name, Mark.CHANGE, last, vm_id=spec.vm_id, host=there.host)
    elif is_restart:
        waiting = tuple(Detail(option, None, None, "waits for a restart") for option in sorted(there.pending))
        yield Step(Kind.VM_RESTART, name, Mark.RESTART, last, vm_id=spec.vm_id, host=there.host, details=waiting)


def _details(found: list[Change]) -> tuple[Detail, ...]:
    return tuple(Detail(change.what, change.actual, change.desired, change.effect.value) for change in found)


def _firewall_differs(wanted: Wanted, name: str, there: Vm) -> bool:
    options = there.firewall.options
    return there.firewall.rules != wanted.firewalls[name] or any(
        options.get(key) != value for key, value in CLOSED.items()
    )


def _left(wanted: Wanted, spec: VmSpec, found: tuple[Change, ...]) -> Iterator[Deferred]:
    name = spec.name
    is_in_cluster = name in wanted.nodes
    for change in found:
        text = f"{change.what}: {change.actual or 'absent'} → {change.desired or 'absent'}"
        match change.effect:
            case Effect.MIGRATE if is_in_cluster:
                yield Deferred(name, text, f"at replace: {BY_REPLACE}")
            case Effect.REPLACE:
                yield Deferred(name, text, f"at replace: {BY_REPLACE if is_in_cluster else 'delete the VM and apply'}")
            case Effect.DESTROY:
                yield Deferred(name, text, "destroys data: detach it by hand in Proxmox")
            case Effect.REFUSED:
                yield Deferred(name, text, "cannot be done: a disk never shrinks; correct the inventory")
            case _:
                continue


def extra_steps(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    """Return the steps for replication, HA, its rules and backup jobs."""
    yield from _replication(wanted, seen)
    yield from _ha(wanted, seen)
    yield from _rules(wanted, seen)
    yield from _backups(wanted, seen)


def _made(name: str) -> str:
    return f"{name}/{Kind.VM_CREATE.value}"


def _replication(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    for name, machine in wanted.virtual.items():
        there = standing(wanted, seen, name)
        jobs = [job for job in seen.site.replication if job.vm_id == machine.vm_id and there is not None]
        # The job of a VM that has moved to its target points back to where it came from.
        targets = {_turned(target, machine.host, there): event for target, event in machine.replicate.items()}
        for target, event in targets.items():
            known = next((job for job in jobs if job.target == target and not job.leaving), None)
            if known is None or known.schedule != event or known.disabled:
                mark = Mark.CREATE if known is None else Mark.CHANGE
                detail = (Detail("schedule", known.schedule if known else None, event),)
                needs = frozenset({_made(name)})
                yield Step(Kind.REPLICATE, name, mark, needs, target, machine.vm_id, details=detail)
        for job in jobs:
            if job.target not in targets and not job.leaving:
                yield Step(Kind.UNREPLICATE, name, Mark.DESTROY, frozenset(), job.id, machine.vm_id)


def _turned(target: str, home: str | None, there: Vm | None) -> str:
    return home if there is not None and there.host == target and home is not None else target


def _ha(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    ids = {spec.vm_id: name for name, spec in wanted.specs.items()}
    for name, resource in wanted.ha.items():
        known = seen.site.ha_resources.get(resource.vm_id)
        if known != resource:
            copies = {f"{name}/{Kind.REPLICATE.value}/{t}" for t in wanted.virtual[name].replicate}
            started = f"{name}/{Kind.VM_START.value}"
            mark = Mark.CREATE if known is None else Mark.CHANGE
            needs = frozenset({_made(name), started, *copies})
            yield Step(Kind.HA, name, mark, needs, vm_id=resource.vm_id)
    for vm_id in seen.site.ha_resources:
        name = ids.get(vm_id, "")
        if name and name not in wanted.ha and vm_id in seen.ours(wanted.environment):
            yield Step(Kind.UN_HA, name, Mark.DESTROY, vm_id=vm_id)


def _rules(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    for name, rule in wanted.ha_rules.items():
        known = seen.site.ha_rules.get(name)
        if known is None or replace(known, errors=()) != rule:
            needs = frozenset(f"{vm}/{Kind.HA.value}" for vm in wanted.ha)
            yield Step(Kind.HA_RULE, name, Mark.CREATE if known is None else Mark.CHANGE, needs)
    ids = set(wanted.inventory.vm_ids)
    for name, known in seen.site.ha_rules.items():
        if name not in wanted.ha_rules and known.vm_ids and known.vm_ids <= ids:
            yield Step(Kind.UN_HA_RULE, name, Mark.DESTROY)


def _backups(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    names = {spec.vm_id: name for name, spec in wanted.specs.items()}
    for name, job in wanted.backups.items():
        known = seen.site.backup_jobs.get(name)
        if known != job:
            needs = frozenset(_made(names[vm_id]) for vm_id in job.vm_ids)
            yield Step(Kind.BACKUP, name, Mark.CREATE if known is None else Mark.CHANGE, needs)
    for name in seen.site.backup_jobs:
        if name.startswith(f"{wanted.environment}-") and name not in wanted.backups:
            yield Step(Kind.UN_BACKUP, name, Mark.DESTROY)
