"""What an environment is, for rules: nodes, pools, classes, tiers, budgets, with places; all numbers integers."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from generator.catalogue.inventory import Inventory, Node
from generator.catalogue.quantity import bytes_of, cpu_m
from generator.catalogue.service import Service
from generator.catalogue.site import Budget, Site
from generator.fleet import Fleet
from generator.fleet.model import Claim, Edge, Endpoint, Namespace
from generator.policy.cron import CronError, longest_gap_s
from generator.source import Map, place_at

Json = dict[str, Any]
# The kubelet's own default; the inventory has no other.
PODS_PER_NODE = 110
_SITE_CLAIMS = frozenset({"vm-id", "mac", "address", "host", "vlan", "network", "api", "zone"})
_INHERITED = frozenset({"network", "vlan", "address", "host"})
_BUDGET_PATHS = {
    "cpu_m": ("requests", "cpu"),
    "memory_bytes": ("requests", "memory"),
    "memory_limit_bytes": ("limits", "memory"),
    "storage_bytes": ("storage",),
}
_QUOTA_CPU = frozenset({"requests.cpu", "limits.cpu"})


def facts_of(fleet: Fleet) -> Json:
    """Return everything about one environment that does not come from rendered objects."""
    site = fleet.site
    return {
        "kubernetes": {
            "version": site.kubernetes.version,
            "minor": int(site.kubernetes.version.split(".")[1]),
            "place": str(site.kubernetes.place),
        },
        "place": str(fleet.environment.place),
        "survives": fleet.environment.survives,
        "require_digests": site.require_digests,
        "registries": sorted(site.registries),
        "zones": sorted({site.zone, *(gateway.zone for gateway in site.gateways.values())}),
        "backends": _backends(site),
        "store": f"{site.secret_store.kind}/{site.secret_store.name}",
        "priority_classes": dict(sorted(site.priority_classes.items())),
        "nodes": [_node(node, site) for node in fleet.inventory.nodes.values()],
        "pools": [_pool(site, name) for name in sorted(site.address_pools)],
        "classes": {name: _class(site, name) for name in sorted(site.classes)},
        "tiers": {name: _tier(site, name) for name in sorted(site.tiers)},
        "shares": {
            share.name: {"server": share.server, "tier": share.tier, "by": share.by, "place": str(share.place)}
            for share in site.shares.values()
        },
        "domains": {
            name: {
                "budget": _budget(fleet.budgets.get(name, domain.budget), domain.tree),
                "tier": domain.tier,
                "place": str(domain.place),
            }
            for name, domain in sorted(fleet.domains.items())
        },
        "namespaces": {name: _namespace(namespace) for name, namespace in sorted(fleet.namespaces.items())},
        "services": {name: _service(service) for name, service in sorted(fleet.services.items())},
        "edges": [_edge(edge) for edge in fleet.edges],
    }


def _backends(site: Site) -> Json:
    backends = site.backends
    return {
        "routing": backends.routing,
        "network_policy": backends.network_policy,
        "load_balancer": backends.load_balancer,
        "secrets": backends.secrets,
        "backup": backends.backup,
    }


def _node(node: Node, site: Site) -> Json:
    return {
        "name": node.name,
        "role": node.role,
        "cpu_m": node.allocatable_cpu_m,
        "memory_bytes": node.allocatable_memory_bytes,
        "disks": {name: disk.size_bytes for name, disk in node.disks.items() if name != "system"},
        "pods": PODS_PER_NODE,
        "labels": dict(node.labels),
        "taints": list(node.taints),
        "resources": {site.devices[name].resource: many for name, many in node.devices.items() if name in site.devices},
        "host": node.host,
        "place": str(node.place),
    }


def _pool(site: Site, name: str) -> Json:
    pool = site.address_pools[name]
    network = site.networks.get(pool.network)
    subnet = network.subnet if network else IPv4Network("0.0.0.0/0")
    return {
        "name": name,
        **_span(pool.range.first, pool.range.last),
        "network": pool.network,
        "subnet": _span(subnet.network_address, subnet.broadcast_address),
        "router": int(network.router) if network else 0,
        "place": str(pool.place),
    }


def _span(first: IPv4Address, last: IPv4Address) -> Json:
    return {"first": int(first), "last": int(last), "shown": f"{first}-{last}"}


def _class(site: Site, name: str) -> Json:
    found = site.classes[name]
    return {
        "pool": found.pool,
        "replicas": found.replicas,
        "min_bytes": found.min_bytes,
        "max_bytes": found.max_bytes,
        "provisioner": found.provisioner,
        "place": str(found.place),
    }


def _tier(site: Site, name: str) -> Json:
    tier = site.tiers[name]
    destinations = [site.destinations[key] for key in tier.destinations if key in site.destinations]
    return {
        "schedule": tier.schedule,
        "longest_gap_s": _gap(tier.schedule),
        "rpo_s": tier.rpo_s,
        "destinations": [
            {
                "name": item.name,
                "failure_domain": item.failure_domain,
                "place": str(place_at(site.tree, ("backup", "destinations", item.name, "failure_domain"))),
            }
            for item in destinations
        ],
        "place": str(place_at(site.tree, ("backup", "tiers", name, "schedule"))),
    }


def _gap(schedule: str | None) -> int | None:
    """None where there is no schedule, or none that runs: a rule says so."""
    try:
        return longest_gap_s(schedule) if schedule else None
    except CronError:
        return None


def _budget(budget: Budget, tree: Map) -> Json:
    return {
        "cpu_m": budget.cpu_m,
        "memory_bytes": budget.memory_bytes,
        "memory_limit_bytes": budget.memory_limit_bytes,
        "storage_bytes": budget.storage_bytes,
        "places": {field: str(place_at(tree, ("budget", *path))) for field, path in _BUDGET_PATHS.items()},
    }


def _namespace(namespace: Namespace) -> Json:
    return {
        "domain": namespace.domain,
        "service": namespace.service,
        "level": namespace.level,
        "upstream": namespace.upstream,
        "builtin": namespace.builtin,
        "quota": quantities(namespace.quota or {}),
        "place": str(namespace.place),
    }


def quantities(hard: Mapping[str, Any]) -> Json:
    """Return a ResourceQuota's `hard` as integers: millicores for CPU, bytes or counts for the rest."""
    return {key: cpu_m(value) if key in _QUOTA_CPU else bytes_of(value) for key, value in hard.items()}


def _service(service: Service) -> Json:
    return {
        "domain": service.domain,
        "tier": service.tier,
        "form": service.form,
        "depends_on": sorted({call.service for call in service.depends_on}),
        "waits": {call.service: str(call.place) for call in service.depends_on},
        "components": sorted(service.components),
        "place": str(service.place),
    }


def _edge(edge: Edge) -> Json:
    return {
        "source": _endpoint(edge.source),
        "target": _endpoint(edge.target),
        "ports": [{"number": port.number, "protocol": port.protocol} for port in edge.ports],
        "reason": edge.reason,
        "place": str(edge.place),
    }


def _endpoint(end: Endpoint) -> Json:
    fields = {name: getattr(end, name) for name in end.__slots__}
    if "labels" in fields:
        fields["labels"] = dict(fields["labels"])
    return {"kind": type(end).__name__, **fields}


def hosts_of(inventories: Iterable[Inventory]) -> list[Json]:
    """Return the Proxmox hosts with what the machines of all environments take of each."""
    hosts: dict[str, Json] = {}
    for inventory in inventories:
        for host in inventory.hosts.values():
            hosts.setdefault(
                host.name,
                {
                    "name": host.name,
                    "memory_bytes": host.memory_bytes - host.reserved_bytes,
                    "machines": [],
                    "storages": {},
                    "place": str(host.place),
                },
            )
        for storage in inventory.storages.values():
            for name in storage.hosts if not storage.shared and storage.size_bytes else ():
                if name in hosts:
                    hosts[name]["storages"].setdefault(storage.name, {"size_bytes": storage.size_bytes})
        for machine in inventory.machines:
            if machine.host in hosts:
                hosts[machine.host]["machines"].append(
                    {
                        "name": machine.name,
                        "environment": inventory.environment,
                        "memory_bytes": machine.memory_bytes,
                        "disks": [
                            {"storage": disk.storage, "size_bytes": disk.size_bytes} for disk in machine.disks.values()
                        ],
                        "place": str(machine.place),
                    }
                )
    return [hosts[name] for name in sorted(hosts)]


def ranges_of(fleets: Mapping[str, Fleet]) -> list[Json]:
    """Return every range of addresses once, with what holds it, sorted by its first address."""
    found: dict[tuple[object, ...], Json] = {}
    for environment, fleet in fleets.items():
        site = fleet.site
        spans: list[tuple[str, str, IPv4Network, str]] = [
            ("network", name, network.subnet, str(network.place)) for name, network in site.networks.items()
        ]
        place = str(site.kubernetes.place)
        spans.append(("pods", environment, site.kubernetes.pods, place))
        spans.append(("services", environment, site.kubernetes.services, place))
        for kind, name, network, where in spans:
            key = (kind, name, network, where) if kind == "network" else (kind, environment)
            entry = {"kind": kind, "name": name, **_span(network.network_address, network.broadcast_address)}
            found.setdefault(key, {**entry, "place": where, "environments": []})["environments"].append(environment)
    return sorted(found.values(), key=lambda item: (item["first"], item["last"], item["name"]))


def overlaps_of(ranges: list[Json]) -> list[Json]:
    """Return pairs of ranges that share an address: each with the one before it that reaches farthest."""
    found, farthest = [], None
    for entry in ranges:
        if farthest is not None and entry["first"] <= farthest["last"]:
            found.append({"left": farthest, "right": entry})
        if farthest is None or entry["last"] > farthest["last"]:
            farthest = entry
    return found


def site_claims(fleets: Iterable[Fleet]) -> Iterable[tuple[tuple[str, str, str], Json]]:
    """Yield ((scope, kind, key), holder) of what the values hold outside of rendered objects."""
    for fleet in fleets:
        for claim in fleet.claims:
            if claim.kind in _SITE_CLAIMS:
                yield ("site", claim.kind, claim.key), _holder(claim)


def _holder(claim: Claim) -> Json:
    # One declaration that environments inherit is one holder.
    shared = claim.kind in _INHERITED
    return {
        "name": claim.holder if shared else f"{claim.holder} ({claim.environment})",
        "environments": [claim.environment],
        "place": str(claim.place),
        "object": None,
    }
