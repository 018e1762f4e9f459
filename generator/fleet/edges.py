"""Who may talk to whom: every edge of the fleet, stated once, by a file or by what it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from urllib.parse import urlsplit

from generator.catalogue.gaps import INVENTORY, PORT_FIELDS, SITE
from generator.catalogue.inventory import Inventory
from generator.catalogue.read import Notes
from generator.catalogue.service import Call, Component, OutsideCall, Port, Service
from generator.catalogue.site import Site
from generator.catalogue.suggest import did_you_mean
from generator.finding import Place
from generator.fleet.copies import archived_to, copied
from generator.fleet.model import (
    MOVER,
    MOVER_LABELS,
    ApiServer,
    Edge,
    EdgePort,
    Endpoint,
    Internet,
    Nodes,
    NotEnforced,
    Pods,
    ProbeTarget,
    Range,
    Reason,
    selector,
)
from generator.fleet.names import BUILTIN, has_service, host_of, namespace_of, service_port
from generator.fleet.unknown import note_unknown
from generator.source import Map, Seq

API_PORT = EdgePort(6443, "TCP")
_DNS = Pods("kube-system", "kube-dns", None, {"k8s-app": "kube-dns"})
_DNS_PORTS = (EdgePort(53, "UDP"), EdgePort(53, "TCP"))


@dataclass(slots=True)
class Edges:
    """Edges as they are found, with what could not become one."""

    site: Site
    inventory: Inventory
    services: Mapping[str, Service]
    off: Mapping[str, Service]
    notes: Notes
    found: dict[Edge, None] = field(default_factory=dict)
    not_enforced: dict[NotEnforced, None] = field(default_factory=dict)
    left_out: dict[NotEnforced, None] = field(default_factory=dict)
    probes: list[ProbeTarget] = field(default_factory=list)
    _pods: dict[tuple[str, str, str], Pods] = field(default_factory=dict)

    def pods(self, service: Service, component: Component | None, port: Port | None = None) -> Pods:
        """The pods of a component, of which most have many edges."""
        of_chart = port.name if port is not None and service.form == "chart" else ""
        key = (service.name, component.name if component is not None else "", of_chart)
        found = self._pods.get(key)
        if found is None:
            found = self._pods[key] = endpoint(service, component, port)
        return found

    def add(
        self, source: Endpoint, target: Endpoint, ports: tuple[EdgePort, ...], reason: Reason, place: Place
    ) -> None:
        self.found[Edge(source, target, ports, reason, place)] = None
        for end, side in ((source, "source"), (target, "target")):
            if isinstance(end, Pods) and end.host_network:
                what = f"{end.service} as {side} of {reason}"
                self.not_enforced[NotEnforced(what, "its pods have the address of their node", place)] = None


def endpoint(service: Service, component: Component | None, port: Port | None = None) -> Pods:
    """The pods of a component; of a chart, all pods of its namespace."""
    namespace = namespace_of(service)
    if service.form == "postgres":
        return Pods(namespace, service.name, None, {"cnpg.io/cluster": service.name})
    if service.form == "chart":
        return Pods(namespace, service.name, None, {}, _on_host(service, port))
    if component is None:
        return Pods(namespace, service.name, None, {})
    return Pods(namespace, service.name, component.name, selector(service, component), component.allows("hostNetwork"))


def _on_host(service: Service, port: Port | None) -> bool:
    """Whether the chart's pods behind `port` live in the network of their node."""
    chart = service.chart
    if chart is None or not chart.pods:
        return False
    if port is None:
        return all(pod.host_network for pod in chart.pods.values())
    return any(pod.host_network and port.name in pod.ports for pod in chart.pods.values())


def collect(edges: Edges, needed: Mapping[str, tuple[Call, ...]]) -> None:
    """Find every edge of the fleet."""
    for service in edges.services.values():
        for component in service.components.values():
            _of_component(edges, service, component)
        for call in needed.get(service.name, ()):
            for component in service.components.values():
                if component.needs:
                    _to_service(edges, service, component, call, "needs")
        _of_exposure(edges, service)
    _of_gateways(edges)
    _of_monitoring(edges)
    _of_backup(edges)
    _of_namespaces(edges)


def _of_component(edges: Edges, service: Service, component: Component) -> None:
    source = edges.pods(service, component)
    talks = component.talks_to
    place = talks.kubernetes
    if place is None and (component.rbac_cluster or component.rbac_namespace):
        place = component.tree.key_place("rbac")
    if place is not None:
        edges.add(source, ApiServer(), (API_PORT,), "talks_to", place)
    for call in talks.services:
        _to_service(edges, service, component, call, "talks_to")
    for outside in talks.internet:
        edges.add(source, Internet(outside.where), _ports(outside), "talks_to", outside.place)
    for outside in talks.lan:
        for there in _lan(edges, outside):
            edges.add(source, there, _ports(outside), "talks_to", outside.place)
    for outside in talks.nodes:
        edges.add(source, Nodes(), _ports(outside), "talks_to", outside.place)
    for caller in component.called_by:
        port = _own_port(edges, service, component, caller.port, caller.place)
        if port is None:
            continue
        target = edges.pods(service, component, port)
        who: Endpoint | None = ApiServer() if caller.who == "kubernetes" else Nodes()
        if caller.who.startswith("lan:"):
            who = _network(edges, caller.who[4:], caller.place)
        if who is not None:
            edges.add(who, target, (EdgePort(port.number, port.protocol),), "called_by", caller.place)


def _ports(call: OutsideCall) -> tuple[EdgePort, ...]:
    return (EdgePort(call.port, call.protocol),)


def _own_port(edges: Edges, service: Service, component: Component, name: str, place: Place) -> Port | None:
    port = component.ports.get(name)
    if port is None:
        listed = ", ".join(sorted(component.ports)) or "none"
        message = f"{component.workload!r} has no port {name!r}, it has {listed}{did_you_mean(name, component.ports)}"
        fix, lacks = "name one of its ports", (service.name, *PORT_FIELDS)
        edges.notes.error(place, "fleet/unknown-port", message, fix, lacks=lacks)
    return port


def _to_service(edges: Edges, service: Service, component: Component, call: Call, reason: Reason) -> None:
    target = edges.services.get(call.service)
    if target is None:
        _to_absent(edges, service, call)
        return
    found = target.port(call.port)
    if found is None:
        ports = sorted(port for part in target.components.values() for port in part.ports)
        listed = ", ".join(ports) or "none"
        if reason == "needs":
            return  # the check of what it provides says so
        guess = did_you_mean(call.port, ports)
        message = f"{service.name!r} talks to port {call.port!r} of {target.name!r}, which has {listed}{guess}"
        fix, lacks = f"write `{target.name}:<port>`", (target.name, *PORT_FIELDS)
        edges.notes.error(call.place, "fleet/unknown-port", message, fix, lacks=lacks)
        return
    owner, port = found
    edges.add(
        edges.pods(service, component),
        edges.pods(target, owner, port),
        (EdgePort(port.number, port.protocol),),
        reason,
        call.place,
    )


def _to_absent(edges: Edges, service: Service, call: Call) -> None:
    off = edges.off.get(call.service)
    if off is not None and off.form == "retired":
        successor = off.retired.successor if off.retired else None
        message = f"{service.name!r} talks to {call.service!r}, which is retired"
        fix = f"name its successor {successor!r}" if successor else "remove it"
        edges.notes.error(call.place, "fleet/retired", message, fix)
        return
    if off is not None:
        if off.port(call.port) is None:
            message = f"{service.name!r} talks to port {call.port!r} of {call.service!r}, which has no such port"
            fix, lacks = f"write `{call.service}:<port>`", (call.service, *PORT_FIELDS)
            edges.notes.error(call.place, "fleet/unknown-port", message, fix, lacks=lacks)
        edges.left_out[NotEnforced(f"{service.name} -> {call.service}", f"{call.service} is off here", call.place)] = (
            None
        )
        return
    if call.service in edges.notes.unread:
        return
    guess = did_you_mean(call.service, {*edges.services, *edges.off})
    message = f"{service.name!r} talks to {call.service!r}, which does not exist{guess}"
    edges.notes.error(call.place, "fleet/unknown-service", message, "name a service that exists")


def named_address(edges: Edges, name: str) -> Range | None:
    """A named address of the site, or a machine of the inventory."""
    address = edges.site.addresses.get(name)
    if address is None:
        machines = {machine.name: machine.address for machine in edges.inventory.machines}
        hosts = {host.name: host.address for host in edges.inventory.hosts.values()}
        address = machines.get(name) or hosts.get(name)
    return Range(name, f"{address}/32") if address is not None else None


def _lan(edges: Edges, outside: OutsideCall) -> Iterator[Range]:
    named = named_address(edges, outside.where)
    if named is not None:
        _check_vm(edges, outside)
        yield named
        return
    if outside.where in edges.site.networks:
        yield Range(outside.where, str(edges.site.networks[outside.where].subnet))
        return
    try:
        yield Range(outside.where, str(IPv4Network(outside.where, strict=False)))
    except ValueError:
        if edges.inventory.may_have(outside.where):
            return
        known = {*edges.site.networks, *edges.site.addresses, *(machine.name for machine in edges.inventory.machines)}
        message = (
            f"{outside.where!r} is no network, named address or IP of the site{did_you_mean(outside.where, known)}"
        )
        fix, lacks = "name one, or add it to `addresses` of values/site.yaml", (SITE, "addresses", "networks")
        edges.notes.error(outside.place, "fleet/unknown-address", message, fix, lacks=lacks)


def _check_vm(edges: Edges, outside: OutsideCall) -> None:
    vm = edges.inventory.vms.get(outside.where)
    if vm is None or outside.port is None:
        return
    names = [
        name for name, (number, protocol) in vm.ports.items() if number == outside.port and protocol == outside.protocol
    ]
    callers = {who for who, ports in vm.called_by.items() if set(names) & set(ports)}
    if not names or "cluster" not in callers:
        message = f"VM {vm.name!r} does not let the cluster in on {outside.port}/{outside.protocol}"
        fix = f"add the port to `ports` and `called_by: {{cluster: […]}}` of {vm.name!r}"
        lacks = (INVENTORY, "ports", "called_by")
        edges.notes.error(outside.place, "fleet/vm-does-not-answer", message, fix, lacks=lacks)


def _network(edges: Edges, name: str, place: Place) -> Endpoint | None:
    found = _network_of(edges, name)
    if found is None:
        fix = "name a network of values/site.yaml"
        note_unknown(edges.notes, place, "network", name, edges.site.networks, fix, lacks=(SITE, "networks"))
    return found


def _network_of(edges: Edges, name: str) -> Endpoint | None:
    if name == "internet":
        return Internet("*")
    network = edges.site.networks.get(name)
    return Range(name, str(network.subnet)) if network is not None else None


def _of_exposure(edges: Edges, service: Service) -> None:
    for expose in service.expose.values():
        for name in expose.gateways:
            gateway = edges.site.gateways.get(name)
            front = edges.services.get(gateway.service) if gateway else None
            if front is None:
                continue  # the check of gateways says so
            for port_name in expose.paths.values():
                found = service.port(port_name)
                if found is not None:
                    owner, port = found
                    ports = (EdgePort(port.number, port.protocol),)
                    edges.add(
                        edges.pods(front, front.main), edges.pods(service, owner, port), ports, "gateway", expose.place
                    )
    balancer = service.load_balancer
    if balancer is None:
        return
    for port_name in balancer.ports:
        found = service.port(port_name)
        if found is None:
            continue
        owner, port = found
        for name, place in _items(service.tree.child("load_balancer"), "from"):
            source = _network(edges, name, place)
            if source is not None:
                ports = (EdgePort(port.number, port.protocol),)
                edges.add(source, edges.pods(service, owner, port), ports, "load_balancer", balancer.place)


def _items(block: Map, key: str) -> list[tuple[str, Place]]:
    value = block.get(key)
    return [(str(item), value.item_place(index)) for index, item in enumerate(value)] if isinstance(value, Seq) else []


_ENTRY_PORTS = ("web", "websecure", "http", "https")


def _of_gateways(edges: Edges) -> None:
    """Whoever a gateway serves reaches its entry ports."""
    for gateway in edges.site.gateways.values():
        front = edges.services.get(gateway.service)
        if front is None or front.main is None:
            continue
        for entry in _ENTRY_PORTS:
            port = front.main.ports.get(entry)
            if port is None:
                continue
            for name in gateway.sources:
                source = _network_of(edges, name)
                if source is not None:
                    target = edges.pods(front, front.main, port)
                    edges.add(source, target, (EdgePort(port.number, port.protocol),), "gateway", gateway.place)


def _scrape_postgres(edges: Edges, scraper: Service, service: Service, component: Component) -> None:
    """The operator brings the monitor of a Postgres cluster; the file states none."""
    port = component.ports["metrics"]
    target = edges.pods(service, component, port)
    edges.add(edges.pods(scraper, scraper.main), target, (EdgePort(port.number, port.protocol),), "scrape", port.place)


def _of_monitoring(edges: Edges) -> None:
    monitoring = edges.site.monitoring
    scraper = edges.services.get(monitoring.scraper)
    prober = edges.services.get(monitoring.prober) if monitoring.prober else None
    for service in edges.services.values():
        for component in service.components.values():
            if service.form == "postgres" and scraper is not None and component.metrics is None:
                _scrape_postgres(edges, scraper, service, component)
            elif component.metrics is not None:
                for name in component.metrics.ports:
                    port = _own_port(edges, service, component, name, component.metrics.place)
                    if port is not None and scraper is not None and scraper is not service:
                        ports = (EdgePort(port.number, port.protocol),)
                        edges.add(
                            edges.pods(scraper, scraper.main),
                            edges.pods(service, component, port),
                            ports,
                            "scrape",
                            component.metrics.place,
                        )
            elif prober is not None and prober is not service:
                target = probe_target(edges.site, service, component)
                if target is not None:
                    edges.probes.append(target)
                    owner = component.ports.get(HTTP_NAME) or next(
                        p for p in component.ports.values() if p.number == target.port.number
                    )
                    edges.add(
                        edges.pods(prober, prober.main),
                        edges.pods(service, component, owner),
                        (target.port,),
                        "probe",
                        target.place,
                    )


HTTP_NAME = "http"


def probe_target(site: Site, service: Service, component: Component) -> ProbeTarget | None:
    """What a prober can ask: the readiness path of an HTTP port, else a TCP connection."""
    if service.form == "postgres":
        return None  # the operator's own monitor covers it
    if component.container is not None and component.kind in ("CronJob", "Job"):
        return None
    # A Service whose name only its chart knows would be asked under a guess, and look down for ever.
    tcp = [port for port in component.ports.values() if port.protocol == "TCP" and has_service(service, port)]
    if not tcp:
        return None
    port = component.ports.get(HTTP_NAME)
    port = port if port in tcp else tcp[0]
    address = f"{host_of(service, component, port, site.kubernetes.cluster_domain)}:{service_port(port)}"
    edge = EdgePort(port.number, "TCP")
    ready = component.container.probes.get("readiness", {}) if component.container else {}
    request = ready.get("httpGet")
    if (
        request
        and request.get("port") in (port.name, port.number)
        and request.get("scheme", "HTTP") == "HTTP"
        and not request.get("httpHeaders")
    ):
        return ProbeTarget(
            service.name, component.name, "http_2xx", f"http://{address}{request['path']}", edge, port.place
        )
    return ProbeTarget(service.name, component.name, "tcp_connect", address, edge, port.place)


def _of_backup(edges: Edges) -> None:
    """Copies leave the cluster: from Postgres clusters, and from whoever moves volumes."""
    for service in edges.services.values():
        if service.form == "postgres":
            _to_destinations(edges, edges.pods(service, service.main), archived_to(service, edges.site.tiers))
    mover = edges.services.get(edges.site.backends.backup)
    if mover is not None:
        _to_destinations(edges, edges.pods(mover, mover.main), edges.site.destinations)
    if edges.site.backends.backup == "volsync":
        for namespace, place in sorted(_copied_namespaces(edges).items()):
            pods = Pods(namespace, MOVER, None, MOVER_LABELS)
            edges.add(pods, _DNS, _DNS_PORTS, "dns", place)
            _to_destinations(edges, pods, edges.site.destinations)


def _to_destinations(edges: Edges, source: Pods, names: Iterable[str]) -> None:
    for destination in (edges.site.destinations[name] for name in names if name in edges.site.destinations):
        parts = urlsplit(destination.endpoint)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        target = Internet(parts.hostname or "")
        edges.add(source, target, (EdgePort(port, "TCP"),), "talks_to", destination.place)


def _copied_namespaces(edges: Edges) -> dict[str, Place]:
    """Namespaces with a claim that VolSync copies, each with the first one's place."""
    found: dict[str, Place] = {}
    for service in edges.services.values():
        for item in copied(service, edges.site.tiers):
            found.setdefault(namespace_of(service), item.volume.place)
    return found


def _of_namespaces(edges: Edges) -> None:
    """Name resolution for every pod; inside a chart's namespace all pods may talk."""
    for service in edges.services.values():
        if namespace_of(service) in BUILTIN:
            continue
        for component in service.components.values():
            source = edges.pods(service, component)
            if (component.container is not None and not source.host_network) or service.form in ("chart", "postgres"):
                edges.add(source, _DNS, _DNS_PORTS, "dns", service.place)
        if service.form == "chart":
            whole = edges.pods(service, service.main)
            edges.add(whole, whole, (), "namespace", service.place)
        if service.form == "postgres":
            whole = edges.pods(service, service.main)
            edges.add(whole, whole, (), "namespace", service.place)
            edges.add(whole, ApiServer(), (API_PORT,), "namespace", service.place)
