"""Which nodes a pod may run on: labels, taints and tolerations."""

from collections.abc import Iterator

from generator.catalogue.inventory import Inventory, Node
from generator.catalogue.service import Component, Json

# Talos taints control planes unless its machine config says otherwise, which ours does not.
_CONTROL_PLANE = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
# The kubelet sets these by what it finds; the inventory does not know them.
_BY_KUBELET = ("kubernetes.io/arch", "kubernetes.io/os")
_HOSTNAME = "kubernetes.io/hostname"


def has_label(node: Node, key: str, value: str) -> bool:
    """Whether the node has the label, as far as it can be known before there is a node."""
    if key in _BY_KUBELET:
        return True
    if key == _HOSTNAME:
        return value == node.name
    if key == _CONTROL_PLANE["key"]:
        return node.role == "controlplane" and value == ""
    return node.labels.get(key) == value


def eligible_nodes(inventory: Inventory, component: Component) -> tuple[Node, ...]:
    """The nodes whose labels a component selects and whose taints it tolerates."""
    return tuple(
        node
        for node in inventory.nodes.values()
        if all(has_label(node, key, value) for key, value in component.node_selector.items())
        and all(_tolerated(taint, component) for taint in _taints(node))
    )


def _taints(node: Node) -> Iterator[Json]:
    if node.role == "controlplane":
        yield _CONTROL_PLANE
    yield from (taint for taint in node.taints if taint["effect"] != "PreferNoSchedule")


def _tolerated(taint: Json, component: Component) -> bool:
    return any(
        toleration.get("key") in (None, "", taint["key"])
        and toleration.get("effect") in (None, "", taint["effect"])
        and _same_value(toleration, taint)
        for toleration in component.tolerations
    )


def _same_value(toleration: Json, taint: Json) -> bool:
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("value", "") == taint.get("value", ""))
