"""What both contracts say about the kubelet and the Node object, each in its own place."""

from provision.machineconfig.model import Cluster, Document, Node, Role

CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane"
EXCLUDE_FROM_BALANCERS = "node.kubernetes.io/exclude-from-external-load-balancers"

# Talos fills these in only while nothing is given; whoever gives one gives all four (v1.14.0-rc.1, kubelet_spec.go).
_RESERVED_MEMORY = {Role.CONTROL_PLANE: "512Mi", Role.WORKER: "384Mi"}


def kubelet_config(node: Node) -> Document:
    """Return the KubeletConfiguration fields of a node, empty where nothing is reserved by the inventory."""
    if node.reserved is None:
        return {}
    return {
        "systemReserved": {
            "cpu": node.reserved.cpu or "50m",
            "memory": node.reserved.memory or _RESERVED_MEMORY[node.role],
            "ephemeral-storage": "256Mi",
            "pid": "100",
        }
    }


def node_ip(node: Node) -> Document:
    """Pin the node's address: with a VIP on the same link the kubelet might take the other."""
    return {"validSubnets": [f"{node.ip}/{128 if ':' in node.ip else 32}"]}


def labels(node: Node, *, with_role: bool) -> dict[str, str]:
    """Return the node's labels; contract 1.14 wants the role's label too, 1.13 sets it by itself."""
    result: dict[str, str] = {}
    if node.is_control_plane:
        if with_role:
            result[CONTROL_PLANE_LABEL] = ""
        result[EXCLUDE_FROM_BALANCERS] = ""
    return result | dict(sorted(node.labels.items()))


def taints(cluster: Cluster, node: Node) -> dict[str, str]:
    """Return the node's taints as contract 1.14 wants them, the control plane's own included."""
    own = node.is_control_plane and not cluster.schedule_on_control_planes
    return ({CONTROL_PLANE_LABEL: "NoSchedule"} if own else {}) | dict(sorted(node.taints.items()))
