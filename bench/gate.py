"""Measure `chartroom check` beside its peers in one run, its schema stage beside kubeconform, and how it grows.

python -m bench gate [--services N] [--quick]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench.fleet import multiply
from bench.gate_peers import Peer, Peers
from bench.memory import peak_mib
from bench.run import run

_REPOSITORY = (
    "values", "charts", "kubernetes", "docs/reference", ".schemas", ".chartroom", "policies",
    "tests/cases", "tests/facts", "tests/frozen",
)  # fmt: skip
_GROWTH = (500, 1000, 2500, 5000)
_OBJECTS = 5000
_A_FILE = 10
_EACH_TEXT = "\n---\n"
_VERDICT = (0, 1)
_ENVIRONMENTS = ("dev", "prod", "staging")
_VERSION = "1.36"
_PIPELINE = "helm two at a time, kubeconform, conftest ({} rules)"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how long, how many objects came through which step, and what is aimed at."""

    what: str
    seconds: float
    rendered: int
    validated: int
    judged: int
    aim: str = ""


def main(arguments: Sequence[str]) -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(prog="python -m bench gate", description=__doc__)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--quick", action="store_true", help="without the growth from 500 to 5,000 services")
    options = parser.parse_args(arguments)
    root = Path(__file__).parent.parent
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; the least of three runs")
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as scratch:
        _print_catalogue(root, Path(scratch))
    with _fleet(root, options.services) as (fleet, count):
        _print_large(root, fleet, count)
    if not options.quick:
        _print_growth(root)


def _print_catalogue(root: Path, scratch: Path) -> None:
    """The present catalogue: ours, cold and unchanged, and two pipelines of other tools."""
    fleet = scratch / "fleet"
    for name in _REPOSITORY:
        shutil.copytree(root / name, fleet / name, symlinks=True)
    _link_tools(root, fleet)
    cold = _least(3, lambda: _check(fleet))
    warm = _least(3, lambda: _check(fleet, keep=True))
    peers = Peers(root, fleet, scratch / "peers", _ENVIRONMENTS)
    peers.write_schemas(_texts(fleet), _VERSION)
    pipeline = min((peers.pipeline() for _ in range(3)), key=lambda peer: peer.seconds)
    loop = peers.loop(4)
    rows = (
        Row("chartroom check, cold", *cold, aim="4.0"),
        Row("chartroom check, nothing changed", *warm, aim="0.6"),
        _peer(_PIPELINE.format(len(peers.rules)), pipeline),
        _peer("the same three for each service in turn (of every 4th)", loop),
    )
    _print_rows("the catalogue x 3 environments", rows)
    ratios = f"{pipeline.seconds / cold[0]:.1f} times as long (aim 2: {_steps(pipeline)})"
    print(f"the pipeline takes {ratios}, the loop {loop.seconds / cold[0]:.1f} times (aim 10)")


def _steps(peer: Peer) -> str:
    return ", ".join(f"{name} {seconds:.2f}" for name, seconds in peer.steps.items())


def _peer(what: str, peer: Peer) -> Row:
    return Row(what, peer.seconds, peer.objects, peer.objects, peer.objects)


def _print_large(root: Path, fleet: Path, count: int) -> None:
    """Many services: where the time goes, what it holds in memory; and the schema stage by itself."""
    cold = _least(2, lambda: _check(fleet))
    report = json.loads((fleet / "report.json").read_text(encoding="utf-8"))
    warm = _check(fleet, keep=True)
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as scratch:
        peers = Peers(root, fleet, Path(scratch) / "peers", _ENVIRONMENTS)
        peers.write_schemas(_texts(fleet), _VERSION)
        pipeline = peers.pipeline()
    rows = (
        Row("chartroom check, cold", *cold, aim="12.0"),
        Row("chartroom check, nothing changed", *warm),
        _peer(_PIPELINE.format(len(peers.rules)), pipeline),
    )
    _print_rows(f"{count} services x 3 environments", rows)
    print(f"the pipeline takes {pipeline.seconds / cold[0]:.1f} times as long (aim 2): {_steps(pipeline)}")
    print(", ".join(f"{timing['stage']} {timing['seconds']:.2f}" for timing in report["timings"]))
    command = (sys.executable, "-c", "from generator.cli import main; main()", "check", "--no-cache")
    print(f"most memory at once, all processes: {peak_mib(command, fleet, {'PYTHONPATH': str(root)})} MiB (aim 1500)")
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as scratch:
        ours_s, theirs_s, files, valid = _schema_stage(root, fleet, Path(scratch))
    print(f"schema stage, {valid} objects in {files} files, a process each: "
          f"ours {ours_s:.2f} s, kubeconform {theirs_s:.2f} s")  # fmt: skip


def _schema_stage(root: Path, fleet: Path, scratch: Path) -> tuple[float, float, int, int]:
    """Judge the same files by the same schemas: ours and kubeconform, as processes."""
    texts = list(islice(_texts(fleet), _OBJECTS))
    files = [scratch / f"{number:04}.yaml" for number in range(0, len(texts), _A_FILE)]
    for number, file in enumerate(files):
        own = texts[number * _A_FILE : (number + 1) * _A_FILE]
        file.write_text(_EACH_TEXT.join(own), encoding="utf-8")
    peers = Peers(root, fleet, scratch / "peers", ())
    peers.write_schemas((file.read_text(encoding="utf-8") for file in files), _VERSION)
    ours_s, theirs_s = 1e9, 1e9
    for _ in range(3):
        began = time.perf_counter()
        command = (sys.executable, "-m", "bench.gate_schema", _VERSION, *map(str, files))
        ours = int(subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout)
        ours_s = min(ours_s, time.perf_counter() - began)
        began = time.perf_counter()
        theirs = peers.kubeconform(files)
        theirs_s = min(theirs_s, time.perf_counter() - began)
        if ours != theirs:
            raise SystemExit(f"ours finds {ours} objects valid, kubeconform {theirs}")
    return ours_s, theirs_s, len(files), ours


def _print_growth(root: Path) -> None:
    print(f"\n{'chartroom check, cold, once, lean copies':40}{'seconds':>9}{'objects':>9}{'ms/object':>11}")
    for services in _GROWTH:
        with _fleet(root, services, lean=True) as (fleet, count):
            seconds, objects, _, _ = _check(fleet)
            print(f"{f'{count:,} services':40}{seconds:9.2f}{objects:9}{seconds / objects * 1000:11.3f}", flush=True)


@contextmanager
def _fleet(root: Path, services: int, *, lean: bool = False) -> Iterator[tuple[Path, int]]:
    """A fleet of about so many services with everything generated."""
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as scratch:
        fleet = Path(scratch) / "fleet"
        fleet.mkdir()
        count = multiply(root, fleet, services, lean=lean)
        _link_tools(root, fleet)
        run(fleet, "charts", "--quiet")
        yield fleet, count


def _link_tools(root: Path, fleet: Path) -> None:
    (fleet / ".tools").mkdir()
    (fleet / ".tools" / "bin").symlink_to(root / ".tools" / "bin")


def _check(fleet: Path, *, keep: bool = False) -> tuple[float, int, int, int]:
    """Check once and return seconds, objects rendered, validated and judged."""
    if not keep:
        shutil.rmtree(fleet / ".cache", ignore_errors=True)
    report = fleet / "report.json"
    cost = run(fleet, "check", "--format", "json", "--output", str(report), accepted=_VERDICT)
    environments = json.loads(report.read_text(encoding="utf-8"))["environments"]
    rendered, judged = (sum(entry[key] for entry in environments) for key in ("rendered", "judged"))
    # Every object that is rendered goes through its schema; the run ends with an error otherwise.
    return cost.wall_s, rendered, rendered, judged


def _least(runs: int, once: Callable[[], tuple[float, int, int, int]]) -> tuple[float, int, int, int]:
    return min(once() for _ in range(runs))


def _texts(fleet: Path) -> Iterator[str]:
    """Every manifest that the fleet renders, from charts and from Git."""
    from generator.pipeline.charts import render_everything

    for charts in render_everything(fleet).values():
        for pairs in charts.values():
            yield from (pair.document for pair in pairs)
    for file in sorted((fleet / "kubernetes").glob("*/**/*.yaml")):
        yield file.read_text(encoding="utf-8")


def _print_rows(title: str, rows: Sequence[Row]) -> None:
    print(f"\n{title:66}{'seconds':>9}{'aim':>6}{'rendered':>10}{'validated':>11}{'judged':>8}")
    for row in rows:
        counts = f"{row.rendered:10,}{row.validated:11,}{row.judged:8,}"
        print(f"{row.what:66}{row.seconds:9.2f}{row.aim or '–':>6}{counts}")
