"""Everything that must be unique: one table for the collision checks and the registries."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address

from generator.catalogue.inventory import Inventory
from generator.catalogue.service import Service
from generator.catalogue.site import Site
from generator.finding import Finding, Place
from generator.fleet.model import Claim, ClaimScope, Namespace
from generator.fleet.names import namespace_of
from generator.fleet.reference import full_host

# What environments may inherit: the same declaration is one claim of the site.
_INHERITED = frozenset({"network", "vlan", "address", "host"})
_WORDS = {
    "address": "address",
    "load-balancer": "load-balancer address",
    "vlan": "VLAN",
    "network": "network",
    "mac": "MAC",
    "vm-id": "VM id",
    "host": "host name",
    "route": "host and path",
    "host-port": "host port",
    "service": "Service name",
    "zone": "zone",
    "api": "API server address",
    "namespace": "namespace",
    "valkey-database": "Valkey database",
}


def claims_of(
    services: Mapping[str, Service],
    site: Site,
    inventory: Inventory,
    namespaces: Mapping[str, Namespace],
    environment: str,
) -> tuple[Claim, ...]:
    """Every claim of one environment, in a stable order."""
    made = _Claims(environment)
    found: list[Claim] = []
    found += made.of_site(site)
    found += made.of_inventory(inventory)
    for service in services.values():
        found += made.of_service(service, site)
    found += [
        made.cluster("namespace", namespace.name, namespace.domain, namespace.place)
        for namespace in namespaces.values()
    ]
    return tuple(dict.fromkeys(found))


class _Claims:
    def __init__(self, environment: str) -> None:
        self.environment = environment

    def _claim(self, scope: ClaimScope, kind: str, key: str, holder: str, place: Place, **details: str) -> Claim:
        return Claim(scope, kind, key, holder, self.environment, place, details)

    def cluster(self, kind: str, key: str, holder: str, place: Place, **details: str) -> Claim:
        return self._claim("cluster", kind, key, holder, place, **details)

    def site(self, kind: str, key: str, holder: str, place: Place, **details: str) -> Claim:
        return self._claim("site", kind, key, holder, place, **details)

    def of_site(self, site: Site) -> Iterator[Claim]:
        for network in site.networks.values():
            holder = f"network {network.name}"
            yield self.site("network", str(network.subnet), holder, network.place)
            yield self.site("vlan", str(network.vlan), holder, network.place)
            yield self.site("address", str(network.router), f"router of {network.name}", network.place)
        addresses = site.tree.child("addresses")
        for name, address in site.addresses.items():
            yield self.site("address", str(address), name, addresses.value_place(name))
            yield self.site("host", name, f"address {name}", addresses.key_place(name))
        cluster = site.tree.child("kubernetes")
        yield self.site(
            "api", str(site.kubernetes.api), f"API server of {self.environment}", cluster.value_place("api")
        )
        yield self.site(
            "address", str(site.kubernetes.api), f"API server of {self.environment}", cluster.value_place("api")
        )
        yield self.site("zone", site.zone, f"environment {self.environment}", site.tree.value_place("zone"))
        gateways = site.tree.child("gateways")
        for gateway in site.gateways.values():
            place = gateways.child(gateway.name).value_place("ip")
            for port in (80, 443):
                key = f"{gateway.ip}:{port}/TCP"
                yield self.site(
                    "load-balancer",
                    key,
                    f"gateway {gateway.name}",
                    place,
                    address=str(gateway.ip),
                    port=str(port),
                    protocol="TCP",
                    gateway=gateway.name,
                )

    def of_inventory(self, inventory: Inventory) -> Iterator[Claim]:
        for host in inventory.hosts.values():
            yield self.site("address", str(host.address), f"host {host.name}", host.place)
            yield self.site("host", host.name, f"host {host.name}", host.place)
        for machine in inventory.machines:
            at = machine.places.get
            yield self.site("address", str(machine.address), machine.name, at("address", machine.place))
            yield self.site("mac", machine.mac, machine.name, at("mac", machine.place))
            yield self.site("host", machine.name, f"machine {machine.name}", machine.place)
            if machine.vm_id is not None:
                yield self.site("vm-id", str(machine.vm_id), machine.name, at("vm_id", machine.place))

    def of_service(self, service: Service, site: Site) -> Iterator[Claim]:
        namespace = namespace_of(service)
        for component in service.components.values():
            if component.container is not None and component.ports:
                yield self.cluster("service", f"{namespace}/{component.workload}", service.name, component.tree.place)
            for grant in component.grants.values():
                for port, number in (grant.allow.get("hostPort") or {}).items():
                    protocol = component.ports[port].protocol if port in component.ports else "TCP"
                    yield self.cluster("host-port", f"{number}/{protocol}", service.name, grant.place, port=port)
            if component.allows("hostNetwork"):
                for entry in component.ports.values():
                    yield self.cluster(
                        "host-port", f"{entry.number}/{entry.protocol}", service.name, entry.place, port=entry.name
                    )
            for need in component.needs.values():
                if need.kind == "valkey":
                    provider = need.provider or site.providers.get("valkey", "")
                    yield self.cluster("valkey-database", f"{provider}/{need.database or 0}", service.name, need.place)
        yield from self._of_chart_pods(service)
        yield from self._of_exposure(service, site)

    def _of_chart_pods(self, service: Service) -> Iterator[Claim]:
        main = service.main
        if service.chart is None or main is None:
            return
        for pod in service.chart.pods.values():
            for name in pod.ports if pod.host_network else ():
                if name in main.ports:
                    entry = main.ports[name]
                    yield self.cluster(
                        "host-port", f"{entry.number}/{entry.protocol}", service.name, entry.place, port=name
                    )

    def _of_exposure(self, service: Service, site: Site) -> Iterator[Claim]:
        for expose in service.expose.values():
            full = full_host(expose.host, expose.gateways, site)
            for gateway in expose.gateways:
                for path in expose.paths:
                    yield self.cluster(
                        "route",
                        f"{gateway} {full}{path}",
                        service.name,
                        expose.place,
                        host=full,
                        path=path,
                        gateway=gateway,
                    )
            yield self.site(
                "host", full, f"{service.name} of {self.environment}", expose.place, gateways=", ".join(expose.gateways)
            )
        balancer = service.load_balancer
        if balancer is None or balancer.ip == "auto":
            return
        place = service.tree.child("load_balancer").value_place("ip")
        for name, number in balancer.ports.items():
            found = service.port(name)
            if found is not None:
                outside, protocol = number or found[1].number, found[1].protocol
                key = f"{balancer.ip}:{outside}/{protocol}"
                yield self.site(
                    "load-balancer",
                    key,
                    service.name,
                    place,
                    address=balancer.ip,
                    port=str(outside),
                    protocol=protocol,
                    name=name,
                )


def collisions(claims: Iterable[Claim], next_free: Mapping[str, str]) -> Iterator[Finding]:
    """Yield one finding per claim that another holder already has.

    `next_free` maps `<environment> <address>` to a free address of the same pool.
    """
    held: dict[tuple[str, ...], Claim] = {}
    for claim in claims:
        key = (claim.kind, claim.key) if claim.scope == "site" else (claim.kind, claim.key, claim.environment)
        holder = held.setdefault(key, claim)
        if holder is claim or _same(claim, holder):
            continue
        if claim.kind == "host" and claim.place == holder.place and claim.environment != holder.environment:
            continue  # a zone shared by two environments is one finding, about the zone
        if claim.kind == "route" and _one_host(claim, holder):
            continue
        yield _collision(claim, holder, next_free)


def _same(claim: Claim, holder: Claim) -> bool:
    """Whether both are one declaration that environments inherit, or one service of both."""
    if claim.holder != holder.holder or claim.place != holder.place:
        return (
            claim.kind == "load-balancer" and claim.holder == holder.holder and claim.environment == holder.environment
        )
    return claim.kind in _INHERITED or claim.environment == holder.environment


def _one_host(claim: Claim, holder: Claim) -> bool:
    return claim.holder == holder.holder and claim.place == holder.place


def _collision(claim: Claim, holder: Claim, next_free: Mapping[str, str]) -> Finding:
    word = _WORDS.get(claim.kind, claim.kind)
    where = f" in {holder.environment}" if holder.environment != claim.environment else ""
    message = f"{claim.holder!r} claims {word} {claim.key}, held by {holder.holder!r}{where} at {holder.place}"
    free = next_free.get(f"{claim.environment} {claim.details.get('address', claim.key)}")
    fix = f"choose a free {word}" + (f" (next: {free})" if free else "")
    if claim.kind in ("zone", "api"):
        fix = f"give {claim.environment!r} its own under `site` of values/environments/{claim.environment}.yaml"
    return Finding(claim.place, f"claim/{claim.kind}", message, fix, also=(holder.place,), replacement=free)


def free_addresses(site: Site, claims: Iterable[Claim]) -> dict[str, IPv4Address]:
    """The lowest address of each pool that nobody claims."""
    taken = {claim.details.get("address", claim.key) for claim in claims if claim.kind in ("load-balancer", "address")}
    free: dict[str, IPv4Address] = {}
    for pool in site.address_pools.values():
        address = pool.range.first
        while address <= pool.range.last:
            if str(address) not in taken:
                free[pool.name] = address
                break
            address += 1
    return free
