"""What lives outside of every domain: Namespaces, their deny-all policies, volumes on NFS."""

from collections.abc import Iterator
from dataclasses import dataclass

from generator.argocd.metadata import KEPT
from generator.catalogue.service import Json
from generator.fleet.model import Fleet, Namespace, PersistentNfs

_LEVEL = "pod-security.kubernetes.io"


@dataclass(frozen=True, slots=True)
class GuardRail:
    """The objects that stand around one namespace, and the files that say so."""

    namespace: str
    objects: tuple[Json, ...]
    sources: tuple[str, ...]


def guard_rails(fleet: Fleet) -> Iterator[GuardRail]:
    """Those of each namespace, by name. Namespaces that Kubernetes makes get nothing but volumes."""
    volumes: dict[str, list[PersistentNfs]] = {}
    for pair in sorted(fleet.nfs, key=lambda pair: pair.name):
        volumes.setdefault(pair.namespace, []).append(pair)
    version = f"v{fleet.site.kubernetes.version}"
    for namespace in sorted(fleet.namespaces.values(), key=lambda namespace: namespace.name):
        pairs = volumes.get(namespace.name, [])
        objects = [] if namespace.builtin else [_namespace(namespace, version), _deny_all(namespace)]
        objects += [_volume(pair, namespace.domain) for pair in pairs]
        if objects:
            sources = sorted({namespace.place.path, *(pair.place.path for pair in pairs)})
            yield GuardRail(namespace.name, tuple(objects), tuple(sources))


def _metadata(name: str, domain: str, *, namespace: str | None = None, labels: Json | None = None) -> Json:
    marks = {"app.kubernetes.io/part-of": domain, "app.kubernetes.io/managed-by": "chartroom"}
    place = {} if namespace is None else {"namespace": namespace}
    return {"name": name, **place, "labels": marks | (labels or {}), "annotations": dict(KEPT)}


def _namespace(namespace: Namespace, version: str) -> Json:
    """Enforce, warn and audit are equal: what is only warned of today breaks the upgrade of tomorrow."""
    labels: Json = {}
    for mode in ("enforce", "audit", "warn"):
        labels |= {f"{_LEVEL}/{mode}": namespace.level, f"{_LEVEL}/{mode}-version": version}
    about = _metadata(namespace.name, namespace.domain, labels=labels)
    if namespace.reason is not None:
        about["annotations"]["chartroom/pod-security-reason"] = namespace.reason
    if namespace.until is not None:
        about["annotations"]["chartroom/pod-security-until"] = namespace.until
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": about}


def _deny_all(namespace: Namespace) -> Json:
    """Empty lists of rules would raise the generation at every apply, so there are none."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _metadata("deny-all", namespace.domain, namespace=namespace.name),
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }


def _volume(pair: PersistentNfs, domain: str) -> Json:
    """The claim is named without its uid: with one, a claim made again would never bind."""
    spec: Json = {
        "capacity": {"storage": pair.size},
        "accessModes": ["ReadWriteMany"],
        "persistentVolumeReclaimPolicy": "Retain",
        "storageClassName": "",
        "volumeMode": "Filesystem",
        "claimRef": {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "namespace": pair.namespace,
            "name": pair.claim,
        },
        "nfs": {"server": pair.server, "path": pair.path} | ({"readOnly": True} if pair.read_only else {}),
    }
    if pair.mount_options:
        spec["mountOptions"] = list(pair.mount_options)
    about = _metadata(pair.name, domain, labels={"app.kubernetes.io/name": pair.service, "chartroom/share": pair.share})
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": about, "spec": spec}
