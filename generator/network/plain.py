"""Kubernetes' own NetworkPolicy.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/ and the API
reference of networking.k8s.io/v1 (read 2026-11-20).
"""

from collections.abc import Mapping
from typing import Any

from generator.network.blocks import NOWHERE, block, unite
from generator.network.objects import Object, identity
from generator.network.policy import Direction, Policy, PortSpec, Written
from generator.network.ports import port, whole
from generator.network.selector import EVERYTHING, PodQuery, UnknownOperator, named, read_selector

_WORDS: tuple[tuple[Direction, str, str], ...] = (("ingress", "Ingress", "from"), ("egress", "Egress", "to"))


def read_plain(item: Object) -> Policy:
    """Read one NetworkPolicy."""
    spec, namespace = item.get("spec") or {}, str(item["metadata"].get("namespace") or "default")
    doubts: list[str] = []
    rules: list[Written] = []
    isolates = _isolates(spec)
    for direction, _, peers in _WORDS:
        if direction not in isolates:
            continue  # rules of a direction that policyTypes leaves out mean nothing
        for number, rule in enumerate(spec.get(direction) or ()):
            rules.append(_rule(number, direction, rule or {}, peers, namespace, doubts))
    try:
        subjects = PodQuery(named(namespace), read_selector(spec.get("podSelector") or {}))
    except UnknownOperator as error:
        doubts.append(str(error))
        subjects, isolates, rules = PodQuery(named(), EVERYTHING), frozenset(), []
    return Policy(identity(item), subjects, isolates, tuple(rules), tuple(doubts))


def _isolates(spec: Mapping[str, Any]) -> frozenset[Direction]:
    types = spec.get("policyTypes")
    if not types:
        return frozenset({"ingress", "egress"}) if spec.get("egress") else frozenset({"ingress"})
    return frozenset(direction for direction, word, _ in _WORDS if word in types)


def _rule(
    number: int, direction: Direction, rule: Mapping[str, Any], word: str, namespace: str, doubts: list[str]
) -> Written:
    ports = tuple(_port(entry) for entry in rule.get("ports") or ()) or (PortSpec(),)
    peers = rule.get(word)
    if not peers:
        return Written(number, direction, everyone=True, ports=ports)
    queries, blocks = [], NOWHERE
    for peer in peers:
        try:
            if peer.get("ipBlock"):
                found = peer["ipBlock"]
                blocks = unite(blocks, block(str(found["cidr"]), tuple(map(str, found.get("except") or ()))))
            elif peer.get("podSelector") is None and peer.get("namespaceSelector") is None:
                doubts.append(f"{direction} rule {number + 1}: a peer without a selector")
            else:
                queries.append(_query(peer, namespace))
        except ValueError as error:
            doubts.append(f"{direction} rule {number + 1}: {error}")
    return Written(number, direction, tuple(queries), blocks=blocks, ports=ports)


def _query(peer: Mapping[str, Any], namespace: str) -> PodQuery:
    chosen = peer.get("namespaceSelector")
    pods = peer.get("podSelector")
    return PodQuery(
        named(namespace) if chosen is None else read_selector(chosen),
        EVERYTHING if pods is None else read_selector(pods),
    )


def _port(entry: Mapping[str, Any]) -> PortSpec:
    protocol = str(entry.get("protocol") or "TCP")
    number = entry.get("port")
    if number is None:
        return PortSpec(whole(protocol))
    if isinstance(number, int):
        return PortSpec(port(number, protocol, entry.get("endPort")))
    return PortSpec((), str(number), (protocol,))
