"""What must hold between the fields of one object, where no schema word can say it.

Source: the answers of kube-apiserver 1.36.3, recorded in `tests/server/`.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from generator.schema.fault import SCHEMA, SERVER, Fault, Path, dotted

Json = Mapping[str, Any]
_POD_PATHS: dict[str, Path] = {
    "Pod": ("spec",),
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"), ("spec", "template", "spec")),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}


def clashes(object_: Json, called: str) -> Iterator[Fault]:
    """Yield where fields of an object that its schema accepts do not go together."""
    kind = str(object_.get("kind"))
    found = list(_pod_clashes(object_, _POD_PATHS[kind])) if kind in _POD_PATHS else []
    if kind in _OTHERS and isinstance(object_.get("spec"), Mapping):
        found += _OTHERS[kind](object_["spec"])
    for path, said, fix in found:
        yield Fault(SCHEMA, path, f"{called}: {dotted(path)}: {said}", fix, keyword=SERVER)


_Clash = tuple[Path, str, str]


def _pod_clashes(object_: Json, path: Path) -> Iterator[_Clash]:
    pod: Any = object_
    for step in path:
        pod = pod.get(step) or {}
    claims = _entries(object_.get("spec") or {}, "volumeClaimTemplates")
    volumes = {volume.get("name") for _, volume in _entries(pod, "volumes")}
    volumes |= {(claim.get("metadata") or {}).get("name") for _, claim in claims}
    yield from _twice((*path, "volumes"), _entries(pod, "volumes"), "name")
    listed = {field: _entries(pod, field) for field in ("initContainers", "containers")}
    first = {container.get("name") for _, container in listed["initContainers"]}
    for field, containers in listed.items():
        yield from _twice((*path, field), containers, "name")
        for number, container in containers:
            here = (*path, field, number)
            if field == "containers" and container.get("name") in first:
                yield (*here, "name"), f"{container['name']} is an init container too", "name one of them otherwise"
            yield from _container_clashes(here, container, volumes, host=bool(pod.get("hostNetwork")))


def _container_clashes(path: Path, container: Json, volumes: set[Any], *, host: bool) -> Iterator[_Clash]:
    ports, mounts = _entries(container, "ports"), _entries(container, "volumeMounts")
    yield from _twice((*path, "ports"), ports, "name")
    yield from _twice((*path, "ports"), ports, "containerPort", "protocol")
    yield from _twice((*path, "volumeMounts"), mounts, "mountPath")
    for number, mount in mounts:
        if mount.get("name") not in volumes:
            at = (*path, "volumeMounts", number, "name")
            yield at, f"there is no volume {mount.get('name')!r}", "add it to `volumes`, or name one that is there"
    for number, port in ports:
        if host and (port.get("hostPort") or port["containerPort"]) != port["containerPort"]:
            at = (*path, "ports", number, "hostPort")
            yield at, "a pod on the host's network has one number for both", "write the containerPort, or remove it"
    yield from _resource_clashes((*path, "resources"), container.get("resources") or {})


def _resource_clashes(path: Path, resources: Json) -> Iterator[_Clash]:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for name, asked in requests.items():
        at = (*path, "requests", name)
        if name not in limits:
            if "/" in name:
                yield at, f"{name} cannot be overcommitted, and has no limit", "write the same amount as its limit"
            continue
        if _is_above(name, asked, limits[name]):
            yield at, f"{asked} is above the limit of {limits[name]}", f"write {limits[name]} at most"


# A fleet names the same few ranges and amounts thousands of times.
@lru_cache(maxsize=1024)
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


@lru_cache(maxsize=1024)
def _is_above(name: str, one: str | int, other: str | int) -> bool:
    """Compare two amounts of a resource."""
    # Not at the top: whoever only reads manifests needs no catalogue.
    from generator.catalogue.quantity import bytes_of, cpu_m

    amount = cpu_m if name == "cpu" else bytes_of
    return amount(one) > amount(other)


def _deployment(spec: Json) -> Iterator[_Clash]:
    deadline, ready = spec.get("progressDeadlineSeconds", 600), spec.get("minReadySeconds", 0)
    if deadline is not None and deadline <= (ready or 0):
        path = ("spec", "progressDeadlineSeconds")
        yield path, f"{deadline} is not above minReadySeconds, {ready}", f"write more than {ready}"


def _service(spec: Json) -> Iterator[_Clash]:
    ports = _entries(spec, "ports")
    yield from _twice(("spec", "ports"), ports, "name")
    yield from _twice(("spec", "ports"), ports, "port", "protocol")


def _policy(spec: Json) -> Iterator[_Clash]:
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for number, rule in _entries(spec, direction):
            here = ("spec", direction, number)
            for at, port in _entries(rule, "ports"):
                first, last = port.get("port"), port.get("endPort")
                path = (*here, "ports", at, "endPort")
                if last is not None and not isinstance(first, int):
                    yield path, f"a range begins with a number, port is {first!r}", "write the number of the port"
                elif last is not None and last < first:
                    yield path, f"{last} is below port, {first}", f"write {first} or more"
            for at, peer in _entries(rule, side):
                if peer.get("ipBlock"):
                    yield from _block((*here, side, at, "ipBlock"), peer["ipBlock"])


def _block(path: Path, block: Json) -> Iterator[_Clash]:
    try:
        whole = _network(block["cidr"])
        parts = [_network(text) for text in block.get("except") or ()]
    except ValueError:
        yield (*path, "cidr"), f"{block['cidr']!r} or what it excepts is no range", "write a range such as 10.0.0.0/24"
        return
    if str(whole) != block["cidr"] and whole.version == 4:
        yield (*path, "cidr"), f"{block['cidr']!r} has bits beyond its mask", f"write {whole}"
    for number, part in enumerate(parts):
        if part.version != whole.version or part == whole or not part.subnet_of(whole):  # type: ignore[arg-type]
            at = (*path, "except", number)
            yield at, f"{part} does not lie inside {whole}", "except a part of the range, or remove it"


def _limits(spec: Json) -> Iterator[_Clash]:
    for number, item in _entries(spec, "limits"):
        default = item.get("default") or {}
        for name, asked in (item.get("defaultRequest") or {}).items():
            if name in default and _is_above(name, asked, default[name]):
                path = ("spec", "limits", number, "defaultRequest", name)
                yield path, f"{asked} is above the default of {default[name]}", f"write {default[name]} at most"


def _entries(holder: Json, field: str) -> list[tuple[int, Json]]:
    """Return the mappings of a list with their numbers; the schema lets nulls stand beside them."""
    return [(number, entry) for number, entry in enumerate(holder.get(field) or ()) if isinstance(entry, Mapping)]


def _twice(path: Path, entries: Sequence[tuple[int, Json]], *fields: str) -> Iterator[_Clash]:
    """Yield entries that have the same values of these fields as an earlier one; no value is no clash."""
    seen: set[Hashable] = set()
    for number, entry in entries:
        key = tuple(entry.get(field) or ("TCP" if field == "protocol" else None) for field in fields)
        if key[0] is None:
            continue
        if key in seen:
            said = "/".join(map(str, key))
            yield (*path, number, fields[0]), f"{said} stands there twice", "keep one of them, or change it"
        seen.add(key)


_OTHERS: dict[str, Callable[[Json], Iterable[_Clash]]] = {
    "Deployment": _deployment,
    "Service": _service,
    "NetworkPolicy": _policy,
    "LimitRange": _limits,
}
