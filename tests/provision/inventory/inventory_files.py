"""Copies of the repository's inventories, to change and to read again."""

import shutil
from pathlib import Path

from provision.inventory import Inventory, load

ROOT = Path(__file__).parents[3]
FILES = ("site.yaml", "environments", "inventory")


def copied(folder: Path) -> Path:
    """Copy what provisioning reads into `folder`, and return it."""
    (folder / "values").mkdir(parents=True)
    for name in FILES:
        source = ROOT / "values" / name
        if source.is_dir():
            shutil.copytree(source, folder / "values" / name)
        else:
            shutil.copy(source, folder / "values" / name)
    return folder


def edited(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """Copy the inventories and replace texts: (file below values/, old, new), each old text once in its file."""
    root = copied(folder)
    for file, old, new in changes:
        path = root / "values" / file
        text = path.read_text(encoding="utf-8")
        assert old in text, (file, old)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return root


def loaded(root: Path, environment: str = "prod") -> Inventory:
    """Load an inventory that must be without errors."""
    found = load(root, environment)
    assert found.inventory is not None, [finding.message for finding in found.findings]
    return found.inventory


def messages(root: Path, environment: str = "prod") -> list[str]:
    """Load an inventory and return its findings as `rule: message` and fix, the known warning left out."""
    return [
        f"{finding.place}: {finding.rule}: {finding.message} | {finding.fix}"
        for finding in load(root, environment).findings
        if finding.rule != "inventory/checksum"
    ]
