"""What the last run saw and left, so that a run with nothing to do knows it without generating.

The state only saves time: without it, or with a wrong one, a run generates and compares.
"""

import json
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import generator
from generator.finding import Finding, Place, Severity
from generator.tree import Scope, TreeError, fingerprint, seal

SCOPE = Scope(
    folders=("charts", "kubernetes", "docs/reference", ".schemas"),
    by_people=("charts/common", "charts/README.md", "kubernetes/README.md"),
)
INPUTS = ("values", "charts/common", "tests/facts")
CACHE = ".cache/chartroom"
_STATE = f"{CACHE}/state.json"
_SOURCES = (".py", ".j2", ".yaml", ".md", ".json")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `drift` are differences between files and values; `warnings` do not block."""

    services: int
    domains: int
    environments: int
    warnings: tuple[Finding, ...]
    drift: tuple[Finding, ...] = ()
    written: int = 0
    deleted: int = 0
    overwritten: tuple[str, ...] = ()


def inputs_of(root: Path) -> str:
    """Digest everything that the generated files are made from: values, library, facts, and this program."""
    return sha256(f"{_program()} {fingerprint(root, INPUTS)}".encode()).hexdigest()


def _program() -> str:
    """Digest the program's own files: a new version writes anew."""
    total = sha256(generator.__version__.encode())
    package = Path(generator.__file__).parent
    for folder, folders, files in os.walk(package):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            if name.endswith(_SOURCES):
                path = Path(folder, name)
                total.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def recall(root: Path, inputs: str) -> Outcome | None:
    """Return the outcome of the last run if the same inputs still stand beside the very same output."""
    try:
        state = json.loads((root / _STATE).read_text(encoding="utf-8"))
        if state["inputs"] != inputs or state["seal"] != seal(root, SCOPE):
            return None
        warnings = tuple(_finding(entry) for entry in state["warnings"])
        return Outcome(int(state["services"]), int(state["domains"]), int(state["environments"]), warnings)
    except (OSError, ValueError, KeyError, TypeError, TreeError):
        return None


def remember(root: Path, inputs: str, outcome: Outcome) -> None:
    """Keep the outcome of a run that left everything as it should be."""
    state = {
        "inputs": inputs,
        "seal": seal(root, SCOPE),
        "services": outcome.services,
        "domains": outcome.domains,
        "environments": outcome.environments,
        "warnings": [_entry(finding) for finding in outcome.warnings],
    }
    path = root / _STATE
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(state), encoding="utf-8")
    part.replace(path)


def forget(root: Path) -> None:
    (root / _STATE).unlink(missing_ok=True)


def _entry(finding: Finding) -> dict[str, Any]:
    fields = asdict(finding)
    return fields | {
        "place": [*finding.place],
        "also": [[*place] for place in finding.also],
        "severity": int(finding.severity),
    }


def _finding(entry: dict[str, Any]) -> Finding:
    places = {"place": Place(*entry["place"]), "also": tuple(Place(*place) for place in entry["also"])}
    return Finding(**{**entry, **places, "objects": tuple(entry["objects"]), "severity": Severity(entry["severity"])})
