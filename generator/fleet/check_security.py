"""Exceptions, and whether the level that a namespace declares is the one that its pods need."""

from datetime import date

from generator.catalogue.gaps import PORT_FIELDS
from generator.catalogue.read import Notes
from generator.catalogue.service import Component, Grant, Service
from generator.catalogue.site import Domain
from generator.finding import Place
from generator.fleet.model import Namespace
from generator.fleet.unknown import note_unknown

# Exceptions that take a pod below *restricted*; the others change nothing that the level sees.
_BELOW = {
    "hostNetwork": "privileged", "hostPID": "privileged", "hostIPC": "privileged", "privileged": "privileged",
    "hostPath": "privileged", "procMount": "privileged", "hostPort": "privileged",
    "allowPrivilegeEscalation": "baseline", "runAsNonRoot": "baseline", "runAsUser": "baseline",
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
_SAFE_SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"})


def check_grants(service: Service, component: Component, notes: Notes) -> None:
    """Note exceptions that allow nothing, or that never end."""
    names = {container.name for container in component.containers} | {service.name}
    for grant in component.grants.values():
        at = component.tree.child("exceptions").child(grant.name)
        check_date(at.value_place("until"), grant.until, notes)
        if grant.container not in names:
            fix = "name a container of this pod"
            place, lacks = at.value_place("container"), (service.name, "initContainers")
            note_unknown(notes, place, "container", grant.container, names, fix, "the pod", lacks=lacks)
        who, where = f"exception {grant.name!r}", at.child("allow")
        for volume in grant.allow.get("hostPath", ()):
            if component.volumes.get(volume) is None or component.volumes[volume].form != "hostPath":
                message = f"{who} allows hostPath {volume!r}, no volume is one"
                _note_unused(notes, where.value_place("hostPath"), message, (service.name, "storage"))
        for host in grant.allow.get("unauthenticated", ()):
            if host not in service.expose:
                message = f"{who} names host {host!r}, which is not exposed"
                _note_unused(notes, where.value_place("unauthenticated"), message, (service.name, "expose"))
        for port in grant.allow.get("hostPort", {}):
            if port not in component.ports:
                message = f"{who} names port {port!r}, which does not exist"
                _note_unused(notes, where.child("hostPort").key_place(port), message, (service.name, *PORT_FIELDS))


def _note_unused(notes: Notes, place: Place, message: str, lacks: tuple[str, ...]) -> None:
    notes.error(place, "fleet/unused-exception", message, "remove it, or correct the name", lacks=lacks)


def check_date(place: Place, text: str, notes: Notes) -> None:
    """Note a date that no calendar has."""
    try:
        date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no day of the calendar"
        notes.error(place, "fleet/date", message, "write a date such as 2027-05-31")


def check_dates(service: Service, notes: Notes) -> None:
    """Note dates of a service, beside those of its exceptions, that no calendar has."""
    if service.namespace is not None and service.namespace.until is not None:
        security = service.tree.child("namespace").child("pod_security")
        check_date(security.value_place("until"), service.namespace.until, notes)
    if service.retired is not None:
        check_date(service.tree.child("retired").value_place("since"), service.retired.since, notes)


def check_domain(domain: Domain, notes: Notes) -> None:
    """Note a date of a domain that no calendar has."""
    if domain.pod_security_until is not None:
        place = domain.tree.child("pod_security").value_place("until")
        check_date(place, domain.pod_security_until, notes)


def level_of(grant: Grant) -> str:
    """The Pod Security level that an exception asks for."""
    level = "restricted"
    for key, value in grant.allow.items():
        wanted = _BELOW.get(key, "restricted")
        if key == "capabilities":
            wanted = "baseline" if set(value["add"]) <= _BASELINE_CAPABILITIES else "privileged"
            wanted = "restricted" if set(value["add"]) <= {"NET_BIND_SERVICE"} else wanted
        elif key == "podSecurity":
            wanted = value
        elif key == "sysctls":
            wanted = "restricted" if {item["name"] for item in value} <= _SAFE_SYSCTLS else "privileged"
        elif key in ("seccompProfile", "appArmorProfile"):
            wanted = "privileged" if value["type"] == "Unconfined" else "restricted"
        elif key == "seLinuxOptions":
            free = {"user", "role"} & set(value) or value.get("type", "") not in _SAFE_SELINUX_TYPES
            wanted = "privileged" if free else "restricted"
        level = max(level, wanted, key=_RANK.__getitem__)
    return level


def check_level(service: Service, namespace: Namespace, notes: Notes) -> None:
    """Note a service that needs more than its namespace grants."""
    grants = [grant for component in service.components.values() for grant in component.grants.values()]
    widest = max(grants, key=lambda grant: _RANK[level_of(grant)], default=None)
    if widest is None or _RANK[level_of(widest)] <= _RANK[namespace.level]:
        return
    needed = level_of(widest)
    message = f"{service.name!r} needs level {needed!r}, namespace {namespace.name!r} declares {namespace.level!r}"
    fix = f"add `namespace: {{name: {service.name}, pod_security: {{level: {needed}, reason: …, until: …}}}}`"
    if namespace.service is not None:
        fix = f"state `pod_security: {{level: {needed}, reason: …, until: …}}` under its `namespace`"
    also, lacks = (namespace.place,), (service.name, "namespace")
    notes.error(widest.place, "fleet/pod-security-level", message, fix, also=also, lacks=lacks)


def check_unused_level(service: Service, notes: Notes) -> None:
    """Note a level that grants more than the pods of the service need."""
    wish = service.namespace
    if wish is None or wish.level is None:
        return
    grants = [grant for component in service.components.values() for grant in component.grants.values()]
    needed = max((level_of(grant) for grant in grants), key=_RANK.__getitem__, default="restricted")
    if _RANK[needed] < _RANK[wish.level]:
        message = f"{service.name!r} declares level {wish.level!r}, its exceptions need {needed!r}"
        fix = f"write `level: {needed}`" if needed != "restricted" else "remove `pod_security`"
        place = service.tree.child("namespace").child("pod_security").value_place("level")
        fix, lacks = f"{fix}, or add the exception that needs it", (service.name, "exceptions")
        notes.error(place, "fleet/unused-level", message, fix, lacks=lacks)
