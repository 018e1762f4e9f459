"""Killed by a real SIGKILL at a point of the journal, an apply that goes on ends where an undisturbed one does.

Ordinary runs take a few points of each scenario, by chance: the seed is printed and stands in the report, and
CHARTROOM_KILL_SEED plays it again. CHARTROOM_KILL_ALL=1 takes all points of all scenarios, journal kept and deleted
(an hour and a half on two busy cores, 2026-11-21: every one led to the same end).
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


@pytest.fixture
def seed(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> int:
    """What chance begins with: printed where a test fails, and in the report."""
    found = int(os.environ.get("CHARTROOM_KILL_SEED") or secrets.randbelow(10**6))
    record_property("kill_seed", found)
    print(f"{request.node.name}: CHARTROOM_KILL_SEED={found} plays this point again")
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "points"),
    [
        (("apply", "--twice", "11"), 3),
        (("apply", "--forget"), 3),
        (("replace", "--forget"), 2),
        (("upgrade",), 2),
        (("destroy", "--forget"), 2),
        (("grow",), 1),
        (("shrink", "--forget"), 1),
        (("tidy",), 1),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else str(given),
)
def test_points_by_chance_lead_to_the_same_end(arguments: tuple[str, ...], points: int, seed: int) -> None:
    judge(played(*arguments, "--sample", str(points), "--seed", str(seed)))


@pytest.mark.slow
def test_point_over_ten_hosts_leads_to_the_same_end(seed: int) -> None:
    """From 1+1 to 3+10 nodes or back, by chance too: an ordinary run has time for one of them."""
    judge(played(TEN_HOSTS[seed % 2], "--sample", "1", "--seed", str(seed)))


@pytest.mark.skipif(not os.environ.get("CHARTROOM_KILL_ALL"), reason="takes hours: set CHARTROOM_KILL_ALL=1")
@pytest.mark.slow
@pytest.mark.parametrize("journal", ["kept", "deleted"])
@pytest.mark.parametrize("scenario", [*SCENARIOS, *TEN_HOSTS])
def test_every_point_leads_to_the_same_end(scenario: str, journal: str) -> None:
    judge(played(scenario, *(["--forget"] if journal == "deleted" else [])))
