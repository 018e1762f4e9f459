"""CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy.

Source: https://docs.cilium.io/en/stable/security/policy/ (layers 3, 4 and 7, deny policies, enforcement
modes; read 2026-11-20).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from generator.network.blocks import NOWHERE, Blocks, address_set, block, unite
from generator.network.objects import Inventory, NetworkService, Object, identity
from generator.network.policy import ENTITIES, NODE_ENTITIES, Direction, NodeQuery, Policy, PortSpec, Written
from generator.network.ports import LAST, PortSet, port, port_set
from generator.network.selector import (
    EVERYTHING,
    NAME_LABEL,
    PodQuery,
    Requirement,
    UnknownOperator,
    named,
    read_selector,
)

ACCOUNT_LABEL = "io.cilium.k8s.policy.serviceaccount"
CLUSTER_LABEL = "io.cilium.k8s.policy.cluster"
_NAMESPACE = "io.kubernetes.pod.namespace"
_OF_NAMESPACE = "io.cilium.k8s.namespace.labels."
_ANY = ("TCP", "UDP", "SCTP")
_SECTIONS: tuple[tuple[Direction, str, str, bool], ...] = (
    ("ingress", "ingress", "from", False),
    ("ingress", "ingressDeny", "from", True),
    ("egress", "egress", "to", False),
    ("egress", "egressDeny", "to", True),
)
_PEERS = ("Endpoints", "Nodes", "Entities", "CIDR", "CIDRSet")
_UNJUDGED = ("Requires", "Groups")


def read_cilium(item: Object, stock: Inventory) -> Iterator[Policy]:
    """Read each rule set of a policy: its `spec` and all of its `specs`."""
    for spec in (item.get("spec"), *(item.get("specs") or ())):
        if spec:
            yield _Reader(item, spec, stock).read()


class _Reader:
    """One rule set while it is read."""

    def __init__(self, item: Object, spec: Mapping[str, Any], stock: Inventory) -> None:
        self.name = identity(item)
        clusterwide = item["kind"] == "CiliumClusterwideNetworkPolicy"
        self.namespace = None if clusterwide else str(item["metadata"].get("namespace") or "default")
        self.spec, self.stock = spec, stock
        self.doubts: list[str] = []

    def read(self) -> Policy:
        rules: list[Written] = []
        for direction, section, word, deny in _SECTIONS:
            for number, rule in enumerate(self.spec.get(section) or ()):
                try:
                    rules.append(self._rule(number, direction, rule or {}, word, deny))
                except ValueError as error:
                    self.doubts.append(f"{section} rule {number + 1}: {error}")
        isolates = self._isolates()
        try:
            subjects = self._subjects()
        except UnknownOperator as error:
            self.doubts.append(str(error))
            subjects, isolates, rules = PodQuery(named(), EVERYTHING), frozenset(), []
        return Policy(self.name, subjects, isolates, tuple(rules), tuple(self.doubts))

    def _subjects(self) -> PodQuery | NodeQuery:
        if self.spec.get("nodeSelector") is not None:
            return NodeQuery(tuple(_without_source(item) for item in read_selector(self.spec["nodeSelector"])))
        query, _ = self._query(self.spec.get("endpointSelector") or {})
        own = named(self.namespace) if self.namespace else EVERYTHING
        return PodQuery((*own, *query.namespaces), query.pods)

    def _isolates(self) -> frozenset[Direction]:
        asked = self.spec.get("enableDefaultDeny") or {}
        found: set[Direction] = set()
        for direction, section, _, _ in _SECTIONS:
            stated = asked.get(direction)
            if stated if stated is not None else self.spec.get(section):
                found.add(direction)
        return frozenset(found)

    def _rule(self, number: int, direction: Direction, rule: Mapping[str, Any], word: str, deny: bool) -> Written:
        section = f"{direction}Deny" if deny else direction
        for field in _UNJUDGED:
            if rule.get(f"{word}{field}"):
                self.doubts.append(f"{section} rule {number + 1}: {word}{field} is not judged")
        given = [rule[f"{word}{field}"] for field in _PEERS if rule.get(f"{word}{field}") is not None]
        named_peers = given or rule.get("toFQDNs") or rule.get("toServices")
        ports, narrowed, lookups = _ports(rule)
        if any(not value for value in given):
            return Written(number, direction, deny=deny)  # a list that is there and empty selects nobody
        if not named_peers and not any(rule.get(f"{word}{field}") for field in _UNJUDGED):
            everyone = bool(rule.get("toPorts") or rule.get("icmps"))
            return Written(
                number, direction, everyone=everyone, ports=ports, deny=deny, narrowed=narrowed, lookups=lookups
            )
        queries, entities, world = self._peers(rule, word)
        served, addresses = self._services(rule.get("toServices") or ())
        return Written(
            number,
            direction,
            (*queries, *served),
            blocks=unite(addresses, self._cidrs(rule, word)),
            entities=entities,
            world=world,
            hosts=frozenset(_hosts(rule.get("toFQDNs") or ())),
            ports=ports,
            deny=deny,
            narrowed=narrowed,
            lookups=lookups,
        )

    def _peers(self, rule: Mapping[str, Any], word: str) -> tuple[tuple[PodQuery, ...], frozenset[str], bool]:
        queries: list[PodQuery] = []
        entities: set[str] = set()
        world = False
        for selector in rule.get(f"{word}Endpoints") or ():
            query, reserved = self._query(selector, peer=True)
            if reserved is None:
                queries.append(query)
            else:
                entities |= reserved & ENTITIES
                world |= "world" in reserved
        if rule.get(f"{word}Nodes"):
            entities |= NODE_ENTITIES
        for entity in rule.get(f"{word}Entities") or ():
            world |= entity in ("world", "all")
            if entity in ("cluster", "all"):
                entities |= ENTITIES
                queries.append(PodQuery(EVERYTHING, EVERYTHING))
            elif entity in ENTITIES:
                entities.add(entity)
            elif entity not in ("world", "none"):
                raise ValueError(f"unknown entity {entity!r}")
        return tuple(queries), frozenset(entities), world

    def _query(self, selector: Mapping[str, Any], *, peer: bool = False) -> tuple[PodQuery, frozenset[str] | None]:
        """Translate Cilium's labels; also the reserved identities that the selector asks for instead of pods."""
        of_namespace: list[Requirement] = []
        of_pod: list[Requirement] = []
        reserved: set[str] = set()
        for item in read_selector(selector):
            if item.key.startswith("reserved:"):
                reserved.add(item.key.removeprefix("reserved:"))
                continue
            item = _without_source(item)
            if item.key == _NAMESPACE:
                of_namespace.append(Requirement(NAME_LABEL, item.operator, item.values))
            elif item.key.startswith(_OF_NAMESPACE):
                key = item.key.removeprefix(_OF_NAMESPACE)
                of_namespace.append(Requirement(key, item.operator, item.values))
            else:
                of_pod.append(item)
        if peer and self.namespace and not of_namespace:
            of_namespace = list(named(self.namespace))
        return PodQuery(tuple(of_namespace), tuple(of_pod)), frozenset(reserved) or None

    def _cidrs(self, rule: Mapping[str, Any], word: str) -> Blocks:
        found = address_set(map(str, rule.get(f"{word}CIDR") or ()))
        for entry in rule.get(f"{word}CIDRSet") or ():
            excepted = tuple(map(str, entry.get("except") or ()))
            if entry.get("cidr"):
                found = unite(found, block(str(entry["cidr"]), excepted))
            elif entry.get("cidrGroupRef") in self.stock.cidr_groups:
                for cidr in self.stock.cidr_groups[entry["cidrGroupRef"]]:
                    found = unite(found, block(cidr, excepted))
            else:
                self.doubts.append(f"a group of CIDRs that nobody renders: {entry.get('cidrGroupRef') or 'by label'}")
        return found

    def _services(self, wanted: Any) -> tuple[tuple[PodQuery, ...], Blocks]:
        queries, addresses = [], NOWHERE
        for entry in wanted:
            found = [service for service in self.stock.services if self._is_wanted(service.namespace, service, entry)]
            if not found:
                self.doubts.append("toServices names a Service that nobody renders")
            for service in found:
                if service.selector:
                    selector = read_selector({"matchLabels": service.selector})
                    queries.append(PodQuery(named(service.namespace), selector))
                else:
                    known = self.stock.endpoints.get((service.namespace, service.name), ())
                    addresses = unite(addresses, address_set(known))
        return tuple(queries), addresses

    def _is_wanted(self, namespace: str, service: NetworkService, entry: Mapping[str, Any]) -> bool:
        chosen = entry.get("k8sService")
        if chosen:
            return namespace == (chosen.get("namespace") or self.namespace) and service.name == chosen["serviceName"]
        by_label = entry.get("k8sServiceSelector") or {}
        if by_label.get("namespace") not in (None, "", namespace):
            return False
        wanted = read_selector(by_label.get("selector") or {})
        return all(_without_source(item).holds(service.labels) for item in wanted)


def _without_source(item: Requirement) -> Requirement:
    """A key without the `k8s:` or `any:` that says where the label comes from."""
    source, colon, key = item.key.partition(":")
    return Requirement(key, item.operator, item.values) if colon and source in ("k8s", "any") else item


def _hosts(entries: Any) -> Iterator[str]:
    for entry in entries:
        yield str(entry.get("matchName") or entry.get("matchPattern")).rstrip(".").lower()


def _ports(rule: Mapping[str, Any]) -> tuple[tuple[PortSpec, ...], bool, frozenset[str]]:
    """The ports of a rule, whether more than ports is asked of the traffic, and names whose answers are read."""
    found: list[PortSpec] = []
    narrowed, lookups = bool(rule.get("authentication")), set[str]()
    for part in rule.get("toPorts") or ():
        found += [_port(entry) for entry in part.get("ports") or ()] or [PortSpec()]
        asked = part.get("rules") or {}
        names = set(_hosts(asked.get("dns") or ()))
        lookups |= names
        narrowed |= bool(part.get("serverNames") or part.get("listener"))
        narrowed |= any(asked.get(kind) for kind in ("http", "kafka", "l7")) or (bool(names) and "*" not in names)
    for icmp in rule.get("icmps") or ():
        found += [PortSpec(_icmp(field)) for field in icmp.get("fields") or ()]
    return tuple(found) or (PortSpec(),), narrowed, frozenset(lookups)


def _port(entry: Mapping[str, Any]) -> PortSpec:
    asked = entry.get("protocol") or "ANY"
    protocols = _ANY if asked == "ANY" else (str(asked),)
    text = str(entry.get("port", "0"))
    if not text.isdigit():
        return PortSpec((), text, protocols)
    number = int(text)
    if number == 0:
        return PortSpec(port_set((protocol, 0, LAST) for protocol in protocols))
    last = int(entry.get("endPort") or number)
    return PortSpec(port_set((protocol, number, last) for protocol in protocols))


def _icmp(field: Mapping[str, Any]) -> PortSet:
    protocol = "ICMPv6" if field.get("family") == "IPv6" else "ICMP"
    kind = field.get("type")
    if isinstance(kind, int) or str(kind).isdigit():
        return port(int(str(kind)), protocol)
    return ((protocol, 0, LAST),)  # types by name are many; the family is the upper bound
