"""Watch a Kubernetes upgrade arrive: static pods by their config version, kubelets by what the Node says."""

from provision.talos.kubernetes.client import Kubernetes, KubernetesRefused, Object
from provision.talos.wait import Done, Pending, Waiter

_VERSION = "talos.dev/config-version"


async def wait_for_static_pod(
    kubernetes: Kubernetes, component: str, address: str, version: str, waiter: Waiter, deadline_s: float
) -> None:
    """Wait until a control plane's pod of this component carries a config version and is ready."""
    path = f"/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3D{component}"

    async def look() -> Done[None] | Pending:
        pods = [pod for pod in (await kubernetes.get(path))["items"] if pod["status"].get("hostIP") == address]
        if not pods:
            return Pending("there is no such pod")
        found = pods[0]["metadata"].get("annotations", {}).get(_VERSION)
        if found != version:
            return Pending(f"it runs config version {found}, not {version}")
        return Done(None) if _is_ready(pods[0]) else Pending("it is not ready")

    await waiter.until(f"{component} on {address}", look, deadline_s)


async def wait_for_kubelet(
    kubernetes: Kubernetes, node: str, version: str, waiter: Waiter, deadline_s: float, *, ready: bool = True
) -> None:
    """Wait until a Node tells this kubelet version and, unless there is no CNI yet, is ready."""

    async def look() -> Done[None] | Pending:
        try:
            found = await kubernetes.get(f"/api/v1/nodes/{node}")
        except KubernetesRefused as error:
            if error.code == 404:
                return Pending("Kubernetes does not know it")
            raise
        running = found["status"]["nodeInfo"]["kubeletVersion"]
        if running.removeprefix("v") != version.removeprefix("v"):
            return Pending(f"its kubelet runs {running}")
        return Done(None) if _is_ready(found) or not ready else Pending("it is not ready")

    await waiter.until(f"the kubelet of {node} to run {version}", look, deadline_s)


def _is_ready(item: Object) -> bool:
    conditions = item["status"].get("conditions", ())
    return any(entry["type"] == "Ready" and entry["status"] == "True" for entry in conditions)
