"""Measure `chartroom charts` on a multiplied fleet, beside the floor: what the bare work would cost."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.fleet import multiply
from bench.run import Cost, best, run
from bench.stages import Stage, stages

_GENERATED = ("charts", "kubernetes", "docs", ".schemas")
_INPUTS = ("values", "charts", "tests")


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    cost: Cost
    aim_s: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One fleet: what it is made of, what the bare work costs, what each run does, and where a cold one's time goes."""

    services: int
    counted: dict[str, int]
    floor_s: float
    rows: tuple[Row, ...]
    stages: tuple[Stage, ...]


def measure(source: Path, services: int, runs: int = 3) -> Result:
    """Time every kind of run on a fleet of about so many services."""
    with _fleet(source, services) as (fleet, count):
        top = fleet.parent / "warm"
        cold = best(runs, lambda: _cold(fleet, top))
        rows = (
            Row("chartroom --help", best(max(runs, 5), lambda: run(top, "--help")), 0.15),
            Row("cold, in a fresh clone", cold, 3.0),
            Row("nothing changed", best(runs, lambda: run(top, "charts", "--quiet")), 0.5),
            Row("one service changed", best(runs, lambda: _changed(top)), 0.6),
        )
        inputs = _below(fleet, ("values",))
        outputs = _outputs(top)
        counted = {
            "files read": len(inputs),
            "bytes read": sum(file.stat().st_size for file in inputs),
            "files written": len(outputs),
            "bytes written": sum(file.stat().st_size for file in outputs),
        }
        floor_s = _floor(inputs, outputs, top, fleet.parent / "floor")
        return Result(count, counted, floor_s, rows, tuple(stages(fleet, fleet.parent / "stages")))


def grow(source: Path, services: int) -> tuple[int, Cost]:
    """Run once from cold on a fleet of about so many services."""
    with _fleet(source, services) as (fleet, count):
        return count, _cold(fleet, fleet.parent / "cold")


@contextmanager
def _fleet(source: Path, services: int) -> Iterator[tuple[Path, int]]:
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as scratch:
        fleet = Path(scratch) / "fleet"
        fleet.mkdir()
        yield fleet, multiply(source, fleet, services)


def _cold(fleet: Path, top: Path) -> Cost:
    """Run in a copy of the inputs: ext4 keeps away from the inodes of files deleted just before, for minutes."""
    if top.exists():
        top.rename(top.with_name(f"{top.name}-{time.monotonic_ns()}"))  # deleted at the end, with everything
    for name in _INPUTS:
        if (fleet / name).is_dir():
            shutil.copytree(fleet / name, top / name)
    return run(top, "charts", "--quiet")


def _changed(top: Path) -> Cost:
    """Change the memory limit of one service, to and fro."""
    file = top / "values" / "apps" / "media" / "sonarr.yaml"
    text = file.read_text(encoding="utf-8")
    old, new = ("memory: 2Gi", "memory: 3Gi") if "memory: 2Gi" in text else ("memory: 3Gi", "memory: 2Gi")
    if old not in text:
        raise SystemExit(f"{file}: no '{old}' to change")
    file.write_text(text.replace(old, new), encoding="utf-8")
    return run(top, "charts", "--quiet")


def _outputs(top: Path) -> list[Path]:
    return [file for file in _below(top, _GENERATED) if "common" not in file.relative_to(top).parts]


def _below(top: Path, folders: Sequence[str]) -> list[Path]:
    found = (file for folder in folders for file in (top / folder).rglob("*"))
    return sorted(file for file in found if file.is_file() and not file.is_symlink())


def _floor(inputs: Sequence[Path], outputs: Sequence[Path], top: Path, target: Path) -> float:
    """Seconds to compose every input with the C parser, and to write the finished bytes into the same folders."""
    import yaml

    contents = {target / file.relative_to(top): file.read_bytes() for file in outputs}
    began = time.perf_counter()
    for file in inputs:
        if file.suffix == ".yaml":
            yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for folder in sorted({file.parent for file in contents}):
        folder.mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        file.write_bytes(content)
    return time.perf_counter() - began
