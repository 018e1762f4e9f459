"""Pod Security *restricted*, decided from the standard alone: what a pod template breaks."""

from collections.abc import Iterator
from typing import Any

Pod = dict[str, Any]
_VOLUMES = frozenset(
    [
        "name",
        "configMap",
        "downwardAPI",
        "emptyDir",
        "projected",
        "secret",
        "csi",
        "persistentVolumeClaim",
        "ephemeral",
        "image",
    ]
)
_PROFILES = ("RuntimeDefault", "Localhost")


def pod_of(manifest: dict[str, Any]) -> Pod | None:
    """The pod spec of a workload of any kind."""
    spec = manifest.get("spec", {})
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    if manifest["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"):
        return dict(spec["template"]["spec"])
    return None


def breaches(pod: Pod) -> Iterator[str]:
    """What *restricted* does not admit, as `container: field`."""
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(key):
            yield key
    for volume in pod.get("volumes", []):
        if not set(volume) <= _VOLUMES:
            yield f"volume {volume['name']}"
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        own = pod.get("securityContext", {}) | container.get("securityContext", {})
        capabilities = own.get("capabilities", {})
        broken = {
            "privileged": bool(own.get("privileged")),
            "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is not False,
            "runAsNonRoot": own.get("runAsNonRoot") is not True,
            "runAsUser": own.get("runAsUser") == 0,
            "seccompProfile": own.get("seccompProfile", {}).get("type") not in _PROFILES,
            "drop": "ALL" not in capabilities.get("drop", []),
            "add": not set(capabilities.get("add", [])) <= {"NET_BIND_SERVICE"},
            "hostPort": any("hostPort" in port for port in container.get("ports", [])),
        }
        yield from (f"{container['name']}: {field}" for field, is_broken in broken.items() if is_broken)
