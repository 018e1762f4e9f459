"""Hosts: list, status, network, PCI devices. Source: facts p 1.2, m 1.7."""

from typing import Any

from .. import rights
from ..engine import Call


def index(call: Call) -> list[dict[str, Any]]:
    """List the hosts; their sizes are for auditors only (PM API2/Nodes.pm index)."""
    rows = []
    for node in call.site.nodes.values():
        state = "online" if node.online else "offline"
        row: dict[str, Any] = {"node": node.name, "status": state, "type": "node", "id": f"node/{node.name}"}
        if node.online and rights.may(call.site, call.who, f"/nodes/{node.name}", "Sys.Audit"):
            row.update(maxcpu=node.cores, maxmem=node.memory)
        rows.append(row)
    return rows


def status(call: Call) -> dict[str, Any]:
    """Return a host's processors, memory and version."""
    node = call.site.nodes[call.node]
    return {
        "cpuinfo": {"cpus": node.cores, "sockets": 1},
        "memory": {"total": node.memory, "used": 0, "free": node.memory},
        "pveversion": "pve-manager/9.1.3/0000000000000000",
        "uptime": 1000,
    }


def network(call: Call) -> list[dict[str, Any]]:
    """List a host's bridges."""
    found = []
    for bridge in call.site.nodes[call.node].bridges:
        row: dict[str, Any] = {"iface": bridge.name, "type": "bridge", "active": 1, "mtu": str(bridge.mtu)}
        if bridge.cidr:
            row["cidr"] = bridge.cidr
        if bridge.vlan_aware:
            row.update(bridge_vlan_aware=1, bridge_vids="2-4094")
        found.append(row)
    return found


def pci(call: Call) -> list[dict[str, Any]]:
    """List a host's PCI devices."""
    return [
        {
            "id": device.id,
            "vendor": device.vendor,
            "device": device.device,
            "class": device.device_class,
            "iommugroup": device.iommugroup,
        }
        for device in call.site.nodes[call.node].pci
    ]
