"""The way into a service and down to its disks, drawn."""

from generator.catalogue.quantity import show_bytes
from generator.catalogue.service import ChartPod, Component, Service, Volume
from generator.catalogue.site import Site
from generator.docs.markdown import Markdown
from generator.docs.mermaid import Flow
from generator.docs.service_rows import POSTGRESQL
from generator.docs.view import View
from generator.fleet.names import namespace_of, service_name
from generator.fleet.reference import full_host

_ROUND, _STADIUM, _DRUM, _FRAMED = "()", "([])", "[()]", "[[]]"
# The numbers of a gateway's listeners, which its entry points share.
_LISTENERS = (80, 443)
# More pods than this are not drawn one by one.
_MOST_NAMED = 4


def draw(view: View, service: Service) -> Markdown:
    """Return name → address → gateway → Service → pod → volume → class → pool of one environment."""
    flow = Flow()
    _entries(flow, view, service)
    if service.chart is not None:
        for part in service.chart.pods.values():
            pod = _chart_pod(flow, part)
            for volume in part.volumes.values():
                _claim(flow, view, volume, f"claim {volume.name} of {part.name}", pod)
    elif service.postgres is not None and service.main is not None:
        pod = _pod(flow, service, service.main)
        _claim(flow, view, service.postgres.storage, "claim of each instance", pod)
    else:
        for component in service.components.values():
            if component.container is None:
                continue  # a service of objects only
            pod = _pod(flow, service, component)
            for volume in component.volumes.values():
                _volume(flow, view, component, volume, pod)
    return flow.markdown() if flow else Markdown("")


def _copies(kind: str, count: int) -> str:
    if kind == "DaemonSet":
        return "one per node"
    return "1 pod" if count == 1 else f"{count} pods"


def _pod(flow: Flow, service: Service, component: Component) -> str:
    if service.postgres is not None:
        return flow.node("pods", f"Cluster {service.name}", _copies("", service.postgres.instances), shape=_ROUND)
    about = _copies(component.kind, component.replicas)
    return flow.node(f"pod {component.name}", f"{component.kind} {component.workload}", about, shape=_ROUND)


def _chart_pod(flow: Flow, part: ChartPod) -> str:
    return flow.node(f"pod {part.name}", f"{part.kind} {part.name}", _copies(part.kind, part.replicas), shape=_ROUND)


def _to_port(flow: Flow, service: Service, port_name: str, way: str, through: str | None = None) -> None:
    """Draw the Service and the pods that answer a port, and the arrows that lead there."""
    found = service.port(port_name)
    if found is None:
        return
    component, port = found
    number = f"{port.name} {port.number}/{port.protocol}"
    if service.postgres is not None and port.name != POSTGRESQL:
        flow.edge(way, _pod(flow, service, component), number)
        return
    unnamed = service.chart is not None and port.target is None
    name = "of the chart" if unnamed else through or service_name(service, component, port)
    inside = flow.node(f"service {name}", f"Service {name}", f"namespace {namespace_of(service)}")
    flow.edge(way, inside)
    if service.chart is None:
        flow.edge(inside, _pod(flow, service, component), number)
        return
    for part in service.chart.pods.values():
        if port_name in part.ports:
            flow.edge(inside, _chart_pod(flow, part), number)


def _entries(flow: Flow, view: View, service: Service) -> None:
    site = view.fleet.site
    for expose in service.expose.values():
        host = full_host(expose.host, expose.gateways, site)
        name = flow.node(f"host {host}", host, shape=_STADIUM)
        for gateway_name in expose.gateways:
            gateway = site.gateways.get(gateway_name)
            if gateway is None:
                continue
            address = flow.node(f"address {gateway.ip}", str(gateway.ip))
            door = flow.node(f"gateway {gateway_name}", f"gateway {gateway_name}", gateway.service, shape=_FRAMED)
            flow.edge(name, address)
            flow.edge(address, door)
            for port in expose.paths.values():
                _to_port(flow, service, port, door)
    balancer = service.load_balancer
    if balancer is not None:
        address = flow.node(f"address {balancer.ip}", balancer.ip)
        for port in balancer.ports:
            _to_port(flow, service, port, address, through=None if service.chart else f"{service.name}-lb")
    _gateway_front(flow, site, service)
    if not flow:
        _from_inside(flow, service)


def _gateway_front(flow: Flow, site: Site, service: Service) -> None:
    """The gateways that this service itself is."""
    for gateway in site.gateways.values():
        if gateway.service != service.name:
            continue
        address = flow.node(f"address {gateway.ip}", str(gateway.ip))
        door = flow.node(
            f"gateway {gateway.name}", f"gateway {gateway.name}", f"hosts of {gateway.zone}", shape=_FRAMED
        )
        flow.edge(address, door)
        for component in service.components.values():
            for port in component.ports.values():
                if port.number in _LISTENERS:
                    _to_port(flow, service, port.name, door)


def _from_inside(flow: Flow, service: Service) -> None:
    """What only the cluster reaches begins at its ports."""
    ports = [port.name for component in service.components.values() for port in component.ports.values()]
    if not ports:
        return
    callers = flow.node("cluster", "callers in the cluster", shape=_STADIUM)
    for name in ports:
        _to_port(flow, service, name, callers)


def _volume(flow: Flow, view: View, component: Component, volume: Volume, pod: str) -> None:
    match volume.form:
        case "size":
            _claim(flow, view, volume, f"claim {component.workload}-{volume.name}", pod)
        case "nfs":
            share = view.fleet.site.shares.get(volume.share or "")
            if share is None:
                return
            inside = flow.node(f"share {share.name}", f"share {share.name}", f"{share.size} {share.tier}", shape=_DRUM)
            server = flow.node(f"server {share.server}", f"{share.server}:{share.path}", "NFS")
            flow.edge(pod, inside, volume.name)
            flow.edge(inside, server)
        case "existingClaim":
            claim = flow.node(f"claim {volume.claim}", f"claim {volume.claim}", shape=_DRUM)
            flow.edge(pod, claim)
        case "hostPath":
            flow.edge(pod, flow.node(f"path {volume.host_path}", f"{volume.host_path}", "of the node", shape=_DRUM))
        case "emptyDir":
            pass  # gone with the pod, so no station of the way


def _claim(flow: Flow, view: View, volume: Volume, name: str, pod: str) -> None:
    site = view.fleet.site
    size = volume.size or (show_bytes(volume.size_bytes) if volume.size_bytes else "")
    about = " ".join(part for part in (size, volume.tier or "") if part)
    claim = flow.node(name, name, about, shape=_DRUM) if about else flow.node(name, name, shape=_DRUM)
    flow.edge(pod, claim)
    class_name = volume.storage_class or site.default_class
    storage_class = site.classes.get(class_name)
    if storage_class is None:
        flow.edge(claim, flow.node(f"class {class_name}", f"class {class_name}"))
        return
    copies = "1 copy" if storage_class.replicas == 1 else f"{storage_class.replicas} copies"
    kind = flow.node(f"class {class_name}", f"class {class_name}", copies)
    flow.edge(claim, kind)
    if storage_class.pool:
        flow.edge(kind, _pool(flow, view, storage_class.pool))


def _pool(flow: Flow, view: View, pool: str) -> str:
    nodes = [name for name, node in view.fleet.inventory.nodes.items() if pool in node.disks]
    where = ", ".join(nodes) if len(nodes) <= _MOST_NAMED else f"{len(nodes)} nodes, {nodes[0]} to {nodes[-1]}"
    return flow.node(f"pool {pool}", f"disk pool {pool}", where or "no node has it", shape=_DRUM)
