"""Apply the bootstrap manifests of a new Kubernetes version, as Talos' own client does after an upgrade.

Control planes apply by themselves only what is not there yet; changes need this step (facts/provisioning-more.md §3.3).
Pruning what left is Talos' business on a node of 1.13 and later: the format of its inventory is not in our facts, so
nothing is deleted here.
"""

from collections.abc import Mapping, Sequence

from provision.talos.error import TalosError
from provision.talos.kubernetes.client import APPLY, Kubernetes, Object

FIELD_MANAGER = "talos"

# kind → plural, and whether it lives in a namespace: what Talos' bootstrap manifests are made of
_KINDS: Mapping[str, tuple[str, bool]] = {
    "ClusterRole": ("clusterroles", False),
    "ClusterRoleBinding": ("clusterrolebindings", False),
    "ConfigMap": ("configmaps", True),
    "CustomResourceDefinition": ("customresourcedefinitions", False),
    "DaemonSet": ("daemonsets", True),
    "Deployment": ("deployments", True),
    "Namespace": ("namespaces", False),
    "Role": ("roles", True),
    "RoleBinding": ("rolebindings", True),
    "Secret": ("secrets", True),
    "Service": ("services", True),
    "ServiceAccount": ("serviceaccounts", True),
}


class UnknownKind(TalosError):
    """A manifest of a kind whose path we do not know."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the bootstrap manifests hold the kind {kind!r}, known are {', '.join(_KINDS)}")


def path_of(item: Object) -> str:
    """Return the path of an object.

    Raises:
        UnknownKind: its kind is not in the table.
    """
    if item["kind"] not in _KINDS:
        raise UnknownKind(item["kind"])
    plural, is_namespaced = _KINDS[item["kind"]]
    version = item["apiVersion"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    scope = f"/namespaces/{item['metadata'].get('namespace', 'default')}" if is_namespaced else ""
    return f"{root}{scope}/{plural}/{item['metadata']['name']}"


async def apply_manifests(kubernetes: Kubernetes, manifests: Sequence[Object]) -> tuple[str, ...]:
    """Apply objects server-side in their order, as Talos' field manager; return their paths.

    Raises:
        UnknownKind: before anything is applied.
    """
    paths = tuple(path_of(item) for item in manifests)
    for path, item in zip(paths, manifests, strict=True):
        await kubernetes.patch(f"{path}?fieldManager={FIELD_MANAGER}&force=true", item, kind=APPLY)
    return paths
