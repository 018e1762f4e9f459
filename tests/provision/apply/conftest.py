"""A simulated site of the shipped inventories, fresh for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.provision.apply.simulated import Simulated, simulated
from tests.provision.inventory.inventory_files import ROOT


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Simulated]:
    """A site without VMs; nobody may have made two clusters of one on it when the test ends."""
    with simulated(ROOT / "values", tmp_path) as running:
        yield running
        assert running.call(lambda together: together.talos.splits()) == []
