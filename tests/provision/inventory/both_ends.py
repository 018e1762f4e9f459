"""The inventories at both ends of what the format promises: one host with 1+1 nodes, ten hosts with 3+10."""

import shutil
from dataclasses import replace
from pathlib import Path

from provision.inventory import Inventory
from tests.provision.inventory.inventory_files import copied, loaded

FOLDER = Path(__file__).parent / "ends"
ENDS = ("one-host", "ten-hosts")


def at_end(folder: Path, end: str) -> Path:
    """Copy the repository's values into `folder` with the hosts and the only environment, dev, of an end."""
    root = copied(folder)
    for name in ("prod", "staging"):
        (root / f"values/inventory/{name}.yaml").unlink()
    for file in (FOLDER / end).iterdir():
        shutil.copy(file, root / "values/inventory" / file.name)
    return root


def with_nodes(root: Path, planes: int, workers: int) -> Inventory:
    """Return the inventory with only the first nodes of each kind."""
    found = loaded(root, "dev")
    kept = (*found.control_planes[:planes], *found.workers[:workers])
    return replace(found, nodes={node.name: node for node in kept})
