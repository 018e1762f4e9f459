"""Small rendered objects for tests."""

from typing import Any

Object = dict[str, Any]


def namespace(name: str, **labels: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def pod(where: str, name: str, labels: dict[str, str] | None = None, **ports: int) -> Object:
    """A pod `name` of namespace `where`, labelled app=name, with TCP ports by name."""
    found = [{"name": key, "containerPort": number} for key, number in ports.items()]
    metadata = {"name": name, "namespace": where, "labels": {"app": name} if labels is None else labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [{"ports": found}]}}


def plain(where: str, name: str = "policy", **spec: Any) -> Object:
    spec.setdefault("podSelector", {})
    metadata = {"name": name, "namespace": where}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def cilium(where: str | None, name: str = "policy", **spec: Any) -> Object:
    """A CiliumNetworkPolicy, or a clusterwide one where there is no namespace."""
    if "nodeSelector" not in spec:
        spec.setdefault("endpointSelector", {})
    kind = "CiliumNetworkPolicy" if where else "CiliumClusterwideNetworkPolicy"
    metadata = {"name": name} | ({"namespace": where} if where else {})
    return {"apiVersion": "cilium.io/v2", "kind": kind, "metadata": metadata, "spec": spec}


def by_label(**labels: str) -> Object:
    return {"matchLabels": labels}


def expression(key: str, operator: str, *values: str) -> Object:
    return {"matchExpressions": [{"key": key, "operator": operator} | ({"values": list(values)} if values else {})]}
