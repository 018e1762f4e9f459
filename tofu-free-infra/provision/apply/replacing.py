"""Replace nodes: mark their VMs in Proxmox, and let the next plan take away what is marked and make it anew.

The mark is a tag, so that a replacement that broke off is finished by any later apply, on any machine.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from provision.plan.build import plan
from provision.plan.cluster import cluster_steps
from provision.plan.seen import Seen, to_replace
from provision.plan.step import Plan
from provision.plan.vm_specs import REPLACE_TAG
from provision.plan.vms import BY_REPLACE, vm_steps
from provision.plan.wanted import Wanted
from provision.proxmox import vms
from provision.proxmox.observed import Vm
from provision.proxmox.vm_changes import Update

from .ground import Ground


class UnknownNode(Exception):
    """There is no such node to replace."""


def due(wanted: Wanted, seen: Seen) -> tuple[str, ...]:
    """Return the nodes with a difference that only a replacement closes."""
    left = [*cluster_steps(wanted, seen).deferred]
    left += [entry for name in wanted.specs for entry in vm_steps(wanted, seen, name).deferred]
    names = {entry.subject for entry in left if BY_REPLACE in entry.by}
    return tuple(name for name in wanted.nodes if name in names)


def planner(ground: Ground, names: Sequence[str]) -> Callable[[Seen], Plan]:
    """Return what plans an apply in which these nodes are marked."""

    def plan_marked(seen: Seen) -> Plan:
        vms_there = dict(seen.site.vms)
        for vm in _vms(ground.wanted, seen, names):
            vms_there[vm.vm_id] = replace(vm, options={**vm.options, "tags": _tags(vm)})
        marked = replace(seen, site=replace(seen.site, vms=vms_there))
        ground.seen = marked
        return replace(plan(ground.wanted, marked), title="replace")

    return plan_marked


def marker(names: Sequence[str]) -> Callable[[Ground], Awaitable[None]]:
    """Return what marks these nodes; the ground holds the state that was planned with."""

    async def mark(ground: Ground) -> None:
        assert ground.seen is not None
        for vm in _vms(ground.wanted, ground.seen, names):
            fresh = await asyncio.to_thread(vms.read, ground.api, vm.host, vm.vm_id, with_firewall=False)
            if not to_replace(fresh):
                update = Update({"tags": _tags(fresh)}, (), ())
                await asyncio.to_thread(vms.change, ground.api, fresh, update)

    return mark


def _tags(vm: Vm) -> str:
    return ";".join(sorted({*vm.tags, REPLACE_TAG}))


def _vms(wanted: Wanted, seen: Seen, names: Sequence[str]) -> list[Vm]:
    ours = {vm.name: vm for vm in seen.ours(wanted.environment).values()}
    for name in names:
        if name not in wanted.nodes or name not in ours:
            known = ", ".join(node for node in wanted.nodes if node in ours) or "none"
            raise UnknownNode(f"{name!r} is no node of {wanted.environment} that is a VM; there are: {known}")
    return [ours[name] for name in names]
