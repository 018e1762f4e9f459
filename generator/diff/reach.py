"""Where policies let more through than they did: subject by subject, before and after."""

from collections.abc import Iterator, Sequence
from typing import Literal

from generator.diff.change import Mark
from generator.diff.state import Owned
from generator.network import (
    DIRECTIONS,
    NO_PORTS,
    Direction,
    PodGroup,
    PortSet,
    Reach,
    Surroundings,
    identity,
    public,
    show_blocks,
    show_ports,
)
from generator.network.blocks import NOWHERE, Blocks, take_away, unite
from generator.network.policy import ENTITIES
from generator.network.ports import atoms, join, without
from generator.network.selector import bits

_NAME, _COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"


def widened(before: Sequence[Owned], after: Sequence[Owned]) -> Iterator[tuple[str, Mark]]:
    """Yield (owner, mark) for pods that are on both sides and may do more, or be called by more, than before."""
    old, new = _Side(before), _Side(after)
    for name, subject in sorted(new.numbers.items()):
        known = old.numbers.get(name)
        if known is None:
            continue
        for direction in DIRECTIONS:
            if not old.reach.isolated(known, direction):
                continue  # nothing was held back before
            owner = new.owner(subject, direction)
            if not new.reach.isolated(subject, direction):
                whom = "anybody may call it" if direction == "ingress" else "it may call anybody"
                yield owner, Mark(_kind(direction), f"no policy isolates {name} for {direction} any more: {whom}")
                continue
            for peer, ports in _more(old, known, new, subject, direction):
                call = f"{peer} may call {name}" if direction == "ingress" else f"{name} may call {peer}"
                yield owner, Mark(_kind(direction), f"{call} on {show_ports(ports)}")


def _kind(direction: Direction) -> Literal["egress", "exposure"]:
    return "egress" if direction == "egress" else "exposure"


def _more(old: "_Side", known: int, new: "_Side", subject: int, direction: Direction) -> Iterator[tuple[str, PortSet]]:
    for peer, ports in new.pods(subject, direction).items():
        before = old.pods(known, direction)
        extra = without(ports, before.get(peer, before.get(_elsewhere(old, new, peer) or "", NO_PORTS)))
        if extra and not (direction == "ingress" and _caller_widened(old, new, peer, new.name(subject), extra)):
            yield peer, extra
    for entity in sorted(ENTITIES):
        extra = without(
            new.reach.entity_ports(subject, direction, entity), old.reach.entity_ports(known, direction, entity)
        )
        if extra:
            yield f"entity {entity}", extra
    hosts_before, hosts_after = old.hosts(known, direction), new.hosts(subject, direction)
    for host in sorted(hosts_after):
        extra = without(hosts_after[host], hosts_before.get(host, NO_PORTS))
        if extra:
            yield host, extra
    for some, ports in _addresses(old, known, new, subject, direction).items():
        yield "every public address" if not take_away(public(), some) else show_blocks(some), ports


def _elsewhere(old: "_Side", new: "_Side", name: str) -> str | None:
    """What the pods were called before they moved to another namespace."""
    if name in old.numbers or name.startswith(("pods ", "all pods ")):
        return None
    gone = [other for other in old.numbers if other not in new.numbers and other.split("/")[-1] == name.split("/")[-1]]
    return gone[0] if len(gone) == 1 else None


def _caller_widened(old: "_Side", new: "_Side", caller: str, callee: str, extra: PortSet) -> bool:
    """Whether the caller's own egress grew as much, which its owner is told, or the caller is new."""
    before, after = old.numbers.get(caller), new.numbers.get(caller)
    if before is None or after is None:
        return True
    grown = without(new.pods(after, "egress").get(callee, NO_PORTS), old.pods(before, "egress").get(callee, NO_PORTS))
    return not without(extra, grown)


def _addresses(old: "_Side", known: int, new: "_Side", subject: int, direction: Direction) -> dict[Blocks, PortSet]:
    before = [rule for rule in old.reach.allows(known, direction) if rule.blocks]
    after = [rule for rule in new.reach.allows(subject, direction) if rule.blocks]
    found: dict[Blocks, PortSet] = {}
    for atom in atoms(rule.ports for rule in (*before, *after)):
        sides = []
        for rules in (after, before):
            covered = NOWHERE
            for rule in rules:
                if not without(atom, rule.ports):
                    covered = unite(covered, rule.blocks)
            sides.append(covered)
        extra = take_away(*sides)
        if extra:
            found[extra] = join(found.get(extra, NO_PORTS), atom)
    return found


class _Side:
    """One state's policies, and names for its pods that mean the same on both sides."""

    def __init__(self, objects: Sequence[Owned]) -> None:
        by_cilium = any(item.body.get("kind", "").startswith("Cilium") for item in objects)
        around = Surroundings("cilium" if by_cilium else "kubernetes")
        self.reach = Reach((item.body for item in objects), around)
        self._owners = {identity(item.body): item.owner for item in objects}
        self._names = [_pretty(group) for group in self.reach.groups]
        self.numbers = {name: number for number, name in enumerate(self._names)}
        self._pods: dict[tuple[int, Direction], dict[str, PortSet]] = {}

    def name(self, number: int) -> str:
        return self._names[number]

    def owner(self, subject: int, direction: Direction) -> str:
        """Whose a group is: who renders its pods, else who wrote a policy for it."""
        group = self.reach.groups[subject]
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Cluster", "Pod"):
            for workload in group.workloads:
                found = self._owners.get(f"{kind}/{group.namespace}/{workload}")
                if found is not None:
                    return found
        for rule in (*self.reach.allows(subject, direction), *self.reach.denies(subject, direction)):
            return self._owners[rule.policy]
        return self._owners.get(f"Namespace/{group.namespace}", f"{group.namespace}/namespaces")

    def pods(self, subject: int, direction: Direction) -> dict[str, PortSet]:
        found = self._pods.get((subject, direction))
        if found is None:
            found = {}
            if self.reach.isolated(subject, direction):
                for peer in bits(self.reach.peers(subject, direction)):
                    found[self._names[peer]] = self.reach.ports(subject, direction, peer)
            self._pods[subject, direction] = found
        return found

    def hosts(self, subject: int, direction: Direction) -> dict[str, PortSet]:
        found: dict[str, PortSet] = {}
        for rule in self.reach.allows(subject, direction):
            for host in rule.hosts:
                found[host] = join(found.get(host, NO_PORTS), rule.ports)
        return found


def _pretty(group: PodGroup) -> str:
    """A name that does not depend on whether the pods are rendered: namespace/workload by our labels."""
    name, component = group.labels.get(_NAME), group.labels.get(_COMPONENT, "main")
    if name is not None:
        return f"{group.namespace}/{name}" if component == "main" else f"{group.namespace}/{name}-{component}"
    return group.name
