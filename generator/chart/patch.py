"""Patches laid over rendered objects: data in, data out (architecture.md 29)."""

from collections.abc import Iterator, Mapping
from typing import Any

from generator.catalogue.service import Json, Patch, Service
from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding

_NEVER = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"), ("spec", "selector"))
# What only `exceptions` may loosen, wherever it stands in an object.
_GUARDED = frozenset(
    {
        "hostNetwork",
        "hostPID",
        "hostIPC",
        "privileged",
        "allowPrivilegeEscalation",
        "runAsNonRoot",
        "readOnlyRootFilesystem",
        "runAsUser",
        "capabilities",
        "hostPath",
        "hostPort",
        "seccompProfile",
        "appArmorProfile",
        "seLinuxOptions",
        "procMount",
        "sysctls",
    }
)


def apply_patches(service: Service, manifests: Mapping[str, Json]) -> tuple[dict[str, Json], tuple[Finding, ...]]:
    """Lay the patches of a service over its rendered objects (by Kind/name).

    Returns the finished objects by Kind_name, for `patched` of the values, and what is wrong.
    """
    patched: dict[str, Json] = {}
    findings: list[Finding] = []
    for patch in service.patches.values():
        manifest = manifests.get(patch.target)
        if manifest is None:
            near = did_you_mean(patch.target, manifests)
            message = f"{service.name!r} patches {patch.target!r}, which it does not have{near}"
            findings.append(Finding(patch.place, "patch/unknown-object", message, "name an object that it renders"))
            continue
        refused = [*_refusals(service, patch)]
        findings += refused
        if not refused:
            patched[patch.target.replace("/", "_")] = overlaid(manifest, patch.merge)
    return patched, tuple(findings)


def _refusals(service: Service, patch: Patch) -> Iterator[Finding]:
    for path in _paths(patch.merge):
        if any(path[: len(never)] == never for never in _NEVER):
            message = f"patch of {patch.target!r} in {service.name!r} changes {'.'.join(path)!r}, which is its identity"
            yield Finding(patch.place, "patch/identity", message, "remove that key; rename the service instead")
        elif guarded := next((key for key in path if key in _GUARDED), None):
            message = f"patch of {patch.target!r} in {service.name!r} changes {guarded!r}, which `exceptions` covers"
            yield Finding(patch.place, "patch/exception", message, "state it under `exceptions`, with reason and end")


def _paths(merge: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(merge, dict):
        for key, value in merge.items():
            yield from _paths(value, (*path, str(key)))
    elif isinstance(merge, list):
        for value in merge:
            yield from _paths(value, path)


def overlaid(below: Any, above: Any) -> Any:
    """RFC 7396, and a map laid over a list of named items addresses them by name."""
    if not isinstance(above, dict):
        return above
    if isinstance(below, list) and all(isinstance(item, dict) and "name" in item for item in below):
        return _by_name(below, above)
    result = dict(below) if isinstance(below, dict) else {}
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = overlaid(result.get(key), value)
    return result


def _by_name(items: list[Json], above: Json) -> list[Json]:
    result = []
    for item in items:
        if item["name"] not in above:
            result.append(item)
        elif above[item["name"]] is not None:
            result.append(overlaid(item, above[item["name"]]))
    known = {item["name"] for item in items}
    return result + [
        {"name": name, **value} for name, value in above.items() if name not in known and value is not None
    ]
