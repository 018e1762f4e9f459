"""Who wrote a leaf of a rendered object: the line of a values file, whatever layer it came through."""

from collections.abc import Iterator, Mapping
from typing import Any

from generator.catalogue.service import Component, Service
from generator.finding import Place
from generator.fleet import Fleet
from generator.policy.edge import edge_places
from generator.policy.trace import at, values_path
from generator.source import Map, Path, Seq, Value

Body = Mapping[str, Any]
NAME, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"
_TIER, _CATEGORY, _FILES = "chartroom/backup", "chartroom/category", "chartroom/files"
_POLICIES = frozenset({"NetworkPolicy", "CiliumNetworkPolicy"})


def origins(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    """Yield places that a leaf may come from, the best one first; nothing where no file says it."""
    key = f"{body.get('kind')}/{(body.get('metadata') or {}).get('name')}"
    patch = service.tree.child("patch").child(key)
    if "merge" in patch:
        yield from reached(patch.child("merge"), named(body, path), len(path))
    if key in service.objects:
        own = service.tree.child("objects").child(key)
        yield from reached(own, path, 1)
        yield service.tree.child("objects").key_place(key)
        return
    if path in (("kind",), ("apiVersion",)):
        return
    if path == ("metadata", "name"):
        parts = service.tree.child("components")
        yield parts.key_place(component.name) if component and component.name in parts else service.place
        return
    if path == ("metadata", "namespace"):
        wished = service.namespace.place if service.namespace else None
        yield wished or fleet.domains[service.domain].place
        return
    if "metadata" in path:
        yield from _marks(service, component, body, path[path.index("metadata") :])
        return
    special = _SPECIAL.get(str(body.get("kind")))
    if special is not None:
        yield from special(fleet, service, component, body, path)
        if len(path) > 1:
            return
    elif body.get("kind") in _POLICIES:
        yield from edge_places(fleet, service, component, body, path)
        if len(path) > 1:
            return
    yield from _plain(service, component, body, path)


def named(body: Body, path: Path) -> Path:
    """Return a path with the items of lists named, where they have names: as a patch writes them."""
    found: list[str | int] = []
    for number, step in enumerate(path):
        item = at(body, path[: number + 1])
        found.append(
            str(item["name"]) if isinstance(step, int) and isinstance(item, Mapping) and "name" in item else step
        )
    return tuple(found)


def reached(tree: Value, path: Path, need: int) -> Iterator[Place]:
    """Yield the place of what a path leads to, if so many of its steps are there."""
    place: Place | None = None
    steps = 0
    for step in path:
        if isinstance(tree, Map) and str(step) in tree.marks:
            place, tree = tree.value_place(str(step)), tree[str(step)]
        elif isinstance(tree, Seq) and (number := _number(tree, step)) is not None:
            place, tree = tree.item_place(number), tree[number]
        else:
            break
        steps += 1
    if place is not None and steps >= need:
        yield place


def _number(items: Seq, step: str | int) -> int | None:
    """The number of an item that a path counts or names; the last one of a name, as it wins."""
    if isinstance(step, int):
        return step if step < len(items) else None
    named = [number for number, item in enumerate(items) if isinstance(item, Map) and item.get("name") == step]
    return named[-1] if named else None


def _plain(service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    """Fields whose name in the service format follows from their name in the object."""
    where, container = values_path(body, path)
    if component is None:
        return
    if path[-1] == "name" and container in component.tree.child("initContainers") and where == ():
        yield component.tree.child("initContainers").key_place(str(container))
    if not where:
        return
    tree, head = tree_of(service, component, where), where
    if container in component.init_containers and where[0] not in ("storage",):
        head = ("initContainers", str(container), *where)
    yield from reached(tree, head, min(len(head), len(head) - len(where) + 2))
    item = at(body, path[: _item(path)])
    name = str(item.get("name")) if isinstance(item, Mapping) else ""
    yield from _secret(component, container, name)
    for allowed in component.grants.values():
        if where[-1] in allowed.allow or (where[0] == "storage" and "hostPath" in path):
            yield from reached(component.tree, ("exceptions", allowed.name, "allow", where[-1]), 3)
    if where[0] == "resources" and "/" in str(path[-1]):
        yield from reached(component.tree, ("devices",), 1)
    if where[:1] == ("securityContext",) and "supplementalGroups" in where:
        shares = [volume for volume in component.volumes.values() if volume.form == "nfs"]
        yield from (volume.place for volume in shares)


def _item(path: Path) -> int:
    """How many steps lead to the innermost item of a list."""
    numbers = [number for number, step in enumerate(path) if isinstance(step, int)]
    return numbers[-1] + 1 if numbers else 0


def tree_of(service: Service, component: Component | None, path: Path) -> Map:
    """Return the tree that has the first step of a path: the component's, else the service's."""
    tree = component.tree if component is not None and component.tree.marks else service.tree
    return tree if not path or path[0] in tree.marks or path[0] not in service.tree.marks else service.tree


def _secret(component: Component, container: str | None, variable: str) -> Iterator[Place]:
    for item in component.containers:
        if item.name == container and variable in item.secrets:
            yield item.secrets[variable].place
    for need in component.needs.values():
        if variable in need.env:
            yield from reached(component.tree, ("needs", need.kind, "env", variable), 2)


def _marks(service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    """Labels and annotations: the person's own, and those that say what a field says."""
    if len(path) < 3:
        return
    field, key = str(path[1]), str(path[2])
    yield from reached(tree_of(service, component, (field,)), (field, key), 2)
    if key == _CATEGORY:
        yield service.tree.value_place("category")
    elif key == _TIER and component is not None:
        yield from reached(component.tree, ("storage", volume_of(component, body), "backup"), 3)
    elif key.endswith("loadBalancerIPs") or key == "lbipam.cilium.io/ips":
        yield from reached(service.tree, ("load_balancer", "ip"), 2)


def volume_of(component: Component, body: Body) -> str:
    """Return the volume of a component that a claim is made for."""
    rest = str((body.get("metadata") or {}).get("name")).removeprefix(f"{component.workload}-")
    names = [name for name in component.volumes if rest == name or rest.startswith(f"{name}-")]
    return max(names, key=len, default=rest)


def _claim(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    if component is None:
        return
    volume = volume_of(component, body)
    field = "size" if path[-1] == "storage" else str(path[1])
    yield from reached(component.tree, ("storage", volume, field, *path[2:]), 3)
    if field == "storageClassName" and component.volumes[volume].form == "size":
        yield fleet.site.tree.child("storage").value_place("default")
    if component.volumes[volume].form == "nfs":
        yield component.volumes[volume].place


def _external(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    if path[:2] == ("spec", "refreshInterval"):
        yield from reached(fleet.site.tree, ("secret_store", "refreshInterval"), 2)
    if path[:2] == ("spec", "secretStoreRef"):
        yield from reached(fleet.site.tree, ("secret_store", path[-1]), 2)
    key = (at(body, path[:3]) or {}).get("secretKey") if path[:2] == ("spec", "data") else None
    for item in service.components.values():
        held = [item.secrets, *(container.secrets for container in item.containers)]
        if key is not None and path[-1] in ("secretKey", "key"):
            yield from (secret.place for secrets in held for secret in secrets.values() if secret.object_key == key)
            files = [file for container in item.containers for file in container.files.values() if file.secret]
            yield from (file.place for file in files if file.secret and file.secret.object_key == key)
            yield from (need.place for need in item.needs.values())


def _route(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    shown = [
        *(at(body, ("spec", "hostnames")) or ()),
        *(rule.get("host") for rule in at(body, ("spec", "rules")) or ()),
    ]
    for name, expose in service.expose.items():
        if not any(str(host) == name or str(host).startswith(f"{name}.") for host in shown):
            continue
        at_host = ("expose", name)
        if path[1:2] == ("hostnames",):
            yield service.tree.child("expose").key_place(name)
        elif path[1:2] == ("parentRefs",) and path[-1] in ("name", "namespace"):
            yield from reached(service.tree, (*at_host, "gateway", path[2]), 3)
        elif "timeouts" in path:
            yield from reached(service.tree, (*at_host, "timeouts", path[-1]), 3)
        elif path[-1] in ("value", "port", "path", "number"):
            field = "port" if path[-1] in ("port", "number") else "path"
            yield from reached(service.tree, (*at_host, field), 3)
            yield from reached(service.tree, (*at_host, "paths"), 3)
            if field == "port":
                found = [service.port(port) for port in expose.paths.values()]
                yield from (item[1].place for item in found if item is not None)


def _balanced(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    spec = body.get("spec") or {}
    item = at(body, path[:3]) if path[1:2] == ("ports",) else None
    port = str(item.get("name")) if isinstance(item, Mapping) else ""
    if spec.get("type") == "LoadBalancer":
        field = {"loadBalancerSourceRanges": "from", "ports": "ports"}.get(str(path[1]), str(path[1]))
        more = (port,) if port and path[-1] in ("name", "port") else ()
        yield from reached(service.tree, ("load_balancer", field, *more), 2)
    for part in service.components.values():
        if port in part.ports:
            yield part.ports[port].place


def _config(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    for part in service.components.values():
        for container in part.containers:
            for file in container.files.values():
                if path[-1] == f"{container.name}{file.path.replace('/', '_')}":
                    yield file.place
    yield from (file.place for file in service.dashboards if path[0] == "data")


def _monitor(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    if component is not None and path[1:2] == ("endpoints",):
        yield from reached(component.tree, ("metrics", path[3]), 2)
        if component.metrics is not None and path[3] == "port":
            yield component.metrics.place
    if path[-1] == "interval":
        yield from reached(fleet.site.tree, ("monitoring", "interval"), 2)


def _alerts(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    rule = at(body, path[:5]) if len(path) > 4 else None
    if isinstance(rule, Mapping) and "alert" in rule:
        field = "severity" if path[-1] == "severity" else str(path[-1])
        yield from reached(service.tree, ("alerts", str(rule["alert"]), field), 3)
        if path[-1] == "alert" and str(rule["alert"]) in service.alerts:
            yield service.tree.child("alerts").key_place(str(rule["alert"]))
        if path[-1] == "owner":
            yield from reached(fleet.domains[service.domain].tree, ("owner",), 1)


def _access(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    if component is not None and path[:1] == ("rules",):
        field = "cluster" if body["kind"] == "ClusterRole" else "namespace"
        yield from reached(component.tree, ("rbac", field, *path[1:]), 3)


def _postgres(fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path) -> Iterator[Place]:
    field = {"imageName": "image"}.get(str(path[1]), path[1])
    yield from reached(service.tree, ("postgres", field, *path[2:]), 2)


def _application(
    fleet: Fleet, service: Service, component: Component | None, body: Body, path: Path
) -> Iterator[Place]:
    field = {"targetRevision": "version", "repoURL": "repository", "chart": "name"}.get(str(path[-1]), "")
    yield from reached(service.tree, ("chart", field), 2)
    if path[-1] in ("values", "valuesObject"):
        yield from reached(service.tree, ("chart", "values"), 2)


_SPECIAL = {
    "PersistentVolumeClaim": _claim,
    "ExternalSecret": _external,
    "HTTPRoute": _route,
    "Ingress": _route,
    "Service": _balanced,
    "ConfigMap": _config,
    "ServiceMonitor": _monitor,
    "PodMonitor": _monitor,
    "PrometheusRule": _alerts,
    "Role": _access,
    "ClusterRole": _access,
    "Cluster": _postgres,
    "Application": _application,
}
