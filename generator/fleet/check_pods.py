"""What the shape cannot say of pods: their kind, containers, images, and where they may run."""

from collections.abc import Mapping
from typing import Any

from generator.catalogue.cron import cron_fault
from generator.catalogue.gaps import INVENTORY, SITE, is_stand_in
from generator.catalogue.inventory import Inventory
from generator.catalogue.read import Notes
from generator.catalogue.service import Component, Container, Image, Service
from generator.catalogue.site import Site
from generator.finding import Finding, Place, Severity
from generator.fleet.check_security import check_dates, check_grants, check_level, check_unused_level
from generator.fleet.check_volumes import check_volumes
from generator.fleet.model import Namespace
from generator.fleet.names import namespace_of
from generator.fleet.placement import eligible_nodes, has_label
from generator.fleet.unknown import note_unknown
from generator.source import Map

_SCHEDULED = ("schedule", "timeZone", "concurrencyPolicy", "startingDeadlineSeconds")
_RUN_ONCE = ("activeDeadlineSeconds", "backoffLimit", "parallelism")
_SERVED = ("ports", "replicas", "strategy")
# Fields that mean nothing to a kind; a default may state them for the others.
_REFUSED: dict[str, tuple[str, ...]] = {
    "Deployment": (*_SCHEDULED, *_RUN_ONCE),
    "StatefulSet": (*_SCHEDULED, *_RUN_ONCE),
    "DaemonSet": (*_SCHEDULED, *_RUN_ONCE, "replicas"),
    "CronJob": _SERVED,
    "Job": (*_SERVED, *_SCHEDULED),
}
_LABELS = (INVENTORY, "labels", "taints", "nodes")
_ROLLING = {
    "Deployment": ("maxSurge", "maxUnavailable"),
    "StatefulSet": ("maxUnavailable", "partition"),
    "DaemonSet": ("maxSurge", "maxUnavailable"),
}
_STRATEGIES = {
    "Deployment": ("Recreate", "RollingUpdate"),
    "StatefulSet": ("RollingUpdate", "OnDelete"),
    "DaemonSet": ("RollingUpdate", "OnDelete"),
}


def check_service_pods(
    service: Service, site: Site, inventory: Inventory, namespaces: Mapping[str, Namespace], notes: Notes
) -> None:
    """Note everything about one service's pods that only code can see."""
    check_volumes(service, site, notes)
    for component in service.components.values():
        for container in component.containers:
            _check_container(service, container, site, notes)
        check_grants(service, component, notes)
        _check_scheduling(component, site, inventory, notes)
        if component.container is not None:
            _check_kind(service.name, component, notes)
    if service.postgres is not None:
        _check_image(service.postgres.image, site, notes)
    check_dates(service, notes)
    check_unused_level(service, notes)
    namespace = namespaces.get(namespace_of(service))
    if namespace is not None:
        check_level(service, namespace, notes)


def _check_container(service: Service, container: Container, site: Site, notes: Notes) -> None:
    _check_image(container.image, site, notes)
    for device in container.devices:
        if device not in site.devices:
            place = container.tree.child("devices").key_place(device)
            fix = "name a device of `devices` in values/site.yaml"
            note_unknown(notes, place, "device", device, site.devices, fix, lacks=(SITE, "devices"))
    for name, probe in container.probes.items():
        _check_port(service, container, probe, container.tree.child("probes").value_place(name), notes)
    for name, hook in (container.lifecycle or {}).items():
        _check_port(service, container, hook or {}, container.tree.child("lifecycle").value_place(name), notes)


def _check_port(service: Service, container: Container, asked: Mapping[str, Any], place: Place, notes: Notes) -> None:
    """A probe or hook that names a port names one of its container."""
    for handler in ("httpGet", "tcpSocket"):
        port = (asked.get(handler) or {}).get("port")
        if isinstance(port, str) and port not in container.ports:
            who, lacks = f"container {container.name!r}", (service.name, "ports")
            note_unknown(notes, place, "port", port, container.ports, f"name a port of {who}", who, lacks=lacks)


def _check_image(image: Image, site: Site, notes: Notes) -> None:
    if is_stand_in(image.place):
        return
    if image.registry not in site.registries:
        message = f"image {image.text!r} comes from {image.registry!r}, the site allows {', '.join(site.registries)}"
        fix = "use an image of these, or add it to `registries` of values/site.yaml"
        notes.error(image.place, "fleet/unknown-registry", message, fix, lacks=(SITE, "registries"))
    if image.digest is None:
        severity = Severity.ERROR if site.require_digests else Severity.WARNING
        message, fix = f"image {image.text!r} has no digest", "append `@sha256:<digest>`"
        notes.findings.append(Finding(image.place, "fleet/image-digest", message, fix, severity))


def _check_scheduling(component: Component, site: Site, inventory: Inventory, notes: Notes) -> None:
    if component.priority_class is not None and component.priority_class not in site.priority_classes:
        place, fix = (
            component.tree.value_place("priorityClassName"),
            "name one of `priority_classes` in values/site.yaml",
        )
        name, known = component.priority_class, site.priority_classes
        note_unknown(notes, place, "priority class", name, known, fix, lacks=(SITE, "priority_classes"))
    nodes = inventory.nodes.values()
    if not nodes:
        return
    selector = component.tree.child("nodeSelector")
    missing = [
        (key, value)
        for key, value in component.node_selector.items()
        if not any(has_label(node, key, value) for node in nodes)
    ]
    for key, value in missing:
        message, fix = f"no node has the label {key}={value}", "add the label to a node of the inventory"
        place = selector.value_place(key)
        notes.error(place, "fleet/unknown-node-label", message, fix, lacks=_LABELS)
    if not missing and component.node_selector and not eligible_nodes(inventory, component):
        message = f"no node that takes {component.workload!r} has all labels of its nodeSelector"
        fix = "correct the labels, or add a toleration"
        notes.error(selector.place, "fleet/no-node", message, fix, lacks=_LABELS)
    for container in component.containers:
        for device in container.devices:
            if device in site.devices and not any(node.devices.get(device) for node in nodes):
                place = container.tree.child("devices").key_place(device)
                fix = "add it to `devices` of a node, or switch the service off here"
                message = f"no node offers device {device!r}"
                notes.error(place, "fleet/device-nowhere", message, fix, lacks=(INVENTORY, "devices", "nodes"))


def _check_kind(service: str, component: Component, notes: Notes) -> None:
    """A field that means nothing to the kind of the workload would be left out without a word."""
    kind, tree = component.kind, component.tree
    for key in _REFUSED[kind]:
        if _is_stated(tree, key):
            message = f"{kind} {component.workload!r} has {key!r}, which means nothing to it"
            fix, lacks = f"remove `{key}`", (service, "kind")
            notes.error(tree.key_place(key), "fleet/kind-field", message, fix, lacks=lacks)
    fault = cron_fault(str(component.schedule["schedule"])) if "schedule" in component.schedule else None
    if fault is not None and kind == "CronJob":
        message = (
            f"schedule {component.schedule['schedule']!r} of {component.workload!r} is no cron expression: {fault}"
        )
        place = component.tree.value_place("schedule")
        notes.error(place, "fleet/schedule", message, 'write one such as "30 2 * * *"')
    if component.strategy is not None and kind in _STRATEGIES and not notes.may_have(service, "kind"):
        _check_strategy(component, component.strategy, notes)


def _check_strategy(component: Component, strategy: Mapping[str, object], notes: Notes) -> None:
    at, kind, known = component.tree.child("strategy"), component.kind, _STRATEGIES[component.kind]
    if strategy["type"] not in known:
        message = f"{kind} {component.workload!r} has strategy {strategy['type']!r}, {' or '.join(known)} is expected"
        notes.error(at.value_place("type"), "fleet/strategy", message, "write one of them")
    elif "rollingUpdate" in strategy and strategy["type"] != "RollingUpdate":
        message = f"'rollingUpdate' of {component.workload!r} means nothing to strategy {strategy['type']!r}"
        notes.error(at.key_place("rollingUpdate"), "fleet/strategy", message, "remove `rollingUpdate`")
    elif "rollingUpdate" in strategy:
        _check_rolling(component, at.child("rollingUpdate"), notes)


def _check_rolling(component: Component, rolling: Map, notes: Notes) -> None:
    """What each kind can be told about replacing its pods."""
    kind, workload = component.kind, component.workload
    for key in rolling:
        if key not in _ROLLING[kind] and rolling[key] is not None:
            message, fix = f"{key!r} means nothing to {kind} {workload!r}", f"remove `{key}`"
            notes.error(rolling.key_place(key), "fleet/strategy", message, fix)
            return
        if str(rolling[key]).endswith("%") and int(str(rolling[key])[:-1]) > 100:
            message = f"{key!r} of {workload!r} is {rolling[key]}, more than all of its pods"
            notes.error(rolling.value_place(key), "fleet/strategy", message, "write at most 100%")
    unavailable = rolling.get("maxUnavailable")
    surge = rolling.get("maxSurge")
    if kind == "DaemonSet":
        unavailable, surge = 1 if unavailable is None else unavailable, 0 if surge is None else surge
        if not _is_zero(unavailable) and not _is_zero(surge):
            message = f"DaemonSet {workload!r} surges and lets pods be unavailable, it can do one"
            fix = "write `maxUnavailable: 0` beside `maxSurge`, or remove `maxSurge`"
            notes.error(rolling.place, "fleet/strategy", message, fix)
    if _is_zero(unavailable) and (kind == "StatefulSet" or _is_zero(surge)):
        message = f"no pod of {workload!r} may be unavailable{'' if kind == 'StatefulSet' else ', and none added'}, "
        message += "so none could ever be replaced"
        notes.error(rolling.place, "fleet/strategy", message, "write `maxUnavailable: 1`")


def _is_zero(count: object) -> bool:
    return count is not None and int(str(count).removesuffix("%")) == 0


def _is_stated(tree: Map, key: str) -> bool:
    """Whether the file, a template or an override says it; what only `defaults` say is for others."""
    return key in tree and not tree.key_place(key).path.endswith(("/site.yaml", "/domain.yaml"))
