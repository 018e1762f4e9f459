"""The Pod Security Standards as one table in Python: the independent twin of the rules in Rego.

It says which level a pod needs, which the gate compares with what its namespace declares; tests
compare it with the rules and with the API server's own admission.
Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/, checks as of 1.37, read 2026-11-20.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.policy.pod import Pod

Level = str
LEVELS: tuple[Level, ...] = ("restricted", "baseline", "privileged")
Json = Mapping[str, Any]
_ALWAYS = 0

BASELINE_CAPABILITIES = frozenset({
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
    "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
})  # fmt: skip
_SYSCTLS = {
    "kernel.shm_rmid_forced": _ALWAYS, "net.ipv4.ip_local_port_range": _ALWAYS, "net.ipv4.tcp_syncookies": _ALWAYS,
    "net.ipv4.ping_group_range": _ALWAYS, "net.ipv4.ip_unprivileged_port_start": _ALWAYS,
    "net.ipv4.ip_local_reserved_ports": 27, "net.ipv4.tcp_keepalive_time": 29, "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29, "net.ipv4.tcp_keepalive_probes": 29, "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32, "net.ipv4.tcp_slow_start_after_idle": 37, "net.ipv4.tcp_notsent_lowat": 37,
}  # fmt: skip
_SELINUX_TYPES = {
    "container_t": _ALWAYS,
    "container_init_t": _ALWAYS,
    "container_kvm_t": _ALWAYS,
    "container_engine_t": 31,
}
_VOLUME_SOURCES = frozenset({
    "configMap", "downwardAPI", "emptyDir", "projected", "secret", "csi", "persistentVolumeClaim", "ephemeral", "image",
})  # fmt: skip
_CONFINED = frozenset({"RuntimeDefault", "Localhost"})
_APP_ARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the standard: who fails it needs more than `level`. `since` is a minor of Kubernetes 1."""

    name: str
    level: Level
    since: int
    fails: Callable[[Pod, int], bool]


def _context(thing: Json) -> Json:
    found = thing.get("securityContext")
    return found if isinstance(found, Mapping) else {}


def _contexts(pod: Pod) -> Iterator[Json]:
    yield _context(pod.spec)
    for container in pod.containers:
        yield _context(container)


def _nested(thing: Json, *keys: str) -> Any:
    value: Any = thing
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _windows(pod: Pod) -> bool:
    return bool(_nested(pod.spec, "os", "name") == "windows")


def _user_namespace(pod: Pod, minor: int) -> bool:
    return minor >= 35 and pod.spec.get("hostUsers") is False


def _host_namespaces(pod: Pod, minor: int) -> bool:
    return any(pod.spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC"))


def _privileged(pod: Pod, minor: int) -> bool:
    return any(_context(container).get("privileged") for container in pod.containers)


def _added(container: Json) -> list[str]:
    return _nested(_context(container), "capabilities", "add") or []


def _capabilities_baseline(pod: Pod, minor: int) -> bool:
    return any(set(_added(container)) - BASELINE_CAPABILITIES for container in pod.containers)


def _host_path(pod: Pod, minor: int) -> bool:
    return any(volume.get("hostPath") is not None for volume in pod.spec.get("volumes") or ())


def _host_ports(pod: Pod, minor: int) -> bool:
    return any(port.get("hostPort") for container in pod.containers for port in container.get("ports") or ())


def _handlers(container: Json) -> Iterator[Any]:
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        yield container.get(probe)
    for hook in ("postStart", "preStop"):
        yield _nested(container, "lifecycle", hook)


def _host_probes(pod: Pod, minor: int) -> bool:
    return any(
        _nested(handler, kind, "host")
        for container in pod.containers
        for handler in _handlers(container)
        if isinstance(handler, Mapping)
        for kind in ("httpGet", "tcpSocket")
    )


def _app_armor(pod: Pod, minor: int) -> bool:
    fields = any(_nested(context, "appArmorProfile", "type") not in (None, *_CONFINED) for context in _contexts(pod))
    annotations = any(
        value not in ("", "runtime/default") and not value.startswith("localhost/")
        for key, value in pod.annotations.items()
        if key.startswith(_APP_ARMOR_ANNOTATION)
    )
    return fields or annotations


def _selinux(pod: Pod, minor: int) -> bool:
    for context in _contexts(pod):
        options = context.get("seLinuxOptions") or {}
        kind = options.get("type")
        if kind and _SELINUX_TYPES.get(kind, minor + 1) > minor:
            return True
        if options.get("user") or options.get("role"):
            return True
    return False


def _proc_mount(pod: Pod, minor: int) -> bool:
    return any(_context(container).get("procMount", "Default") != "Default" for container in pod.containers)


def _proc_mount_baseline(pod: Pod, minor: int) -> bool:
    return _proc_mount(pod, minor) and not _user_namespace(pod, minor)


def _seccomp_baseline(pod: Pod, minor: int) -> bool:
    return any(_nested(context, "seccompProfile", "type") not in (None, *_CONFINED) for context in _contexts(pod))


def _sysctls(pod: Pod, minor: int) -> bool:
    names = [item.get("name") for item in _context(pod.spec).get("sysctls") or ()]
    return any(_SYSCTLS.get(name, minor + 1) > minor for name in names)


def _host_process(pod: Pod, minor: int) -> bool:
    return any(_nested(context, "windowsOptions", "hostProcess") for context in _contexts(pod))


def _volume_types(pod: Pod, minor: int) -> bool:
    return any(set(volume) - {"name"} - _VOLUME_SOURCES for volume in pod.spec.get("volumes") or ())


def _escalation(pod: Pod, minor: int) -> bool:
    return not _windows(pod) and any(
        _context(container).get("allowPrivilegeEscalation") is not False for container in pod.containers
    )


def _non_root(pod: Pod, minor: int) -> bool:
    if _user_namespace(pod, minor):
        return False
    whole = _context(pod.spec).get("runAsNonRoot")
    if whole is False:
        return True
    said = [_context(container).get("runAsNonRoot", whole) for container in pod.containers]
    return any(value is not True for value in said)


def _root_user(pod: Pod, minor: int) -> bool:
    return not _user_namespace(pod, minor) and any(context.get("runAsUser") == 0 for context in _contexts(pod))


def _seccomp_restricted(pod: Pod, minor: int) -> bool:
    if _windows(pod):
        return False
    whole = _nested(_context(pod.spec), "seccompProfile", "type")
    if whole is not None and whole not in _CONFINED:
        return True
    types = [_nested(_context(container), "seccompProfile", "type") or whole for container in pod.containers]
    return any(kind not in _CONFINED for kind in types)


def _capabilities_restricted(pod: Pod, minor: int) -> bool:
    return not _windows(pod) and any(
        "ALL" not in (_nested(_context(container), "capabilities", "drop") or [])
        or set(_added(container)) - {"NET_BIND_SERVICE"}
        for container in pod.containers
    )


CHECKS: tuple[Check, ...] = (
    Check("hostNamespaces", "baseline", _ALWAYS, _host_namespaces),
    Check("privileged", "baseline", _ALWAYS, _privileged),
    Check("capabilities_baseline", "baseline", _ALWAYS, _capabilities_baseline),
    Check("hostPathVolumes", "baseline", _ALWAYS, _host_path),
    Check("hostPorts", "baseline", _ALWAYS, _host_ports),
    Check("hostProbesAndHostLifecycle", "baseline", 34, _host_probes),
    Check("appArmorProfile", "baseline", _ALWAYS, _app_armor),
    Check("seLinuxOptions", "baseline", _ALWAYS, _selinux),
    Check("procMount", "baseline", _ALWAYS, _proc_mount_baseline),
    Check("seccompProfile_baseline", "baseline", 19, _seccomp_baseline),
    Check("sysctls", "baseline", _ALWAYS, _sysctls),
    Check("windowsHostProcess", "baseline", _ALWAYS, _host_process),
    Check("restrictedVolumes", "restricted", _ALWAYS, _volume_types),
    Check("allowPrivilegeEscalation", "restricted", _ALWAYS, _escalation),
    Check("runAsNonRoot", "restricted", _ALWAYS, _non_root),
    Check("runAsUser", "restricted", 23, _root_user),
    Check("seccompProfile_restricted", "restricted", 19, _seccomp_restricted),
    Check("capabilities_restricted", "restricted", 22, _capabilities_restricted),
    Check("procMount_restricted", "restricted", 35, _proc_mount),
)


def failed(pod: Pod, minor: int) -> tuple[str, ...]:
    """Return the checks that a pod does not pass at Kubernetes 1.`minor`."""
    return tuple(check.name for check in CHECKS if minor >= check.since and check.fails(pod, minor))


def level_of(pod: Pod, minor: int) -> Level:
    """Return the strictest level that admits a pod at Kubernetes 1.`minor`."""
    levels = {check.level for check in CHECKS if minor >= check.since and check.fails(pod, minor)}
    if "baseline" in levels:
        return "privileged"
    return "baseline" if levels else "restricted"
