"""Resolve one environment: from typed services to a fleet with every edge, claim and need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from generator.catalogue import Catalogue
from generator.catalogue.read import Notes
from generator.catalogue.service import Call, Service
from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding, sort_findings
from generator.fleet.arithmetic import namespace_needs, need_of, quota_of
from generator.fleet.check_exposure import check_exposure
from generator.fleet.check_pods import check_service_pods
from generator.fleet.claims import claims_of, collisions, free_addresses
from generator.fleet.edges import Edges, collect
from generator.fleet.fill import fill_service
from generator.fleet.model import Fleet, Namespace, Need
from generator.fleet.names import check_names, namespace_of, namespaces
from generator.fleet.needs import fill_needs
from generator.fleet.order import dependencies, note_cycles, order, steps
from generator.fleet.ranges import check_across, check_ranges
from generator.fleet.reference import References
from generator.fleet.storage import nfs_pairs


def resolve(catalogue: Catalogue) -> Fleet:
    """Resolve one environment. What is wrong is in the fleet's findings."""
    notes = Notes(list(catalogue.findings))
    site, inventory = catalogue.site, catalogue.inventory
    known = {**catalogue.services, **catalogue.off, **catalogue.retired}
    check_names(catalogue.services, notes)
    found = namespaces(catalogue.services, catalogue.domains, notes)
    needed = fill_needs(catalogue.services, {**catalogue.services, **catalogue.off}, site, notes)
    depends = dependencies(catalogue.services, catalogue.off, catalogue.retired, needed.calls, notes)
    note_cycles(catalogue.services, depends, notes)
    depth = steps(depends)
    references = References(site, catalogue.environment.name, known, reachable(needed.services, needed.calls), notes)
    services = {
        name: fill_service(service, references, depth.get(name, 0)) for name, service in needed.services.items()
    }
    edges = Edges(site, inventory, services, {**catalogue.off, **catalogue.retired}, notes)
    collect(edges, needed.calls)
    claims = claims_of(services, site, inventory, found, catalogue.environment.name)
    free = free_addresses(site, claims)
    for service in services.values():
        check_service_pods(service, site, inventory, found, notes)
        check_exposure(service, site, free, notes)
    _check_site(catalogue, services, notes)
    notes.findings += check_ranges(site, inventory, catalogue.environment.name)
    by_namespace = namespace_needs(services, found, inventory)
    return Fleet(
        environment=catalogue.environment,
        site=site,
        inventory=inventory,
        domains=catalogue.domains,
        services=services,
        off=catalogue.off,
        retired=catalogue.retired,
        namespaces=_with_quota(found, by_namespace, catalogue),
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
        needs={
            domain: need_of((service for service in services.values() if service.domain == domain), inventory)
            for domain in catalogue.domains
        },
        namespace_needs=by_namespace,
        budgets={name: domain.budget for name, domain in catalogue.domains.items()},
        edges_left_out=tuple(edges.left_out),
        findings=sort_findings(notes.findings),
    )


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


def _with_quota(
    found: Mapping[str, Namespace], needs: Mapping[str, Need], catalogue: Catalogue
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
            else _rest(catalogue, namespace, owned.get(namespace.domain, Need()), needs[name])
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


def _rest(catalogue: Catalogue, namespace: Namespace, owned: Need, need: Need) -> dict[str, str] | None:
    """The budget less what namespaces of services take; the need where it is not bounded."""
    budget = catalogue.domains[namespace.domain].budget

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


def _check_site(catalogue: Catalogue, services: Mapping[str, Service], notes: Notes) -> None:
    """Names inside the site file that must lead somewhere."""
    site = catalogue.site
    known = {**services, **catalogue.off}
    gateways = site.tree.child("gateways")
    for gateway in site.gateways.values():
        at = gateways.child(gateway.name)
        if gateway.service not in known:
            message = f"gateway {gateway.name!r} names service {gateway.service!r}, which does not exist{did_you_mean(gateway.service, known)}"
            notes.error(at.value_place("service"), "fleet/unknown-service", message, "name a service that exists")
        if gateway.issuer is not None and gateway.issuer not in site.issuers:
            message = f"gateway {gateway.name!r} names issuer {gateway.issuer!r}, which does not exist{did_you_mean(gateway.issuer, site.issuers)}"
            notes.error(at.value_place("issuer"), "fleet/unknown-issuer", message, "name an issuer of values/site.yaml")
        for network in gateway.sources:
            if network != "internet" and network not in site.networks:
                message = f"gateway {gateway.name!r} names network {network!r}, which does not exist{did_you_mean(network, site.networks)}"
                notes.error(
                    at.key_place("from"), "fleet/unknown-network", message, "name a network of values/site.yaml"
                )
        if not any(gateway.ip in pool.range for pool in site.address_pools.values()):
            notes.error(
                at.value_place("ip"),
                "fleet/outside-range",
                f"address {gateway.ip} of gateway {gateway.name!r} lies in no pool",
                "choose an address of a pool",
            )
    storage = site.tree.child("storage")
    if site.default_class not in site.classes:
        message = f"default class {site.default_class!r} does not exist{did_you_mean(site.default_class, site.classes)}"
        notes.error(
            storage.value_place("default"), "fleet/unknown-storage-class", message, "name one of `storage.classes`"
        )
    for name, provider in site.providers.items():
        if provider not in known:
            message = f"provider of {name} is {provider!r}, which does not exist{did_you_mean(provider, known)}"
            notes.error(
                site.tree.child("providers").value_place(name),
                "fleet/unknown-service",
                message,
                "name a service that exists",
            )
    _check_backup(catalogue, notes)
    minor = catalogue.inventory.kubernetes_version
    if minor is not None and not minor.startswith(site.kubernetes.version + "."):
        message = f"inventory has Kubernetes {minor}, the site has {site.kubernetes.version}"
        notes.error(catalogue.inventory.place, "fleet/kubernetes-version", message, "let the minors agree")


def _check_backup(catalogue: Catalogue, notes: Notes) -> None:
    site = catalogue.site
    backup = site.tree.child("backup").child("tiers")
    for tier in site.tiers.values():
        for name in tier.destinations:
            if name not in site.destinations:
                message = (
                    f"{tier.name} copies to {name!r}, which is no destination{did_you_mean(name, site.destinations)}"
                )
                notes.error(
                    backup.child(tier.name).key_place("destinations"),
                    "fleet/unknown-destination",
                    message,
                    "name one of `backup.destinations`",
                )
    for share in site.shares.values():
        if share.tier not in site.tiers:
            message = f"backup tier {share.tier!r} of share {share.name!r} does not exist{did_you_mean(share.tier, site.tiers)}"
            notes.error(share.place, "fleet/unknown-backup-tier", message, "name one of `backup.tiers`")
        elif share.by is None and site.tiers[share.tier].schedule is not None:
            message = f"share {share.name!r} has tier {share.tier!r}, and nobody copies it"
            notes.error(
                share.place,
                "fleet/share-without-backup",
                message,
                "add `by: velero` or `by: {nas: {destination, rpo}}`, or use a tier without copies",
            )
    for name in site.destinations:
        secret = site.destinations[name].secret
        if secret not in site.secret_store.shared:
            message = f"destination {name!r} names item {secret!r}, which is no shared item{did_you_mean(secret, site.secret_store.shared)}"
            notes.error(
                site.destinations[name].place, "fleet/unknown-store-item", message, "add it to `secret_store.shared`"
            )


def check_environments(fleets: Sequence[Fleet]) -> tuple[Finding, ...]:
    """Collisions within and across environments: they share one LAN and one set of hosts."""
    claims = [claim for fleet in fleets for claim in fleet.claims]
    offers: dict[str, str] = {}
    for fleet in fleets:
        free = free_addresses(fleet.site, claims)
        for pool in fleet.site.address_pools.values():
            offered = free.get(pool.name)
            for claim in fleet.claims:
                address = claim.details.get("address", claim.key if claim.kind == "address" else "")
                if offered is not None and address and IPv4Address(address) in pool.range:
                    offers[f"{fleet.environment.name} {address}"] = str(offered)
        offers |= _next_numbers(fleet)
    return sort_findings((*collisions(claims, offers), *check_across(fleets)))


def _next_numbers(fleet: Fleet) -> dict[str, str]:
    """Free VM ids for those that are taken."""
    ids = fleet.inventory.vm_ids
    if ids is None:
        return {}
    taken = {machine.vm_id for machine in fleet.inventory.machines}
    free = next((number for number in range(ids[0], ids[1] + 1) if number not in taken), None)
    return {
        f"{fleet.environment.name} {number}": str(free) for number in taken if free is not None and number is not None
    }
