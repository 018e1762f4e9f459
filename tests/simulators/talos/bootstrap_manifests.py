"""The bootstrap manifests: what a control plane wants in the cluster, and what it applies of that by itself.

By itself it applies only what is neither in the inventory nor there yet, and enters what is there.
Source: provisioning-more.md §3.3; siderolabs/talos internal/app/machined/pkg/controllers/k8s/manifest_apply.go;
names of entries: sigs.k8s.io/cli-utils pkg/object/objmetadata.go.
"""

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .kube import Key, Kubernetes
    from .node import Node

Object = dict[str, Any]
INVENTORY = "talos-bootstrap-manifests-inventory"
OWNER = "config.k8s.io/owning-inventory"
INVENTORY_KEY: "Key" = ("v1", "configmaps", "kube-system", INVENTORY)
_PLURALS = {"ConfigMap": "configmaps", "ServiceAccount": "serviceaccounts", "Namespace": "namespaces",
            "ClusterRole": "clusterroles"}  # fmt: skip


def manifests(node: "Node") -> list[tuple[str, list[Object]]]:
    """Make small ones, their content following the API server's image, and what a test adds."""
    assert node.config is not None
    version = node.config.images["kube-apiserver"].rpartition(":")[2]
    place = {"name": "coredns", "namespace": "kube-system"}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": dict(place)}
    dns = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": dict(place), "data": {"version": version}}
    return [("11-core-dns", [account, dns]), ("99-more", copy.deepcopy(node.site.more_manifests))]


def entry(item: Object) -> str:
    """Return what an object is called in the inventory."""
    group = item["apiVersion"].rpartition("/")[0]
    name = item["metadata"]["name"].replace(":", "__")
    return f"{item['metadata'].get('namespace', '')}_{name}_{group}_{item['kind']}"


def apply_missing(node: "Node", kubernetes: "Kubernetes") -> None:
    """Do what a control plane does whenever its manifests change."""
    inventory = kubernetes.objects.setdefault(
        INVENTORY_KEY,
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": INVENTORY, "namespace": "kube-system"},
            "data": {},
        },
    )
    for _, items in manifests(node):
        for item in items:
            if entry(item) in inventory["data"]:
                continue
            scope = item["metadata"].get("namespace", "")
            key = (item["apiVersion"], _PLURALS[item["kind"]], scope, item["metadata"]["name"])
            if key not in kubernetes.objects:
                item["metadata"].setdefault("annotations", {})[OWNER] = INVENTORY
                kubernetes.objects[key] = kubernetes.stamp(item)
                kubernetes.managers[key] = "talos"
            inventory["data"][entry(item)] = '{"actuation":"Succeeded","strategy":"Apply"}'
