"""The line that an end of a rendered network policy comes from: the declared edge that it carries out."""

from collections.abc import Iterator, Mapping
from typing import Any

from generator.catalogue.service import Component, Service
from generator.finding import Place
from generator.fleet import Fleet
from generator.fleet.model import ApiServer, Edge, Endpoint, Internet, Nodes, Pods, Range
from generator.policy.trace import at
from generator.source import Path

_NAMESPACE = "kubernetes.io/metadata.name"
_CILIUM = "k8s:io.kubernetes.pod.namespace"


def edge_places(
    fleet: Fleet, service: Service, component: Component | None, body: Mapping[str, Any], path: Path
) -> Iterator[Place]:
    """Yield the places of the edges that a leaf of a policy is about."""
    if len(path) < 4 or path[1] not in ("ingress", "egress"):
        return
    rule = at(body, path[:3])
    ours = [
        edge for edge in fleet.edges if _is_of(edge.source if path[1] == "egress" else edge.target, service, component)
    ]
    ends = [(edge, edge.target if path[1] == "egress" else edge.source) for edge in ours]
    ports = frozenset(f"{port.get('port')}/{port.get('protocol', 'TCP')}" for port in _ports(rule))
    whole = [(edge, end) for edge, end in ends if not ports or _numbers(edge) & ports]
    peers: list[Mapping[str, Any]] = [at(body, path[:5])] if path[3] in ("to", "from") else _peers(rule)
    if len(path) > 5 and path[3] not in ("to", "from", "ports", "toPorts"):
        peers = [{str(path[3]): [at(body, path[:5])]}]
    port = at(body, path[:-1]) if path[-1] == "port" else None
    number = f"{port['port']}/{port.get('protocol', 'TCP')}" if isinstance(port, Mapping) else ""
    for peer in peers:
        for edge, end in whole:
            if _is_peer(end, peer) and (not number or number in _numbers(edge)):
                yield edge.place


def _is_of(end: Endpoint, service: Service, component: Component | None) -> bool:
    if not isinstance(end, Pods) or end.service != service.name:
        return False
    return component is None or end.component in (None, component.name) or service.chart is not None


def _numbers(edge: Edge) -> frozenset[str]:
    return frozenset(f"{port.number}/{port.protocol}" for port in edge.ports)


def _ports(rule: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from rule.get("ports") or ()
    for group in rule.get("toPorts") or ():
        yield from group.get("ports") or ()


def _peers(rule: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [*(rule.get("to") or ()), *(rule.get("from") or ())]
    return found + [
        {key: [item]} for key, items in rule.items() if key not in ("to", "from", "ports", "toPorts") for item in items
    ]


def _is_peer(end: Endpoint, peer: Mapping[str, Any]) -> bool:
    """Say whether a peer of a rule, plain or Cilium's, is the end of an edge."""
    match end:
        case Pods(namespace=namespace, labels=labels, host_network=host):
            if host:
                return "ipBlock" in peer or _entity(peer, "host", "remote-node")
            return (namespace, dict(labels)) == _selected(peer)
        case Internet(host=host):
            names = [*(peer.get("toFQDNs") or ())]
            known = any(host in (item.get("matchName"), item.get("matchPattern")) for item in names)
            return known or ((host == "*" or not names) and _cidr(peer) == "0.0.0.0/0")
        case Range(cidr=cidr):
            return _cidr(peer) == cidr
        case ApiServer():
            return _entity(peer, "kube-apiserver") or "ipBlock" in peer
        case Nodes():
            return _entity(peer, "host", "remote-node") or "ipBlock" in peer


def _selected(peer: Mapping[str, Any]) -> tuple[str, dict[str, str]] | None:
    if "namespaceSelector" in peer:
        namespace = (peer["namespaceSelector"].get("matchLabels") or {}).get(_NAMESPACE, "")
        return namespace, dict((peer.get("podSelector") or {}).get("matchLabels") or {})
    for key in ("toEndpoints", "fromEndpoints"):
        for item in peer.get(key) or ():
            labels = dict(item.get("matchLabels") or {})
            namespace = labels.pop(_CILIUM, "")
            return namespace, {name.removeprefix("k8s:"): text for name, text in labels.items()}
    return None


def _cidr(peer: Mapping[str, Any]) -> str | None:
    if "ipBlock" in peer:
        return str(peer["ipBlock"].get("cidr"))
    for key in ("toCIDRSet", "fromCIDRSet", "toCIDR", "fromCIDR"):
        for item in peer.get(key) or ():
            return str(item.get("cidr") if isinstance(item, Mapping) else item)
    return None


def _entity(peer: Mapping[str, Any], *names: str) -> bool:
    said = {item for key in ("toEntities", "fromEntities") for item in peer.get(key) or ()}
    return bool(said & set(names))
