"""The two simulators as one site: what one of them shows is what the other one has just done."""

import json
import urllib.request
from pathlib import Path

import pytest

from tests.provision.apply.simulated import simulated
from tests.provision.inventory.inventory_files import ROOT
from tests.simulators.together import site


def test_machine_without_its_vm_is_gone_when_somebody_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "_STEP_S", 3600.0)  # nothing happens by itself
    with simulated(ROOT / "values", tmp_path) as running:
        running.call(lambda together: together.talos.add_node("cp-1", "10.2.10.11", version="v1.13.9"))
        with urllib.request.urlopen(f"{running.facts['talos_control']}/state", timeout=20) as answer:
            assert json.loads(answer.read())["nodes"] == {}
