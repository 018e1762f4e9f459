"""The cluster as a whole. Source: facts p 1.2."""

from typing import Any

from .. import rights
from ..engine import Call
from ..refusal import refuse_parameters


def version(call: Call) -> dict[str, str]:
    """Return the version."""
    return {"version": "9.1.3", "release": "9.1", "repoid": "0000000000000000"}


def status(call: Call) -> list[dict[str, Any]]:
    """Return quorum and members."""
    nodes = call.site.nodes.values()
    online = sum(node.online for node in nodes)
    members = [
        {"type": "node", "id": f"node/{node.name}", "name": node.name, "ip": node.address, "online": int(node.online)}
        for node in nodes
    ]
    quorate = int(2 * online > len(members))
    return [{"type": "cluster", "id": "cluster", "name": "lab", "nodes": len(members), "quorate": quorate}, *members]


def resources(call: Call) -> list[dict[str, Any]]:
    """Return the resources as they were a moment ago: what is new may be missing, what is gone may be there."""
    assert call.engine.seen_resources is not None
    wanted = call.values.get("type")
    found: list[dict[str, Any]] = []
    if wanted in (None, "vm"):
        for vm in call.engine.seen_resources[1].values():
            if rights.may(call.site, call.who, f"/vms/{vm.vmid}", "VM.Audit"):
                row = {"type": "qemu", "id": f"qemu/{vm.vmid}", "vmid": vm.vmid, "node": vm.node}
                row["status"] = "running" if vm.running else "stopped"
                found.append({**row, **{key: vm.config[key] for key in ("name", "tags", "lock") if key in vm.config}})
    if wanted in (None, "node"):
        found += [
            {
                "type": "node",
                "id": f"node/{node.name}",
                "node": node.name,
                "status": "online" if node.online else "offline",
            }
            for node in call.site.nodes.values()
        ]
    return found


def nextid(call: Call) -> str:
    """Return a free VM id, or the one asked for if it is free."""
    if "vmid" in call.values:
        if int(call.values["vmid"]) in call.site.vms:
            raise refuse_parameters({"vmid": f"VM {call.values['vmid']} already exists"})
        return call.values["vmid"]
    return str(next(n for n in range(100, 10**6) if n not in call.site.vms))
