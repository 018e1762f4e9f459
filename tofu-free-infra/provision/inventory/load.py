"""Load the inventory of an environment: read, build, judge; every finding at once."""

from dataclasses import dataclass
from pathlib import Path

from generator.finding import Finding, Severity, sort_findings

from .build import build
from .layers import FOLDER, environments, read_layers
from .model import Inventory
from .read import Notes
from .rules import check


@dataclass(frozen=True, slots=True)
class Loaded:
    """An inventory, or None where it cannot be worked with, and what was found."""

    inventory: Inventory | None
    findings: tuple[Finding, ...]


def load(root: Path, environment: str) -> Loaded:
    """Load one environment below `root`, the folder that holds `values/`."""
    notes = Notes()
    layers = read_layers(root, environment)
    notes.findings += layers.findings
    built = build(environment, layers, root / FOLDER, notes)
    if built is not None:
        others = {name: read_layers(root, name).machines for name in environments(root) if name != environment}
        check(built, others, notes)
    findings = sort_findings(notes.findings)
    broken = any(finding.severity is Severity.ERROR for finding in findings)
    return Loaded(None if broken else built, findings)


__all__ = ["FOLDER", "Loaded", "environments", "load"]
