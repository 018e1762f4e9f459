"""Reachability as a table: who reaches whom on which ports, summed up by any name for a group."""

from collections.abc import Callable, Iterator

from generator.network.blocks import Blocks, show_blocks
from generator.network.ports import NO_PORTS, PortSet, join, show_ports
from generator.network.reach import Reach, Rule

# What stands for an outside peer: an address block, a host name or an entity, and where it comes from.
Matrix = dict[tuple[str, str], PortSet]
NameOfGroup = Callable[[int], str]
NameOfBlocks = Callable[[Blocks], str]


def matrix(reach: Reach, name: NameOfGroup, outside: NameOfBlocks = show_blocks) -> Matrix:
    """Return the effective connections: (source, target) -> ports, in order of names.

    Groups of the same name are one row and column. Outside peers are a row where they may call in, a
    column where they may be called. What is not isolated is listed against `everything`.
    """
    found: Matrix = {}

    def add(source: str, target: str, ports: PortSet) -> None:
        found[source, target] = join(found.get((source, target), NO_PORTS), ports)

    for source, target, ports in reach.connections():
        add(name(source), name(target), ports)
    for subject in range(reach.nodes):
        for direction in ("ingress", "egress"):
            if not reach.isolated(subject, direction):
                ends = ("everything", name(subject)) if direction == "ingress" else (name(subject), "everything")
                add(*ends, (("TCP", 0, 65535), ("UDP", 0, 65535)))
                continue
            for rule in reach.allows(subject, direction):
                for peer in _outside(rule, outside):
                    ends = (peer, name(subject)) if direction == "ingress" else (name(subject), peer)
                    add(*ends, rule.ports)
    return dict(sorted(found.items()))


def _outside(rule: Rule, outside: NameOfBlocks) -> Iterator[str]:
    if rule.blocks:
        yield outside(rule.blocks)
    yield from sorted(rule.entities)
    yield from sorted(rule.hosts)


def as_data(found: Matrix) -> dict[str, dict[str, str]]:
    """Return a matrix for JSON: source -> target -> ports as people write them."""
    table: dict[str, dict[str, str]] = {}
    for (source, target), ports in found.items():
        table.setdefault(source, {})[target] = show_ports(ports)
    return table
