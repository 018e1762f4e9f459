"""PCI mappings. Source: facts m 1.3."""

from typing import Any

from .. import rights
from ..engine import Call
from ..refusal import refuse

_ANY = ("Mapping.Use", "Mapping.Modify", "Mapping.Audit")


def _row(call: Call, name: str) -> dict[str, Any]:
    mapping = call.site.mappings[name]
    row: dict[str, Any] = {"id": name, "description": mapping.description, "map": mapping.map}
    node = call.values.get("check-node")
    if node is not None:
        row["checks"] = _checks(call, node, mapping.map)
    return row


def _checks(call: Call, node: str, entries: list[str]) -> list[dict[str, str]]:
    mine = [dict(part.split("=", 1) for part in entry.split(",")) for entry in entries if f"node={node}," in entry]
    if not mine:
        return [{"severity": "warning", "message": f"No mapping for node {node}."}]
    devices = {device.id: f"{device.vendor}:{device.device}" for device in call.site.nodes[node].pci}
    return [
        {"severity": "error", "message": f"PCI device '{entry['path']}' not found or other than '{entry['id']}'"}
        for entry in mine
        if devices.get(entry["path"]) != entry["id"]
    ]


def index(call: Call) -> list[dict[str, Any]]:
    """List the mappings that the caller may see."""
    seen = [name for name in call.site.mappings if rights.may(call.site, call.who, f"/mapping/pci/{name}", *_ANY)]
    return [_row(call, name) for name in sorted(seen)]


def read(call: Call) -> dict[str, Any]:
    """Return one mapping."""
    if call.names["id"] not in call.site.mappings:
        raise refuse("mapping-absent", id=call.names["id"])
    return _row(call, call.names["id"])
