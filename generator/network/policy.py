"""What a policy says, whichever kind it is: whom it isolates, and its rules before pods are looked up."""

from dataclasses import dataclass, field
from typing import Literal

from generator.network.blocks import NOWHERE, Blocks
from generator.network.ports import EVERY_PORT, PortSet
from generator.network.selector import PodQuery, Selector

Direction = Literal["ingress", "egress"]
DIRECTIONS: tuple[Direction, Direction] = ("ingress", "egress")

# What Cilium knows in a cluster besides pods. `world`, `cluster` and `all` are made of these.
ENTITIES = frozenset({"host", "remote-node", "kube-apiserver", "init", "ingress", "health", "unmanaged"})
NODE_ENTITIES = frozenset({"host", "remote-node"})


@dataclass(frozen=True, slots=True)
class NodeQuery:
    """Nodes by label: the subject of a host policy."""

    nodes: Selector


@dataclass(frozen=True, slots=True)
class PortSpec:
    """Ports of a rule. A `name` is looked up in the pods that are called."""

    ports: PortSet = EVERY_PORT
    name: str | None = None
    protocols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """One rule. `everyone` is any peer at all; the other fields are joined.

    `narrowed` rules let only a part through that this package cannot weigh (HTTP paths, names in a
    DNS question, TLS names): they count when asking what is too wide, not when asking what is
    missing. `lookups` are the DNS names whose answers Cilium reads along.
    """

    number: int
    direction: Direction
    queries: tuple[PodQuery, ...] = ()
    everyone: bool = False
    blocks: Blocks = NOWHERE
    entities: frozenset[str] = frozenset()
    world: bool = False
    hosts: frozenset[str] = frozenset()
    ports: tuple[PortSpec, ...] = (PortSpec(),)
    deny: bool = False
    narrowed: bool = False
    lookups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy, read. `doubts` are parts of it that nobody here can judge."""

    name: str
    subjects: PodQuery | NodeQuery
    isolates: frozenset[Direction]
    rules: tuple[Written, ...]
    doubts: tuple[str, ...] = field(default=())
