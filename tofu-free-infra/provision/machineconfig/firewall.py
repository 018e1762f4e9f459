"""Talos' ingress firewall: everything in is blocked but what these rules open.

lo, SideroLink, KubeSpan, pod and service ranges stay open by themselves. A wrong rule locks the API out, so the caller
applies a change with mode TRY first. Source: facts/provisioning-more.md §1.1.
"""

from collections.abc import Sequence

from provision.machineconfig.model import Cluster, Document, Node

APID, TRUSTD, API_SERVER, KUBELET, ETCD = 50000, 50001, 6443, 10250, "2379-2380"


def firewall_documents(cluster: Cluster, node: Node) -> list[Document]:
    """List the node's firewall documents; none where the inventory names no operators."""
    if cluster.operators is None:
        return []
    nodes = [cluster.node_subnet]
    reachable = [*nodes, *cluster.operators]
    rules = [
        _rule("apid", [APID], "tcp", reachable),
        _rule("kubelet", [KUBELET], "tcp", nodes),
        _rule("overlay", [cluster.overlay_port], "udp", nodes),
    ]
    for opening in cluster.between_nodes:
        port, _, protocol = opening.partition("/")
        rules.append(_rule(f"nodes-{port}-{protocol}", [int(port) if port.isdecimal() else port], protocol, nodes))
    if node.is_control_plane:
        members = [f"{address}/{128 if ':' in address else 32}" for address in cluster.control_planes.values()]
        rules += [
            _rule("trustd", [TRUSTD], "tcp", nodes),
            # pods reach the API server with their own address where the CNI routes without a tunnel
            _rule("api-server", [API_SERVER], "tcp", [*reachable, *cluster.pod_subnets]),
            _rule("etcd", [ETCD], "tcp", members),
        ]
    default: Document = {"apiVersion": "v1alpha1", "kind": "NetworkDefaultActionConfig", "ingress": "block"}
    return [default, *rules]


def _rule(name: str, ports: Sequence[int | str], protocol: str, subnets: Sequence[str]) -> Document:
    return {
        "apiVersion": "v1alpha1",
        "kind": "NetworkRuleConfig",
        "name": name,
        "portSelector": {"ports": list(ports), "protocol": protocol},
        "ingress": [{"subnet": subnet} for subnet in dict.fromkeys(subnets)],
    }
