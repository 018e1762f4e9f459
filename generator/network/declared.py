"""Declared edges as plain data, and what each of them asks of both ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from generator.finding import Place
from generator.network.blocks import NOWHERE, Blocks, take_away
from generator.network.objects import PodGroup
from generator.network.policy import NODE_ENTITIES, Direction
from generator.network.ports import NO_PORTS, PortSet, join
from generator.network.reach import Reach
from generator.network.selector import bits


@dataclass(frozen=True, slots=True)
class Pods:
    """Pods of a namespace that have all of some labels."""

    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Address blocks outside the pods."""

    blocks: Blocks


@dataclass(frozen=True, slots=True)
class HostName:
    """A name outside the cluster, `*.x` for all below x. Only Cilium can tell it from other public addresses."""

    name: str


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes, and pods that share their network."""


@dataclass(frozen=True, slots=True)
class ApiServer:
    """The Kubernetes API server."""


End = Pods | Addresses | HostName | Nodes | ApiServer


@dataclass(frozen=True, slots=True)
class Declared:
    """A connection that a file declares. The names are what people call its ends."""

    source: End
    target: End
    ports: PortSet
    source_name: str
    target_name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Ask:
    """What one declared edge asks of the policies of one end.

    `pods` is a mask of groups on the other end; exactly one of the fields up to `host` is set.
    """

    edge: Declared
    pods: int = 0
    blocks: Blocks = NOWHERE
    entities: frozenset[str] = frozenset()
    host: str | None = None


@dataclass(slots=True)
class Wanted:
    """Everything that is declared for one group in one direction."""

    asks: list[Ask] = field(default_factory=list)

    def pods(self) -> dict[int, PortSet]:
        """Return the declared ports by the other group."""
        found: dict[int, PortSet] = {}
        for ask in self.asks:
            for number in bits(ask.pods):
                found[number] = join(found.get(number, NO_PORTS), ask.edge.ports)
        return found

    def entity(self, name: str) -> PortSet:
        """Return the declared ports of an entity."""
        found = NO_PORTS
        for ask in self.asks:
            if name in ask.entities:
                found = join(found, ask.edge.ports)
        return found


def declared_pods(edges: Iterable[Declared]) -> list[PodGroup]:
    """Return the pods that edges name, as groups that are there if nothing rendered is."""
    ends = dict.fromkeys(end for edge in edges for end in (edge.source, edge.target) if isinstance(end, Pods))
    known: dict[tuple[str, tuple[tuple[str, str], ...]], PodGroup] = {}
    for end in ends:
        group = PodGroup(end.namespace, end.labels, rendered=False)
        known[end.namespace, tuple(sorted(end.labels.items()))] = group
    return [known[key] for key in sorted(known)]


def wanted(reach: Reach, edges: Iterable[Declared]) -> dict[tuple[int, Direction], Wanted]:
    """Return what is declared, by group and direction."""
    found: dict[tuple[int, Direction], Wanted] = {}
    for edge in edges:
        ends: tuple[tuple[End, End, Direction], ...] = (
            (edge.source, edge.target, "egress"),
            (edge.target, edge.source, "ingress"),
        )
        for own, other, direction in ends:
            ask = _ask(reach, edge, other, direction)
            for subject in bits(_subjects(reach, own)):
                found.setdefault((subject, direction), Wanted()).asks.append(ask)
    return found


def _subjects(reach: Reach, end: End) -> int:
    match end:
        case Pods():
            return reach.matching(end.namespace, end.labels)
        case Nodes():
            return 1 << reach.nodes
        case _:
            return 0


def _ask(reach: Reach, edge: Declared, other: End, direction: Direction) -> Ask:
    """What the policies at one end must let through to or from `other`."""
    around = reach.around
    cilium = around.enforcer == "cilium"
    match other:
        case Pods():
            return Ask(edge, pods=reach.matching(other.namespace, other.labels))
        case Addresses(blocks=blocks):
            return Ask(edge, blocks=take_away(blocks, around.inside) if cilium else blocks)
        case HostName(name=name):
            if cilium and name != "*":
                return Ask(edge, host=name.lower())
            return Ask(edge, blocks=around.public)
        case Nodes():
            return Ask(edge, entities=NODE_ENTITIES) if cilium else Ask(edge, blocks=around.node_blocks)
        case ApiServer():
            if not cilium:
                return Ask(edge, blocks=around.api_blocks)
            # It answers as itself; its calls come from the node that it runs on.
            called = frozenset({"kube-apiserver"})
            return Ask(edge, entities=called if direction == "egress" else called | NODE_ENTITIES)
