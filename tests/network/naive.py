"""The same semantics once more, as slow and as plainly as possible: one pod, one peer, one port at a time."""

from ipaddress import ip_address, ip_network
from typing import Any

Object = dict[str, Any]
_CLUSTER = {"host", "remote-node", "kube-apiserver", "init", "ingress", "health", "unmanaged"}


class Cluster:
    def __init__(self, objects: list[Object], enforcer: str, pods: str, nodes: list[str]) -> None:
        self.labels = {
            item["metadata"]["name"]: {
                **item["metadata"]["labels"],
                "kubernetes.io/metadata.name": item["metadata"]["name"],
            }
            for item in objects
            if item["kind"] == "Namespace"
        }
        self.policies = [item for item in objects if item["kind"].endswith("NetworkPolicy")]
        self.enforcer, self.pods, self.nodes = enforcer, ip_network(pods), nodes

    def connected(self, source: Object, target: Object, protocol: str, number: int) -> bool:
        """Say whether one pod reaches another."""
        return self.passes(source, "egress", target, protocol, number) and self.passes(
            target, "ingress", source, protocol, number
        )

    def passes(self, subject: Object, direction: str, peer: Object | str, protocol: str, number: int) -> bool:
        """Say whether the policies of one end let a connection through. A peer is a pod, an address or an entity."""
        isolated = allowed = denied = False
        called = subject if direction == "ingress" else peer
        for policy in self.policies:
            if policy["kind"] == "NetworkPolicy":
                spec, where = policy["spec"], policy["metadata"]["namespace"]
                if subject["metadata"]["namespace"] != where or not holds(spec["podSelector"], labels_of(subject)):
                    continue
                types = spec.get("policyTypes") or ["Ingress"] + (["Egress"] if spec.get("egress") else [])
                if direction.capitalize() not in types:
                    continue
                isolated = True
                for rule in spec.get(direction) or []:
                    peers = rule.get("from" if direction == "ingress" else "to")
                    if (not peers or any(self.plain_peer(item, where, peer) for item in peers)) and (
                        not rule.get("ports")
                        or any(plain_port(item, protocol, number, called) for item in rule["ports"])
                    ):
                        allowed = True
            elif self.enforcer == "cilium":
                one, yes, no = self.cilium(policy, subject, direction, peer, protocol, number, called)
                isolated, allowed, denied = isolated or one, allowed or yes, denied or no
        return (allowed or not isolated) and not denied

    def plain_peer(self, item: Object, where: str, peer: Object | str) -> bool:
        if "ipBlock" in item:
            block = item["ipBlock"]
            if isinstance(peer, dict):
                if self.enforcer == "cilium":
                    return False
                return any(within(str(address), block) for address in (self.pods[0], self.pods[5], self.pods[-1]))
            return ":" not in peer and peer[0].isdigit() and self.outside(peer) and within(peer, block)
        if isinstance(peer, str):
            return False
        theirs = peer["metadata"]["namespace"]
        if "namespaceSelector" in item:
            if not holds(item["namespaceSelector"], self.labels[theirs]):
                return False
        elif theirs != where:
            return False
        return holds(item.get("podSelector", {}), labels_of(peer))

    def outside(self, address: str) -> bool:
        return self.enforcer != "cilium" or address not in self.nodes

    def cilium(
        self, policy: Object, subject: Object, direction: str, peer: Object | str, protocol: str, number: int,
        called: Object | str,
    ) -> tuple[bool, bool, bool]:  # fmt: skip
        spec, where = policy["spec"], policy["metadata"].get("namespace")
        if where and subject["metadata"]["namespace"] != where:
            return False, False, False
        if not self.endpoint(spec["endpointSelector"], None, subject):
            return False, False, False
        rules, denies = spec.get(direction) or [], spec.get(f"{direction}Deny") or []
        isolated = (spec.get("enableDefaultDeny") or {}).get(direction, bool(rules or denies))

        def hit(rule: Object) -> bool:
            word = "from" if direction == "ingress" else "to"
            fields = {key: value for key, value in rule.items() if key.startswith(word) and key != "toPorts"}
            if any(value == [] for value in fields.values()):
                return False
            if not fields and not rule.get("toPorts"):
                return False
            if fields and not self.cilium_peer(fields, word, where, peer):
                return False
            ports = [port for part in rule.get("toPorts") or [] for port in part["ports"]]
            return not ports or any(cilium_port(port, protocol, number, called) for port in ports)

        return bool(isolated), any(map(hit, rules)), any(map(hit, denies))

    def cilium_peer(self, fields: Object, word: str, where: str | None, peer: Object | str) -> bool:
        if isinstance(peer, dict):
            return any(self.endpoint(item, where, peer) for item in fields.get(f"{word}Endpoints", [])) or bool(
                {"cluster", "all"} & set(fields.get(f"{word}Entities", []))
            )
        entities = set(fields.get(f"{word}Entities", []))
        if not peer[0].isdigit():
            return peer in entities or bool({"cluster", "all"} & entities and peer in _CLUSTER)
        if not self.outside(peer):
            return False
        return bool({"world", "all"} & entities) or any(
            within(peer, {"cidr": cidr}) for cidr in fields.get(f"{word}CIDR", [])
        )

    def endpoint(self, selector: Object, where: str | None, pod: Object) -> bool:
        space = pod["metadata"]["namespace"]
        labels = {**labels_of(pod), "io.kubernetes.pod.namespace": space}
        keys = [*selector.get("matchLabels", {}), *(item["key"] for item in selector.get("matchExpressions", []))]
        if where and "io.kubernetes.pod.namespace" not in keys and space != where:
            return False
        return holds(selector, labels)


def labels_of(pod: Object) -> dict[str, str]:
    found: dict[str, str] = pod["metadata"]["labels"]
    return found


def holds(selector: Object, labels: dict[str, str]) -> bool:
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for item in selector.get("matchExpressions", []):
        value, listed = labels.get(item["key"]), item.get("values", [])
        if item["operator"] == "In" and (value is None or value not in listed):
            return False
        if item["operator"] == "NotIn" and value is not None and value in listed:
            return False
        if item["operator"] == "Exists" and value is None:
            return False
        if item["operator"] == "DoesNotExist" and value is not None:
            return False
    return True


def within(address: str, block: Object) -> bool:
    found = ip_address(address)
    return found in ip_network(block["cidr"]) and all(found not in ip_network(item) for item in block.get("except", []))


def named(pod: Object | str, name: str, protocol: str, number: int) -> bool:
    if isinstance(pod, str):
        return False
    ports = pod["spec"]["containers"][0]["ports"]
    return protocol == "TCP" and any(item["name"] == name and item["containerPort"] == number for item in ports)


def plain_port(item: Object, protocol: str, number: int, called: Object | str) -> bool:
    if item.get("protocol", "TCP") != protocol:
        return False
    port = item.get("port")
    if isinstance(port, str):
        return named(called, port, protocol, number)
    return port is None or bool(port <= number <= (item.get("endPort") or port))


def cilium_port(item: Object, protocol: str, number: int, called: Object | str) -> bool:
    if item.get("protocol", "ANY") not in ("ANY", protocol):
        return False
    text = item["port"]
    if not text.isdigit():
        return named(called, text, protocol, number)
    return text == "0" or int(text) <= number <= item.get("endPort", int(text))
