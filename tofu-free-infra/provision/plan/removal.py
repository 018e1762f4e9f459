"""Steps that take machines away: drain, leave etcd, stop, delete, forget; one after the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provision.proxmox.observed import Vm
from provision.talos.probe import Presence

from .seen import Seen, address_of, is_node, to_replace
from .step import Deferred, Kind, Mark, Step
from .wanted import Wanted


@dataclass(frozen=True, slots=True)
class Leaving:
    """A machine that goes. `waits` are new nodes that join before it may."""

    vm: Vm
    is_node: bool
    is_member: bool

    @property
    def name(self) -> str:
        """Return its name."""
        return self.vm.name

    @property
    def last(self) -> str:
        """Return the id of its last step."""
        kind = Kind.FORGET if self.is_node else Kind.VM_DELETE
        return f"{self.vm.name}#{self.vm.vm_id}/{kind.value}"

    @property
    def deleted(self) -> str:
        """Return the id of the step after which its VM id, name and address are free."""
        return f"{self.vm.name}#{self.vm.vm_id}/{Kind.VM_DELETE.value}"


def leaving(wanted: Wanted, seen: Seen) -> tuple[tuple[Leaving, ...], tuple[Deferred, ...]]:
    """Return the machines of ours that go, workers and VMs first, and those that stay because they are protected."""
    specs = {spec.vm_id: name for name, spec in wanted.specs.items()}
    going, kept = [], []
    for vm_id, vm in sorted(seen.ours(wanted.environment).items()):
        name = specs.get(vm_id)
        if vm.lock == "create" and name is not None:
            continue
        same = name is not None and (vm.name == name or not (is_node(vm) or name in wanted.nodes))
        if same and not to_replace(vm):
            continue
        if vm.protected:
            text = f"VM {vm_id} is protected and stays"
            kept.append(
                Deferred(vm.name, text, "set `protection: false` in the inventory or in Proxmox, and apply again")
            )
            continue
        member = is_node(vm) and vm.name in seen.cluster.members
        going.append(Leaving(vm, is_node(vm), member))
    return tuple(sorted(going, key=lambda machine: machine.is_member)), tuple(kept)


def unreadable(seen: Seen, going: Iterable[Leaving]) -> Iterable[str]:
    """Return why no node may go: whoever cannot ask the cluster can neither drain a node nor take it out of etcd.

    Bare machines are no cluster, and without keys there never was one.
    """
    names = [machine.name for machine in going if machine.is_node]
    is_bare = bool(seen.nodes) and all(node.presence is Presence.MAINTENANCE for node in seen.nodes.values())
    if not names or seen.bundle is None or is_bare or (seen.cluster.members and seen.cluster.api_ready):
        return
    silent = "Kubernetes" if seen.cluster.members else "etcd"
    yield (
        f"{', '.join(names)} would go, and {silent} does not answer, so nothing could be drained or taken out of etcd: "
        "see docs/operations/runbooks/lost-quorum.md"
    )


def removal_steps(
    wanted: Wanted, seen: Seen, going: Iterable[Leaving], first: Mapping[str, frozenset[str]]
) -> list[Step]:
    """Return the steps of machines that go; `first` is what each waits for, by step id of its last step."""
    found: list[Step] = []
    before: frozenset[str] = frozenset()
    for machine in going:
        steps = list(_steps(wanted, seen, machine, first.get(machine.last, frozenset()), before))
        found += steps
        if machine.is_node:
            before = frozenset({steps[-1].id})
            if to_replace(machine.vm):
                before |= {f"{machine.name}/{Kind.JOIN.value}"}  # the new one first: only one node is away at a time
    return found


def _steps(
    wanted: Wanted, seen: Seen, machine: Leaving, first: frozenset[str], before: frozenset[str]
) -> Iterable[Step]:
    vm = machine.vm
    needs = first | (before if machine.is_node else frozenset())

    def step(kind: Kind, **fields: object) -> Step:
        nonlocal needs
        made = Step(kind, vm.name, Mark.DESTROY, needs, vm_id=vm.vm_id, host=vm.host, **fields)  # type: ignore[arg-type]  # argument only
        needs = frozenset({made.id})
        return made

    address = address_of(vm)
    if machine.is_node and vm.name in seen.cluster.nodes:
        yield step(Kind.DRAIN, argument=address)
    if machine.is_member:
        yield step(Kind.LEAVE, argument=address)
    if vm.vm_id in seen.site.ha_resources:
        yield step(Kind.UN_HA)
    if vm.running:
        yield step(Kind.VM_STOP)
    yield step(Kind.VM_DELETE)
    if machine.is_node:
        yield step(Kind.FORGET, argument=address)


def ghosts(wanted: Wanted, seen: Seen) -> list[Step]:
    """Return the steps that end the memory of machines that are gone: deleted by an apply that broke off, or lost.

    While a host is silent nobody knows what is gone, so nothing is forgotten.
    """
    if seen.site.silent:
        return []
    there = {vm.name for vm in seen.ours(wanted.environment).values()}
    there |= {node.name for node in wanted.inventory.nodes.values() if node.host is None}
    found = []
    for name in sorted((seen.cluster.nodes.keys() | seen.cluster.members.keys()) - there):
        known = seen.cluster.nodes.get(name)
        if name not in wanted.nodes and known is not None and known.ready:
            continue  # it lives, and is not ours to judge
        needs: frozenset[str] = frozenset()
        if name in seen.cluster.members:
            leave = Step(Kind.LEAVE, name, Mark.DESTROY)
            found.append(leave)
            needs = frozenset({leave.id})
        if known is not None and seen.cluster.api_ready:
            found.append(Step(Kind.FORGET, name, Mark.DESTROY, needs))
    return found
