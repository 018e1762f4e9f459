"""Killed by a real SIGKILL at a point of the journal, an apply that goes on ends where an undisturbed one does.

Ordinary runs take a sample of the points, from 1+1 to 3+10 nodes and back by chance: the seed is printed and stands
in the report, and CHARTROOM_KILL_SEED plays it again. CHARTROOM_KILL_ALL=1 takes all points, journal kept and
deleted.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.provision.inventory.inventory_files import ROOT

SCENARIOS = ("apply", "grow", "shrink", "replace", "upgrade", "destroy", "tidy")
TEN_HOSTS = ("grow to 3+10", "shrink from 3+10")


def played(*arguments: str) -> list[dict[str, Any]]:
    """Play a scenario undisturbed, then killed; return what came of each."""
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tofu-free-infra")))
    command = [sys.executable, "-m", "tests.provision.apply.killing", *arguments]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def judge(rows: list[dict[str, Any]]) -> None:
    """Compare every run with the undisturbed one."""
    calm, *killed = rows
    assert (calm["last"], calm["again"]) == (0, 0)
    assert calm["state"]["splits"] == []
    assert killed
    for row in killed:
        assert row["ended"][0] == -9, row["point"]
        assert (row["last"], row["again"]) == (0, 0), row["point"]
        assert row["state"] == calm["state"], row["point"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("apply", "--first", "9", "--every", "29", "--twice", "11"),
        ("replace", "--first", "10", "--every", "99", "--forget"),
        ("upgrade", "--first", "5", "--every", "99"),
        ("tidy", "--first", "5", "--every", "99"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_sample_of_points_leads_to_the_same_end(arguments: tuple[str, ...]) -> None:
    judge(played(*arguments))


@pytest.mark.slow
@pytest.mark.parametrize("scenario", TEN_HOSTS)
def test_points_by_chance_lead_to_the_same_end(scenario: str, record_property: Callable[[str, object], None]) -> None:
    seed = int(os.environ.get("CHARTROOM_KILL_SEED") or secrets.randbelow(10**6))
    record_property("kill_seed", seed)
    print(f"{scenario}: CHARTROOM_KILL_SEED={seed} plays these points again")
    judge(played(scenario, "--sample", "1", "--seed", str(seed)))


@pytest.mark.skipif(not os.environ.get("CHARTROOM_KILL_ALL"), reason="takes hours: set CHARTROOM_KILL_ALL=1")
@pytest.mark.slow
@pytest.mark.parametrize("journal", ["kept", "deleted"])
@pytest.mark.parametrize("scenario", [*SCENARIOS, *TEN_HOSTS])
def test_every_point_leads_to_the_same_end(scenario: str, journal: str) -> None:
    judge(played(scenario, *(["--forget"] if journal == "deleted" else [])))
