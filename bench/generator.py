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
# What a service may change without anybody else noticing.
_MEMORY = ("memory: 2Gi", "memory: 3Gi")
_IMAGE = (":4.0.19.3001@", ":4.0.20.3014@")
_ADDED = """\
summary: Added for the benchmark
category: management
image: ghcr.io/example/added:1.0.0
ports: {http: 8080}
probes: tcp:http
resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 128Mi}}
"""


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
            Row("one service changed: a memory limit", best(runs, lambda: _changed(top, *_MEMORY)), 0.6),
            Row("one service changed: an image", best(runs, lambda: _changed(top, *_IMAGE)), 0.6),
            Row("a new service, or its removal", best(runs, lambda: _added(top))),
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


def grow(source: Path, services: int, runs: int = 2) -> tuple[int, Cost, Cost]:
    """Run from cold, and after one service changed, on a lean fleet of about so many services."""
    with _fleet(source, services, lean=True) as (fleet, count):
        top = fleet.parent / "warm"
        cold = _cold(fleet, top)
        return count, cold, best(runs, lambda: _changed(top, *_IMAGE))


@contextmanager
def _fleet(source: Path, services: int, *, lean: bool = False) -> Iterator[tuple[Path, int]]:
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as scratch:
        fleet = Path(scratch) / "fleet"
        fleet.mkdir()
        yield fleet, multiply(source, fleet, services, lean=lean)


def _cold(fleet: Path, top: Path) -> Cost:
    """Run in a copy of the inputs: ext4 keeps away from the inodes of files deleted just before, for minutes."""
    if top.exists():
        top.rename(top.with_name(f"{top.name}-{time.monotonic_ns()}"))  # deleted at the end, with everything
    for name in _INPUTS:
        if (fleet / name).is_dir():
            shutil.copytree(fleet / name, top / name)
    return run(top, "charts", "--quiet")


def _changed(top: Path, one: str, other: str) -> Cost:
    """Change one service, to and fro."""
    file = top / "values" / "apps" / "media" / "sonarr.yaml"
    text = file.read_text(encoding="utf-8")
    old, new = (one, other) if one in text else (other, one)
    if old not in text:
        raise SystemExit(f"{file}: no '{old}' to change")
    file.write_text(text.replace(old, new), encoding="utf-8")
    return run(top, "charts", "--quiet")


def _added(top: Path) -> Cost:
    """Add a service that others may notice, or take it away again."""
    file = top / "values" / "apps" / "media" / "added.yaml"
    if file.exists():
        file.unlink()
    else:
        file.write_text(_ADDED, encoding="utf-8")
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
