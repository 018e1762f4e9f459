"""A site of ten Proxmox hosts, made from the shipped one, for the largest inventory that the format promises."""

import json
from pathlib import Path

import yaml

from provision.inventory import Inventory
from tests.provision.apply.varied import cluster_of
from tests.provision.inventory.inventory_files import copied, loaded

TEN = tuple(f"pve-{number}" for number in range(1, 11))


def with_ten_hosts(folder: Path) -> Path:
    """Copy the repository's values into `folder` and give them seven hosts more; return the copy."""
    root = copied(folder)
    path = root / "values/inventory/hosts.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    for number, name in enumerate(TEN[3:], 4):
        plain = {key: value for key, value in found["hosts"]["pve-1"].items() if key != "pci"}
        found["hosts"][name] = {**plain, "address": f"10.0.10.{20 + number}"}
    found["storages"]["fast"]["hosts"] = list(TEN)
    path.write_text(json.dumps(found), encoding="utf-8")  # JSON is YAML, and has no anchors
    return root


def spread(root: Path, planes: int, workers: int) -> Inventory:
    """Return dev with so many nodes over the ten hosts."""
    return cluster_of(planes, workers, loaded(root, "dev"), TEN)
