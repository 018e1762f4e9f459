"""What the shape cannot say of hosts, addresses and the rest of the site's names."""

from collections.abc import Mapping
from ipaddress import IPv4Address

from generator.catalogue.gaps import PORT_FIELDS, SITE
from generator.catalogue.read import Notes
from generator.catalogue.service import Expose, LoadBalancer, Service
from generator.catalogue.site import Site
from generator.catalogue.suggest import did_you_mean
from generator.finding import Place
from generator.fleet.check_site import knows_pools, pools_in_words
from generator.fleet.ingress_class import ingress_class
from generator.fleet.names import has_service
from generator.fleet.ranges import pool_of
from generator.fleet.reference import full_host
from generator.fleet.unknown import note_chart_service
from generator.source import Map, Seq

# Kinds that a field makes; stating them as objects would make two owners of one thing.
MADE_BY_FIELDS = {
    "Deployment": "image", "StatefulSet": "kind", "DaemonSet": "kind", "CronJob": "kind", "Job": "kind",
    "Service": "ports", "ServiceAccount": "rbac", "PersistentVolumeClaim": "storage", "PersistentVolume": "storage.nfs",
    "ConfigMap": "files", "Secret": "secrets", "ExternalSecret": "secrets", "HTTPRoute": "expose", "Ingress": "expose",
    "NetworkPolicy": "talks_to", "CiliumNetworkPolicy": "talks_to", "ServiceMonitor": "metrics", "Probe": "probes",
    "PrometheusRule": "alerts", "PodDisruptionBudget": "replicas", "Namespace": "namespace", "ResourceQuota": "budget",
    "LimitRange": "budget", "Cluster": "postgres", "Gateway": "gateways", "Pod": "image", "ReplicaSet": "image",
    "Role": "rbac", "RoleBinding": "rbac", "ClusterRole": "rbac", "ClusterRoleBinding": "rbac",
}  # fmt: skip


_EXAMPLES = {"ports": "http", "from": "lan"}
_LONGEST_HOST = 253


def check_exposure(
    service: Service, site: Site, environment: str, free: Mapping[str, IPv4Address], notes: Notes
) -> None:
    """Note what is wrong with a service's hosts, address, offers and objects."""
    for expose in service.expose.values():
        _check_host(service, expose, site, notes)
        _check_zone(service, expose, site, environment, notes)
    if service.load_balancer is not None:
        _check_address(service, service.load_balancer, site, environment, free, notes)
        _check_balanced_ports(service, service.load_balancer, notes)
    for provided in service.provides.values():
        if service.port(provided.port) is None:
            place = service.tree.child("provides").child(provided.kind).value_place("port")
            _unknown_port(service, provided.port, f"{service.name!r} provides {provided.kind} on", place, notes)
    for name in service.objects:
        kind = name.partition("/")[0]
        if kind in MADE_BY_FIELDS:
            place, fix = service.tree.child("objects").key_place(name), f"use `{MADE_BY_FIELDS[kind]}`"
            notes.error(place, "fleet/object-of-a-field", f"object {name!r} is made by a field", fix)


def _unknown_port(service: Service, name: str, how: str, place: Place, notes: Notes) -> None:
    ports = [port for component in service.components.values() for port in component.ports]
    listed = (", ".join(sorted(ports)) or "none") + did_you_mean(name, ports)
    message = f"{how} port {name!r}, {service.name!r} has {listed}"
    notes.error(place, "fleet/unknown-port", message, "name one of its ports", lacks=(service.name, *PORT_FIELDS))


def _check_host(service: Service, expose: Expose, site: Site, notes: Notes) -> None:
    at = service.tree.child("expose").child(expose.host)
    gateways = at.get("gateway")
    for index, name in enumerate(expose.gateways):
        place = gateways.item_place(index) if isinstance(gateways, Seq) else expose.place
        gateway = site.gateways.get(name)
        if gateway is None:
            known = sorted(site.gateways)
            guess = did_you_mean(name, known) or f", the site has {', '.join(known) or 'none'}"
            message = f"gateway {name!r} does not exist{guess}"
            fix = "name a gateway of values/site.yaml"
            notes.error(place, "fleet/unknown-gateway", message, fix, lacks=(SITE, "gateways"))
        elif gateway.auth_required:
            _check_login(service, expose, name, notes)
    for port in expose.paths.values():
        found = service.port(port)
        if found is None:
            _unknown_port(service, port, f"host {expose.host!r} leads to", expose.place, notes)
        elif not has_service(service, found[1]) and service.form == "chart":
            note_chart_service(notes, expose.place, f"host {expose.host!r} leads to port {port!r}", service, found[1])
    _check_said(service, expose, site, at, notes)
    for key in ("port", "path"):
        if "paths" in at and key in at:
            message = f"host {expose.host!r} of {service.name!r} has {key!r} beside 'paths', which say both"
            notes.error(at.key_place(key), "fleet/two-ways", message, f"remove `{key}`")
    full = full_host(expose.host, expose.gateways, site)
    if len(full) > _LONGEST_HOST:
        message = f"host name {full[:30]}… has {len(full)} letters, at most {_LONGEST_HOST} fit"
        notes.error(expose.place, "fleet/name-too-long", message, "shorten it")


def _check_zone(service: Service, expose: Expose, site: Site, environment: str, notes: Notes) -> None:
    """A host with a dot is a whole name; outside of the zones it gets no address and no certificate."""
    host = expose.host
    zones = sorted({site.zone, *(gateway.zone for gateway in site.gateways.values())})
    if "." not in host or any(host == zone or host.endswith(f".{zone}") for zone in zones):
        return
    message = f"host {host!r} of {service.name!r} lies in no zone of {environment!r}, which has {', '.join(zones)}"
    fix = "write it without a dot: then it lies in the zone of its gateway"
    notes.error(expose.place, "fleet/outside-zone", message, fix, lacks=(SITE, "zone", "gateways"))


def _check_said(service: Service, expose: Expose, site: Site, at: Map, notes: Notes) -> None:
    """What the routing backend cannot say must not be left out in silence."""
    who = f"host {expose.host!r} of {service.name!r}"
    if expose.auth == "forward":
        message = f"{who} asks for auth 'forward', no routing backend can say that"
        notes.error(at.value_place("auth"), "fleet/cannot-say", message, "write app or oidc")
    if site.backends.routing == "ingress":
        classes = sorted({site.gateways[name].class_name for name in expose.gateways if name in site.gateways})
        _check_ingress(service, expose, classes, at, notes)
    elif expose.body_size_bytes is not None:
        message = f"{who} limits the body size, the Gateway API has no word for that"
        notes.error(at.value_place("body_size"), "fleet/cannot-say", message, "limit it in the service")


def _check_ingress(service: Service, expose: Expose, classes: list[str], at: Map, notes: Notes) -> None:
    who = f"host {expose.host!r} of {service.name!r}"
    if expose.timeouts:
        message = f"{who} limits the time, an Ingress has no word for that"
        notes.warning(at.key_place("timeouts"), "fleet/cannot-say", message, "limit it in the service")
    for name in classes:
        known = ingress_class(name)
        if expose.body_size_bytes is not None and known.body_size is None:
            message = f"{who} limits the body size, which ingress class {name!r} cannot be told"
            notes.error(at.value_place("body_size"), "fleet/cannot-say", message, "limit it in the service")
        # The annotation of a Service is ours to write where the Service is.
        can = known.tls_of_ingress or (known.tls_of_service and service.chart is None)
        if expose.scheme == "https" and not can:
            message = f"{who} speaks https, which ingress class {name!r} cannot be told"
            notes.error(at.value_place("scheme"), "fleet/cannot-say", message, "lead to a port that speaks http")


def _check_login(service: Service, expose: Expose, gateway: str, notes: Notes) -> None:
    if expose.auth is None:
        message = f"host {expose.host!r} on gateway {gateway!r} does not say how it authenticates"
        fix, lacks = "add `auth: app`, oidc or none", (service.name, "auth")
        notes.error(expose.place, "fleet/auth-required", message, fix, lacks=lacks)
    elif expose.auth == "none" and not _may_be_open(service, expose.host):
        message = f"host {expose.host!r} on gateway {gateway!r} answers without a login"
        fix = f"add an exception with `allow: {{unauthenticated: [{expose.host}]}}`"
        notes.error(expose.place, "fleet/auth-required", message, fix, lacks=(service.name, "exceptions"))


def _may_be_open(service: Service, host: str) -> bool:
    return any(
        host in grant.allow.get("unauthenticated", ())
        for component in service.components.values()
        for grant in component.grants.values()
    )


def _check_address(
    service: Service,
    balancer: LoadBalancer,
    site: Site,
    environment: str,
    free: Mapping[str, IPv4Address],
    notes: Notes,
) -> None:
    place = service.tree.child("load_balancer").value_place("ip")
    if not balancer.ip:
        message = f"load_balancer of {service.name!r} lacks 'ip'"
        notes.error(balancer.place, "catalogue/missing-field", message, "add `ip: auto`", lacks=(service.name, "ip"))
    elif balancer.ip == "auto":
        offered = next((str(address) for address in free.values()), None)
        fix = f"run `chartroom fix`, or write {offered}" if offered else "make room in an address pool"
        if place.path == service.path and environment != site.default_environment:
            # What is written here would be another environment's address.
            fix = f"state one under `services.{service.name}` of values/environments/{environment}.yaml"
            fix, offered = (f"{fix}, such as {offered}" if offered else fix), None
        message = f"{service.name!r} has no load-balancer address in {environment!r} yet"
        notes.error(place, "fleet/ip-auto", message, fix, replacement=offered)
    elif knows_pools(site) and pool_of(site, IPv4Address(balancer.ip)) is None:
        message = (
            f"load-balancer address {balancer.ip} of {service.name!r} lies in no pool of {environment!r}, "
            f"which has {pools_in_words(site)}"
        )
        fix = "choose an address of a pool"
        if place.path == service.path:
            fix += f", here or under `services.{service.name}` of values/environments/{environment}.yaml"
        notes.error(place, "fleet/outside-range", message, fix, lacks=(SITE, "address_pools"))


def _check_balanced_ports(service: Service, balancer: LoadBalancer, notes: Notes) -> None:
    if balancer.policy == "Cluster":
        place = service.tree.child("load_balancer").value_place("externalTrafficPolicy")
        message = f"load_balancer of {service.name!r} hides who calls behind a node's address, so 'from' cannot be kept"
        notes.warning(place, "fleet/hidden-callers", message, "leave externalTrafficPolicy out: it is Local then")
    at = service.tree.child("load_balancer").child("ports")
    for key, value in (("ports", balancer.ports), ("from", balancer.sources)):
        if not value:
            message, fix = f"load_balancer of {service.name!r} lacks {key!r}", f"add `{key}: [{_EXAMPLES[key]}]`"
            notes.error(balancer.place, "catalogue/missing-field", message, fix, lacks=(service.name, key))
    owners: dict[str, str] = {}
    outside: dict[tuple[int, str], str] = {}
    for name, number in balancer.ports.items():
        found = service.port(name)
        if found is None:
            _unknown_port(service, name, "load_balancer names", at.key_place(name), notes)
            continue
        owners[found[0].name] = found[0].workload
        first = outside.setdefault((number or found[1].number, found[1].protocol), name)
        if first != name:
            message = f"load_balancer of {service.name!r} gives {first!r} and {name!r} the same port outside"
            notes.error(at.key_place(name), "fleet/port-number", message, "change one of them")
    if len(owners) > 1:
        message = f"load_balancer of {service.name!r} leads to {', '.join(sorted(owners.values()))}"
        notes.error(balancer.place, "fleet/balancer-of-two", message, "name ports of one component")
