"""A way to the Kubernetes API: a kubeconfig from whichever control plane gives one."""

from datetime import UTC, datetime

from provision.secrets.access import kubeconfig, kubernetes_admin
from provision.talos.kubeconfig import Kubeconfig
from provision.talos.kubernetes.client import Kubernetes, from_kubeconfig

from .ground import Ground

CORDONED = "chartroom.io/cordoned"


def admin_kubeconfig(ground: Ground) -> Kubeconfig:
    """Sign a kubeconfig with the bundle's own authority: nobody has to answer for that."""
    keys, cluster = ground.keys, ground.wanted.cluster
    client = kubernetes_admin(keys, datetime.now(UTC))
    return Kubeconfig(kubeconfig(cluster.name, cluster.endpoint, keys.kubernetes.certificate, client))


def kubernetes(ground: Ground) -> Kubernetes:
    """Return the API server behind the cluster's endpoint."""
    return from_kubeconfig(admin_kubeconfig(ground), ground.addresses)


async def mark_cordoned(api: Kubernetes, name: str) -> None:
    """Close a node and note on it that we did, so that whoever goes on opens it again."""
    body = {"metadata": {"annotations": {CORDONED: "true"}}, "spec": {"unschedulable": True}}
    await api.patch(f"/api/v1/nodes/{name}", body)


async def open_again(api: Kubernetes, name: str) -> None:
    """Open a node that we closed, and take our note away."""
    body = {"metadata": {"annotations": {CORDONED: None}}, "spec": {"unschedulable": None}}
    await api.patch(f"/api/v1/nodes/{name}", body)
