"""What workloads and volumes ask for, as integers, by the quota formula (architecture.md 26)."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from generator.catalogue.quantity import bytes_of, cpu_m
from generator.catalogue.service import ChartPod, Service
from generator.policy.pod import Pod

Json = dict[str, Any]
Amount = tuple[int, int, int]
NOTHING: Amount = (0, 0, 0)


def amount_of(container: Mapping[str, Any]) -> Amount:
    """Return CPU request, memory request and memory limit of one container."""
    resources = container.get("resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    # What has a limit and no request requests its limit.
    memory = requests.get("memory", limits.get("memory", 0))
    cpu = requests.get("cpu", limits.get("cpu", 0))
    return cpu_m(cpu), bytes_of(memory), bytes_of(limits.get("memory", 0))


def pod_amount(pod: Pod) -> Amount:
    """Return max(app containers and sidecars, largest init container with the sidecars before it)."""
    sidecars, largest = NOTHING, NOTHING
    for container in pod.containers:
        if container["list"] != "initContainers":
            continue
        if container.get("restartPolicy") == "Always":
            sidecars = _plus(sidecars, amount_of(container))
            largest = _most(largest, sidecars)
        else:
            largest = _most(largest, _plus(sidecars, amount_of(container)))
    apps = sidecars
    for container in pod.containers:
        if container["list"] == "containers":
            apps = _plus(apps, amount_of(container))
    return _most(apps, largest)


def _plus(left: Amount, right: Amount) -> Amount:
    return (left[0] + right[0], left[1] + right[1], left[2] + right[2])


def _most(left: Amount, right: Amount) -> Amount:
    return (max(left[0], right[0]), max(left[1], right[1]), max(left[2], right[2]))


def counts_of(body: Mapping[str, Any], nodes: int, scaled: int | None) -> tuple[int, int, int]:
    """Return how many pods stand in quiet times, at most while all rolls, and per node.

    `nodes` are those that a DaemonSet runs on; `scaled` is what an autoscaler may go to.
    """
    spec = body.get("spec") or {}
    match body.get("kind"):
        case "Deployment":
            replicas = scaled if scaled is not None else int(spec.get("replicas", 1))
            return replicas, replicas + _surge(spec.get("strategy") or {}, replicas, "25%"), 0
        case "DaemonSet":
            return nodes, nodes + _surge(spec.get("updateStrategy") or {}, nodes, 0), 1
        case "CronJob":
            job = (spec.get("jobTemplate") or {}).get("spec") or {}
            at_once = int(job.get("parallelism", 1)) * (2 if spec.get("concurrencyPolicy", "Allow") == "Allow" else 1)
            return 0, at_once, 0
        case "Job":
            return 0, 0, 0
        case "ReplicationSource" | "ReplicationDestination":
            return 0, 1, 0
        case "Cluster":
            return int(spec.get("instances", 1)), int(spec.get("instances", 1)), 0
        case "Pod":
            return 1, 1, 0
        case _:
            replicas = scaled if scaled is not None else int(spec.get("replicas", 1))
            return replicas, replicas, 0


def _surge(strategy: Mapping[str, Any], replicas: int, default: int | str) -> int:
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return 0
    most = (strategy.get("rollingUpdate") or {}).get("maxSurge", default)
    return ceil(replicas * int(most[:-1]) / 100) if isinstance(most, str) and most.endswith("%") else int(most)


def workload(name: str, kind: str, amount: Amount, counts: tuple[int, int, int], **more: Any) -> Json:
    """Return one entry of the document's list of workloads."""
    quiet, rolling, per_node = counts
    return {
        "name": name,
        "kind": kind,
        "cpu_m": amount[0],
        "memory_bytes": amount[1],
        "memory_limit_bytes": amount[2],
        "quiet": quiet,
        "rolling": rolling,
        "per_node": per_node,
        "one_shot": kind == "Job",
        "at_once": 1,
        **more,
    }


def declared_workloads(service: Service, nodes: int) -> Iterator[Json]:
    """Yield what an upstream chart's pods will be, as the service file declares them."""
    for pod in service.chart.pods.values() if service.chart else ():
        counts = counts_of({"kind": pod.kind, "spec": {"replicas": pod.replicas, **_strategy(pod)}}, nodes, None)
        resources = pod.resources
        amount = NOTHING
        if resources is not None:
            amount = (
                resources.cpu_request_m or 0,
                resources.memory_request_bytes or 0,
                resources.memory_limit_bytes or 0,
            )
        yield workload(f"{service.name}-{pod.name}", pod.kind, amount, counts, declared=True, place=str(pod.place))


def _strategy(pod: ChartPod) -> Json:
    """A Deployment with volumes of its own cannot run twice."""
    return {"strategy": {"type": "Recreate"}} if pod.volumes else {}


def volumes_of(body: Mapping[str, Any], replicas: int) -> Iterator[Json]:
    """Yield every volume that an object asks for: name, class, bytes of one, and how many."""
    spec, metadata = body.get("spec") or {}, body.get("metadata") or {}
    match body.get("kind"):
        case "PersistentVolumeClaim":
            yield _volume(metadata.get("name"), spec, metadata.get("labels") or {}, 1)
        case "StatefulSet":
            for template in spec.get("volumeClaimTemplates") or ():
                meta = template.get("metadata") or {}
                # The controller copies the labels of the selector onto the claims.
                labels = {**((spec.get("selector") or {}).get("matchLabels") or {}), **(meta.get("labels") or {})}
                yield _volume(
                    f"{meta.get('name')}-{metadata.get('name')}", template.get("spec") or {}, labels, replicas
                )
        case "Cluster" if "storage" in spec:
            storage = spec["storage"]
            yield {
                "name": str(metadata.get("name")),
                "class": storage.get("storageClass"),
                "size_bytes": bytes_of(storage.get("size", 0)),
                "count": int(spec.get("instances", 1)),
                "labels": {"cnpg.io/cluster": str(metadata.get("name"))},
                "volume": None,
            }


def claims_of(body: Mapping[str, Any], volume: Mapping[str, Any]) -> list[str]:
    """The claims of a volume: of a template each replica's own, as the controller names it."""
    if body.get("kind") == "StatefulSet":
        return [f"{volume['name']}-{number}" for number in range(volume["count"])]
    return [volume["name"]]


def _volume(name: object, spec: Mapping[str, Any], labels: Mapping[str, str], count: int) -> Json:
    requests = (spec.get("resources") or {}).get("requests") or {}
    return {
        "name": str(name),
        "class": spec.get("storageClassName"),
        "size_bytes": bytes_of(requests.get("storage", 0)),
        "count": count,
        "labels": dict(labels),
        "volume": spec.get("volumeName"),
    }


def declared_volumes(service: Service) -> Iterator[Json]:
    """Yield the volumes that an upstream chart will ask for, as the service file declares them."""
    for pod in service.chart.pods.values() if service.chart else ():
        for volume in pod.volumes.values():
            if volume.size_bytes:
                yield {
                    "name": f"{service.name}-{pod.name}-{volume.name}",
                    "class": volume.storage_class,
                    "size_bytes": volume.size_bytes,
                    "count": max(pod.replicas, 1),
                    "labels": {},
                    "volume": None,
                    "tier": volume.tier,
                    "place": str(volume.place),
                }
