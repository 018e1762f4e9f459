"""Who may reach whom: rendered policies laid over rendered pods.

Pods that no policy can tell apart are one group, a set of groups is one integer, and every policy is
looked up once; nothing here runs over pairs of pods. What is outside the pods is addresses, names,
and what Cilium calls entities.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from generator.network.blocks import EVERYWHERE, NOWHERE, Blocks, address_set, overlap, public, take_away
from generator.network.cilium import ACCOUNT_LABEL, CLUSTER_LABEL, read_cilium
from generator.network.objects import Inventory, Object, PodGroup, identity, take_stock
from generator.network.plain import read_plain
from generator.network.policy import ENTITIES, Direction, Policy, PortSpec, Written
from generator.network.ports import EVERY_PORT, NO_PORTS, PortSet, atoms, join, meet, port_set, without
from generator.network.selector import EVERYTHING, NAME_LABEL, LabelIndex, PodQuery, Selector, bits, read_selector


@dataclass(frozen=True)
class Surroundings:
    """What no rendered object says: addresses, and who enforces policies.

    `enforcer` kubernetes is any plugin that keeps to plain NetworkPolicy: it knows no Cilium kind,
    and an address block means whoever has the address, pods and nodes too. Under cilium a block
    means only what is outside the cluster. `own` are further ranges that are not the internet.
    `namespaces` exist without being rendered.
    """

    enforcer: Literal["kubernetes", "cilium"] = "kubernetes"
    nodes: tuple[str, ...] = ()
    api: tuple[str, ...] = ()
    pods: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    node_labels: tuple[Mapping[str, str], ...] = field(default=(), hash=False)
    namespaces: tuple[str, ...] = ("kube-system",)

    @cached_property
    def inside(self) -> Blocks:
        """Addresses that Cilium knows by identity and never by CIDR."""
        return address_set([*self.nodes, *self.api, *self.pods])

    @cached_property
    def node_blocks(self) -> Blocks:
        """Where the nodes are."""
        return address_set(self.nodes)

    @cached_property
    def api_blocks(self) -> Blocks:
        """Where the API server answers."""
        return address_set(self.api)

    @cached_property
    def public(self) -> Blocks:
        """The internet."""
        return public([*self.own, *self.pods])


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, looked up. `subjects` and `pods` are masks of groups."""

    policy: str
    number: int
    direction: Direction
    subjects: int
    pods: int
    blocks: Blocks
    entities: frozenset[str]
    hosts: frozenset[str]
    ports: PortSet
    deny: bool
    narrowed: bool
    lookups: frozenset[str]


@dataclass(slots=True)
class _Side:
    """What one direction holds, by the number of the subject."""

    isolated: int = 0
    allows: dict[int, list[Rule]] = field(default_factory=dict)
    denies: dict[int, list[Rule]] = field(default_factory=dict)
    by_peer: dict[int, int] = field(default_factory=dict)


class Reach:
    """The groups of one cluster and what its policies let each of them do.

    The last group of all is the nodes: only Cilium's host policies select it.
    """

    def __init__(self, objects: Iterable[Object], around: Surroundings, extra: Iterable[PodGroup] = ()) -> None:
        """Evaluate. `extra` are pods that others declare; they count where nothing rendered has their labels."""
        self.around = around
        self.stock = take_stock(objects)
        for name in (*around.namespaces, *(group.namespace for group in extra)):
            self.stock.namespaces.setdefault(name, {NAME_LABEL: name})
        policies = _read(self.stock, around)
        self.not_judged = tuple((policy.name, doubt) for policy in policies for doubt in policy.doubts)
        self.groups = _complete(self.stock, extra, policies)
        self._lookup = _Lookup(self.stock, self.groups)
        self.nodes = len(self.groups)
        self.everyone = (1 << len(self.groups)) - 1
        self._sides: dict[Direction, _Side] = {"ingress": _Side(), "egress": _Side()}
        self.selects_nobody: tuple[str, ...] = ()
        self._fill(policies)

    def _fill(self, policies: Iterable[Policy]) -> None:
        idle = []
        for policy in policies:
            subjects, isolated = self._subjects(policy)
            if not subjects:
                idle.append(policy.name)
                continue
            for direction in policy.isolates:
                self._sides[direction].isolated |= isolated
            for written in policy.rules:
                for rule in self._resolve(policy.name, written, subjects):
                    side = self._sides[rule.direction]
                    into = side.denies if rule.deny else side.allows
                    for subject in bits(rule.subjects):
                        into.setdefault(subject, []).append(rule)
                    if not rule.deny:
                        for peer in bits(rule.pods):
                            side.by_peer[peer] = side.by_peer.get(peer, 0) | rule.subjects
        self.selects_nobody = tuple(dict.fromkeys(idle))

    def _subjects(self, policy: Policy) -> tuple[int, int]:
        """The subjects of a policy, and those of them that it isolates as a whole."""
        if isinstance(policy.subjects, PodQuery):
            found = self._lookup.groups(policy.subjects)
            return found, found
        chosen = [_holds(policy.subjects.nodes, labels) for labels in self.around.node_labels]
        bit = 1 << self.nodes
        if not policy.subjects.nodes or (chosen and all(chosen)):
            return bit, bit
        return (bit if not chosen or any(chosen) else 0), 0

    def _resolve(self, policy: str, written: Written, subjects: int) -> Iterator[Rule]:
        """A rule with its pods; several where the name of a port stands for different numbers."""
        pods, outside, entities = self._peers(written)
        rule = Rule(
            policy, written.number, written.direction, subjects, pods, outside, entities, written.hosts,
            NO_PORTS, written.deny, written.narrowed, written.lookups,
        )  # fmt: skip
        numbers = port_set(item for spec in written.ports if spec.name is None for item in spec.ports)
        names = tuple(spec for spec in written.ports if spec.name is not None)
        if not names:
            yield replace(rule, ports=numbers)
            return
        called = subjects if written.direction == "ingress" else pods
        for meaning, group in self._meanings(names, called).items():
            found = join(numbers, meaning)
            if found and written.direction == "ingress":
                yield replace(rule, ports=found, subjects=group)
            elif found:
                yield replace(rule, ports=found, pods=group, blocks=NOWHERE, entities=frozenset(), hosts=frozenset())
        if numbers and written.direction == "egress":
            yield replace(rule, ports=numbers, pods=0)

    def _meanings(self, names: tuple[PortSpec, ...], called: int) -> dict[PortSet, int]:
        found: dict[PortSet, int] = {}
        for number in bits(called):
            known = self.groups[number].ports if number < self.nodes else {}
            meaning = port_set(
                (protocol, value, value)
                for spec in names
                for protocol, value in known.get(spec.name or "", ())
                if protocol in spec.protocols
            )
            found[meaning] = found.get(meaning, 0) | 1 << number
        return found

    def _peers(self, written: Written) -> tuple[int, Blocks, frozenset[str]]:
        cilium = self.around.enforcer == "cilium"
        pods = self.everyone if written.everyone else 0
        for query in written.queries:
            pods |= self._lookup.groups(query)
        outside = EVERYWHERE if written.everyone or written.world else written.blocks
        if not cilium:
            if overlap(outside, address_set(self.around.pods)):
                pods = self.everyone  # any pod may have any of these addresses
            return pods, take_away(outside, address_set(self.around.pods)), frozenset()
        entities = ENTITIES if written.everyone else written.entities
        return pods, take_away(outside, self.around.inside), entities

    def isolated(self, subject: int, direction: Direction) -> bool:
        """Say whether what is not allowed is denied."""
        return bool(self._sides[direction].isolated >> subject & 1)

    def allows(self, subject: int, direction: Direction) -> list[Rule]:
        """Return the rules that allow a subject something."""
        return self._sides[direction].allows.get(subject, [])

    def denies(self, subject: int, direction: Direction) -> list[Rule]:
        """Return the rules that deny a subject something, whatever else allows it."""
        return self._sides[direction].denies.get(subject, [])

    def peers(self, subject: int, direction: Direction) -> int:
        """Return the groups that the subject's own policies may let through, on some port."""
        if not self.isolated(subject, direction):
            return self.everyone
        mask = 0
        for rule in self.allows(subject, direction):
            mask |= rule.pods
        return mask

    def ports(self, subject: int, direction: Direction, peer: int, *, sure: bool = False) -> PortSet:
        """Return what the subject's own policies let through to or from a group; `sure` leaves narrowed rules out."""
        return self._weigh(subject, direction, lambda rule: rule.pods >> peer & 1, sure)

    def entity_ports(self, subject: int, direction: Direction, entity: str, *, sure: bool = False) -> PortSet:
        """Return what the subject's own policies let through to or from an entity of Cilium."""
        return self._weigh(subject, direction, lambda rule: entity in rule.entities, sure)

    def _weigh(self, subject: int, direction: Direction, concerns: Callable[[Rule], object], sure: bool) -> PortSet:
        found = NO_PORTS if self.isolated(subject, direction) else EVERY_PORT
        for rule in self.allows(subject, direction):
            if concerns(rule) and not (sure and rule.narrowed):
                found = join(found, rule.ports)
        for rule in self.denies(subject, direction):
            if concerns(rule):
                found = without(found, rule.ports)
        return found

    def address_ports(self, subject: int, direction: Direction, wanted: Blocks, *, sure: bool = False) -> PortSet:
        """Return the ports on which all of `wanted` is let through."""
        found = EVERY_PORT
        if self.isolated(subject, direction):
            found = NO_PORTS
            rules = [rule for rule in self.allows(subject, direction) if not (sure and rule.narrowed)]
            for atom in atoms(rule.ports for rule in rules if overlap(rule.blocks, wanted)):
                missing = wanted
                for rule in rules:
                    if not without(atom, rule.ports):
                        missing = take_away(missing, rule.blocks)
                if not missing:
                    found = join(found, atom)
        for rule in self.denies(subject, direction):
            if overlap(rule.blocks, wanted):
                found = without(found, rule.ports)
        return found

    def connection(self, source: int, target: int) -> PortSet:
        """Return the ports on which one group reaches another: what both ends let through."""
        return meet(self.ports(source, "egress", target), self.ports(target, "ingress", source))

    def connections(self) -> Iterator[tuple[int, int, PortSet]]:
        """Yield every pair of groups that is connected, in order. A group is listed with itself as well."""
        admits = self._sides["ingress"]
        open_to_all = self.everyone & ~admits.isolated
        for source in range(self.nodes):
            targets = self.peers(source, "egress") & (open_to_all | admits.by_peer.get(source, 0))
            for target in bits(targets):
                found = self.connection(source, target)
                if found:
                    yield source, target, found

    def matching(self, namespace: str, labels: Mapping[str, str]) -> int:
        """Return the groups of a namespace that have all of some labels."""
        return self._lookup.having(namespace, labels)


def _holds(selector: Selector, labels: Mapping[str, str]) -> bool:
    return all(requirement.holds(labels) for requirement in selector)


def _read(stock: Inventory, around: Surroundings) -> list[Policy]:
    found: list[Policy] = []
    for item in stock.policies:
        if item["kind"] == "NetworkPolicy":
            found.append(read_plain(item))
        elif around.enforcer == "cilium":
            found += read_cilium(item, stock)
        else:
            doubt = "only Cilium enforces this kind"
            found.append(Policy(identity(item), PodQuery(EVERYTHING, EVERYTHING), frozenset(), (), (doubt,)))
    return found


class _Lookup:
    """Groups by namespace and label."""

    def __init__(self, stock: Inventory, groups: list[PodGroup]) -> None:
        names = sorted(stock.namespaces)
        self._namespaces = LabelIndex([stock.namespaces[name] for name in names])
        self._pods = LabelIndex([_labels(group) for group in groups])
        number = {name: index for index, name in enumerate(names)}
        self._in: list[int] = [0] * len(names)
        for index, group in enumerate(groups):
            self._in[number[group.namespace]] |= 1 << index
        self._number = number
        self._by_namespaces: dict[Selector, int] = {}
        # Both ends of every connection are asked for, and many are the same pods.
        self._having: dict[tuple[object, ...], int] = {}

    def groups(self, query: PodQuery) -> int:
        where = self._by_namespaces.get(query.namespaces)
        if where is None:
            where = 0
            for index in bits(self._namespaces.match(query.namespaces)):
                where |= self._in[index]
            self._by_namespaces[query.namespaces] = where
        return where & self._pods.match(query.pods)

    def having(self, namespace: str, labels: Mapping[str, str]) -> int:
        if namespace not in self._number:
            return 0
        key = (namespace, *labels.items())
        if key not in self._having:
            pods = self._pods.match(read_selector({"matchLabels": labels}))
            self._having[key] = self._in[self._number[namespace]] & pods
        return self._having[key]


def _labels(group: PodGroup) -> Mapping[str, str]:
    return {**group.labels, ACCOUNT_LABEL: group.account, CLUSTER_LABEL: "default"}


def _complete(stock: Inventory, extra: Iterable[PodGroup], policies: Iterable[Policy]) -> list[PodGroup]:
    """Add the pods that nobody renders.

    A namespace without a rendered pod is somebody else's: all of its pods are one group without
    labels, and whatever a policy names there by label is taken to exist, or a rule for it would
    look as if it let nobody through. Who names no namespace and means rendered pods means those.
    """
    groups = list(stock.groups)
    filled = {group.namespace for group in groups}
    lookup = _Lookup(stock, groups)
    groups += [replace(group, rendered=False) for group in extra if not lookup.having(group.namespace, group.labels)]
    foreign = [name for name in sorted(stock.namespaces) if name not in filled]
    known = {(group.namespace, tuple(sorted(group.labels.items()))) for group in groups}
    named_ones = _named_pods(policies, stock, foreign, lookup) | {(name, ()) for name in foreign}
    return [*groups, *(PodGroup(name, dict(labels), rendered=False) for name, labels in sorted(named_ones - known))]


def _named_pods(
    policies: Iterable[Policy], stock: Inventory, foreign: list[str], lookup: _Lookup
) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    queries = {query for policy in policies for rule in policy.rules for query in rule.queries}
    queries |= {policy.subjects for policy in policies if isinstance(policy.subjects, PodQuery)}
    found = set()
    for query in queries:
        labels = {
            item.key: item.values[0] if item.values else ""
            for item in query.pods
            if item.operator in ("In", "Exists") and item.key not in (ACCOUNT_LABEL, CLUSTER_LABEL)
        }
        if not labels or any(item.operator == "In" and not item.values for item in query.pods):
            continue
        if not query.namespaces and lookup.groups(query):
            continue
        for name in foreign:
            if _holds(query.namespaces, stock.namespaces[name]) and _holds(query.pods, labels):
                found.add((name, tuple(sorted(labels.items()))))
    return found
