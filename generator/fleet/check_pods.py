"""What the shape cannot say of pods: volumes, mounts, exceptions, and names of the site."""

from collections.abc import Iterable, Mapping
from datetime import date

from generator.catalogue.inventory import Inventory
from generator.catalogue.quantity import bytes_of, show_bytes
from generator.catalogue.read import Notes
from generator.catalogue.service import Component, Container, Image, Mount, Service, Volume
from generator.catalogue.site import Site
from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding, Place, Severity
from generator.fleet.model import Namespace
from generator.fleet.names import namespace_of

# Exceptions that take a pod below *restricted*; the others change nothing that the level sees.
_BELOW = {
    "hostNetwork": "privileged", "hostPID": "privileged", "hostIPC": "privileged", "privileged": "privileged",
    "hostPath": "privileged", "procMount": "privileged", "hostPort": "privileged", "allowPrivilegeEscalation": "baseline",
    "runAsNonRoot": "baseline", "runAsUser": "baseline",
}  # fmt: skip
_BASELINE_CAPABILITIES = frozenset({
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
    "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
})  # fmt: skip
_SAFE_SYSCTLS = frozenset({
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
})  # fmt: skip
_RANK = {"restricted": 0, "baseline": 1, "privileged": 2}


def check_service_pods(
    service: Service, site: Site, inventory: Inventory, namespaces: Mapping[str, Namespace], notes: Notes
) -> None:
    """Note everything about one service's pods that only code can see."""
    claims = _owned_claims(service)
    for component in service.components.values():
        _check_volumes(service, component, site, claims, notes)
        for container in component.containers:
            _check_container(component, container, site, notes)
        _check_grants(service, component, notes)
        _check_scheduling(component, site, inventory, notes)
        if component.kind == "CronJob":
            _check_cron(component, notes)
    if service.postgres is not None:
        _check_image(service.postgres.image, site, notes)
        _check_claim(service.postgres.storage, site, notes)
    for pod in service.chart.pods.values() if service.chart else ():
        for volume in pod.volumes.values():
            _check_claim(volume, site, notes)
    _check_level(service, namespaces, notes)


def _unknown(notes: Notes, place: Place, what: str, name: str, known: Iterable[str], fix: str) -> None:
    known = sorted(known)
    guess = did_you_mean(name, known)
    listed = f", the site has {', '.join(known)}" if known and not guess and len(known) <= 8 else guess
    notes.error(place, f"fleet/unknown-{what.replace(' ', '-')}", f"{what} {name!r} does not exist{listed}", fix)


def _owned_claims(service: Service) -> dict[str, list[Component]]:
    """Claims by name, with the components that mount them."""
    claims: dict[str, list[Component]] = {}
    for component in service.components.values():
        for volume in component.volumes.values():
            if volume.form == "size":
                claims.setdefault(f"{component.workload}-{volume.name}", []).append(component)
            elif volume.form == "existingClaim" and volume.claim:
                claims.setdefault(volume.claim, []).append(component)
    return claims


def _check_volumes(
    service: Service, component: Component, site: Site, claims: Mapping[str, list[Component]], notes: Notes
) -> None:
    for volume in component.volumes.values():
        at = component.tree.child("storage").child(volume.name)
        if volume.form == "size":
            _check_claim(volume, site, notes)
            exclusive = not set(volume.access_modes) & {"ReadWriteMany", "ReadOnlyMany"}
            if exclusive and component.replicas > 1 and component.kind == "Deployment":
                message = f"volume {volume.name!r} of {component.workload!r} is {volume.access_modes[0]}, and {component.replicas} replicas mount it"
                notes.error(
                    volume.place,
                    "fleet/shared-exclusive-volume",
                    message,
                    "use ReadWriteMany, a StatefulSet, or one replica",
                )
            sharers = {sharer.name for sharer in claims.get(f"{component.workload}-{volume.name}", ())}
            if exclusive and len(sharers) > 1:
                message = f"volume {volume.name!r} of {component.workload!r} is {volume.access_modes[0]}, and {', '.join(sorted(sharers))} mount it"
                notes.error(
                    volume.place,
                    "fleet/shared-exclusive-volume",
                    message,
                    "use ReadWriteMany, or put the containers into one pod",
                )
        elif volume.form == "nfs" and volume.share not in site.shares:
            _unknown(
                notes,
                at.value_place("nfs"),
                "share",
                str(volume.share),
                site.shares,
                "name a share of `storage.nfs` in values/site.yaml",
            )
        elif volume.form == "existingClaim":
            owners = {
                f"{other.workload}-{item.name}"
                for other in service.components.values()
                for item in other.volumes.values()
                if item.form == "size"
            }
            if volume.claim not in owners:
                _unknown(
                    notes,
                    at.value_place("existingClaim"),
                    "claim",
                    str(volume.claim),
                    owners,
                    "name a claim of this service",
                )
        elif volume.form == "emptyDir":
            _check_memory_volume(component, volume, notes)
        elif volume.form == "hostPath" and volume.name not in _allowed_host_paths(component):
            message = f"volume {volume.name!r} of {component.workload!r} is a path of the node without an exception"
            notes.error(
                volume.place,
                "fleet/host-path",
                message,
                f"add an exception with `allow: {{hostPath: [{volume.name}]}}`",
            )
    _check_mounts(component, notes)


def _allowed_host_paths(component: Component) -> set[str]:
    return {name for grant in component.grants.values() for name in grant.allow.get("hostPath", ())}


def _check_claim(volume: Volume, site: Site, notes: Notes) -> None:
    name = volume.storage_class or site.default_class
    known = site.classes.get(name)
    if known is None:
        _unknown(
            notes,
            volume.place,
            "storage class",
            name,
            site.classes,
            "name a class of `storage.classes` in values/site.yaml",
        )
        return
    if volume.tier is not None and volume.tier not in site.tiers:
        _unknown(
            notes,
            volume.place,
            "backup tier",
            volume.tier,
            site.tiers,
            "name a tier of `backup.tiers` in values/site.yaml",
        )
    for mode in volume.access_modes:
        if mode not in known.access_modes:
            message = f"volume {volume.name!r} wants {mode}, class {name!r} has {', '.join(known.access_modes)}"
            notes.error(volume.place, "fleet/access-mode", message, "use another class or mode")
    size = volume.size_bytes or 0
    if known.min_bytes is not None and size < known.min_bytes:
        message = (
            f"volume {volume.name!r} has {show_bytes(size)}, class {name!r} has at least {show_bytes(known.min_bytes)}"
        )
        notes.error(volume.place, "fleet/volume-size", message, f"ask for {show_bytes(known.min_bytes)}")
    if known.max_bytes is not None and size > known.max_bytes:
        message = (
            f"volume {volume.name!r} has {show_bytes(size)}, class {name!r} has at most {show_bytes(known.max_bytes)}"
        )
        notes.error(volume.place, "fleet/volume-size", message, "use another class, or an NFS share")


def _check_memory_volume(component: Component, volume: Volume, notes: Notes) -> None:
    block = volume.empty_dir or {}
    limit = (
        component.container.resources.memory_limit_bytes
        if component.container and component.container.resources
        else None
    )
    if block.get("medium") == "Memory" and limit is not None and bytes_of(block["sizeLimit"]) > limit:
        message = f"volume {volume.name!r} may take {block['sizeLimit']} of memory, the limit of {component.workload!r} is {show_bytes(limit)}"
        notes.error(volume.place, "fleet/memory-volume", message, "raise the memory limit, or shrink the volume")


def _check_mounts(component: Component, notes: Notes) -> None:
    mounts = [volume.mount for volume in component.volumes.values() if volume.mount]
    main = component.container
    if main is not None:
        _check_paths(main, mounts, notes)
    for init in component.init_containers.values():
        for mount in init.mounts:
            if mount.volume not in component.volumes:
                _unknown(
                    notes,
                    mount.place or component.tree.place,
                    "volume",
                    mount.volume,
                    component.volumes,
                    "name a volume of `storage`",
                )
        _check_paths(init, list(init.mounts), notes)


def _check_paths(container: Container, mounts: list[Mount], notes: Notes) -> None:
    seen: dict[str, Place] = {}
    places = [(mount.path, mount.place or container.tree.place) for mount in mounts]
    places += [(file.path, file.place) for file in container.files.values()]
    for path, place in places:
        path = path.rstrip("/") or "/"
        if path in seen:
            message = f"path {path!r} is mounted twice in container {container.name!r}"
            notes.error(place, "fleet/mount-twice", message, "change one of the paths", also=(seen[path],))
        seen[path] = place


def _check_container(component: Component, container: Container, site: Site, notes: Notes) -> None:
    _check_image(container.image, site, notes)
    for device in container.devices:
        if device not in site.devices:
            _unknown(
                notes,
                container.tree.child("devices").key_place(device),
                "device",
                device,
                site.devices,
                "name a device of `devices` in values/site.yaml",
            )
    for name, probe in container.probes.items():
        for handler in ("httpGet", "tcpSocket"):
            port = probe.get(handler, {}).get("port")
            if isinstance(port, str) and port not in container.ports:
                place = container.tree.child("probes").value_place(name)
                _unknown(notes, place, "port", port, container.ports, f"name a port of container {container.name!r}")


def _check_image(image: Image, site: Site, notes: Notes) -> None:
    if image.registry not in site.registries:
        _unknown(
            notes,
            image.place,
            "registry",
            image.registry,
            site.registries,
            "use an image of these, or add it to `registries` of values/site.yaml",
        )
    if image.digest is None:
        severity = Severity.ERROR if site.require_digests else Severity.WARNING
        message = f"image {image.text!r} has no digest"
        notes.findings.append(
            Finding(image.place, "fleet/image-digest", message, "append `@sha256:<digest>`", severity)
        )


def _check_grants(service: Service, component: Component, notes: Notes) -> None:
    names = {container.name for container in component.containers} | {service.name}
    for grant in component.grants.values():
        at = component.tree.child("exceptions").child(grant.name)
        try:
            date.fromisoformat(grant.until)
        except ValueError:
            notes.error(
                at.value_place("until"),
                "fleet/date",
                f"{grant.until!r} is no day of the calendar",
                "write a date such as 2027-05-31",
            )
        if grant.container not in names and grant.container not in component.init_containers:
            _unknown(
                notes,
                at.value_place("container"),
                "container",
                grant.container,
                [*component.init_containers, *names],
                "name a container of this pod",
            )
        for volume in grant.allow.get("hostPath", ()):
            if component.volumes.get(volume) is None or component.volumes[volume].form != "hostPath":
                notes.error(
                    at.place,
                    "fleet/unused-exception",
                    f"exception {grant.name!r} allows hostPath {volume!r}, no volume is one",
                    "remove it",
                )
        for host in grant.allow.get("unauthenticated", ()):
            if host not in service.expose:
                notes.error(
                    at.place,
                    "fleet/unused-exception",
                    f"exception {grant.name!r} names host {host!r}, which is not exposed",
                    "remove it",
                )
        for port in grant.allow.get("hostPort", {}):
            if port not in component.ports:
                notes.error(
                    at.place,
                    "fleet/unused-exception",
                    f"exception {grant.name!r} names port {port!r}, which does not exist",
                    "remove it",
                )


def _check_scheduling(component: Component, site: Site, inventory: Inventory, notes: Notes) -> None:
    if component.priority_class is not None and component.priority_class not in site.priority_classes:
        place = component.tree.value_place("priorityClassName")
        _unknown(
            notes,
            place,
            "priority class",
            component.priority_class,
            site.priority_classes,
            "name a class of `priority_classes` in values/site.yaml",
        )
    if not inventory.nodes:
        return
    for key, value in component.node_selector.items():
        if key.startswith("kubernetes.io/"):
            continue  # the kubelet sets these
        if not any(node.labels.get(key) == value for node in inventory.nodes.values()):
            place = component.tree.child("nodeSelector").value_place(key)
            notes.error(
                place,
                "fleet/unknown-node-label",
                f"no node has the label {key}={value}",
                "add the label to a node of the inventory",
            )
    for container in component.containers:
        for device in container.devices:
            if device in site.devices and not any(node.devices.get(device) for node in inventory.nodes.values()):
                place = container.tree.child("devices").key_place(device)
                notes.error(
                    place,
                    "fleet/device-nowhere",
                    f"no node offers device {device!r}",
                    "add it to `devices` of a node, or switch the service off here",
                )


def _check_cron(component: Component, notes: Notes) -> None:
    for key in ("ports", "replicas", "strategy"):
        if key in component.tree:
            notes.error(
                component.tree.key_place(key),
                "fleet/cron-field",
                f"CronJob {component.workload!r} has {key!r}",
                f"remove `{key}`",
            )


def level_of(component: Component) -> str:
    """The Pod Security level that a component's exceptions ask for."""
    level = "restricted"
    for grant in component.grants.values():
        for key, value in grant.allow.items():
            wanted = _BELOW.get(key, "restricted")
            if key == "capabilities":
                wanted = "baseline" if set(value["add"]) <= _BASELINE_CAPABILITIES else "privileged"
                wanted = "restricted" if set(value["add"]) <= {"NET_BIND_SERVICE"} else wanted
            elif key == "podSecurity":
                wanted = value
            elif key == "sysctls":
                wanted = "restricted" if {item["name"] for item in value} <= _SAFE_SYSCTLS else "privileged"
            elif key == "seccompProfile":
                wanted = {"Unconfined": "privileged"}.get(value["type"], "restricted")
            elif key == "appArmorProfile":
                wanted = {"Unconfined": "privileged"}.get(value["type"], "restricted")
            elif key == "seLinuxOptions":
                wanted = "privileged" if {"user", "role"} & set(value) else "restricted"
            level = max(level, wanted, key=_RANK.__getitem__)
    return level


def _check_level(service: Service, namespaces: Mapping[str, Namespace], notes: Notes) -> None:
    needed = max(
        (level_of(component) for component in service.components.values()), key=_RANK.__getitem__, default="restricted"
    )
    namespace = namespaces.get(namespace_of(service))
    if namespace is None or _RANK[needed] <= _RANK[namespace.level]:
        return
    grant = next((grant for component in service.components.values() for grant in component.grants.values()), None)
    message = f"{service.name!r} needs level {needed!r}, namespace {namespace.name!r} declares {namespace.level!r}"
    fix = f"add `namespace: {{name: {service.name}, pod_security: {{level: {needed}, reason: …, until: …}}}}`"
    notes.error(
        grant.place if grant else service.place, "fleet/pod-security-level", message, fix, also=(namespace.place,)
    )
