"""The Proxmox cluster that an inventory's hosts.yaml describes, and the addresses of its machines."""

from pathlib import Path
from typing import Any

import yaml

from ..proxmox.sample import ADMIN, ADMIN_PASSWORD
from ..proxmox.state import Bridge, Node, PciDevice, PciMapping, Site, Storage, User

_KINDS = {"zfs": "zfspool", "nfs": "nfs", "pbs": "pbs", "dir": "dir", "lvmthin": "lvmthin"}
_CONTENT = {
    "zfspool": ["images", "rootdir"],
    "lvmthin": ["images", "rootdir"],
    "nfs": ["import", "iso"],
    "dir": ["import", "iso", "images"],
    "pbs": ["backup"],
}
_UNITS = {"Gi": 2**30, "Ti": 2**40}


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def proxmox_site(values: Path) -> Site:
    """Return the cluster of hosts.yaml, without VMs, with an administrator."""
    hosts = _read(values / "inventory/hosts.yaml")
    site = Site()
    for number, (name, row) in enumerate(hosts["hosts"].items()):
        bridges = [Bridge(bridge, vlan_aware=True) for bridge in row.get("bridges", {"vmbr0": {}})]
        site.nodes[name] = Node(name, row["address"], row["cores"], _size(row["memory"]), bridges=bridges)
        for index, (device, entry) in enumerate((row.get("pci") or {}).items()):
            address = f"0000:{number + 1:02x}:{index:02x}.0"
            site.nodes[name].pci.append(PciDevice(address, "0x10de", "0x2684"))
            mapping = site.mappings.setdefault(entry["mapping"], PciMapping(device, []))
            mapping.map.append(f"node={name},path={address},id=0x10de:0x2684,iommugroup=1")
    for name, row in hosts["storages"].items():
        kind = _KINDS[row["kind"]]
        nodes = list(row.get("hosts") or site.nodes)
        shared = kind in ("nfs", "pbs")
        site.storages[name] = Storage(name, kind, _CONTENT[kind], _size(row.get("size", "1Ti")), nodes, shared)
    site.users[ADMIN] = User(password=ADMIN_PASSWORD)
    return site


def _size(text: str) -> int:
    return int(text[:-2]) * _UNITS[text[-2:]]


def addresses(values: Path) -> list[str]:
    """Return the addresses at which Talos or Kubernetes may answer: nodes and VIPs of every environment."""
    found = [_read(values / "site.yaml")["kubernetes"]["api"]]
    for file in sorted((values / "environments").glob("*.yaml")):
        site = (_read(file) or {}).get("site") or {}
        found.append((site.get("kubernetes") or {}).get("api"))
    for file in sorted((values / "inventory").glob("*.yaml")):
        found += [row["address"] for row in ((_read(file) or {}).get("nodes") or {}).values()]
    return list(dict.fromkeys(address for address in found if address))


def operator(values: Path) -> str:
    """Return an address from which operators call: one of the network `lan`."""
    subnet: str = _read(values / "site.yaml")["networks"]["lan"]["subnet"]
    return f"{subnet.rpartition('.')[0]}.50"
