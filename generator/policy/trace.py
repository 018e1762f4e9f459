"""From a path inside a rendered object to the field of a service file that it comes from."""

from collections.abc import Iterator, Mapping
from typing import Any

from generator.source import Path

_LISTS = ("containers", "initContainers", "ephemeralContainers")
# Fields of a container that stand in the service format under their own name.
_SAME = frozenset({"image", "command", "args", "workingDir", "lifecycle", "resources", "securityContext"})
_PROBES = {"livenessProbe": "liveness", "readinessProbe": "readiness", "startupProbe": "startup"}
_NAMED = {"env": ("env", "secrets"), "ports": ("ports",), "volumeMounts": ("storage",), "volumes": ("storage",)}
_POD = (
    "nodeSelector",
    "tolerations",
    "affinity",
    "priorityClassName",
    "terminationGracePeriodSeconds",
    "securityContext",
)
_SPEC = {
    "replicas": ("replicas",),
    "strategy": ("strategy",),
    "updateStrategy": ("strategy",),
    "schedule": ("schedule",),
    "timeZone": ("timeZone",),
    "concurrencyPolicy": ("concurrencyPolicy",),
    "startingDeadlineSeconds": ("startingDeadlineSeconds",),
}
_JOB = frozenset({"activeDeadlineSeconds", "backoffLimit", "parallelism"})
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"})
_KINDS: Mapping[str, Path] = {
    "HTTPRoute": ("expose",),
    "Ingress": ("expose",),
    "ServiceMonitor": ("metrics",),
    "PrometheusRule": ("alerts",),
    "ExternalSecret": ("secrets",),
    "NetworkPolicy": ("talks_to",),
    "CiliumNetworkPolicy": ("talks_to",),
    "Role": ("rbac", "namespace"),
    "ClusterRole": ("rbac", "cluster"),
    "Cluster": ("postgres",),
    "Service": ("ports",),
    "ConfigMap": ("files",),
    "Application": ("chart",),
}


def values_path(body: Mapping[str, Any], path: Path) -> tuple[Path, str | None]:
    """Return the path in the service file for a path in an object, and the container that it is in.

    Items of lists may be named instead of counted, as a patch does. The path is empty where nobody
    writes the field: then the service itself is to blame.
    """
    for number, step in enumerate(path):
        if step in _LISTS and number + 1 < len(path):
            container = at(body, path[: number + 2])
            name = container.get("name") if isinstance(container, Mapping) else None
            return _in_container(container, path[number + 2 :]), str(name) if name else None
        if step in _POD:
            return tuple(path[number:]), None
        if step == "volumes" and number + 1 < len(path):
            return ("storage", *_name_at(at(body, path[: number + 2]))), None
        if step in ("labels", "annotations") and number + 1 < len(path):
            return tuple(path[number:]), None
    if body.get("kind") in _WORKLOADS and path[:1] == ("spec",):
        return _in_workload(path), None
    kind = f"{body.get('kind')}/{(body.get('metadata') or {}).get('name')}"
    return _KINDS.get(str(body.get("kind")), ("objects", kind)), None


def _in_workload(path: Path) -> Path:
    """A field of the workload itself; those of its Job lie two steps deeper in a CronJob."""
    if len(path) > 1 and path[1] in _SPEC:
        return (*_SPEC[str(path[1])], *path[2:])
    return (path[-1],) if path[-1] in _JOB else ()


def _in_container(container: Any, rest: Path) -> Path:
    if not rest:
        return ()
    field = str(rest[0])
    if field in _SAME:
        return tuple(rest)
    if field in _PROBES:
        return ("probes", _PROBES[field], *rest[1:])
    if field in _NAMED:
        item = at(container, rest[:2])
        named = _NAMED[field][1 if isinstance(item, Mapping) and "valueFrom" in item and len(_NAMED[field]) > 1 else 0]
        return (named, *_name_at(item))
    return ()


def _name_at(item: Any) -> Path:
    return (str(item["name"]),) if isinstance(item, Mapping) and "name" in item else ()


def at(node: Any, path: Path) -> Any:
    """Return what a path leads to, or None; an item of a list by its number or its name."""
    for step in path:
        if isinstance(node, Mapping):
            node = node.get(str(step))
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        elif isinstance(node, list):
            node = next((item for item in node if isinstance(item, Mapping) and item.get("name") == step), None)
        else:
            return None
    return node


def pod_path(body: Mapping[str, Any]) -> Path:
    """Return where a workload has its pod; the object itself for all else."""
    for path in (("spec", "template", "spec"), ("spec", "jobTemplate", "spec", "template", "spec")):
        if isinstance(at(body, path), Mapping):
            return path
    return ()


def leaves(node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every scalar and every empty container of an object, in its order."""
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from leaves(value, (*path, str(key)))
    elif isinstance(node, list) and node:
        for number, value in enumerate(node):
            yield from leaves(value, (*path, number))
    else:
        yield path
