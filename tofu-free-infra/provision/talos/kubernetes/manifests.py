"""Apply the bootstrap manifests of a new Kubernetes version and prune what left, as Talos' own client does.

Control planes apply by themselves only what is not there yet; changes need this step (facts/provisioning-more.md §3.3).
Source of the pruning: siderolabs/go-kubernetes at 131a2bd6, kubernetes/ssa/apply.go, and fluxcd/cli-utils,
pkg/object/objmetadata.go, for the names of the inventory's entries; read on 2026-11-21.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provision.talos.error import TalosError
from provision.talos.kubernetes.client import APPLY, Kubernetes, KubernetesRefused, Object

FIELD_MANAGER = "talos"
INVENTORY = "talos-bootstrap-manifests-inventory"
_INVENTORY_PATH = f"/api/v1/namespaces/kube-system/configmaps/{INVENTORY}"
_OWNER = "config.k8s.io/owning-inventory"
# What would take more with it than itself is never deleted: everything in a namespace, every object of a definition.
_NEVER = ("Namespace", "CustomResourceDefinition")
_VERSIONS = {"": "v1", "apps": "apps/v1", "rbac.authorization.k8s.io": "rbac.authorization.k8s.io/v1"}

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


@dataclass(frozen=True, slots=True)
class Pruned:
    """What the inventory has and the manifests have not: what was deleted, and what was left alone, with the reason."""

    deleted: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


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
        owned = copy.deepcopy(item)
        owned["metadata"].setdefault("annotations", {})[_OWNER] = INVENTORY
        await kubernetes.patch(f"{path}?fieldManager={FIELD_MANAGER}&force=true", owned, kind=APPLY)
    return paths


async def prune(kubernetes: Kubernetes, manifests: Sequence[Object]) -> Pruned:
    """Delete what an earlier version brought and this one does not; call it once everything is applied.

    Only what bears the inventory's own mark goes, so what somebody took over (into Git, say) stays.
    """
    try:
        entries = (await kubernetes.get(_INVENTORY_PATH)).get("data") or {}
    except KubernetesRefused as error:
        if error.code == 404:
            return Pruned()
        raise
    wanted = {_entry(item) for item in manifests}
    deleted, left = [], []
    for entry in sorted(set(entries) - wanted):
        reason = await _prune(kubernetes, entry)
        if reason is not None:
            left.append(f"{entry}: {reason}")
            continue
        await kubernetes.patch(_INVENTORY_PATH, {"data": {entry: None}})
        deleted.append(entry)
    return Pruned(tuple(deleted), tuple(left))


async def _prune(kubernetes: Kubernetes, entry: str) -> str | None:
    """Delete one object; return why not, where it stays."""
    item = _item(entry)
    if item is None or item["kind"] not in _KINDS:
        return "its kind is not known here"
    if item["kind"] in _NEVER:
        return f"a {item['kind']} takes more with it than itself: delete it by hand"
    path = path_of(item)
    try:
        found = await kubernetes.get(path)
    except KubernetesRefused as error:
        if error.code == 404:
            return None
        raise
    if (found["metadata"].get("annotations") or {}).get(_OWNER) != INVENTORY:
        return "it does not bear the inventory's mark: somebody else has it now"
    await kubernetes.delete(path)
    return None


def _entry(item: Object) -> str:
    """Return what the inventory calls an object: namespace, name, group, kind; a colon becomes two underscores."""
    group = item["apiVersion"].rpartition("/")[0]
    namespace = item["metadata"].get("namespace", "") if _KINDS[item["kind"]][1] else ""
    return f"{namespace}_{item['metadata']['name'].replace(':', '__')}_{group}_{item['kind']}"


def _item(entry: str) -> Object | None:
    """Return the object that an entry stands for; None where its version is not known here."""
    namespace, _, rest = entry.partition("_")
    rest, _, kind = rest.rpartition("_")
    name, _, group = rest.rpartition("_")
    if group not in _VERSIONS:
        return None
    metadata = {"name": name.replace("__", ":"), **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": _VERSIONS[group], "kind": kind, "metadata": metadata}
