"""Names inside the site file that must lead somewhere, and what it says of gateways and copies."""

from collections.abc import Iterable, Mapping

from generator.catalogue.cron import cron_fault
from generator.catalogue.gaps import SITE
from generator.catalogue.inventory import Inventory
from generator.catalogue.read import Notes
from generator.catalogue.service import Service
from generator.catalogue.site import Gateway, Site
from generator.catalogue.suggest import did_you_mean
from generator.finding import Place
from generator.fleet.check_security import check_dates
from generator.fleet.ranges import pool_of
from generator.fleet.storage import address_of, is_address

_SOLVER_SECRETS = frozenset({"token", "tsigSecret"})


def check_site(
    site: Site, inventory: Inventory, services: Mapping[str, Service], off: Mapping[str, Service], notes: Notes
) -> None:
    """Note what is wrong with the site of one environment."""
    known = {**services, **off}
    for gateway in site.gateways.values():
        _check_gateway(gateway, site, services, off, notes)
    _check_front_doors(site, notes)
    storage = site.tree.child("storage")
    if site.default_class not in site.classes:
        message = f"default class {site.default_class!r} does not exist{did_you_mean(site.default_class, site.classes)}"
        place = storage.value_place("default")
        fix, lacks = "name one of `storage.classes`", (SITE, "storage")
        notes.error(place, "fleet/unknown-storage-class", message, fix, lacks=lacks)
    providers, monitoring = site.tree.child("providers"), site.tree.child("monitoring")
    for name, provider in site.providers.items():
        _check_service(notes, providers.value_place(name), f"provider of {name}", provider, known)
    _check_service(notes, monitoring.value_place("scraper"), "scraper", site.monitoring.scraper, known)
    if site.monitoring.prober is not None:
        _check_service(notes, monitoring.value_place("prober"), "prober", site.monitoring.prober, known)
    _check_backup(site, inventory, notes)
    _check_stores(site, known, notes)
    minor = inventory.kubernetes_version
    if minor is not None and not minor.startswith(site.kubernetes.version + "."):
        message = f"inventory has Kubernetes {minor}, the site has {site.kubernetes.version}"
        place = inventory.places.get("kubernetes", inventory.place)
        fix, lacks = "let the minors agree", (SITE, "kubernetes")
        notes.error(place, "fleet/kubernetes-version", message, fix, lacks=lacks)


def check_retired(retired: Mapping[str, Service], known: Mapping[str, Service], notes: Notes) -> None:
    """Note successors that do not exist."""
    for service in retired.values():
        check_dates(service, notes)
        successor = service.retired.successor if service.retired else None
        if successor is not None:
            place = service.tree.child("retired").value_place("successor")
            _check_service(notes, place, f"successor of {service.name!r}", successor, known)


def _check_service(notes: Notes, place: Place, who: str, name: str, known: Mapping[str, Service]) -> None:
    if name not in known and name not in notes.unread:
        message = f"{who} is {name!r}, which does not exist{did_you_mean(name, known)}"
        notes.error(place, "fleet/unknown-service", message, "name a service that exists")


def _check_gateway(
    gateway: Gateway, site: Site, services: Mapping[str, Service], off: Mapping[str, Service], notes: Notes
) -> None:
    at = site.tree.child("gateways").child(gateway.name)
    who = f"gateway {gateway.name!r}"
    _check_service(notes, at.value_place("service"), f"service of {who}", gateway.service, {**services, **off})
    if gateway.service in off:
        hosts = sorted(
            host
            for service in services.values()
            for host, item in service.expose.items()
            if gateway.name in item.gateways
        )
        if hosts:
            message = f"{who} serves {', '.join(hosts[:3])}, its service {gateway.service!r} is off here"
            fix = f"switch {gateway.service!r} on, or remove the gateway here"
            notes.error(at.value_place("service"), "fleet/gateway-off", message, fix)
    if gateway.issuer is not None and gateway.issuer not in site.issuers:
        message = (
            f"{who} names issuer {gateway.issuer!r}, which does not exist{did_you_mean(gateway.issuer, site.issuers)}"
        )
        place, fix = at.value_place("issuer"), "name an issuer of values/site.yaml"
        notes.error(place, "fleet/unknown-issuer", message, fix, lacks=(SITE, "issuers"))
    for network in gateway.sources:
        if network != "internet" and network not in site.networks:
            message = f"{who} names network {network!r}, which does not exist{did_you_mean(network, site.networks)}"
            place, fix = at.key_place("from"), "name a network of values/site.yaml"
            notes.error(place, "fleet/unknown-network", message, fix, lacks=(SITE, "networks"))
    if pool_of(site, gateway.ip) is None and knows_pools(site):
        message = f"address {gateway.ip} of {who} lies in no pool, the site has {pools_in_words(site)}"
        place, fix = at.value_place("ip"), "choose an address of a pool"
        notes.error(place, "fleet/outside-range", message, fix, lacks=(SITE, "address_pools"))


def knows_pools(site: Site) -> bool:
    """Whether every pool could be read; else nobody may say that an address lies in none."""
    return len(site.address_pools) == len(site.tree.child("address_pools"))


def pools_in_words(site: Site) -> str:
    """The address pools of a site, as a message names them."""
    return ", ".join(f"{pool.name} {pool.range}" for pool in site.address_pools.values()) or "none"


def _check_front_doors(site: Site, notes: Notes) -> None:
    """Listeners of one deployment share its entry points: a host on one would answer on the other."""
    first: dict[str, Gateway] = {}
    for gateway in site.gateways.values():
        other = first.setdefault(gateway.service, gateway)
        if set(other.sources) != set(gateway.sources):
            message = (
                f"gateways {other.name!r} and {gateway.name!r} let in {', '.join(other.sources)} and "
                f"{', '.join(gateway.sources)}, and both are {gateway.service!r}"
            )
            place = site.tree.child("gateways").child(gateway.name).value_place("service")
            notes.error(
                place, "fleet/shared-front-door", message, "give each a service of its own", also=(other.place,)
            )


def _check_backup(site: Site, inventory: Inventory, notes: Notes) -> None:
    tiers = site.tree.child("backup").child("tiers")
    for tier in site.tiers.values():
        at = tiers.child(tier.name)
        for name in tier.destinations:
            if name not in site.destinations:
                guess = did_you_mean(name, site.destinations)
                message = f"{tier.name} copies to {name!r}, which is no destination{guess}"
                fix = "name one of `backup.destinations`"
                place = at.key_place("destinations")
                notes.error(place, "fleet/unknown-destination", message, fix, lacks=(SITE, "backup"))
        fault = cron_fault(tier.schedule) if tier.schedule is not None else None
        if fault is not None:
            message = f"schedule {tier.schedule!r} of {tier.name} is no cron expression: {fault}"
            notes.error(at.value_place("schedule"), "fleet/schedule", message, 'write one such as "30 2 * * *"')
        missing = [key for key in ("keep", "destinations", "rpo") if key not in at]
        if tier.schedule is not None and missing:
            message = f"{tier.name} has a schedule and lacks {_in_words(missing)}"
            place, fix = tiers.key_place(tier.name), f"add {_in_words(missing)}"
            notes.error(place, "catalogue/missing-field", message, fix, lacks=(SITE, *missing))
    _check_shares(site, inventory, notes)


def _check_shares(site: Site, inventory: Inventory, notes: Notes) -> None:
    shares = site.tree.child("storage").child("nfs")
    for share in site.shares.values():
        if not is_address(address_of(share.server, site, inventory)):
            known = {*site.addresses, *(machine.name for machine in inventory.machines)}
            guess = did_you_mean(share.server, known)
            message = f"server {share.server!r} of share {share.name!r} is no named address, machine or IP{guess}"
            at, fix = shares.child(share.name).value_place("server"), "name one, or add it to `addresses`"
            if not inventory.may_have(share.server):
                notes.error(at, "fleet/unknown-address", message, fix, lacks=(SITE, "addresses"))
        place = shares.child(share.name).value_place("backup")
        if share.tier not in site.tiers:
            guess = did_you_mean(share.tier, site.tiers)
            message = f"backup tier {share.tier!r} of share {share.name!r} does not exist{guess}"
            fix, lacks = "name one of `backup.tiers`", (SITE, "tiers", "backup")
            notes.error(place, "fleet/unknown-backup-tier", message, fix, lacks=lacks)
        elif share.by is None and site.tiers[share.tier].schedule is not None:
            message = f"share {share.name!r} has tier {share.tier!r}, and nobody copies it"
            fix = "add `by: velero` or `by: {nas: {destination, rpo}}`, or use a tier without copies"
            notes.error(place, "fleet/share-without-backup", message, fix, lacks=(SITE, "backup", "by"))


def _check_stores(site: Site, known: Mapping[str, Service], notes: Notes) -> None:
    """Items of the secret store that the site names, and the charts that make storage classes."""
    shared = site.secret_store.shared
    backup, issuers = site.tree.child("backup").child("destinations"), site.tree.child("issuers")
    for destination in site.destinations.values():
        place, who = backup.child(destination.name).value_place("secret"), f"destination {destination.name!r}"
        _check_item(notes, place, who, destination.secret, shared)
    for issuer in site.issuers.values():
        for name, solver in issuer.solver.items():
            for key in _SOLVER_SECRETS & solver.keys():
                place = issuers.child(issuer.name).child("solver").child(name).value_place(key)
                _check_item(notes, place, f"issuer {issuer.name!r}", solver[key].partition("/")[0], shared)
    for made in site.classes.values():
        if made.made_by is not None:
            place = site.tree.child("storage").child("classes").child(made.name).value_place("made_by")
            _check_service(notes, place, f"maker of class {made.name!r}", made.made_by, known)


def _check_item(notes: Notes, place: Place, who: str, item: str, shared: tuple[str, ...]) -> None:
    if item not in shared:
        message = f"{who} names item {item!r}, which is no shared item{did_you_mean(item, shared)}"
        fix, lacks = "add it to `secret_store.shared`", (SITE, "secret_store", "shared")
        notes.error(place, "fleet/unknown-store-item", message, fix, lacks=lacks)


def _in_words(keys: Iterable[str]) -> str:
    return ", ".join(repr(key) for key in keys)
