"""Network policies: both ends of every edge, and nothing else."""

from collections.abc import Callable, Iterable, Iterator

from generator.catalogue.service import Json, Service
from generator.chart.address import cilium_port, entities_of, plain_port
from generator.chart.scope import Body, Printed, Scope, Side
from generator.fleet.model import MOVER, ApiServer, Edge, EdgePort, Endpoint, Fleet, Internet, Pods

_CILIUM = "cilium"
_OURS = "app.kubernetes.io/"
_SELECTOR = {f"{_OURS}name", f"{_OURS}instance", f"{_OURS}component"}
_NAMESPACE = "io.kubernetes.pod.namespace"


def build_policies(scope: Scope, service: Service) -> Iterator[Printed]:
    """The policies of a service's pods: plain ones, and Cilium's for names and entities."""
    by_cilium = scope.fleet.site.backends.network_policy == _CILIUM
    for (namespace, component), side in sorted(scope.sides.get(service.name, {}).items()):
        if not side.pods.labels and _is_builtin(scope.fleet, namespace):
            continue
        name = _policy_name(service, component)
        head = _head(scope, service, side)
        ingress = _rules(scope, side.ingress, lambda edge: edge.source, by_cilium)
        egress = _rules(scope, side.egress, lambda edge: edge.target, by_cilium)
        if ingress or egress:
            body = head | ({"ingress": ingress} if ingress else {}) | ({"egress": egress} if egress else {})
            yield "NetworkPolicy", name, body
        if by_cilium:
            yield from _cilium(name, head, side)


def build_mover_policies(scope: Scope, namespace: str) -> Iterator[Printed]:
    """The policies of VolSync's movers in one namespace, by the edges that the fleet gives them."""
    side = scope.sides.get(MOVER, {}).get((namespace, ""))
    if side is None or not scope.has("volsync.backube"):
        return
    by_cilium = scope.fleet.site.backends.network_policy == _CILIUM
    head: Body = {"namespace": namespace, "pods": dict(side.pods.labels)}
    egress = _rules(scope, side.egress, lambda edge: edge.target, by_cilium)
    if egress:
        yield "NetworkPolicy", MOVER, head | {"egress": egress}
    if by_cilium:
        yield from _cilium(MOVER, head, side)


def _is_builtin(fleet: Fleet, namespace: str) -> bool:
    """A policy over every pod of kube-system would cut off the cluster's DNS."""
    found = fleet.namespaces.get(namespace)
    return found.builtin if found else namespace.startswith("kube-")


def _policy_name(service: Service, component: str) -> str:
    found = service.components.get(component)
    return found.workload if found else service.name


def _head(scope: Scope, service: Service, side: Side) -> Body:
    """Which pods: those of the component by its selector, else the labels that the fleet gives."""
    body: Body = {}
    labels = dict(side.pods.labels)
    if side.pods.component and side.pods.component in service.components:
        body["component"] = side.pods.component
    if "component" not in body or set(labels) != _SELECTOR or labels[f"{_OURS}component"] != body["component"]:
        body["pods"] = labels
    if side.pods.namespace != scope.namespace(service.name):
        body["namespace"] = side.pods.namespace
    return body


def _rules(scope: Scope, edges: Iterable[Edge], end: Callable[[Edge], Endpoint], by_cilium: bool) -> list[Body]:
    """Rules of a plain policy, one per set of ports, peers in it once and in order."""
    grouped: dict[tuple[EdgePort, ...], dict[str, Json]] = {}
    for edge in edges:
        endpoint = end(edge)
        if by_cilium and (entities_of(endpoint) is not None or _is_named(endpoint)):
            continue
        grouped.setdefault(_ports(edge), {}).update(scope.peers(endpoint))
    rules = []
    for ports, peers in sorted(grouped.items(), key=_by_ports):
        rule: Body = {"peers": [peers[key] for key in sorted(peers)]}
        if ports:
            rule["ports"] = [plain_port(port) for port in ports]
        rules.append(rule)
    return rules


def _ports(edge: Edge) -> tuple[EdgePort, ...]:
    return edge.ports if len(edge.ports) < 2 else tuple(sorted(set(edge.ports), key=_port_key))


def _by_ports(rule: tuple[tuple[EdgePort, ...], object]) -> list[tuple[int, str]]:
    return [_port_key(port) for port in rule[0]]


def _port_key(port: EdgePort) -> tuple[int, str]:
    return (port.number or 0, port.protocol)


def _is_named(endpoint: Endpoint) -> bool:
    """Say whether only Cilium can tell this destination from the rest of the internet."""
    return isinstance(endpoint, Internet) and endpoint.host != "*"


def _cilium(name: str, head: Body, side: Side) -> Iterator[Printed]:
    hosts = [edge for edge in side.egress if _is_named(edge.target)]
    if hosts:
        lookups = [edge for edge in side.egress if edge.reason == "dns"]
        egress = [*map(_lookup_rule, lookups), *_host_rules(hosts)]
        yield "CiliumNetworkPolicy", f"{name}-internet", head | {"egress": egress}
    ingress = _entity_rules(side.ingress, lambda edge: edge.source, from_api=True)
    egress = _entity_rules(side.egress, lambda edge: edge.target, from_api=False)
    if ingress or egress:
        body = head | ({"ingress": ingress} if ingress else {}) | ({"egress": egress} if egress else {})
        yield "CiliumNetworkPolicy", f"{name}-cluster", body


def _lookup_rule(edge: Edge) -> Json:
    """The name servers whose answers Cilium reads along."""
    assert isinstance(edge.target, Pods)
    labels = {_NAMESPACE: edge.target.namespace, **edge.target.labels}
    return {"lookups": labels, "ports": [cilium_port(port) for port in edge.ports]}


def _host_rules(edges: Iterable[Edge]) -> Iterator[Json]:
    grouped: dict[tuple[EdgePort, ...], set[str]] = {}
    for edge in edges:
        assert isinstance(edge.target, Internet)
        ports = _ports(edge)
        grouped.setdefault(ports, set()).add(edge.target.host)
    for ports, hosts in sorted(grouped.items(), key=_by_ports):
        yield {"hosts": sorted(hosts), "ports": [cilium_port(port) for port in ports]}


def _entity_rules(edges: Iterable[Edge], end: Callable[[Edge], Endpoint], *, from_api: bool) -> list[Json]:
    """Calls of the API server come from wherever it runs, so from nodes as well."""
    grouped: dict[tuple[EdgePort, ...], set[str]] = {}
    for edge in edges:
        endpoint = end(edge)
        entities = entities_of(endpoint)
        if entities is None:
            continue
        if from_api and isinstance(endpoint, ApiServer):
            entities = ["host", "kube-apiserver", "remote-node"]
        ports = _ports(edge)
        grouped.setdefault(ports, set()).update(entities)
    ordered = sorted(grouped.items(), key=_by_ports)
    return [
        {"entities": sorted(entities), "ports": [cilium_port(port) for port in ports]} for ports, entities in ordered
    ]
