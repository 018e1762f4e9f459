"""The pod of a component as the library prints it."""

import json
from collections.abc import Iterator
from typing import Literal

from generator.catalogue.service import Component, Json, Service
from generator.chart.container import container_body
from generator.chart.files import checksum
from generator.chart.scope import Body, Scope
from generator.chart.storage import pod_volumes

_IDENTITY = ("runAsUser", "runAsGroup", "fsGroup", "fsGroupChangePolicy", "supplementalGroups")
_HOST = ("hostPID", "hostIPC")
_RUNS_ONCE = ("CronJob", "Job")


def pod_body(scope: Scope, service: Service, component: Component) -> Body:
    """The values of a pod template."""
    assert component.container is not None
    body: Body = {"serviceAccountName": component.workload}
    if annotations := dict(_annotations(scope, service, component)):
        body["annotations"] = annotations
    if has_rules(component):
        body["token"] = True
    if component.replicas > 1 and component.kind in ("Deployment", "StatefulSet"):
        body["spread"] = True
    body["terminationGracePeriodSeconds"] = component.grace_period_s
    if component.priority_class:
        body["priorityClassName"] = component.priority_class
    if component.allows("hostNetwork"):
        body["hostNetwork"] = True
    if spec := _spec(scope, component):
        body["spec"] = spec
    body["securityContext"] = _security(scope, component)
    inits = [container_body(scope, service.name, component, init) for init in component.init_containers.values()]
    if inits:
        body["initContainers"] = inits
    body["container"] = container_body(scope, service.name, component, component.container)
    body["volumes"] = pod_volumes(scope, service, component)
    return body


def has_rules(component: Component) -> bool:
    """Say whether the workload may ask the API server for anything."""
    return bool(component.rbac_cluster or component.rbac_namespace)


def _annotations(scope: Scope, service: Service, component: Component) -> Iterator[tuple[str, str]]:
    yield from component.annotations.items()
    if (digits := checksum(service.name, component)) is not None:
        yield "chartroom/files", digits
    if scope.fleet.site.backends.backup == "velero" and component.container is not None:
        for when in ("before", "after"):
            yield from _hook(component, component.container.name, when)


def _hook(component: Component, container: str, when: Literal["before", "after"]) -> Iterator[tuple[str, str]]:
    """The command that quiesces, or wakes again. A pod's annotation holds one; the fleet refuses a second."""
    commands = {
        volume.name: command
        for volume in component.volumes.values()
        if (command := volume.before if when == "before" else volume.after)
    }
    for command in list(commands.values())[:1]:
        hook = f"{'pre' if when == 'before' else 'post'}.hook.backup.velero.io"
        yield f"{hook}/container", container
        yield f"{hook}/command", json.dumps(list(command))


def _spec(scope: Scope, component: Component) -> Json:
    spec: Json = {key: True for key in _HOST if component.allows(key)}
    devices = (scope.fleet.site.devices[name] for container in component.containers for name in container.devices)
    if classes := [device.runtime_class for device in devices if device.runtime_class]:
        spec["runtimeClassName"] = classes[0]
    if component.node_selector:
        spec["nodeSelector"] = dict(component.node_selector)
    if component.affinity:
        spec["affinity"] = component.affinity
    if component.tolerations:
        spec["tolerations"] = list(component.tolerations)
    if component.kind in _RUNS_ONCE:
        spec["restartPolicy"] = "Never"
    return spec


def _security(scope: Scope, component: Component) -> Json:
    """Identities of the main container, and the groups of the shares and devices that it holds."""
    assert component.container is not None
    stated = component.container.security
    security: Json = {key: stated[key] for key in _IDENTITY if key in stated}
    site = scope.fleet.site
    groups = list(stated.get("supplementalGroups", ()))
    for volume in component.volumes.values():
        if volume.share is not None and volume.share in site.shares:
            groups += site.shares[volume.share].groups
    for container in component.containers:
        for device in container.devices:
            groups += site.devices[device].groups
    if groups:
        security["supplementalGroups"] = list(dict.fromkeys(groups))
    for grant in component.grants.values():
        if "sysctls" in grant.allow:
            security["sysctls"] = grant.allow["sysctls"]
    return security
