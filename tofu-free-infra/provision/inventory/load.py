"""Load the inventory of an environment: read, build, judge; every finding at once."""

from dataclasses import dataclass, replace
from pathlib import Path

from generator.finding import Finding, Severity, sort_findings
from generator.source import Map, plain

from .build import build
from .layers import FOLDER, environments, read_layers
from .model import Inventory, Other
from .read import Notes
from .rules import check

_UNREAD = frozenset(
    f"source/{rule}"
    for rule in ("syntax", "not-a-mapping", "unreadable", "not-utf8", "symbolic-link", "refused", "too-big", "too-deep")
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """An inventory, or None where it cannot be worked with, and what was found."""

    inventory: Inventory | None
    findings: tuple[Finding, ...]


def load(root: Path, environment: str) -> Loaded:
    """Load one environment below `root`, the folder that holds `values/`."""
    notes = Notes()
    layers = read_layers(root, environment)
    if any(finding.rule in _UNREAD for finding in layers.findings):
        # What a file would have said is not missing.
        return Loaded(None, sort_findings(layers.findings))
    notes.findings += layers.findings
    built = build(environment, layers, root / FOLDER, notes)
    if built is not None:
        others = {name: read_layers(root, name).machines for name in environments(root) if name != environment}
        check(built, others, notes)
        built = replace(built, others={name: _other(tree) for name, tree in others.items()})
    findings = sort_findings(notes.findings)
    broken = any(finding.severity is Severity.ERROR for finding in findings)
    return Loaded(None if broken else built, findings)


def _other(tree: Map) -> Other:
    talos, vms = tree.child("talos"), tree.child("vms")
    schematic = plain(talos.child("schematic"))
    return Other(str(talos.get("version")), schematic if isinstance(schematic, dict) else {}, tuple(vms))


__all__ = ["FOLDER", "Loaded", "environments", "load"]
