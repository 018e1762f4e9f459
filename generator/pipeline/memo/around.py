"""What stands around the services of one domain: edges and the like, which come from the files of all services.

Packed as plain lists of texts and numbers, so that reading them back can do nothing but make values of our own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from generator.finding import Place
from generator.fleet import Fleet
from generator.fleet.model import (
    MOVER,
    ApiServer,
    Database,
    Edge,
    EdgePort,
    Endpoint,
    Internet,
    Nodes,
    NotEnforced,
    Pods,
    ProbeTarget,
    Range,
)

_Packed = dict[str, list[Any]]
_NAMES: dict[type[Endpoint], str] = {
    Pods: "pods",
    Internet: "internet",
    Range: "range",
    ApiServer: "api",
    Nodes: "nodes",
}
_TYPES: dict[str, type[Endpoint]] = {name: kind for kind, name in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Around:
    """Of one environment, what other services' files say about the services of one domain.

    Of the place of an edge only the file is kept.
    """

    edges: tuple[Edge, ...] = ()
    not_enforced: tuple[NotEnforced, ...] = ()
    edges_left_out: tuple[NotEnforced, ...] = ()
    probes: tuple[ProbeTarget, ...] = ()
    databases: tuple[Database, ...] = ()


def pack(fleets: Iterable[Fleet]) -> dict[str, bytes]:
    """Return what stands around the services of every domain, packed."""
    packed: dict[str, dict[str, _Packed]] = {}
    for fleet in fleets:
        for domain, found in _by_domain(fleet).items():
            packed.setdefault(domain, {})[fleet.environment.name] = found
    # A place is a tuple with names, which the writer does not know.
    return {domain: orjson.dumps(found, default=tuple) for domain, found in packed.items()}


def _by_domain(fleet: Fleet) -> dict[str, _Packed]:
    domain_of = {name: service.domain for name, service in fleet.services.items()}
    by_path = {service.path: service.domain for service in fleet.services.values()}
    found: dict[str, _Packer] = {}
    for edge in fleet.edges:
        for domain in dict.fromkeys(_domains(fleet, edge, domain_of)):
            _of(found, domain).edge(edge)
    for key, gaps in (("not_enforced", fleet.not_enforced), ("edges_left_out", fleet.edges_left_out)):
        for gap in gaps:
            if gap.place.path in by_path:
                _of(found, by_path[gap.place.path]).packed[key].append(gap)
    for probe in fleet.probes:
        _of(found, domain_of[probe.service]).packed["probes"].append(probe)
    for database in fleet.databases:
        if database.cluster in domain_of:
            _of(found, domain_of[database.cluster]).packed["databases"].append(database)
    return {domain: packer.packed for domain, packer in found.items()}


def _of(found: "dict[str, _Packer]", domain: str) -> "_Packer":
    packer = found.get(domain)
    if packer is None:
        packer = found[domain] = _Packer()
    return packer


def _domains(fleet: Fleet, edge: Edge, domain_of: Mapping[str, str]) -> Iterator[str]:
    """The domains whose pods are an end of an edge."""
    for end in (edge.source, edge.target):
        if type(end) is Pods:
            if end.service in domain_of:
                yield domain_of[end.service]
            elif end.service == MOVER and end.namespace in fleet.namespaces:
                yield fleet.namespaces[end.namespace].domain


class _Packer:
    """Collects the edges of one domain; ends that many edges have are written once."""

    def __init__(self) -> None:
        keys = ("ends", "edges", "not_enforced", "edges_left_out", "probes", "databases")
        self.packed: _Packed = {key: [] for key in keys}
        self._numbers: dict[int, int] = {}

    def edge(self, edge: Edge) -> None:
        source, target = self._end(edge.source), self._end(edge.target)
        self.packed["edges"].append((source, target, edge.ports, edge.reason, edge.place.path))

    def _end(self, end: Endpoint) -> int:
        number = self._numbers.get(id(end))  # every end lives as long as its fleet
        if number is None:
            ends = self.packed["ends"]
            number = self._numbers[id(end)] = len(ends)
            ends.append((_NAMES[type(end)], end))
        return number


def unpack(content: bytes) -> dict[str, Around]:
    """Return what stands around the services of one domain, by environment.

    Raises:
        ValueError, KeyError, TypeError, IndexError: this is nothing that `pack` wrote.
    """
    return {environment: _around(found) for environment, found in orjson.loads(content).items()}


def _around(found: Mapping[str, Any]) -> Around:
    ends = [_TYPES[name](**fields) for name, fields in found["ends"]]
    return Around(
        edges=tuple(
            Edge(ends[source], ends[target], tuple(EdgePort(**port) for port in ports), reason, Place(path))
            for source, target, ports, reason, path in found["edges"]
        ),
        not_enforced=tuple(_gap(**gap) for gap in found["not_enforced"]),
        edges_left_out=tuple(_gap(**gap) for gap in found["edges_left_out"]),
        probes=tuple(_probe(**probe) for probe in found["probes"]),
        databases=tuple(_database(**database) for database in found["databases"]),
    )


def _gap(*, place: list[Any], **fields: Any) -> NotEnforced:
    return NotEnforced(**fields, place=Place(*place))


def _probe(*, port: dict[str, Any], place: list[Any], **fields: Any) -> ProbeTarget:
    return ProbeTarget(**fields, port=EdgePort(**port), place=Place(*place))


def _database(*, extensions: list[str], place: list[Any], **fields: Any) -> Database:
    return Database(**fields, extensions=tuple(extensions), place=Place(*place))
