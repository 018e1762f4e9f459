"""From a path inside a rendered object to the field of a service file that it comes from."""

from collections.abc import Mapping
from typing import Any

from generator.source import Path

_LISTS = ("containers", "initContainers", "ephemeralContainers")
# Field of a container -> field of the service format.
_CONTAINER = {
    "image": ("image",),
    "command": ("command",),
    "args": ("args",),
    "workingDir": ("workingDir",),
    "lifecycle": ("lifecycle",),
    "resources": ("resources",),
    "securityContext": ("securityContext",),
    "livenessProbe": ("probes",),
    "readinessProbe": ("probes",),
    "startupProbe": ("probes",),
}
_NAMED = {"env": ("env", "secrets"), "ports": ("ports",), "volumeMounts": ("storage",), "volumes": ("storage",)}
_POD = (
    "nodeSelector",
    "tolerations",
    "affinity",
    "priorityClassName",
    "terminationGracePeriodSeconds",
    "securityContext",
)
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
}


def values_path(body: Mapping[str, Any], path: Path) -> tuple[Path, str | None]:
    """Return the path in the service file for a path in an object, and the container that it is in.

    The path is empty where nobody writes the field: then the service itself is to blame.
    """
    for number, step in enumerate(path):
        if step in _LISTS and number + 1 < len(path) and isinstance(path[number + 1], int):
            container = _at(body, path[: number + 2])
            name = container.get("name") if isinstance(container, Mapping) else None
            return _in_container(container, path[number + 2 :]), str(name) if name else None
        if step in _POD:
            return tuple(path[number:]), None
        if step == "volumes" and number + 1 < len(path):
            return ("storage", *_name_at(_at(body, path[: number + 2]))), None
    if path[:2] in (("spec", "replicas"), ("spec", "strategy"), ("spec", "schedule")):
        return tuple(path[1:]), None
    kind = f"{body.get('kind')}/{(body.get('metadata') or {}).get('name')}"
    return _KINDS.get(str(body.get("kind")), ("objects", kind)), None


def _in_container(container: Any, rest: Path) -> Path:
    if not rest:
        return ()
    field = str(rest[0])
    if field in _CONTAINER:
        return (*_CONTAINER[field], *rest[1:])
    if field in _NAMED:
        item = _at(container, rest[:2])
        named = _NAMED[field][1 if isinstance(item, Mapping) and "valueFrom" in item and len(_NAMED[field]) > 1 else 0]
        return (named, *_name_at(item))
    return ()


def _name_at(item: Any) -> Path:
    return (str(item["name"]),) if isinstance(item, Mapping) and "name" in item else ()


def _at(node: Any, path: Path) -> Any:
    for step in path:
        if isinstance(node, Mapping):
            node = node.get(str(step))
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node
