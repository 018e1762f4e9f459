"""What pods, roles and namespaces may do, as sets of sentences: what only the second set has is gained."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

Body = Mapping[str, Any]
_SECURITY_LEVEL = "pod-security.kubernetes.io/enforce"
_ROLES = ("Role", "ClusterRole")
_LOOSE = {"restricted": 0, "baseline": 1, "privileged": 2}


def privileges(body: Body) -> frozenset[str]:
    """Return what an object allows beyond *restricted*, each as one line."""
    kind = body.get("kind")
    match kind:
        case "Role" | "ClusterRole":
            return frozenset(map(str, _rules(body)))
        case "RoleBinding" | "ClusterRoleBinding":
            role = body.get("roleRef") or {}
            subjects = [f"{item.get('kind')} {item.get('name')}" for item in body.get("subjects") or ()]
            return frozenset(f"{subject} gets {role.get('kind')} {role.get('name')}" for subject in subjects)
        case "Namespace":
            level = ((body.get("metadata") or {}).get("labels") or {}).get(_SECURITY_LEVEL, "privileged")
            return frozenset(name for name, rank in _LOOSE.items() if 0 < rank <= _LOOSE.get(level, 2))
        case _:
            pod = pod_of(body)
            return frozenset(_pod(pod)) if pod is not None else frozenset()


def gained(old: Body | None, new: Body) -> list[str]:
    """Return what only the new object allows; of a namespace, its loosest level says it all."""
    if new.get("kind") in _ROLES:
        before = list(_rules(old)) if old is not None else []
        return sorted({str(item) for item in _rules(new) if not any(grant.covers(item) for grant in before)})
    found = sorted(privileges(new) - (privileges(old) if old is not None else frozenset()))
    return found[-1:] if new.get("kind") == "Namespace" else found


def show(body: Body, gained: str) -> str:
    """Return a privilege as a sentence about its object."""
    if body.get("kind") == "Namespace":
        return f"admits {gained} pods"
    return f"may {gained}" if body.get("kind") in _ROLES else gained


def pod_of(body: Body) -> Body | None:
    """Return the pod spec of whatever has one."""
    spec = body.get("spec") or {}
    match body.get("kind"):
        case "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job":
            found = (spec.get("template") or {}).get("spec")
        case "CronJob":
            job = (spec.get("jobTemplate") or {}).get("spec") or {}
            found = (job.get("template") or {}).get("spec")
        case "Pod":
            found = spec
        case _:
            return None
    return found or {}


class _Grant(NamedTuple):
    """One thing that a role allows; without a name it is about all of them."""

    verb: str
    group: str
    resource: str
    name: str = ""

    def __str__(self) -> str:
        about = f"{self.group}/{self.resource}" if self.group else self.resource
        return f"{self.verb} {about} called {self.name}" if self.name else f"{self.verb} {about}"

    def covers(self, other: "_Grant") -> bool:
        same = all(fnmatchcase(theirs, mine) for mine, theirs in zip(self[:3], other[:3], strict=True))
        return same and self.name in ("", other.name)


def _rules(body: Body) -> Iterator[_Grant]:
    for rule in body.get("rules") or ():
        for verb in rule.get("verbs") or ():
            for group in rule.get("apiGroups") or ("",):
                for resource in rule.get("resources") or rule.get("nonResourceURLs") or ():
                    for name in rule.get("resourceNames") or ("",):
                        yield _Grant(verb, group, resource, name)


def _pod(pod: Body) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield f"{field}: true"
    if pod.get("automountServiceAccountToken", True):
        yield f"mounts the token of service account {pod.get('serviceAccountName') or 'default'}"
    for volume in pod.get("volumes") or ():
        if volume.get("hostPath"):
            yield f"mounts the node's {volume['hostPath'].get('path')}"
    for setting in (pod.get("securityContext") or {}).get("sysctls") or ():
        yield f"sets {setting.get('name')} of the kernel"
    whole = pod.get("securityContext") or {}
    for container in (*(pod.get("initContainers") or ()), *(pod.get("containers") or ())):
        yield from _container(container, container.get("securityContext") or {}, whole)


def _either(field: str, own: Body, whole: Body) -> Any:
    """A field of the container, or of its pod where the container does not state it."""
    return own[field] if own.get(field) is not None else whole.get(field)


def _container(container: Body, own: Body, whole: Body) -> Iterator[str]:
    name = f"container {container.get('name')}"
    if own.get("privileged"):
        yield f"{name} is privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield f"{name} may escalate its privileges"
    if own.get("readOnlyRootFilesystem") is not True:
        yield f"{name} may write to its root file system"
    if _either("runAsNonRoot", own, whole) is not True:
        yield f"{name} may run as root"
    if _either("runAsUser", own, whole) == 0:
        yield f"{name} runs as user 0"
    seccomp = own.get("seccompProfile") or whole.get("seccompProfile") or {}
    if seccomp.get("type") not in ("RuntimeDefault", "Localhost"):
        yield f"{name} runs without a seccomp profile"
    yield from _chosen(name, own, whole)
    capabilities = own.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or ()):
        yield f"{name} keeps its default capabilities"
    for capability in capabilities.get("add") or ():
        yield f"{name} has {capability}"
    for port in container.get("ports") or ():
        if port.get("hostPort"):
            yield f"{name} takes port {port['hostPort']} of its node"


def _chosen(name: str, own: Body, whole: Body) -> Iterator[str]:
    """What is chosen instead of the profile that every pod has."""
    for field, safe in (("appArmorProfile", "RuntimeDefault"), ("seLinuxOptions", None), ("windowsOptions", None)):
        chosen = own.get(field) or whole.get(field) or {}
        if chosen and (chosen.get("type") != safe or safe is None):
            yield f"{name} chooses its {field}: {', '.join(f'{key} {value}' for key, value in sorted(chosen.items()))}"
    if own.get("procMount", "Default") != "Default":
        yield f"{name} has procMount {own['procMount']}"
