"""HA resources. Source: facts p 1.2, m 1.2."""

from typing import Any

from .. import work
from ..engine import Call
from ..refusal import refuse, refuse_parameters
from ..state import HaResource, digest

_DEFAULTS = {"max_restart": "1", "max_relocate": "1", "failback": "1"}


def _sid(text: str) -> str:
    return text if text.startswith("vm:") else f"vm:{text}"


def _digest(call: Call) -> str:
    return digest([[sid, resource.state, resource.options] for sid, resource in sorted(call.site.ha.items())])


def _row(call: Call, sid: str) -> dict[str, Any]:
    resource = call.site.ha[sid]
    numbers = {key: int(value) for key, value in {**_DEFAULTS, **resource.options}.items() if key in _DEFAULTS}
    comment = {"comment": resource.options["comment"]} if "comment" in resource.options else {}
    return {"sid": sid, "type": "vm", "state": resource.state, **numbers, **comment, "digest": _digest(call)}


def _known(call: Call) -> str:
    sid = _sid(call.names["sid"])
    if sid not in call.site.ha:
        raise refuse("ha-absent", sid=sid)
    return sid


def resources(call: Call) -> list[dict[str, Any]]:
    """List the resources."""
    return [_row(call, sid) for sid in sorted(call.site.ha)]


def resource(call: Call) -> dict[str, Any]:
    """Return one resource."""
    return _row(call, _known(call))


def _options(call: Call) -> dict[str, str]:
    if "group" in call.values:
        raise refuse_parameters({"group": "ha groups have been migrated to rules"})
    return {key: value for key, value in call.values.items() if key in (*_DEFAULTS, "comment")}


def add(call: Call) -> None:
    """Put a VM under the HA manager."""
    sid = _sid(call.values["sid"])
    if sid in call.site.ha:
        raise refuse("ha-exists", sid=sid)
    if int(sid.removeprefix("vm:")) not in call.site.vms:
        raise refuse("ha-no-vm", sid=sid, vmid=sid.removeprefix("vm:"))
    call.site.ha[sid] = HaResource(options=_options(call))
    work.ask_ha(call.engine, sid, call.values.get("state", "started"))


def change(call: Call) -> None:
    """Change a resource."""
    sid = _known(call)
    if call.values.get("digest") not in (None, _digest(call)):
        raise refuse("digest")
    call.site.ha[sid].options.update(_options(call))
    for key in call.values.get("delete", "").split(","):
        call.site.ha[sid].options.pop(key, None)
    if "state" in call.values:
        work.ask_ha(call.engine, sid, call.values["state"])


def remove(call: Call) -> None:
    """Take a VM from the HA manager, by default also out of its rules."""
    sid = _known(call)
    del call.site.ha[sid]
    if call.values.get("purge", "1") == "1":
        for rule in call.site.ha_rules.values():
            rule.resources = [name for name in rule.resources if name != sid]
        call.site.ha_rules = {name: rule for name, rule in call.site.ha_rules.items() if rule.resources}


def status(call: Call) -> list[dict[str, Any]]:
    """Return what the manager is doing."""
    rows: list[dict[str, Any]] = [{"id": "quorum", "type": "quorum", "status": "OK", "quorate": 1}]
    for sid, resource in call.site.ha.items():
        vm = call.site.vms[int(sid.removeprefix("vm:"))]
        state = resource.state if resource.due is None else "queued"
        rows.append({"id": f"service:{sid}", "type": "service", "sid": sid, "node": vm.node, "state": state})
        rows[-1].update(request_state=resource.state, crm_state=state)
    return rows


def groups(call: Call) -> None:
    """HA groups are gone in PVE 9."""
    raise refuse("ha-groups-gone")
