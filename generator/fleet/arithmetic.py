"""What services need, by the formula of architecture.md 26: the same for quota and budget."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from generator.catalogue.inventory import Inventory
from generator.catalogue.quantity import bytes_of, canonical, cpu_m, show_cpu
from generator.catalogue.service import Component, Json, Resources, Service
from generator.catalogue.site import Site
from generator.fleet.copies import copied
from generator.fleet.model import MOVER_RESOURCES, Need
from generator.fleet.names import namespace_of
from generator.fleet.placement import eligible_nodes

# A claim of a share is bound by name; it asks for this much, whatever the share holds.
NFS_CLAIM_BYTES = 2**30
_NOTHING = (0, 0, 0)
Pod = tuple[int, int, int]


def _of(resources: Resources | None) -> Pod:
    if resources is None:
        return _NOTHING
    return (resources.cpu_request_m or 0, resources.memory_request_bytes or 0, resources.memory_limit_bytes or 0)


def _plus(left: Pod, right: Pod) -> Pod:
    return (left[0] + right[0], left[1] + right[1], left[2] + right[2])


def _most(left: Pod, right: Pod) -> Pod:
    return (max(left[0], right[0]), max(left[1], right[1]), max(left[2], right[2]))


def _times(pod: Pod, count: int) -> Pod:
    return (pod[0] * count, pod[1] * count, pod[2] * count)


def pod_of(component: Component) -> Pod:
    """max(app containers and sidecars, largest init container with the sidecars before it)."""
    sidecars, largest_init = _NOTHING, _NOTHING
    for container in component.init_containers.values():
        if container.sidecar:
            sidecars = _plus(sidecars, _of(container.resources))
            largest_init = _most(largest_init, sidecars)
        else:
            largest_init = _most(largest_init, _plus(sidecars, _of(container.resources)))
    main = component.container.resources if component.container else None
    return _most(_plus(sidecars, _of(main)), largest_init)


def holds_exclusively(component: Component) -> bool:
    """Whether two pods of the component cannot run side by side: volume, device or host port."""
    exclusive = any(
        volume.form == "size" and not set(volume.access_modes) & {"ReadWriteMany", "ReadOnlyMany"}
        for volume in component.volumes.values()
    )
    shared = any(volume.form == "existingClaim" for volume in component.volumes.values())
    devices = any(container.devices for container in component.containers)
    return exclusive or shared or devices or component.allows("hostPort") or component.allows("hostNetwork")


def strategy_of(component: Component) -> Json:
    """The update strategy, stated or derived (service-format §3)."""
    if component.strategy is not None:
        return dict(component.strategy)
    if component.kind == "Deployment":
        return {"type": "Recreate" if holds_exclusively(component) else "RollingUpdate"}
    return {"type": "RollingUpdate"}


def surge(component: Component, pods: int) -> int:
    """Pods beyond `pods` while a Deployment or DaemonSet rolls; maxSurge is rounded up.

    Kubernetes' own default is 25% for a Deployment and none for a DaemonSet.
    """
    strategy = strategy_of(component)
    if component.kind not in ("Deployment", "DaemonSet") or strategy["type"] != "RollingUpdate":
        return 0
    most = (strategy.get("rollingUpdate") or {}).get("maxSurge", "25%" if component.kind == "Deployment" else 0)
    return ceil(pods * int(most[:-1]) / 100) if isinstance(most, str) else int(most)


def _pods(kind: str, replicas: int, extra: int, nodes: int, schedule: Json) -> int:
    match kind:
        case "DaemonSet":
            return nodes + extra
        case "CronJob":
            doubled = 2 if schedule.get("concurrencyPolicy", "Forbid") == "Allow" else 1
            return int(schedule.get("parallelism", 1)) * doubled
        case "Job":
            return 0  # counted once, as the largest
        case _:
            return replicas + extra


@dataclass(frozen=True, slots=True)
class Pieces:
    """What one service brings into the sum of its namespace and into that of its domain: it is worked out once."""

    pods: tuple[tuple[Pod, str, int], ...]
    volumes: tuple[tuple[int, int], ...]
    nfs_bytes: int


def pieces_of(services: Mapping[str, Service], inventory: Inventory, site: Site) -> dict[str, Pieces]:
    """The pods and volumes of every service, and the pods that copy its volumes."""
    found = {}
    for name, service in services.items():
        pods = (*_pods_of(service, inventory), *_movers_of(service, site))
        found[name] = Pieces(pods, tuple(_volumes_of(service)), _nfs_bytes(service))
    return found


def _movers_of(service: Service, site: Site) -> Iterator[tuple[Pod, str, int]]:
    """VolSync's pods: one for each claim and destination, all at the tier's minute."""
    if site.backends.backup != "volsync":
        return
    requests, limits = MOVER_RESOURCES["requests"], MOVER_RESOURCES["limits"]
    pod = (cpu_m(requests["cpu"]), bytes_of(requests["memory"]), bytes_of(limits["memory"]))
    for item in copied(service, site.tiers):
        yield pod, "ReplicationSource", len(item.claims) * len(item.tier.destinations)


def need_of(pieces: Iterable[Pieces]) -> Need:
    """What these services need together."""
    total, largest_job = _NOTHING, _NOTHING
    storage, largest_volume = 0, 0
    for piece in pieces:
        for pod, kind, count in piece.pods:
            total = _plus(total, _times(pod, count))
            if kind == "Job":
                largest_job = _most(largest_job, pod)
        storage += piece.nfs_bytes
        for size, copies in piece.volumes:
            storage += size * copies
            largest_volume = max(largest_volume, size)
    total = _plus(total, largest_job)
    # One restore beside the original: the largest volume counts once more.
    return Need(*total, storage + largest_volume)


def _pods_of(service: Service, inventory: Inventory) -> Iterator[tuple[Pod, str, int]]:
    """What one pod of each workload needs, the workload's kind, and how many run at once."""
    for component in service.components.values():
        if component.container is not None:
            nodes = len(eligible_nodes(inventory, component)) if component.kind == "DaemonSet" else 0
            extra = surge(component, nodes if component.kind == "DaemonSet" else component.replicas)
            count = _pods(component.kind, component.replicas, extra, nodes, component.schedule)
            pod = pod_of(component)
            # The pods of a Job run side by side, and they are counted as one.
            at_once = int(component.schedule.get("parallelism", 1)) if component.kind == "Job" else 1
            yield _times(pod, at_once), component.kind, count
    for declared in service.chart.pods.values() if service.chart is not None else ():
        extra = ceil(declared.replicas / 4) if declared.kind == "Deployment" and not declared.volumes else 0
        count = _pods(declared.kind, declared.replicas, extra, len(inventory.nodes), {})
        yield _of(declared.resources), declared.kind, count
    if service.postgres is not None:
        yield _of(service.postgres.resources), "Cluster", service.postgres.instances


def _volumes_of(service: Service) -> Iterator[tuple[int, int]]:
    """Size and number of each claim."""
    for component in service.components.values():
        copies = max(component.replicas, 1) if component.kind == "StatefulSet" else 1
        yield from ((volume.size_bytes, copies) for volume in component.volumes.values() if volume.size_bytes)
    for pod in service.chart.pods.values() if service.chart is not None else ():
        yield from ((volume.size_bytes, max(pod.replicas, 1)) for volume in pod.volumes.values() if volume.size_bytes)
    if service.postgres is not None:
        yield service.postgres.storage.size_bytes or 0, service.postgres.instances


def _nfs_bytes(service: Service) -> int:
    """What claims of shares ask for: a quota counts them too, and never restores them."""
    volumes = [volume for component in service.components.values() for volume in component.volumes.values()]
    return sum(NFS_CLAIM_BYTES for volume in volumes if volume.form == "nfs")


def quota_of(need: Need) -> Json | None:
    """A need in the words of a ResourceQuota; None where nothing runs."""
    if not need.memory_bytes and not need.storage_bytes:
        return None
    return {
        "requests.cpu": show_cpu(need.cpu_m),
        "requests.memory": canonical_bytes(need.memory_bytes),
        "limits.memory": canonical_bytes(need.memory_limit_bytes),
        "requests.storage": canonical_bytes(need.storage_bytes),
    }


def canonical_bytes(count: int) -> str:
    """Bytes as the API server prints them: the largest binary suffix that keeps them whole."""
    for suffix, factor in (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10)):
        if count and count % factor == 0:
            return canonical(f"{count // factor}{suffix}")
    return str(count)


def namespace_needs(
    services: Mapping[str, Service], namespaces: Iterable[str], pieces: Mapping[str, Pieces]
) -> dict[str, Need]:
    """What each namespace needs."""
    by_namespace: dict[str, list[Pieces]] = {name: [] for name in namespaces}
    for service in services.values():
        by_namespace.setdefault(namespace_of(service), []).append(pieces[service.name])
    return {name: need_of(group) for name, group in by_namespace.items()}


def domain_needs(
    services: Mapping[str, Service], domains: Iterable[str], pieces: Mapping[str, Pieces]
) -> dict[str, Need]:
    """What each domain needs."""
    by_domain: dict[str, list[Pieces]] = {name: [] for name in domains}
    for service in services.values():
        by_domain[service.domain].append(pieces[service.name])
    return {name: need_of(group) for name, group in by_domain.items()}
