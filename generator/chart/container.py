"""One container as the library prints it."""

from collections.abc import Iterator
from typing import Any

from generator.catalogue.service import Component, Container, Json
from generator.chart.files import file_mounts
from generator.chart.scope import Body, Scope

_PROBES = (("startup", "startupProbe"), ("liveness", "livenessProbe"), ("readiness", "readinessProbe"))
# What an exception may grant a container, under Kubernetes' own name.
_GRANTED = (
    "privileged",
    "allowPrivilegeEscalation",
    "runAsNonRoot",
    "runAsUser",
    "readOnlyRootFilesystem",
    "seccompProfile",
    "appArmorProfile",
    "seLinuxOptions",
    "procMount",
)


def container_body(scope: Scope, secret: str, component: Component, container: Container) -> Body:
    """The values of one container. `secret` is the name of the service's Secret."""
    is_main = container is component.container
    body: Body = {"name": container.name, "image": container.image.text}
    if container.sidecar:
        body["restartPolicy"] = "Always"
    if container.command:
        body["command"] = list(container.command)
    if container.args:
        body["args"] = list(container.args)
    if container.working_dir:
        body["workingDir"] = container.working_dir
    if container.ports:
        body["ports"] = _ports(component, container)
    if env := list(_env(secret, container)):
        body["env"] = env
    body["resources"] = _resources(scope, container)
    if container.probes:
        body["probes"] = {key: container.probes[name] for name, key in _PROBES if name in container.probes}
    if container.lifecycle:
        body["lifecycle"] = container.lifecycle
    body["securityContext"] = _security(component, container, is_main)
    body["volumeMounts"] = list(_mounts(component, container, is_main))
    return body


def grants_of(component: Component, container: Container) -> dict[str, Any]:
    """Everything that exceptions allow this one container."""
    allowed: dict[str, Any] = {}
    for grant in component.grants.values():
        if grant.container == container.name:
            allowed.update(grant.allow)
    return allowed


def _ports(component: Component, container: Container) -> list[Json]:
    outside = grants_of(component, container).get("hostPort", {})
    ports: list[Json] = []
    for port in container.ports.values():
        entry: Json = {"name": port.name, "containerPort": port.number, "protocol": port.protocol}
        if port.name in outside:
            entry["hostPort"] = outside[port.name]
        ports.append(entry)
    return ports


def _env(secret: str, container: Container) -> Iterator[Json]:
    """Variables from the store first: any other may name one. The fleet has put the others in order."""
    for name, reference in container.secrets.items():
        yield {"name": name, "secret": secret, "secretKey": reference.object_key}
    for name, value in container.env.items():
        yield {"name": name, **value} if isinstance(value, dict) else {"name": name, "value": value}


def _resources(scope: Scope, container: Container) -> Json:
    raw = container.resources.raw if container.resources else {}
    if not container.devices:
        return raw
    devices = {scope.fleet.site.devices[name].resource: str(count) for name, count in container.devices.items()}
    return {**raw, "limits": {**raw.get("limits", {}), **devices}}


def _security(component: Component, container: Container, is_main: bool) -> Json:
    """What differs from the hardened default: identities of init containers, and what is granted."""
    stated = container.security
    security: Json = {}
    if not is_main:
        security = {key: stated[key] for key in ("runAsUser", "runAsGroup") if key in stated}
    allowed = grants_of(component, container)
    security.update({key: allowed[key] for key in _GRANTED if key in allowed})
    if security.get("runAsUser") == 0:
        security["runAsNonRoot"] = False
    added = [*stated.get("capabilities", {}).get("add", ()), *allowed.get("capabilities", {}).get("add", ())]
    if added:
        security["capabilities"] = {"add": list(dict.fromkeys(added))}
    return security


def _mounts(component: Component, container: Container, is_main: bool) -> Iterator[Json]:
    mounts = [volume.mount for volume in component.volumes.values() if volume.mount] if is_main else container.mounts
    paths = set()
    for mount in mounts:
        entry: Json = {"name": mount.volume, "mountPath": mount.path}
        if mount.sub_path:
            entry["subPath"] = mount.sub_path
        if mount.read_only:
            entry["readOnly"] = True
        paths.add(mount.path)
        yield entry
    yield from file_mounts(container)
    if "/tmp" not in paths:  # noqa: S108  the path inside a container
        yield {"name": scratch_name(container, is_main), "mountPath": "/tmp"}  # noqa: S108


def scratch_name(container: Container, is_main: bool) -> str:
    """The name of the emptyDir under /tmp: each container has its own."""
    return "tmp" if is_main else f"tmp-{container.name}"


def needs_scratch(component: Component, container: Container) -> bool:
    """Say whether nothing else is mounted at /tmp."""
    is_main = container is component.container
    mounts = [volume.mount for volume in component.volumes.values() if volume.mount] if is_main else container.mounts
    return all(mount.path != "/tmp" for mount in mounts)  # noqa: S108
