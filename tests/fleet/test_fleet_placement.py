# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""Which nodes a pod may run on, by labels, taints and tolerations."""

from pathlib import Path

import pytest

from generator.fleet.placement import eligible_nodes
from tests.support.workspace import Repository

INVENTORY = "values/inventory/prod.yaml"
CONTROL = "node-role.kubernetes.io/control-plane"
PODS = {
    "nothing said": ("", {"talos-2", "talos-3"}),
    "label": ("nodeSelector: {disk: ssd}", {"talos-2"}),
    "what the kubelet sets": ("nodeSelector: {kubernetes.io/arch: arm64, kubernetes.io/os: linux}", {"talos-2", "talos-3"}),
    "host name": ("nodeSelector: {kubernetes.io/hostname: talos-2}", {"talos-2"}),
    "control planes, tolerated": (
        f"nodeSelector: {{{CONTROL}: ''}}\ntolerations: [{{key: {CONTROL}, operator: Exists}}]", {"talos-1"},
    ),
    "every taint": ("tolerations: [{operator: Exists}]", {"talos-1", "talos-2", "talos-3", "talos-4"}),
    "every taint of one effect": ("tolerations: [{operator: Exists, effect: NoSchedule}]", {"talos-1", "talos-2", "talos-3", "talos-4"}),
    "every taint of another effect": ("tolerations: [{operator: Exists, effect: NoExecute}]", {"talos-2", "talos-3"}),
    "taint by value": ("tolerations: [{key: gpu, value: big}]", {"talos-2", "talos-3", "talos-4"}),
    "taint by another value": ("tolerations: [{key: gpu, operator: Equal, value: small}]", {"talos-2", "talos-3"}),
    "taint by key": ("tolerations: [{key: gpu, operator: Exists}]", {"talos-2", "talos-3", "talos-4"}),
}  # fmt: skip


@pytest.mark.parametrize("name", PODS)
def test_pod_runs_where_labels_and_taints_let_it(tmp_path: Path, name: str) -> None:
    repository = Repository.minimal(tmp_path)
    repository.change(
        INVENTORY,
        "address: 10.0.10.13, cores: 8, memory: 32Gi}",
        "address: 10.0.10.13, cores: 8, memory: 32Gi, taints: [{key: soft, effect: PreferNoSchedule}]}\n"
        '  talos-4: {role: worker, vm_id: 103, mac: "02:00:00:00:01:03", address: 10.0.10.14, cores: 8, memory: 32Gi, '
        "taints: [{key: gpu, value: big, effect: NoSchedule}]}",
    )
    pods, expected = PODS[name]
    repository.workload("a", f"{pods}\n")
    assert repository.findings() == ""
    catalogue = repository.catalogue()
    found = eligible_nodes(catalogue.inventory, catalogue.services["a"].components["main"])
    assert {node.name for node in found} == expected
