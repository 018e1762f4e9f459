"""Empty a node before it goes down, and open it again after."""

from collections.abc import Sequence

from provision.talos.kubernetes.client import Kubernetes, KubernetesRefused, Object
from provision.talos.wait import Done, Pending, Waiter

_MIRROR = "kubernetes.io/config.mirror"


async def nodes(kubernetes: Kubernetes) -> dict[str, Object]:
    """List the Node objects by name."""
    found = await kubernetes.get("/api/v1/nodes")
    return {node["metadata"]["name"]: node for node in found["items"]}


async def cordon(kubernetes: Kubernetes, name: str) -> bool:
    """Close a node for new pods; False where Kubernetes does not know it."""
    return await _set_unschedulable(kubernetes, name, value=True)


async def uncordon(kubernetes: Kubernetes, name: str) -> bool:
    """Open a node for pods again; False where Kubernetes does not know it."""
    return await _set_unschedulable(kubernetes, name, value=None)


async def delete_node(kubernetes: Kubernetes, name: str) -> bool:
    """Delete a Node whose machine is gone: Talos never does it. False where it was gone already."""
    return await kubernetes.delete(f"/api/v1/nodes/{name}")


async def drain(kubernetes: Kubernetes, name: str, waiter: Waiter, deadline_s: float) -> tuple[str, ...]:
    """Cordon a node and evict its pods, waiting for disruption budgets; return what was evicted.

    Pods of DaemonSets and static pods stay: they would come back at once.

    Raises:
        DeadlinePassed: pods are left; the text names them and what is against it. The node stays cordoned.
    """
    await cordon(kubernetes, name)
    evicted: list[str] = []

    async def look() -> Done[None] | Pending:
        left = [pod for pod in await _pods_on(kubernetes, name) if _is_evictable(pod)]
        reasons = [reason for pod in left if (reason := await _evict(kubernetes, pod, evicted))]
        if not left:
            return Done(None)
        return Pending("; ".join(reasons) or f"{len(left)} pods are ending")

    await waiter.until(f"{name} to be drained", look, deadline_s)
    return tuple(evicted)


async def _set_unschedulable(kubernetes: Kubernetes, name: str, *, value: bool | None) -> bool:
    try:
        await kubernetes.patch(f"/api/v1/nodes/{name}", {"spec": {"unschedulable": value}})
    except KubernetesRefused as error:
        if error.code == 404:
            return False
        raise
    return True


async def _pods_on(kubernetes: Kubernetes, node: str) -> Sequence[Object]:
    found = await kubernetes.get(f"/api/v1/pods?fieldSelector=spec.nodeName%3D{node}")
    pods: Sequence[Object] = found["items"]
    return pods


def _is_evictable(pod: Object) -> bool:
    metadata = pod["metadata"]
    if _MIRROR in metadata.get("annotations", {}) or pod["status"].get("phase") in ("Succeeded", "Failed"):
        return False
    return not any(owner.get("kind") == "DaemonSet" for owner in metadata.get("ownerReferences", ()))


async def _evict(kubernetes: Kubernetes, pod: Object, evicted: list[str]) -> str | None:
    """Evict one pod; return what is against it, if anything is."""
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    if "deletionTimestamp" in pod["metadata"]:
        return None
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}}
    try:
        await kubernetes.post(f"/api/v1/namespaces/{namespace}/pods/{name}/eviction", body)
    except KubernetesRefused as error:
        if error.code == 404:
            return None
        if error.code == 429:
            return f"{namespace}/{name} is held by a disruption budget"
        raise
    evicted.append(f"{namespace}/{name}")
    return None
