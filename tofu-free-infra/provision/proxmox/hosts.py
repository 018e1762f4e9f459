"""Read hosts, storages, bridges and PCI mappings; none of them is ever configured.

Source: facts provisioning.md 1.2, provisioning-more.md 1.3, 1.7.
"""

from typing import Any

from .api import Api
from .observed import Bridge, Host, PciMapping, Storage

_MIB = 2**20


def hosts(api: Api) -> dict[str, Host]:
    """Return the hosts of the cluster."""
    rows = api.get("nodes", "list hosts")
    return {
        row["node"]: Host(
            row["node"], row.get("status") == "online", int(row.get("maxcpu", 0)), int(row.get("maxmem", 0)) // _MIB
        )
        for row in sorted(rows, key=lambda row: str(row["node"]))
    }


def storages(api: Api, host: str) -> list[Storage]:
    """Return the storages that a host has and we may see."""
    return [_storage(host, row) for row in api.get(f"nodes/{host}/storage", f"list storages of {host}")]


def _storage(host: str, row: dict[str, Any]) -> Storage:
    return Storage(
        name=row["storage"],
        host=host,
        kind=row["type"],
        content=frozenset(row["content"].split(",")),
        shared=bool(row.get("shared")),
        active=bool(row.get("active")),
        total_bytes=int(row.get("total", 0)),
        free_bytes=int(row.get("avail", 0)),
    )


def bridges(api: Api, host: str) -> list[Bridge]:
    """Return a host's bridges."""
    rows = api.get(f"nodes/{host}/network", f"list bridges of {host}", {"type": "any_bridge"})
    return [Bridge(row["iface"], host, bool(row.get("bridge_vlan_aware"))) for row in rows]


def mappings(api: Api, online: list[str]) -> list[PciMapping]:
    """Return the PCI mappings that we may see, each with what Proxmox finds wrong with it on the hosts given."""
    faults: dict[str, dict[str, tuple[str, ...]]] = {}
    for host in online:
        rows = api.get("cluster/mapping/pci", f"check PCI mappings of {host}", {"check-node": host})
        for row in rows:
            wrong = tuple(check["message"] for check in row.get("checks", []) if check["severity"] == "error")
            if wrong:
                faults.setdefault(row["id"], {})[host] = wrong
    rows = api.get("cluster/mapping/pci", "list PCI mappings")
    return [PciMapping(row["id"], _hosts_of(row["map"]), faults.get(row["id"], {})) for row in rows]


def _hosts_of(entries: list[str]) -> frozenset[str]:
    parts = [dict(part.partition("=")[::2] for part in entry.split(",")) for entry in entries]
    return frozenset(part["node"] for part in parts if "node" in part)
