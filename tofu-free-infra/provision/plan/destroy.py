"""The plan of the end: everything of an environment goes, its VMs in the order in which a cluster can lose them."""

from collections.abc import Iterator

from .removal import Leaving, removal_steps
from .seen import Seen, is_node
from .step import Kind, Mark, Plan, Step, in_order
from .wanted import Wanted

_NEEDS_API = (Kind.DRAIN, Kind.LEAVE, Kind.FORGET)


def plan_destroy(wanted: Wanted, seen: Seen, *, drain: bool = True, pool: bool = False) -> Plan:
    """Return the steps that remove an environment; refused while one of its VMs is protected.

    The pool stays unless `pool` says so: the rights that the token has on it would go with it.
    """
    ours = seen.ours(wanted.environment)
    protected = [vm.name for vm in ours.values() if vm.protected]
    if protected:
        names = ", ".join(sorted(protected))
        text = f"protected: {names}; set `protection: false` in the inventory, apply, and run again"
        return Plan(wanted.environment, blockers=(text,), title="destroy")
    going = [Leaving(vm, is_node(vm), is_node(vm) and vm.name in seen.cluster.members) for vm in ours.values()]
    # Plain VMs, workers, control planes; the control plane that goes last takes etcd with it.
    going.sort(key=lambda machine: (machine.is_member, machine.is_node, machine.vm.vm_id))
    steps = removal_steps(wanted, seen, going, {})
    last = next((machine.name for machine in reversed(going) if machine.is_member), None)
    gone = {step.id for step in steps if _is_in_vain(step, last, drain=drain, is_alive=seen.cluster.api_ready)}
    steps = [_bridged(step, steps, gone) for step in steps if step.id not in gone]
    steps += _rest(wanted, seen)
    if pool and wanted.inventory.proxmox.pool in seen.site.pools:
        deletes = frozenset(step.id for step in steps if step.kind is Kind.VM_DELETE)
        steps.append(Step(Kind.UN_POOL, "pool", Mark.DESTROY, deletes))
    metal = [name for name, node in wanted.inventory.nodes.items() if node.host is None]
    warnings = tuple(f"{name!r} is no VM and stays as it is: wipe it by hand" for name in metal)
    return Plan(wanted.environment, in_order(steps), warnings=warnings, title="destroy")


def _is_in_vain(step: Step, last: str | None, *, drain: bool, is_alive: bool) -> bool:
    if step.kind is Kind.DRAIN and not drain:
        return True
    return step.kind in _NEEDS_API and (step.subject == last or not is_alive)


def _bridged(step: Step, steps: list[Step], gone: set[str]) -> Step:
    """Return a step whose needs skip those that were left out."""
    known = {other.id: other for other in steps}
    needs = set(step.needs)
    while left_out := needs & gone:
        for name in left_out:
            needs.discard(name)
            needs |= known[name].needs
    fields = (step.argument, step.vm_id, step.host, step.storages, step.details)
    return Step(step.kind, step.subject, step.mark, frozenset(needs), *fields)


def _rest(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    ids = set(wanted.inventory.vm_ids)
    names = {vm.vm_id: vm.name for vm in seen.ours(wanted.environment).values()}
    for name, rule in seen.site.ha_rules.items():
        if rule.vm_ids and rule.vm_ids <= ids:
            yield Step(Kind.UN_HA_RULE, name, Mark.DESTROY)
    for job in seen.site.replication:
        if job.vm_id in names and not job.leaving:
            yield Step(Kind.UNREPLICATE, names[job.vm_id], Mark.DESTROY, argument=job.id, vm_id=job.vm_id)
    for name in seen.site.backup_jobs:
        if name.startswith(f"{wanted.environment}-"):
            yield Step(Kind.UN_BACKUP, name, Mark.DESTROY)
