"""What Applications may do by their AppProject: from which repositories, to which namespaces, which kinds."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

Body = Mapping[str, Any]
_SHOWN = 4
_EVERY = "every kind in a namespace"


def project_gains(old: Body | None, new: Body) -> Iterator[str]:
    """Yield what a project permits that it did not, one sentence for each sort of permission."""
    before, after = (old or {}).get("spec") or {}, new.get("spec") or {}
    clusterwide = _more(_kinds(before, "clusterResourceWhitelist"), _kinds(after, "clusterResourceWhitelist"))
    hosted = _more(_texts(before, "sourceNamespaces"), _texts(after, "sourceNamespaces"))
    every = old is not None and _is_open(before)
    for said, found in (
        ("may deploy from", _more(_texts(before, "sourceRepos"), _texts(after, "sourceRepos"))),
        ("may deploy to", _more(_destinations(before), _destinations(after))),
        ("may have Applications in namespace", hosted),
        ("may create, for the whole cluster,", clusterwide),
        ("may create", [] if every else _more(_in_namespaces(before), _in_namespaces(after))),
        ("is no longer denied", [] if old is None else _denied(before, after)),
        ("no longer asks for commits signed by", sorted(_keys(before) - _keys(after))),
        ("gives", _more(_roles(before), _roles(after))),
    ):
        if found:
            yield f"{said} {_listed(found)}"


def moved_project(old: Body | None, new: Body) -> Iterator[str]:
    """Say that an Application has come under other permissions."""
    before, after = ((body or {}).get("spec") or {} for body in (old, new))
    if old is not None and before.get("project") != after.get("project"):
        yield f"leaves project {before.get('project')} for {after.get('project')}"


def _more(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return what no pattern of before covers."""
    patterns = list(before)
    return sorted({item for item in after if not any(fnmatchcase(item, old) for old in patterns)})


def _listed(items: list[str]) -> str:
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more


def _texts(spec: Body, key: str) -> list[str]:
    return [str(item) for item in spec.get(key) or ()]


def _destinations(spec: Body) -> list[str]:
    return [
        f"namespace {item.get('namespace', '*')} of {item.get('name') or item.get('server', '*')}"
        for item in spec.get("destinations") or ()
    ]


def _kinds(spec: Body, key: str) -> list[str]:
    return [
        f"{item.get('group') or 'core'}/{item.get('kind')}" + (f" {item['name']}" if item.get("name") else "")
        for item in spec.get(key) or ()
    ]


def _is_open(spec: Body) -> bool:
    """Whether nothing says which kinds a namespace may get: then it may get all."""
    return spec.get("namespaceResourceWhitelist") is None


def _in_namespaces(spec: Body) -> list[str]:
    return [_EVERY] if spec and _is_open(spec) else _kinds(spec, "namespaceResourceWhitelist")


def _denied(before: Body, after: Body) -> list[str]:
    return sorted(
        item
        for key in ("clusterResourceBlacklist", "namespaceResourceBlacklist")
        for item in _more(_kinds(after, key), _kinds(before, key))
    )


def _keys(spec: Body) -> set[str]:
    return {str(item.get("keyID")) for item in spec.get("signatureKeys") or ()}


def _roles(spec: Body) -> list[str]:
    return [
        f"role {role.get('name')} {item}"
        for role in spec.get("roles") or ()
        for item in (*(role.get("policies") or ()), *(f"to group {group}" for group in role.get("groups") or ()))
    ]
