"""Inventories of many shapes, made from the shipped ones."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from provision.inventory import Inventory, load
from provision.inventory.model import GIB, Disk, Node
from tests.provision.inventory.inventory_files import ROOT

HOSTS = ("pve-1", "pve-2", "pve-3")


def shipped(environment: str) -> Inventory:
    """Return an inventory of the repository."""
    found = load(ROOT, environment).inventory
    assert found is not None
    return found


def node_like(base: Node, name: str, number: int, **changes: Any) -> Node:
    """Return a node beside another: own name, id, MAC, address and host."""
    disks = {disk: replace(entry) for disk, entry in base.disks.items()}
    return replace(
        base,
        **{
            "name": name,
            "vm_id": 140 + number,
            "mac": f"02:00:00:00:03:{number:02X}",
            "address": IPv4Address("10.2.10.11") + number,
            "host": HOSTS[number % 3],
            "disks": disks,
            **changes,
        },
    )


def cluster_of(planes: int, workers: int) -> Inventory:
    """Return dev with so many nodes; node n always has the same place, whatever the counts."""
    dev = shipped("dev")
    plane, worker = dev.nodes["dev-1"], dev.nodes["dev-2"]
    small: Mapping[str, Disk] = {
        "system": plane.disks["system"],
        "longhorn": replace(worker.disks["longhorn"], size_bytes=20 * GIB),
    }
    nodes = {}
    for index in range(planes):
        nodes[f"cp-{index + 1}"] = node_like(plane, f"cp-{index + 1}", index)
    for index in range(workers):
        nodes[f"w-{index + 1}"] = node_like(worker, f"w-{index + 1}", 5 + index, disks=small, memory_bytes=8 * GIB)
    return replace(dev, nodes=nodes)


def changed(inventory: Inventory, name: str, **changes: Any) -> Inventory:
    """Return an inventory with fields of one machine changed."""
    if name in inventory.nodes:
        return replace(inventory, nodes={**inventory.nodes, name: replace(inventory.nodes[name], **changes)})
    return replace(inventory, vms={**inventory.vms, name: replace(inventory.vms[name], **changes)})


def without(inventory: Inventory, *names: str) -> Inventory:
    """Return an inventory without some machines, and without the rules that name them."""
    return replace(
        inventory,
        nodes={name: node for name, node in inventory.nodes.items() if name not in names},
        vms={name: vm for name, vm in inventory.vms.items() if name not in names},
        ha_rules={name: rule for name, rule in inventory.ha_rules.items() if not set(rule.vms) & set(names)},
    )


def talos(inventory: Inventory, **changes: Any) -> Inventory:
    """Return an inventory with another Talos."""
    return replace(inventory, talos=replace(inventory.talos, **changes))
