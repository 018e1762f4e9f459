"""The benchmark of many nodes runs, and its floor is what it says."""

import os
import re
import subprocess
import sys

import pytest

from bench.provision import floor_s
from provision.apply.schedule import Limits
from provision.plan.step import Kind, Mark, Plan, Step
from tests.provision.inventory.inventory_files import ROOT


def test_floor_is_the_plan_at_the_pace_of_its_fastest_steps() -> None:
    creates = [Step(Kind.VM_CREATE, name, Mark.CREATE, host="pve-1") for name in ("a", "b", "c")]
    start = Step(Kind.VM_START, "c", Mark.CREATE, frozenset({"c/create"}))
    made = Plan("dev", (*creates, start))
    spans = {"a/create": (0.0, 2.0), "b/create": (0.0, 9.0), "c/create": (9.0, 14.0), "c/start": (14.0, 15.0)}
    assert floor_s(made, spans, Limits(host=2)) == 2.0 + 2.0 + 1.0
    assert floor_s(made, spans, Limits(host=3)) == 2.0 + 1.0


@pytest.mark.slow
def test_benchmark_runs() -> None:
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tofu-free-infra")))
    command = [sys.executable, "-m", "bench", "provision", "--nodes", "5", "--rate", "300"]
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("5 nodes on 1 hosts, machines 300 times as fast as real ones; ")
    for row in (
        r"plan from nothing +\d",
        r"apply, 26 steps +\d",
        r"times the floor +\d",
        r"at once: [12] of 2, [12] of 2, \d+ of 32",
        "plan again",
    ):
        assert re.search(row, done.stdout), (row, done.stdout)
