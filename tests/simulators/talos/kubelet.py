"""The kubelet of a node: it registers the Node and mirrors the static pods."""

from typing import TYPE_CHECKING

from .bootstrap_manifests import apply_missing
from .etcd import EtcdCluster

if TYPE_CHECKING:
    from .node import Node

STATIC_PODS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


def run(node: "Node", now: float) -> None:
    """Get healthy after a while, register the Node, and show the static pods."""
    assert node.config is not None
    service = node.services["kubelet"]
    cluster = node.site.etcd_to_join(node.config.cluster_id)
    healthy = now >= node.kubelet_due and node.running != node.disk.sick_version
    service.state, service.healthy, service.unknown = (
        ("Running", True, False) if healthy else ("Preparing", False, True)
    )
    if cluster is None or not node.site.api_answers(cluster):
        return
    kubernetes = cluster.kubernetes
    if healthy:
        version = node.config.images["kubelet"].rpartition(":")[2]
        shown = kubernetes.nodes.get(node.hostname)
        if shown is None or shown["status"]["nodeInfo"]["kubeletVersion"] != version:
            kubernetes.register(node.hostname, node.address, node.config.labels, node.config.taints, version)
    kubernetes.set_ready(node.hostname, ready=healthy and kubernetes.cni)
    if node.is_control_plane and node.serves_kubernetes():
        _run_static_pods(node, now, cluster)
        apply_missing(node, kubernetes)


def _run_static_pods(node: "Node", now: float, cluster: EtcdCluster) -> None:
    assert node.config is not None
    for name in STATIC_PODS:
        if now < node.pod_due.get(name, 0) or name not in node.config.images:
            continue
        shown = cluster.kubernetes.pods.get(f"kube-system/{name}-{node.hostname}")
        wanted = str(node.versions[name])
        if shown is not None and shown["metadata"]["annotations"]["talos.dev/config-version"] == wanted:
            continue
        if node.site.faults.take("static-pod-stuck", node.name):
            continue
        cluster.kubernetes.put_static_pod(name, node.hostname, node.address, node.config.images[name], wanted)
