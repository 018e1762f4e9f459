"""Two runs held against each other: in a folder where runs came before, and in a fresh copy of the same files."""

import contextlib
import io
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from generator import finding
from generator.cli.charts import run_charts
from generator.fleet.standing import STANDING_PATH
from generator.tree import LEDGER_PATH

ROOT = Path(__file__).parents[2]
INPUTS = ("values", "charts/common", "tests/facts")
_OUTPUTS = ("charts", "kubernetes", "docs/reference", ".schemas", ".chartroom/ledger")
_CLOSING = re.compile(r": (?:\d+ files? written|nothing changed)(?:, \d+ deleted)?((?:; \d+ warnings?)?) \(\d+\.\d s\)")


@dataclass(frozen=True, slots=True)
class Said:
    """What a run printed, without what must differ: where it ran, for how long, and how much was there before."""

    code: int
    out: str
    err: str


def run(root: Path) -> Said:
    """Run `chartroom charts`."""
    finding._lines.cache_clear()  # a process that prints twice has seen the file in between
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_charts(root, check=False, fail_on="error", quiet=False)
    told = _CLOSING.sub(r"\1", err.getvalue())
    return Said(code, out.getvalue().replace(str(root), "."), told.replace(str(root), "."))


def copy_inputs(source: Path, target: Path) -> Path:
    """Copy what is generated from, and who held what: of two that claim one thing, the newer is at fault."""
    for part in INPUTS:
        shutil.copytree(source / part, target / part, symlinks=True)
    for part in (STANDING_PATH, LEDGER_PATH):
        if source != ROOT and (source / part).is_file():
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / part, target / part)
    return target


def tree(root: Path) -> dict[str, bytes | str]:
    """Everything that was generated, by path; links by what they lead to."""
    found: dict[str, bytes | str] = {}
    for part in _OUTPUTS:
        top = root / part
        for file in [top] if top.is_file() else sorted(top.rglob("*")):
            path = file.relative_to(root).as_posix()
            if file.is_symlink():
                found[path] = os.readlink(file)  # noqa: PTH115
            elif file.is_file() and not path.startswith("charts/common/"):
                found[path] = file.read_bytes()
    return found
