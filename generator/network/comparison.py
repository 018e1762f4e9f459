"""Rendered policies against declared edges: nothing wider, nothing missing, and what nobody can enforce."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.network.blocks import NOWHERE, Blocks, overlap, show_blocks, take_away, unite
from generator.network.declared import Ask, Declared, End, Pods, Wanted, wanted
from generator.network.policy import DIRECTIONS, ENTITIES, Direction
from generator.network.ports import NO_PORTS, PortSet, atoms, join, meet, show_ports, without
from generator.network.reach import Reach, Rule
from generator.network.selector import bits

# So many pairs of a wide policy are weighed one by one; the rest is counted.
_WEIGHED = 20_000


@dataclass(frozen=True, slots=True)
class Wider:
    """A policy lets more through than anybody declared. `peer` is the other end as people read it."""

    policy: str
    direction: Direction
    subject: str
    peer: str
    ports: PortSet

    def __str__(self) -> str:
        if self.direction == "ingress":
            return f"{self.peer} may call {self.subject} on {show_ports(self.ports)}"
        return f"{self.subject} may call {self.peer} on {show_ports(self.ports)}"


@dataclass(frozen=True, slots=True)
class Missing:
    """A declared edge that policies deny: `lacking` says at which end, on which ports, and for which pods."""

    edge: Declared
    lacking: tuple[tuple[Direction, str, PortSet], ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Pods of a namespace of ours that no policy isolates in one direction."""

    subject: str
    namespace: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it. `more` counts connections of too wide policies that were not weighed one by one."""

    wider: tuple[Wider, ...]
    missing: tuple[Missing, ...]
    open: tuple[Open, ...]
    more: int = 0


def compare(reach: Reach, edges: Iterable[Declared], *, weigh: int = _WEIGHED) -> Comparison:
    """Compare what policies allow with what is declared, at each end for itself.

    Both ends count: a rule that nobody asked for is too wide even while the other end still denies.
    `weigh` undeclared pairs are looked at one by one, those beyond are counted.
    """
    edges = tuple(dict.fromkeys(edges))
    asked = wanted(reach, edges)
    widths = _Widths(reach, weigh)
    lacking: dict[Declared, dict[tuple[Direction, str, PortSet], None]] = {}
    open_sides = []
    for subject in range(reach.nodes + 1):
        for direction in DIRECTIONS:
            want = asked.get((subject, direction), Wanted())
            if not reach.isolated(subject, direction):
                if subject < reach.nodes and reach.groups[subject].namespace in reach.stock.owned:
                    group = reach.groups[subject]
                    open_sides.append(Open(group.name, group.namespace, direction))
            elif reach.allows(subject, direction):
                widths.weigh(subject, direction, want)
            for ask in want.asks:
                left = _lack(reach, subject, direction, ask)
                if left:
                    found = (direction, name_of(reach, subject), left)
                    lacking.setdefault(ask.edge, {})[found] = None
    for edge in edges:
        for direction, end in _nobody(reach, edge):
            lacking.setdefault(edge, {})[direction, end, edge.ports] = None
    missing = tuple(Missing(edge, tuple(lacking[edge])) for edge in edges if edge in lacking)
    return Comparison(tuple(widths.found), missing, tuple(open_sides), widths.more)


def name_of(reach: Reach, number: int) -> str:
    """Return what findings call a group."""
    return reach.groups[number].name if number < reach.nodes else "the nodes"


def _nobody(reach: Reach, edge: Declared) -> Iterator[tuple[Direction, str]]:
    """Ends that name pods where there are none: the file and the render disagree."""
    ends: tuple[tuple[End, Direction], ...] = ((edge.source, "egress"), (edge.target, "ingress"))
    for end, direction in ends:
        if isinstance(end, Pods) and not reach.matching(end.namespace, end.labels):
            yield direction, f"no pod of {end.namespace}"


def _lack(reach: Reach, subject: int, direction: Direction, ask: Ask) -> PortSet:
    """The declared ports that the policies of one end do not let through."""
    wanted_ports = ask.edge.ports
    if ask.host is not None:
        return without(wanted_ports, _host_ports(reach, subject, direction, ask.host))
    left = NO_PORTS
    for peer in bits(ask.pods):
        left = join(left, without(wanted_ports, reach.ports(subject, direction, peer, sure=True)))
    for entity in ask.entities:
        left = join(left, without(wanted_ports, reach.entity_ports(subject, direction, entity, sure=True)))
    if ask.blocks:
        left = join(left, without(wanted_ports, reach.address_ports(subject, direction, ask.blocks, sure=True)))
    return left


def _host_ports(reach: Reach, subject: int, direction: Direction, host: str) -> PortSet:
    """The ports on which a name is reached: by name, if Cilium reads the answer; or with the whole internet."""
    found = reach.address_ports(subject, direction, reach.around.public, sure=True)
    rules = reach.allows(subject, direction)
    if any(covers(pattern, host) for rule in rules for pattern in rule.lookups):
        for rule in rules:
            if not rule.narrowed and any(covers(pattern, host) for pattern in rule.hosts):
                found = join(found, rule.ports)
    return found


def covers(pattern: str, name: str) -> bool:
    """Say whether a name, or every name of a pattern, is matched by a pattern of Cilium.

    `*` alone is every name; elsewhere it stands for letters of one label, and `**.` for any labels.
    """
    if pattern in (name, "*"):
        return True
    body = re.escape(pattern.removeprefix("**.")).replace(r"\*", "[-a-z0-9_]*")
    prefix = r"([-a-z0-9_]+\.)+" if pattern.startswith("**.") else ""
    return re.fullmatch(prefix + body, name.replace("*", "x")) is not None and not name.startswith("**.")


class _Widths:
    """Collects what is allowed and not declared."""

    def __init__(self, reach: Reach, weigh: int) -> None:
        self._reach = reach
        self._left = weigh
        self.found: dict[Wider, None] = {}
        self.more = 0

    def weigh(self, subject: int, direction: Direction, want: Wanted) -> None:
        self._pods(subject, direction, want)
        self._outside(subject, direction, want)

    def _pods(self, subject: int, direction: Direction, want: Wanted) -> None:
        declared = want.pods()
        for peer in bits(self._reach.peers(subject, direction)):
            asked = declared.get(peer, NO_PORTS)
            if self._left <= 0:
                self.more += not asked
                continue
            extra = without(self._reach.ports(subject, direction, peer), asked)
            if extra:
                self._left -= 1
                for rule in self._reach.allows(subject, direction):
                    if rule.pods >> peer & 1:
                        self._add(rule, subject, name_of(self._reach, peer), meet(rule.ports, extra))

    def _outside(self, subject: int, direction: Direction, want: Wanted) -> None:
        for rule in self._reach.allows(subject, direction):
            for entity in sorted(rule.entities & ENTITIES):
                allowed = meet(rule.ports, self._reach.entity_ports(subject, direction, entity))
                self._add(rule, subject, f"entity {entity}", without(allowed, want.entity(entity)))
            for host in sorted(rule.hosts):
                self._add(rule, subject, host, without(rule.ports, _named(want, host)))
            if rule.blocks:
                for some, extra in self._addresses(subject, direction, rule, want):
                    self._add(rule, subject, show_blocks(some), extra)

    def _addresses(
        self, subject: int, direction: Direction, rule: Rule, want: Wanted
    ) -> Iterator[tuple[Blocks, PortSet]]:
        """Cut the ports of a rule where declarations and denials begin and end, and compare addresses in each part."""
        denies = self._reach.denies(subject, direction)
        asks = [ask for ask in want.asks if ask.blocks]
        found: dict[Blocks, PortSet] = {}
        for atom in atoms([rule.ports, *(ask.edge.ports for ask in asks), *(deny.ports for deny in denies)]):
            if without(atom, rule.ports):
                continue
            covered = NOWHERE
            for ask in asks:
                if not without(atom, ask.edge.ports):
                    covered = unite(covered, ask.blocks)
            for deny in denies:
                if not without(atom, deny.ports):
                    covered = unite(covered, overlap(deny.blocks, rule.blocks))
            extra = take_away(rule.blocks, covered)
            if extra:
                found[extra] = join(found.get(extra, NO_PORTS), atom)
        yield from found.items()

    def _add(self, rule: Rule, subject: int, peer: str, ports: PortSet) -> None:
        if ports:
            name = name_of(self._reach, subject)
            self.found[Wider(rule.policy, rule.direction, name, peer, ports)] = None


def _named(want: Wanted, host: str) -> PortSet:
    found = NO_PORTS
    for ask in want.asks:
        if ask.host is not None and covers(ask.host, host):
            found = join(found, ask.edge.ports)
    return found
