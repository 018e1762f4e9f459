"""What the shape cannot say of hosts, addresses and the rest of the site's names."""

from collections.abc import Mapping
from ipaddress import IPv4Address

from generator.catalogue.read import Notes
from generator.catalogue.service import Service
from generator.catalogue.site import Site
from generator.catalogue.suggest import did_you_mean
from generator.fleet.ranges import pool_of
from generator.source import Seq

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


def check_exposure(service: Service, site: Site, free: Mapping[str, IPv4Address], notes: Notes) -> None:
    """Note what is wrong with a service's hosts, address and objects."""
    _check_hosts(service, site, notes)
    _check_balancer(service, site, free, notes)
    for name in service.objects:
        kind = name.partition("/")[0]
        if kind in MADE_BY_FIELDS:
            place = service.tree.child("objects").key_place(name)
            notes.error(
                place, "fleet/object-of-a-field", f"object {name!r} is made by a field", f"use `{MADE_BY_FIELDS[kind]}`"
            )


def _check_hosts(service: Service, site: Site, notes: Notes) -> None:
    for expose in service.expose.values():
        at = service.tree.child("expose").child(expose.host)
        gateways = at.get("gateway")
        for index, name in enumerate(expose.gateways):
            place = gateways.item_place(index) if isinstance(gateways, Seq) else expose.place
            gateway = site.gateways.get(name)
            if gateway is None:
                known = sorted(site.gateways)
                message = f"gateway {name!r} does not exist{did_you_mean(name, known) or ', the site has ' + ', '.join(known)}"
                notes.error(place, "fleet/unknown-gateway", message, "name a gateway of values/site.yaml")
                continue
            if gateway.auth_required and expose.auth is None:
                message = f"host {expose.host!r} on gateway {name!r} does not say how it authenticates"
                notes.error(expose.place, "fleet/auth-required", message, "add `auth: app`, oidc, forward or none")
            if gateway.auth_required and expose.auth == "none" and not _may_be_open(service, expose.host):
                message = f"host {expose.host!r} on gateway {name!r} answers without a login"
                notes.error(
                    expose.place,
                    "fleet/auth-required",
                    message,
                    f"add an exception with `allow: {{unauthenticated: [{expose.host}]}}`",
                )
        for port in expose.paths.values():
            if service.port(port) is None:
                ports = [name for component in service.components.values() for name in component.ports]
                message = f"host {expose.host!r} leads to port {port!r}, {service.name!r} has {', '.join(ports) or 'none'}{did_you_mean(port, ports)}"
                notes.error(expose.place, "fleet/unknown-port", message, "name one of its ports with `port:`")


def _may_be_open(service: Service, host: str) -> bool:
    return any(
        host in grant.allow.get("unauthenticated", ())
        for component in service.components.values()
        for grant in component.grants.values()
    )


def _check_balancer(service: Service, site: Site, free: Mapping[str, IPv4Address], notes: Notes) -> None:
    balancer = service.load_balancer
    if balancer is None:
        return
    at = service.tree.child("load_balancer")
    place = at.value_place("ip")
    if balancer.ip == "auto":
        offered = next((str(address) for address in free.values()), None)
        fix = f"run 'chartroom fix', or write {offered}" if offered else "make room in an address pool"
        notes.error(
            place, "fleet/ip-auto", f"{service.name!r} has no load-balancer address yet", fix, replacement=offered
        )
    elif not balancer.ip:
        notes.error(
            balancer.place, "catalogue/missing-field", f"load_balancer of {service.name!r} lacks 'ip'", "add `ip: auto`"
        )
    elif pool_of(site, IPv4Address(balancer.ip)) is None:
        pools = ", ".join(f"{pool.name} {pool.range}" for pool in site.address_pools.values()) or "none"
        message = f"load-balancer address {balancer.ip} of {service.name!r} lies in no pool, the site has {pools}"
        notes.error(place, "fleet/outside-range", message, "choose an address of a pool")
    if not balancer.ports:
        notes.error(
            balancer.place,
            "catalogue/missing-field",
            f"load_balancer of {service.name!r} lacks 'ports'",
            "add `ports: [http]`",
        )
    owners = {}
    for name in balancer.ports:
        found = service.port(name)
        if found is None:
            ports = [port for component in service.components.values() for port in component.ports]
            message = f"load_balancer names port {name!r}, {service.name!r} has {', '.join(ports) or 'none'}{did_you_mean(name, ports)}"
            notes.error(at.child("ports").key_place(name), "fleet/unknown-port", message, "name one of its ports")
        else:
            owners[found[0].name] = found[0]
    if len(owners) > 1:
        notes.error(
            balancer.place,
            "fleet/balancer-of-two",
            f"load_balancer of {service.name!r} leads to {', '.join(sorted(owners))}",
            "name ports of one component",
        )
