"""Fields that the API server refuses to change, written down for each object (architecture.md 27).

`tests/frozen/<env>.json` holds them as they were last released. A change needs an entry in
`values/moves.yaml` that says what, why, and which runbook carries it out; a new object needs none.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.finding import Finding, Place, Unusable
from generator.helm import Pairs
from generator.pipeline.fix import replace_file
from generator.schema import read_manifests
from generator.source import Map, read_file

FOLDER = "tests/frozen"
MOVES = "values/moves.yaml"
Fields = dict[str, Any]
Frozen = dict[str, Fields]
Where = Callable[[str, tuple[str | int, ...]], Place | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A frozen field that is no longer what it was; `None` stands for a field that is not there."""

    environment: str
    object: str
    field: str
    before: Any
    after: Any


def _templates(spec: Mapping[str, Any]) -> list[Any]:
    return [
        {"name": item["metadata"]["name"], "labels": item["metadata"].get("labels", {}), "spec": item["spec"]}
        for item in spec.get("volumeClaimTemplates", ())
    ]


def _stateful_set(body: Mapping[str, Any]) -> Fields:
    spec = body["spec"]
    return {
        "selector": spec["selector"],
        "serviceName": spec.get("serviceName"),
        "podManagementPolicy": spec.get("podManagementPolicy"),
        "volumeClaimTemplates": _templates(spec),
    }


def _claim(body: Mapping[str, Any]) -> Fields:
    spec = body["spec"]
    return {
        "storageClassName": spec.get("storageClassName"),
        "accessModes": spec.get("accessModes"),
        "dataSource": spec.get("dataSource") or spec.get("dataSourceRef"),
        "volumeName": spec.get("volumeName"),
        "storage": spec["resources"]["requests"]["storage"],
    }


def _volume_source(body: Mapping[str, Any]) -> Fields:
    known = ("nfs", "csi", "hostPath", "local", "iscsi", "rbd", "cephfs")
    return {"source": {key: body["spec"][key] for key in known if key in body["spec"]}}


_FROZEN: dict[str, Callable[[Mapping[str, Any]], Fields]] = {
    "Deployment": lambda body: {"selector": body["spec"]["selector"]},
    "DaemonSet": lambda body: {"selector": body["spec"]["selector"]},
    "StatefulSet": _stateful_set,
    "Job": lambda body: {"template": body["spec"]["template"]},
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume_source,
    "RoleBinding": lambda body: {"roleRef": body["roleRef"]},
    "ClusterRoleBinding": lambda body: {"roleRef": body["roleRef"]},
    "Service": lambda body: {"headless": body["spec"].get("clusterIP") == "None"},
    "PriorityClass": lambda body: {"value": body["value"]},
    "StorageClass": lambda body: {"provisioner": body["provisioner"], "parameters": body.get("parameters", {})},
    "Secret": lambda body: {"type": body.get("type", "Opaque")},
    "ConfigMap": lambda body: {"data": body.get("data")} if body.get("immutable") else {},
}


# Where a field stands that lies elsewhere than below `spec`.
_AT: dict[str, tuple[str | int, ...]] = {
    "storage": ("spec", "resources", "requests", "storage"),
    "roleRef": ("roleRef", "name"),
    "source": ("spec", "nfs"),
    **{field: (field,) for field in ("value", "provisioner", "parameters", "type", "data")},
}


def frozen_fields(objects: Mapping[str, Pairs]) -> Frozen:
    """Return what may never change, by `Kind/namespace/name`, of the rendered charts of one environment."""
    found: Frozen = {}
    for pairs in objects.values():
        for pair in pairs:
            for manifest in read_manifests(pair.document).manifests:
                fields = fields_of(manifest.object)
                if fields:
                    found[identity(manifest.object)] = fields
    return dict(sorted(found.items()))


def identity(body: Mapping[str, Any]) -> str:
    metadata = body["metadata"]
    return f"{body['kind']}/{metadata.get('namespace', '-')}/{metadata['name']}"


def fields_of(body: Mapping[str, Any]) -> Fields:
    """The frozen fields of one object; none for kinds that may change freely."""
    select = _FROZEN.get(str(body.get("kind")))
    return select(body) if select is not None else {}


def read_frozen(root: Path, environment: str) -> Frozen:
    """What was written down for an environment; nothing where no file is."""
    path = root / FOLDER / f"{environment}.json"
    if not path.is_file():
        return {}
    read: Frozen = json.loads(path.read_text(encoding="utf-8"))
    return read


def write_frozen(root: Path, environment: str, frozen: Frozen) -> bool:
    """Write down the fields of an environment; say whether that changed the file."""
    path = root / FOLDER / f"{environment}.json"
    text = json.dumps(frozen, indent=1, sort_keys=True) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text)
    return True


def differences(environment: str, before: Frozen, after: Frozen) -> Iterator[Difference]:
    """Yield every frozen field that changed. Objects that are new or gone do not count."""
    for name in sorted(before.keys() & after.keys()):
        for field in sorted(before[name].keys() | after[name].keys()):
            old, new = before[name].get(field), after[name].get(field)
            if old != new and not _grew(field, old, new):
                yield Difference(environment, name, field, old, new)


def _grew(field: str, old: Any, new: Any) -> bool:
    """A claim may grow, never shrink."""
    from generator.catalogue.quantity import bytes_of

    return field == "storage" and old is not None and new is not None and bytes_of(new) >= bytes_of(old)


def read_moves(root: Path) -> Map:
    """The announced changes of `values/moves.yaml`: `Kind/namespace/name` -> field -> what, why, runbook.

    Raises:
        Unusable: the file cannot be read, or an entry lacks a part.
    """
    if not (root / MOVES).is_file():
        return Map(Place(MOVES))
    document = read_file(root, MOVES)
    findings = list(document.findings)
    for name, fields in document.tree.items():
        for field, entry in fields.items() if isinstance(fields, Map) else ():
            missing = [key for key in ("what", "why", "runbook") if not isinstance(entry, Map) or not entry.get(key)]
            if missing and isinstance(fields, Map):
                message = f"move of {field!r} of {name!r} lacks {', '.join(missing)}"
                findings.append(
                    Finding(fields.key_place(field), "frozen/incomplete-move", message, "state what, why and runbook")
                )
    if findings:
        raise Unusable(findings)
    return document.tree


def judge_frozen(root: Path, environment: str, after: Frozen, where: Where | None = None) -> tuple[Finding, ...]:
    """Return a finding for each frozen field that changed without an entry in `values/moves.yaml`.

    `where` says which line makes a field of an object what it is.
    """
    moves = read_moves(root)
    written = Place(f"{FOLDER}/{environment}.json")
    found = []
    for change in differences(environment, read_frozen(root, environment), after):
        if change.field in moves.child(change.object):
            continue
        shown = f"from {json.dumps(change.before)} to {json.dumps(change.after)}"
        message = f"{change.object} changes {change.field!r} {shown}, which the API server refuses"
        fix = f"take the change back, or announce it under {change.object!r} in {MOVES} with what, why and runbook"
        place = where(change.object, _AT.get(change.field, ("spec", change.field))) if where else None
        also = (written,) if place else ()
        found.append(Finding(place or written, "frozen/changed", message, fix, also=also, objects=(change.object,)))
    return tuple(found)
