"""What Talos would refuse is said at the node of the inventory, before anything is asked."""

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.main import provision
from provision.plan.judge import judge
from provision.plan.wanted import Wanted
from tests.provision.apply.varied import shipped
from tests.provision.inventory.inventory_files import edited, loaded
from tests.provision.plan.test_plan_size import hundred

PROD = "inventory/prod.yaml"
METAL = "talos-7: {role: worker, metal: {disk: 'disk.size > 10u * GiB'},"
CASES = {
    "disk-by-size": (
        (PROD, "talos-7: {role: worker, host: pve-1, vm_id: 106,", METAL),
        "'talos-7' selects its disk by 'disk.size > 10u * GiB', which contract 1.13 cannot say",
    ),
    "metal-without-disk": (
        (PROD, "talos-7: {role: worker, host: pve-1, vm_id: 106,", "talos-7: {role: worker, metal: {},"),
        "'talos-7' has no install disk, which a metal machine needs",
    ),
    "kubernetes-too-new": (
        (PROD, "version: v1.13.9", "version: v1.12.1"),
        "contract 1.13 is newer than Talos v1.12.1",
    ),
    "label": (
        (PROD, "talos-7: {role: worker,", 'talos-7: {role: worker, labels: {"a b": c},'),
        "'talos-7' has the label 'a b'",
    ),
}


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_shipped_inventories_lead_to_sound_configurations(environment: str) -> None:
    assert judge(Wanted(shipped(environment))) == ()


@pytest.mark.parametrize("case", CASES)
def test_fault_is_found_where_the_node_stands(case: str, tmp_path: Path) -> None:
    change, message = CASES[case]
    root = edited(tmp_path, change)
    found = judge(Wanted(loaded(root, "prod")))
    assert message in found[0].message
    result = CliRunner().invoke(provision, ["--root", str(root), "-e", "prod", "validate", "--offline"])
    assert result.exit_code == 2
    assert message in result.output
    assert "values/inventory/prod.yaml:" in result.output
    assert "Error: the inventory of 'prod' has " in result.output


def test_hundred_nodes_are_judged_in_a_second() -> None:
    wanted = Wanted(hundred())
    judge(wanted)
    began = time.process_time()
    assert judge(wanted) == ()
    assert time.process_time() - began < 1.0
