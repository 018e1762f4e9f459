"""What the last run saw and left, so that a run with nothing to do knows it without generating.

The state only saves time: without it, or with a wrong one, a run generates and compares.
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import generator
from generator.finding import Finding, Place, Severity
from generator.tree import Content, Scope, TreeError, digest_of, fingerprint_of, read_contents, seal

SCOPE = Scope(
    folders=("charts", "kubernetes", "docs/reference", ".schemas"),
    by_people=("charts/common", "charts/README.md", "kubernetes/README.md"),
)
INPUTS = ("values", "charts/common", "tests/facts", "policies", "tests/cases")
CACHE = ".cache/chartroom"
_STATE = f"{CACHE}/state.json"
_CLOCK_STEP_NS = 10_000_000
_SOURCES = (".py", ".j2", ".yaml", ".md", ".json", ".rego")


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


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that generated files come from: this program, and each file of values, library, facts, rules, cases.

    `began_ns` is when they began to be read.
    """

    program: str
    files: Mapping[str, Content | None]
    digests: Mapping[str, str]
    began_ns: int

    @property
    def digest(self) -> str:
        """The digest of all of it."""
        return sha256(f"{self.program} {fingerprint_of(self.digests)}".encode()).hexdigest()

    def stand_still(self, root: Path) -> bool:
        """Say whether no file has been touched since, so that whoever read one later has read the same.

        The clock of files goes in steps, of 10 ms at most; nobody can set it back.
        """
        try:
            return all(
                os.lstat(root / path).st_ctime_ns < self.began_ns - _CLOCK_STEP_NS
                for path, content in self.files.items()
                if content is not None
            )
        except OSError:
            return False


def read_inputs(root: Path) -> Inputs:
    """Read everything that the generated files are made from.

    Raises:
        TreeError: something cannot be read.
    """
    began_ns = time.time_ns()
    files = read_contents(root, INPUTS)
    return Inputs(_program(), files, {path: digest_of(content) for path, content in files.items()}, began_ns)


def _program() -> str:
    """Digest the program's own files, Python and the packages beside it: another version writes anew."""
    total = sha256(f"{generator.__version__} {sys.version}".encode())
    total.update(" ".join(sorted(_packages())).encode())
    package = Path(generator.__file__).parent
    for folder, folders, files in os.walk(package):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            if name.endswith(_SOURCES):
                path = Path(folder, name)
                total.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _packages() -> Iterator[str]:
    """The names of installed packages with their versions, as their folders are called."""
    for folder in dict.fromkeys(sys.path):
        if folder.endswith("site-packages") and Path(folder).is_dir():
            yield from (name for name in os.listdir(folder) if name.endswith(".dist-info"))  # noqa: PTH208


def recall(root: Path, inputs: Inputs) -> Outcome | None:
    """Return the outcome of the last run if the same inputs still stand beside the very same output."""
    try:
        state = json.loads((root / _STATE).read_text(encoding="utf-8"))
        if state["inputs"] != inputs.digest or state["seal"] != seal(root, SCOPE):
            return None
        warnings = tuple(finding_of(entry) for entry in state["warnings"])
        return Outcome(int(state["services"]), int(state["domains"]), int(state["environments"]), warnings)
    except (OSError, ValueError, KeyError, TypeError, TreeError):
        return None


def remember(root: Path, inputs: Inputs, outcome: Outcome, sealed: str) -> None:
    """Keep the outcome of a run that left everything as it should be, and as `sealed` says."""
    state = {
        "inputs": inputs.digest,
        "seal": sealed,
        "services": outcome.services,
        "domains": outcome.domains,
        "environments": outcome.environments,
        "warnings": [entry_of(finding) for finding in outcome.warnings],
    }
    path = root / _STATE
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(state), encoding="utf-8")
    part.replace(path)


def forget(root: Path) -> None:
    (root / _STATE).unlink(missing_ok=True)


def entry_of(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON can say it."""
    fields = asdict(finding)
    return fields | {
        "place": [*finding.place],
        "also": [[*place] for place in finding.also],
        "severity": int(finding.severity),
    }


def finding_of(entry: Mapping[str, Any]) -> Finding:
    """Return the finding that `entry_of` wrote."""
    places = {"place": Place(*entry["place"]), "also": tuple(Place(*place) for place in entry["also"])}
    return Finding(**{**entry, **places, "objects": tuple(entry["objects"]), "severity": Severity(entry["severity"])})
