"""HA resources and rules (PVE 9: rules, no groups).

Source: facts provisioning.md 1.2, provisioning-more.md 1.2.
"""

from typing import Any

from .api import Api, Value
from .errors import AbsentError, AnswerLostError, DigestError, PresentError
from .observed import HaResource, HaRule
from .pace import again

_MEANWHILE = (DigestError, PresentError, AnswerLostError)
"""Somebody else was faster, or the answer did not come: look again."""


def resources(api: Api) -> dict[int, HaResource]:
    """Return the HA resources that are VMs, by VM id."""
    rows = api.get("cluster/ha/resources", "list HA resources", {"type": "vm"})
    found = [_resource(row) for row in rows]
    return {resource.vm_id: resource for resource in found}


def _resource(row: dict[str, Any]) -> HaResource:
    return HaResource(
        vm_id=int(str(row["sid"]).removeprefix("vm:")),
        state=row.get("state", "started"),
        max_restart=int(row.get("max_restart", 1)),
        max_relocate=int(row.get("max_relocate", 1)),
        failback=bool(int(row.get("failback", 1))),
        comment=row.get("comment", ""),
    )


def ensure_resource(api: Api, wanted: HaResource) -> bool:
    """Put a VM under the HA manager as wanted; return whether anything was written."""
    doing, sid = f"put VM {wanted.vm_id} under HA", f"vm:{wanted.vm_id}"
    fields: dict[str, Value] = {
        "state": wanted.state,
        "max_restart": wanted.max_restart,
        "max_relocate": wanted.max_relocate,
        "failback": wanted.failback,
        "comment": wanted.comment or None,
    }

    def once(attempt: int) -> bool:
        there = _read(api, f"cluster/ha/resources/{sid}", doing)
        if there is not None and _resource(there) == wanted:
            return attempt > 0
        if there is None:
            api.write("post", "cluster/ha/resources", doing, {"sid": sid, **fields})
        else:
            gone = {"delete": "comment"} if there.get("comment") and not wanted.comment else {}
            digest = there.get("digest")
            api.write("put", f"cluster/ha/resources/{sid}", doing, {**fields, **gone, "digest": digest})
        return True

    return again(api.pace, _MEANWHILE, once)


def _read(api: Api, path: str, doing: str) -> dict[str, Any] | None:
    try:
        row: dict[str, Any] = api.get(path, doing)
    except AbsentError:
        return None
    return row


def delete_resource(api: Api, vm_id: int) -> None:
    """Take a VM from the HA manager and out of its rules; one that is not there is no fault."""
    try:
        api.write("delete", f"cluster/ha/resources/vm:{vm_id}", f"take VM {vm_id} out of HA", {"purge": True})
    except AbsentError:
        return


def rules(api: Api) -> dict[str, HaRule]:
    """Return the HA rules, each with why it cannot be met, if so."""
    found = [_rule(row) for row in api.get("cluster/ha/rules", "list HA rules")]
    return {rule.name: rule for rule in found}


def _rule(row: dict[str, Any]) -> HaRule:
    nodes = [part.partition(":") for part in str(row.get("nodes") or "").split(",") if part]
    members = [sid for sid in str(row.get("resources") or "").split(",") if sid.startswith("vm:")]
    return HaRule(
        name=row["rule"],
        type=row["type"],
        vm_ids=frozenset(int(sid.removeprefix("vm:")) for sid in members),
        nodes={name: int(priority or 0) for name, _, priority in nodes},
        strict=bool(int(row.get("strict") or 0)),
        affinity=row.get("affinity"),
        disabled=bool(int(row.get("disable") or 0)),
        errors=tuple(sorted(str(text) for text in (row.get("errors") or {}).values())),
    )


def ensure_rule(api: Api, wanted: HaRule) -> bool:
    """Make or change an HA rule; return whether anything was written.

    Raises:
        ParametersError: the rule cannot be met, for example more VMs to keep apart than hosts.
    """
    doing = f"set HA rule {wanted.name}"

    def once(attempt: int) -> bool:
        there = _read(api, f"cluster/ha/rules/{wanted.name}", doing)
        if there is not None and _rule({**there, "errors": None}) == wanted:
            return attempt > 0
        if there is not None and there["type"] != wanted.type:
            delete_rule(api, wanted.name)  # a rule's type cannot be changed
            there = None
        if there is None:
            api.write("post", "cluster/ha/rules", doing, {"rule": wanted.name, **_fields(wanted)})
        else:
            path, digest = f"cluster/ha/rules/{wanted.name}", there.get("digest")
            api.write("put", path, doing, {**_fields(wanted), "digest": digest})
        return True

    return again(api.pace, _MEANWHILE, once)


def _fields(rule: HaRule) -> dict[str, Value]:
    fields: dict[str, Value] = {
        "type": rule.type,
        "resources": ",".join(f"vm:{vm_id}" for vm_id in sorted(rule.vm_ids)),
        "disable": rule.disabled,
    }
    if rule.type == "node-affinity":
        nodes = {name: f"{name}:{priority}" if priority else name for name, priority in rule.nodes.items()}
        fields.update(nodes=",".join(nodes[name] for name in sorted(nodes)), strict=rule.strict)
    else:
        fields["affinity"] = rule.affinity
    return fields


def delete_rule(api: Api, name: str) -> None:
    """Delete an HA rule; one that is not there is no fault."""
    api.write("delete", f"cluster/ha/rules/{name}", f"delete HA rule {name}")
