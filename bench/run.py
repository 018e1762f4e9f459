"""Run the command once, as a user would, and say what it cost."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent.parent
# The command says at its end what it took: itself, and the second process that it started.
_PROGRAM = """\
import atexit, json, os, resource

def tell():
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    with open(os.environ["BENCH_REPORT"], "w") as report:
        json.dump([(own.ru_utime + own.ru_stime, own.ru_maxrss) for own in map(resource.getrusage, kinds)], report)

atexit.register(tell)
from generator.cli import main
main()
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took. `processor_s` and `memory_mib` are those of the command, then of its second process."""

    wall_s: float
    processor_s: tuple[float, float]
    memory_mib: tuple[int, int]


def run(top: Path, *arguments: str, accepted: tuple[int, ...] = (0,)) -> Cost:
    """Run `chartroom` in a process of its own below `top`, which may end with these exit codes."""
    report = top.parent / f"{top.name}.cost"
    began = time.perf_counter()
    done = subprocess.run(
        (sys.executable, "-c", _PROGRAM, *arguments),
        cwd=top,
        env={**_environment(), "PYTHONPATH": str(_HERE), "BENCH_REPORT": str(report)},
        capture_output=True,
        text=True,
        check=False,
    )
    wall_s = time.perf_counter() - began
    if done.returncode not in accepted:
        raise SystemExit(
            f"chartroom {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[:2000]}{done.stderr[:2000]}"
        )
    (own_s, own_kib), (other_s, other_kib) = json.loads(report.read_text(encoding="utf-8"))
    return Cost(wall_s, (own_s, other_s), (own_kib // 1024, other_kib // 1024))


def _environment() -> dict[str, str]:
    """The environment in which modules are compiled once, as those of an installed package are."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def best(runs: int, once: Callable[[], Cost]) -> Cost:
    """The least of each figure over several runs: what is above it is other people's work on this machine."""
    costs = [once() for _ in range(runs)]
    own, other = (min(cost.processor_s[index] for cost in costs) for index in (0, 1))
    return Cost(min(cost.wall_s for cost in costs), (own, other), costs[-1].memory_mib)
