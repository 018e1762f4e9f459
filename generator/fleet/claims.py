"""Everything that must be unique: one table for the collision checks and the registries."""

from collections.abc import Iterator, Mapping

from generator.catalogue.inventory import Inventory
from generator.catalogue.service import Component, Service
from generator.catalogue.site import Site
from generator.finding import Place
from generator.fleet.model import Claim, ClaimScope, Namespace
from generator.fleet.names import namespace_of
from generator.fleet.reference import full_host


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
        networks = site.tree.child("networks")
        for network in site.networks.values():
            holder, at = f"network {network.name}", networks.child(network.name).value_place
            yield self.site("network", str(network.subnet), holder, at("subnet"))
            yield self.site("vlan", str(network.vlan), holder, at("vlan"))
            yield self.site("address", str(network.router), f"router of {network.name}", at("router"))
        addresses = site.tree.child("addresses")
        for name, address in site.addresses.items():
            yield self.site("address", str(address), name, addresses.value_place(name))
            yield self.site("host", name, f"address {name}", addresses.key_place(name))
        api, place = str(site.kubernetes.api), site.tree.child("kubernetes").value_place("api")
        holder = f"API server of {self.environment}"
        yield self.site("api", api, holder, place)
        yield self.site("address", api, holder, place)
        yield from self._of_gateways(site)

    def _of_gateways(self, site: Site) -> Iterator[Claim]:
        gateways = site.tree.child("gateways")
        zones = {site.zone: site.tree.value_place("zone")}
        for gateway in site.gateways.values():
            at = gateways.child(gateway.name).value_place
            zones.setdefault(gateway.zone, at("zone"))
            for port in (80, 443):
                key, holder = f"{gateway.ip}:{port}/TCP", f"gateway {gateway.name}"
                details = {"address": str(gateway.ip), "port": str(port), "protocol": "TCP", "gateway": gateway.name}
                yield self.site("load-balancer", key, holder, at("ip"), **details)
        for zone, place in zones.items():
            yield self.site("zone", zone, f"environment {self.environment}", place)

    def of_inventory(self, inventory: Inventory) -> Iterator[Claim]:
        for host in inventory.hosts.values():
            yield self.site("address", str(host.address), f"host {host.name}", host.place)
            yield self.site("host", host.name, f"host {host.name}", host.place)
        for machine in inventory.machines:
            at = machine.places.get
            network = machine.network
            yield self.site(
                "address", str(machine.address), machine.name, at("address", machine.place), network=network
            )
            yield self.site("mac", machine.mac, machine.name, at("mac", machine.place))
            yield self.site("host", machine.name, f"machine {machine.name}", machine.place)
            if machine.vm_id is not None:
                yield self.site("vm-id", str(machine.vm_id), machine.name, at("vm_id", machine.place))

    def of_service(self, service: Service, site: Site) -> Iterator[Claim]:
        for component in service.components.values():
            yield from self._of_names(service, component)
            for grant in component.grants.values():
                for port, number in (grant.allow.get("hostPort") or {}).items():
                    protocol = component.ports[port].protocol if port in component.ports else "TCP"
                    yield self.cluster("host-port", f"{number}/{protocol}", service.name, grant.place, port=port)
            if component.allows("hostNetwork"):
                for entry in component.ports.values():
                    key = f"{entry.number}/{entry.protocol}"
                    yield self.cluster("host-port", key, service.name, entry.place, port=entry.name)
            for need in component.needs.values():
                if need.kind == "valkey":
                    provider = need.provider or site.providers.get("valkey", "")
                    stated = component.tree.child("needs").child("valkey")
                    place = stated.value_place("database") if "database" in stated else need.place
                    # In a template it would be every service's number.
                    unwritten = "may be" if place.path == service.path else "no"
                    key, written = f"{provider}/{need.database or 0}", "yes" if "database" in stated else unwritten
                    yield self.cluster("valkey-database", key, service.name, place, stated=written)
        yield from self._of_chart_pods(service)
        yield from self._of_exposure(service, site)

    def _of_names(self, service: Service, component: Component) -> Iterator[Claim]:
        """Names of Services, those that we add among them."""
        namespace, place = namespace_of(service), component.tree.place
        names = []
        if component.container is not None and component.ports:
            names.append(component.workload)
            names += [f"{component.workload}-headless"] if component.kind == "StatefulSet" else []
        for name in names:
            yield self.cluster("service", f"{namespace}/{name}", service.name, place)

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
                    details = {"host": full, "path": path, "gateway": gateway}
                    yield self.cluster("route", f"{gateway} {full}{path}", service.name, expose.place, **details)
            gateways = ", ".join(expose.gateways)
            yield self.site("host", full, service.name, expose.place, gateways=gateways, stated=expose.host)
        balancer = service.load_balancer
        if balancer is None or balancer.ip in ("auto", ""):
            return
        if service.form == "workload":
            yield self.cluster("service", f"{namespace_of(service)}/{service.name}-lb", service.name, balancer.place)
        place = service.tree.child("load_balancer").value_place("ip")
        for name, number in balancer.ports.items():
            found = service.port(name)
            if found is not None:
                outside, protocol = number or found[1].number, found[1].protocol
                key = f"{balancer.ip}:{outside}/{protocol}"
                details = {"address": balancer.ip, "port": str(outside), "protocol": protocol, "name": name}
                yield self.site("load-balancer", key, service.name, place, **details)
