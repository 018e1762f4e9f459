"""What is said of machines without stopping a run; the errors are cases of tests/cases/inventory-*."""

from pathlib import Path

import pytest

from generator.finding import Severity, format_finding
from tests.support.workspace import Repository

PROD = "values/inventory/prod.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.minimal(tmp_path)


def warnings(repository: Repository) -> str:
    return "\n".join(
        format_finding(finding, repository.root)
        for finding in repository.all_findings()
        if finding.severity is Severity.WARNING and finding.rule == "inventory/control-planes"
    )


def test_even_number_of_control_planes_is_a_warning(repository: Repository) -> None:
    assert warnings(repository) == ""
    repository.change(PROD, "talos-2: {role: worker", "talos-2: {role: controlplane")
    assert repository.findings() == ""
    assert warnings(repository) == (
        "values/inventory/prod.yaml:6:3: warning: 2 control planes in 'prod', 1, 3 or 5 are expected "
        "[inventory/control-planes]\n"
        '      talos-2: {role: controlplane, vm_id: 101, mac: "02:00:00:00:01:01", address: 10.0.10.12, cores: 8, '
        "memory: 32Gi, devices: {tun: 8}, labels: {disk: ssd}}\n"
        "      ^\n"
        "  fix: add or remove one: an even number survives no more failures"
    )


def test_nodes_without_a_control_plane_are_a_warning(repository: Repository) -> None:
    repository.change(PROD, "talos-1: {role: controlplane", "talos-1: {role: worker")
    assert warnings(repository).startswith("values/inventory/prod.yaml:5:3: warning: 0 control planes in 'prod', 1,")


def test_control_planes_are_not_counted_where_a_node_cannot_be_read(repository: Repository) -> None:
    repository.change(PROD, "talos-2: {role: worker", "talos-2: {role: controlplane")
    repository.change(PROD, "talos-3: {role: worker", "talos-3: {role: controlplan")
    assert warnings(repository) == ""
