"""Volumes of pods, and the claims behind them."""

from collections.abc import Iterator

from generator.catalogue.service import Component, Json, Service, Volume
from generator.chart.container import needs_scratch, scratch_name
from generator.chart.files import file_volumes
from generator.chart.scope import Body, Printed, Scope, workloads_of
from generator.fleet.copies import is_templated

TIER_LABEL = "chartroom/backup"
_SCRATCH_SIZE = "1Gi"
# A quota counts what a claim asks for, and a share of 20Ti would never fit; it is bound by its name.
_SHARE_REQUEST = "1Gi"


def build_claims(scope: Scope, service: Service) -> Iterator[Printed]:
    """A claim per volume with a size, and one per NFS share."""
    for component in workloads_of(service):
        for volume in component.volumes.values():
            prefix = f"{component.workload}-{volume.name}"
            if volume.form == "size" and not is_templated(component):
                yield "PersistentVolumeClaim", prefix, _claim(scope, component, volume)
            elif volume.form == "nfs" and prefix in scope.shares:
                yield "PersistentVolumeClaim", scope.shares[prefix].claim, _share_claim(scope, component, prefix)


def claim_spec(scope: Scope, volume: Volume) -> Json:
    """Size, class and modes of a claim."""
    return {
        "accessModes": list(volume.access_modes),
        "size": volume.size,
        "storageClassName": volume.storage_class or scope.fleet.site.default_class,
    }


def _claim(scope: Scope, component: Component, volume: Volume) -> Body:
    labels = {**component.labels, TIER_LABEL: volume.tier} if volume.tier else dict(component.labels)
    return {"component": component.name, "labels": labels, **claim_spec(scope, volume)}


def _share_claim(scope: Scope, component: Component, prefix: str) -> Body:
    pair = scope.shares[prefix]
    share = scope.fleet.site.shares[pair.share]
    body: Body = {"component": component.name}
    labels = dict(component.labels)
    if share.by == "velero":
        labels[TIER_LABEL] = share.tier
    if labels:
        body["labels"] = labels
    return body | {
        "accessModes": ["ReadWriteMany"],
        "size": _SHARE_REQUEST,
        "storageClassName": "",
        "volume": pair.name,
    }


def claim_templates(scope: Scope, component: Component) -> list[Json]:
    """Name, class, modes and size; nothing else, for nothing else could ever change."""
    return [
        {
            "name": volume.name,
            "spec": {
                "accessModes": list(volume.access_modes),
                "resources": {"requests": {"storage": volume.size}},
                "storageClassName": volume.storage_class or scope.fleet.site.default_class,
                "volumeMode": "Filesystem",
            },
        }
        for volume in component.volumes.values()
        if volume.form == "size" and is_templated(component)
    ]


def pod_volumes(scope: Scope, service: Service, component: Component) -> list[Json]:
    """Every volume of the pod: stated ones, mounted files, and a /tmp per container."""
    volumes = [
        {"name": volume.name, **source}
        for volume in component.volumes.values()
        if (source := _source(scope, component, volume)) is not None
    ]
    volumes += file_volumes(service.name, component)
    for container in component.containers:
        if needs_scratch(component, container):
            name = scratch_name(container, container is component.container)
            volumes.append({"name": name, "emptyDir": {"sizeLimit": _SCRATCH_SIZE}})
    return volumes


def _source(scope: Scope, component: Component, volume: Volume) -> Json | None:
    prefix = f"{component.workload}-{volume.name}"
    match volume.form:
        case "size":
            return None if is_templated(component) else {"claim": prefix}
        case "nfs":
            claim = scope.shares[prefix].claim if prefix in scope.shares else prefix
            return {"claim": claim}
        case "existingClaim":
            claim = volume.claim or ""
            return {"claim": scope.shares[claim].claim if claim in scope.shares else claim}
        case "hostPath":
            path: Json = {"path": volume.host_path}
            return {"source": {"hostPath": path | ({"type": volume.host_path_type} if volume.host_path_type else {})}}
        case "emptyDir":
            return {"emptyDir": volume.empty_dir or {"sizeLimit": _SCRATCH_SIZE}}
