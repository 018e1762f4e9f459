"""Resolve one environment: from typed services to a fleet with every edge, claim and need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from generator.catalogue import Catalogue
from generator.catalogue.gaps import INVENTORY, SITE, is_stand_in
from generator.catalogue.read import Notes
from generator.catalogue.service import Call, Service
from generator.catalogue.site import Domain
from generator.finding import Finding, sort_findings
from generator.fleet.arithmetic import domain_needs, namespace_needs, pieces_of, quota_of
from generator.fleet.check_exposure import check_exposure
from generator.fleet.check_machines import check_devices, check_machines
from generator.fleet.check_pods import check_service_pods
from generator.fleet.check_security import check_domain
from generator.fleet.check_site import check_retired, check_site
from generator.fleet.claims import claims_of
from generator.fleet.collision import collisions
from generator.fleet.edges import Edges, collect
from generator.fleet.fill import fill_service
from generator.fleet.free import Free, free_addresses
from generator.fleet.gone import check_gone
from generator.fleet.model import Claim, Fleet, Namespace, Need
from generator.fleet.names import check_names, check_written, namespace_of, namespaces
from generator.fleet.needs import fill_needs
from generator.fleet.order import dependencies, note_cycles, order, steps
from generator.fleet.ranges import check_across, check_ranges
from generator.fleet.reference import References
from generator.fleet.standing import NOBODY, Standing
from generator.fleet.storage import nfs_pairs

# What a finding about ranges says to be missing, and who would have it.
_LED_TO = {"fleet/unknown-network": (SITE, "networks"), "fleet/unknown-host": (INVENTORY, "hosts")}


def resolve(catalogue: Catalogue, *, is_judged: bool = False) -> Fleet:
    """Resolve one environment. Its findings say what is wrong, but for what `judge` says if it `is_judged`."""
    notes = Notes(list(catalogue.findings), set(catalogue.unread), dict(catalogue.gaps))
    site, inventory = catalogue.site, catalogue.inventory
    known = {**catalogue.services, **catalogue.off, **catalogue.retired}
    found = namespaces(catalogue.services, catalogue.domains, notes)
    needed = fill_needs(catalogue.services, {**catalogue.services, **catalogue.off}, site, notes)
    depends = dependencies(catalogue.services, catalogue.off, catalogue.retired, needed.calls, notes)
    note_cycles(catalogue.services, depends, needed.calls, notes)
    depth = steps(depends)
    references = References(site, catalogue.environment.name, known, reachable(needed.services, needed.calls), notes)
    services = {
        name: fill_service(service, references, depth.get(name, 0)) for name, service in needed.services.items()
    }
    edges = Edges(site, inventory, services, {**catalogue.off, **catalogue.retired}, notes)
    collect(edges, needed.calls)
    claims = _claims(catalogue, services, found)
    if not is_judged:
        notes.findings += judge(catalogue)
    pieces = pieces_of(services, inventory, site)
    by_namespace = namespace_needs(services, found, pieces)
    return Fleet(
        environment=catalogue.environment,
        site=site,
        inventory=inventory,
        domains=catalogue.domains,
        services=services,
        off=catalogue.off,
        retired=catalogue.retired,
        namespaces=with_quota(found, by_namespace, catalogue.domains),
        namespace_of={name: namespace_of(service) for name, service in known.items()},
        edges=tuple(edges.found),
        not_enforced=tuple(edges.not_enforced),
        claims=claims,
        order=order(depth),
        steps=depth,
        probes=tuple(edges.probes),
        nfs=nfs_pairs(services, site, inventory),
        databases=tuple(needed.databases),
        buckets=tuple(needed.buckets),
        needs=domain_needs(services, catalogue.domains, pieces),
        namespace_needs=by_namespace,
        budgets={name: domain.budget for name, domain in catalogue.domains.items()},
        edges_left_out=tuple(edges.left_out),
        findings=sort_findings(notes.findings),
    )


def judge(catalogue: Catalogue) -> list[Finding]:
    """Say what is wrong with services, site and machines by themselves: it can be done while all is resolved."""
    notes = Notes([], set(catalogue.unread), dict(catalogue.gaps))
    site, inventory, services = catalogue.site, catalogue.inventory, catalogue.services
    check_names(services, notes)
    found = namespaces(services, catalogue.domains, Notes())  # what is wrong with those is told already
    free = free_addresses(site, _claims(catalogue, services, found))
    for service in services.values():
        check_service_pods(service, site, inventory, found, notes)
        check_exposure(service, site, catalogue.environment.name, free, notes)
        check_gone(service, notes)
    check_site(site, inventory, services, catalogue.off, notes)
    for domain in catalogue.domains.values():
        check_domain(domain, notes)
    check_retired(catalogue.retired, {**services, **catalogue.off, **catalogue.retired}, notes)
    check_written(services, found, notes)
    check_machines(inventory, site, notes)
    for finding in check_ranges(site, inventory, catalogue.environment.name):
        led_to = _LED_TO.get(finding.rule)
        if not is_stand_in(finding.place) and not (led_to and notes.may_have(*led_to)):
            notes.findings.append(finding)
    return notes.findings


def _claims(catalogue: Catalogue, services: Mapping[str, Service], found: Mapping[str, Namespace]) -> tuple[Claim, ...]:
    """Every claim but those of what stands in for a site that could not be read."""
    claims = claims_of(services, catalogue.site, catalogue.inventory, found, catalogue.environment.name)
    if SITE in catalogue.gaps or SITE in catalogue.unread:
        return tuple(claim for claim in claims if not is_stand_in(claim.place))
    return claims


def reachable(services: Mapping[str, Service], needed: Mapping[str, Iterable[Call]]) -> dict[str, frozenset[str]]:
    """The services that each has a stated edge to; references may name only these."""
    found: dict[str, frozenset[str]] = {}
    for service in services.values():
        names = {service.name}
        for component in service.components.values():
            names |= {call.service for call in component.talks_to.services}
        names |= {call.service for call in needed.get(service.name, ())}
        found[service.name] = frozenset(names)
    return found


def with_quota(
    found: Mapping[str, Namespace], needs: Mapping[str, Need], domains: Mapping[str, Domain]
) -> dict[str, Namespace]:
    """Quota per namespace: its need where a service owns it, else the budget less those needs."""
    owned: dict[str, Need] = {}
    for namespace in found.values():
        if namespace.service is not None:
            owned[namespace.domain] = _sum(owned.get(namespace.domain, Need()), needs[namespace.name])
    result = {}
    for name, namespace in found.items():
        if namespace.builtin or namespace.upstream:
            result[name] = namespace
            continue
        quota = (
            quota_of(needs[name])
            if namespace.service is not None
            else _rest(domains, namespace, owned.get(namespace.domain, Need()), needs[name])
        )
        result[name] = replace(namespace, quota=quota)
    return result


def _sum(left: Need, right: Need) -> Need:
    return Need(
        left.cpu_m + right.cpu_m,
        left.memory_bytes + right.memory_bytes,
        left.memory_limit_bytes + right.memory_limit_bytes,
        left.storage_bytes + right.storage_bytes,
    )


def _rest(domains: Mapping[str, Domain], namespace: Namespace, owned: Need, need: Need) -> dict[str, str] | None:
    """The budget less what namespaces of services take; the need where it is not bounded."""
    budget = domains[namespace.domain].budget

    def left(bound: int | None, taken: int, needed: int) -> int:
        return max(bound - taken, 0) if bound is not None else needed

    return quota_of(
        Need(
            left(budget.cpu_m, owned.cpu_m, need.cpu_m),
            left(budget.memory_bytes, owned.memory_bytes, need.memory_bytes),
            left(budget.memory_limit_bytes, owned.memory_limit_bytes, need.memory_limit_bytes),
            left(budget.storage_bytes, owned.storage_bytes, need.storage_bytes),
        )
    )


def check_environments(fleets: Sequence[Fleet], standing: Standing = NOBODY) -> tuple[Finding, ...]:
    """Collisions within and across environments: they share one LAN and one set of hosts.

    `standing` says who was there before: a newcomer gives way.
    """
    claims = [claim for fleet in fleets for claim in fleet.claims]
    found = (*collisions(claims, Free(fleets, claims).offer, standing), *check_across(fleets), *check_devices(fleets))
    return sort_findings(found)
