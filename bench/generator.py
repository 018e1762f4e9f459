"""Measure `chartroom charts` on a multiplied fleet, beside the floor: what the bare work would cost.

Every time is that of a whole process, the best of a few runs; the floor is measured in the same run.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.fleet import multiply

_COMMAND = (sys.executable, "-c", "from generator.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    seconds: float
    aim_s: float | None = None
    note: str = ""


def measure(source: Path, services: int, runs: int = 3) -> tuple[list[Row], dict[str, int]]:
    """Return the timings of one fleet, and what it is made of."""
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as scratch:
        top = Path(scratch) / "fleet"
        top.mkdir()
        counted = {"services": multiply(source, top, services)}
        rows = [
            Row("chartroom --help", _best(runs, lambda: _run(top, "--help")), 0.15),
            Row("cold", _best(runs, lambda: _run(top, "charts", "--quiet"), lambda: _clean(top)), 3.0),
            Row("nothing changed", _best(runs, lambda: _run(top, "charts", "--quiet")), 0.5),
            Row("one service changed", _best(runs, lambda: _run(top, "charts", "--quiet"), lambda: _touch(top)), 0.6),
        ]
        files = [file for folder in ("charts", "kubernetes", "docs", ".schemas") for file in _below(top / folder)]
        inputs = _below(top / "values")
        counted |= {
            "files read": len(inputs),
            "bytes read": sum(file.stat().st_size for file in inputs),
            "files written": len(files),
            "bytes written": sum(file.stat().st_size for file in files),
            "MiB at most": _memory(top),
        }
        floor = _floor(inputs, files, Path(scratch) / "floor")
        rows.insert(0, Row("floor: yaml.compose + writing the bytes", floor))
        return rows, counted


def _best(runs: int, work: Callable[[], None], before: Callable[[], None] = lambda: None) -> float:
    times = []
    for _ in range(runs):
        before()
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def _run(top: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        (*_COMMAND, *arguments), cwd=top, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(
            f"chartroom {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[:2000]}{done.stderr[:2000]}"
        )


def _clean(top: Path) -> None:
    """Remove everything that a run makes, caches included."""
    for folder in ("kubernetes", "docs", ".schemas", ".chartroom", ".cache"):
        shutil.rmtree(top / folder, ignore_errors=True)
    for chart in (top / "charts").iterdir():
        if chart.name != "common":
            shutil.rmtree(chart)


def _touch(top: Path) -> None:
    """Change the memory limit of one service, another one each time."""
    file = top / "values" / "apps" / "media" / "sonarr.yaml"
    text = file.read_text(encoding="utf-8")
    old, new = ("memory: 2Gi", "memory: 3Gi") if "memory: 2Gi" in text else ("memory: 3Gi", "memory: 2Gi")
    file.write_text(text.replace(old, new), encoding="utf-8")


def _memory(top: Path) -> int:
    """The most memory that a cold run takes, in MiB."""
    _clean(top)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    _run(top, "charts", "--quiet")
    return max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024


def _below(folder: Path) -> list[Path]:
    return sorted(
        file for file in folder.rglob("*") if file.is_file() and not file.is_symlink() and "common" not in file.parts
    )


def _floor(inputs: Sequence[Path], outputs: Sequence[Path], target: Path) -> float:
    """Seconds to compose every input with the C parser and to write the finished bytes."""
    import yaml

    contents = [file.read_bytes() for file in outputs]
    began = time.perf_counter()
    for file in inputs:
        if file.suffix == ".yaml":
            yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    target.mkdir()
    for index, content in enumerate(contents):
        (target / str(index)).write_bytes(content)
    return time.perf_counter() - began
