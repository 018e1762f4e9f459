"""Every pod that an object asks for, whatever kind the object is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
LISTS = ("containers", "initContainers", "ephemeralContainers")
_TEMPLATE = ("spec", "template")
_TEMPLATES: dict[str, tuple[str, ...]] = {
    "Deployment": _TEMPLATE,
    "StatefulSet": _TEMPLATE,
    "DaemonSet": _TEMPLATE,
    "ReplicaSet": _TEMPLATE,
    "ReplicationController": _TEMPLATE,
    "Job": _TEMPLATE,
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
    "PodTemplate": ("template",),
}
_CORE_GROUPS = frozenset({"", "apps", "batch"})


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod that somebody will make from an object.

    `path` leads to the pod spec. `made_by` names the operator that adds what the object does not
    say: then a field that is absent is not known to be absent on the pod.
    """

    path: tuple[str, ...]
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    spec: Json
    containers: tuple[Json, ...]
    made_by: str = ""


def pods_of(body: Mapping[str, Any]) -> Iterator[Pod]:
    """Yield every pod of an object: of the kinds that Kubernetes has, then of any custom resource."""
    kind = str(body.get("kind"))
    group = str(body.get("apiVersion", "")).rpartition("/")[0]
    if group in _CORE_GROUPS:
        if kind in _TEMPLATES:
            template = _at(body, _TEMPLATES[kind])
            if isinstance(template, dict) and isinstance(template.get("spec"), dict):
                yield _pod((*_TEMPLATES[kind], "spec"), template)
        return
    maker = _OPERATORS.get((group, kind))
    if maker is not None:
        yield maker(body)
    spec = body.get("spec")
    if _mentions_containers(spec):
        yield from _inside(spec, ("spec",))


def _mentions_containers(node: Any) -> bool:
    """Say whether there is anything to look for: most custom resources have no pods, and this is the short way."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node.__class__ is dict:
            if "containers" in node:
                return True
            waiting.extend(node.values())
        elif node.__class__ is list:
            waiting.extend(node)
    return False


def _inside(node: Any, path: tuple[str, ...]) -> Iterator[Pod]:
    """Find pod templates at any depth of a custom resource: what has `spec.containers` with names."""
    if isinstance(node, dict):
        spec = node.get("spec")
        if isinstance(spec, dict) and _is_containers(spec.get("containers")):
            yield _pod((*path, "spec"), node, made_by="its operator")
        elif _is_containers(node.get("containers")):
            yield _pod(path, {"spec": node}, made_by="its operator")
        else:
            for key, value in node.items():
                yield from _inside(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _inside(value, (*path, str(number)))


def _is_containers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and "name" in item for item in value)


def _pod(path: tuple[str, ...], template: Mapping[str, Any], made_by: str = "") -> Pod:
    spec = template["spec"]
    metadata = template.get("metadata") or {}
    containers = tuple(
        {**container, "list": name}
        for name in LISTS
        for container in spec.get(name) or ()
        if isinstance(container, dict)
    )
    rest = {key: value for key, value in spec.items() if key not in LISTS}
    return Pod(path, metadata.get("labels") or {}, metadata.get("annotations") or {}, rest, containers, made_by)


def _at(node: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _cluster(body: Mapping[str, Any]) -> Pod:
    """A CloudNativePG cluster: the operator makes its pods from these fields."""
    spec = body.get("spec") or {}
    labels = {"cnpg.io/cluster": str((body.get("metadata") or {}).get("name")), "cnpg.io/podRole": "instance"}
    container = _known(
        name="postgres",
        list="containers",
        image=spec.get("imageName"),
        resources=spec.get("resources"),
        env=spec.get("env"),
        securityContext=spec.get("securityContext"),
    )
    pod = _known(
        priorityClassName=spec.get("priorityClassName"),
        securityContext=spec.get("podSecurityContext"),
    )
    inherited = (spec.get("inheritedMetadata") or {}).get("labels") or {}
    return Pod(("spec",), {**labels, **inherited}, {}, pod, (container,), "cloudnative-pg")


def _mover(body: Mapping[str, Any]) -> Pod:
    """The pod that VolSync makes for one replication."""
    spec = body.get("spec") or {}
    mover = next((value for key, value in spec.items() if key in ("restic", "rsyncTLS", "rclone")), None) or {}
    container = _known(name="mover", list="containers", resources=mover.get("moverResources"))
    pod = _known(securityContext=mover.get("moverSecurityContext"))
    return Pod(("spec",), mover.get("moverPodLabels") or {}, {}, pod, (container,), "volsync")


def _known(**fields: Any) -> Json:
    return {key: value for key, value in fields.items() if value is not None}


_OPERATORS = {
    ("postgresql.cnpg.io", "Cluster"): _cluster,
    ("volsync.backube", "ReplicationSource"): _mover,
    ("volsync.backube", "ReplicationDestination"): _mover,
}
