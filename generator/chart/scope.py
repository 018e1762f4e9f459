"""One environment, indexed the way the builders of this package ask for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.catalogue.service import Component, Json, SecretRef, Service
from generator.chart.address import Addresses, addresses_of, peers_of
from generator.chart.operators import operators_of
from generator.fleet.model import MOVER, Database, Edge, Endpoint, Fleet, Namespace, PersistentNfs, Pods, ProbeTarget

Body = dict[str, Any]
# Kind, name and body of one object; what a body may hold is said in charts/common/README.md.
Printed = tuple[str, str, Body]
_DIGITS_AND_DASH = 7


@dataclass(frozen=True, slots=True)
class Side:
    """The edges of some pods of a service: who may call them, and whom they may call."""

    pods: Pods
    ingress: list[Edge] = field(default_factory=list)
    egress: list[Edge] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Scope:
    """A fleet with its look-ups. Built once per environment and shared by all domains."""

    fleet: Fleet
    services: Mapping[str, tuple[Service, ...]]
    namespaces: Mapping[str, tuple[Namespace, ...]]
    operators: frozenset[str]
    sides: Mapping[str, Mapping[tuple[str, str], Side]]
    shares: Mapping[str, PersistentNfs]
    databases: Mapping[str, tuple[Database, ...]]
    probes: Mapping[str, tuple[ProbeTarget, ...]]
    addresses: Addresses
    _peers: dict[int, dict[str, Json]] = field(default_factory=dict)

    def peers(self, endpoint: Endpoint) -> Mapping[str, Json]:
        """The peers that a plain policy has for an end, by the texts that they are sorted by; most ends come often."""
        found = self._peers.get(id(endpoint))  # every end lives as long as the fleet
        if found is None:
            found = self._peers[id(endpoint)] = dict(peers_of(endpoint, self.addresses))
        return found

    def namespace(self, service: str) -> str:
        """The namespace of a service; its own name where the fleet knows no such service."""
        found = self.fleet.namespace_of.get(service)
        return found if found is not None else service

    def store_item(self, secret: SecretRef) -> str:
        """The item of the secret store that holds `secret`."""
        if "/" in secret.owner:
            return secret.owner
        owner = self.fleet.services.get(secret.owner) or self.fleet.off.get(secret.owner)
        return f"{owner.domain}/{owner.name}" if owner else secret.owner

    def has(self, group: str) -> bool:
        """Say whether an operator of the fleet reads objects of an API group."""
        return group in self.operators


def scope_of(fleet: Fleet) -> Scope:
    """Index a fleet."""
    databases: dict[str, list[Database]] = {}
    for database in fleet.databases:
        databases.setdefault(database.cluster, []).append(database)
    services: dict[str, list[Service]] = {}
    for service in fleet.services.values():
        services.setdefault(service.domain, []).append(service)
    namespaces: dict[str, list[Namespace]] = {}
    for namespace in fleet.namespaces.values():
        namespaces.setdefault(namespace.domain, []).append(namespace)
    probes: dict[str, list[ProbeTarget]] = {}
    for target in fleet.probes:
        probes.setdefault(target.service, []).append(target)
    return Scope(
        fleet=fleet,
        services={domain: tuple(found) for domain, found in services.items()},
        namespaces={domain: tuple(known) for domain, known in namespaces.items()},
        operators=operators_of(fleet),
        sides=_sides(fleet),
        shares={share.claim[:-_DIGITS_AND_DASH]: share for share in fleet.nfs},
        databases={cluster: tuple(found) for cluster, found in databases.items()},
        probes={service: tuple(found) for service, found in probes.items()},
        addresses=addresses_of(fleet),
    )


def _sides(fleet: Fleet) -> dict[str, dict[tuple[str, str], Side]]:
    sides: dict[str, dict[tuple[str, str], Side]] = {}
    known = {*fleet.services, MOVER}

    def side(endpoint: Endpoint) -> Side | None:
        if not isinstance(endpoint, Pods) or endpoint.host_network or endpoint.service not in known:
            return None
        found = sides.setdefault(endpoint.service, {})
        return found.setdefault((endpoint.namespace, endpoint.component or ""), Side(endpoint))

    for edge in fleet.edges:
        if (caller := side(edge.source)) is not None:
            caller.egress.append(edge)
        if (callee := side(edge.target)) is not None:
            callee.ingress.append(edge)
    return sides


def workloads_of(service: Service) -> Iterator[Component]:
    """The components that run containers which we print."""
    return (component for component in service.components.values() if component.container is not None)


def namespace_of(scope: Scope, operator: str) -> str:
    """The namespace of the service or upstream chart called `operator`."""
    for service in scope.fleet.services.values():
        if service.name == operator or (service.chart is not None and service.chart.name == operator):
            return scope.namespace(service.name)
    return operator
