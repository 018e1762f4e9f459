"""Every fault of the simulators meets an apply: it goes on, or it stops with words, and the next apply ends well."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provision.apply.ground import Deadlines
from provision.apply.run import StepFailed
from provision.plan.upgrade import plan_upgrade
from provision.proxmox import ProxmoxError
from tests.provision.apply.kill_scenarios import small, upgraded
from tests.provision.apply.simulated import Simulated, applied, planned
from tests.provision.apply.varied import cluster_of
from tests.simulators.proxmox.tables import fault_kinds as proxmox_kinds
from tests.simulators.talos.faults import fault_kinds as talos_kinds

GOES_ON = None
# kind → (switch, what the apply that meets it says, or GOES_ON)
PROXMOX: dict[str, tuple[dict[str, Any], str | None]] = {
    "not-found": ({}, "does not exist"),
    "create-race": ({}, "not ours"),
    "lock-timeout": ({"times": 2}, GOES_ON),
    "vm-locked": ({"times": 2, "lock": "backup"}, GOES_ON),
    "digest-conflict": ({}, GOES_ON),
    "no-worker": ({"match": "POST /nodes/.*/qemu$"}, GOES_ON),
    "host-offline": ({"match": "GET /nodes/pve-1/qemu$", "after": 1}, "does not answer the others of its cluster"),
    "unauthorised": ({"after": 30}, "Proxmox does not accept token 'chartroom@pve!dev'"),
    "task-status-early": ({"times": 3}, GOES_ON),
    "file-appears": ({}, GOES_ON),
    "cut-before": ({"match": "POST /nodes/.*/qemu$"}, GOES_ON),
    "cut-after": ({"match": "POST /nodes/.*/qemu$"}, GOES_ON),
    "task-warnings": ({"match": "qmcreate"}, GOES_ON),
    "task-error": ({"match": "qmcreate"}, "task ended with"),
    "task-error-keeps-config": ({}, "task ended with"),
    "task-slow": ({"match": "qmcreate", "seconds": 60}, GOES_ON),
    "shutdown-hangs": ({}, GOES_ON),
    "latency": ({"times": 5, "seconds": 0.02}, GOES_ON),
    "resources-lag": ({"seconds": 3600}, GOES_ON),
    "ha-slow": ({"seconds": 30}, GOES_ON),
}
TALOS: dict[str, tuple[dict[str, Any], str | None]] = {
    "apply-connection-cut": ({}, GOES_ON),
    "apply-busy": ({}, "refused a configuration"),
    "bootstrap-already-exists": ({}, GOES_ON),
    "bootstrap-not-available": ({"times": 3}, GOES_ON),
    "bootstrap-connection-cut": ({}, GOES_ON),
    "time-not-in-sync": ({"times": 3}, GOES_ON),
    "certificate-rotation": ({"times": 2}, GOES_ON),
    "connection-refused": ({"times": 2}, GOES_ON),
    "etcd-unhealthy": ({"times": 3}, GOES_ON),
    "static-pod-stuck": ({"times": 2}, GOES_ON),
    "api-server-unready": ({"times": 2}, GOES_ON),
    "never-boots": ({"match": "cp-1"}, "gave no answer|it is silent"),
}
ELSEWHERE = {
    "upgrade-exit-code", "upgrade-does-not-boot", "upgrade-node-unhealthy", "kubeconfig-truncated", "snapshot-damaged",
    "snapshot-truncated", "database-truncated", "recover-not-ready", "recover-connection-cut", "eviction-refused",
}  # fmt: skip


def test_every_fault_has_its_row() -> None:
    assert set(PROXMOX) == set(proxmox_kinds())
    assert set(TALOS) | ELSEWHERE == set(talos_kinds())


def met(site: Simulated, folder: Path, expected: str | None, clear: Any) -> None:
    """Apply while the fault is on; then, without it, to the end."""
    ground = site.ground(small(), grant=False)
    if expected is not None:
        ground.deadlines = Deadlines(*[2_000.0] * 6)
    try:
        applied(ground, folder)
        problem = None
    except (StepFailed, ProxmoxError) as error:
        problem = str(error)
    site.call(clear)
    if expected is GOES_ON:
        assert problem is None
    else:
        assert problem is not None
        assert any(part in problem for part in expected.split("|")), problem
    fresh = site.ground(small(), grant=False)
    applied(fresh, folder)
    assert not planned(fresh)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in PROXMOX if kind not in ("create-race", "task-error-keeps-config")])
def test_proxmox_fault(kind: str, site: Simulated, tmp_path: Path) -> None:
    switch, expected = PROXMOX[kind]
    site.ground(small())  # makes the token before the fault is on
    site.together.proxmox.fault(kind, **switch)
    met(site, tmp_path, expected, lambda together: together.proxmox.engine.faults.active.clear())


@pytest.mark.slow
@pytest.mark.parametrize("kind", TALOS)
def test_talos_fault(kind: str, site: Simulated, tmp_path: Path) -> None:
    switch, expected = TALOS[kind]
    site.ground(small())
    site.call(lambda together: together.talos.faults.set(kind, **switch))

    def clear(together: Any) -> None:
        together.talos.faults.active.clear()
        for node in together.talos.nodes.values():
            if node.stage == "off":
                node.power_on()

    met(site, tmp_path, expected, clear)


@pytest.mark.parametrize("kind", ["create-race", "task-error-keeps-config"])
def test_vm_of_somebody_else_or_half_made_is_not_touched(kind: str, site: Simulated, tmp_path: Path) -> None:
    """Both need a person: the id is another's, or Proxmox kept a broken VM that a token may not unlock."""
    site.ground(small())
    site.together.proxmox.fault(kind)
    with pytest.raises(StepFailed) as failed:
        applied(site.ground(small(), grant=False), tmp_path)
    assert failed.value.step.kind.value == "create"
    assert failed.value.untouched


@pytest.mark.parametrize(
    ("fault", "said", "runs"),
    [
        ("upgrade-exit-code", "ended with exit code", "v1.13.9"),
        ("upgrade-does-not-boot", "it runs v1.13.9 again: the new version did not boot; it is on v1.13.9", "v1.13.9"),
        ("upgrade-node-unhealthy", "it was rolled back; look at its logs before the next try", "v1.13.9"),
    ],
)
def test_upgrade_that_goes_wrong_stops_the_roll(
    fault: str, said: str, runs: str, site: Simulated, tmp_path: Path
) -> None:
    applied(site.ground(cluster_of(1, 1)), tmp_path)
    ground = site.ground(upgraded(cluster_of(1, 1)))
    ground.deadlines = Deadlines(15_000.0, 15_000.0, 15_000.0, 3_000.0, 15_000.0)
    site.call(lambda together: together.talos.faults.set(fault, match="cp-1"))
    with pytest.raises(StepFailed) as failed:
        applied(ground, tmp_path, lambda seen: plan_upgrade(ground.wanted, seen))
    assert said in str(failed.value)
    assert "w-1/upgrade talos" in " ".join(failed.value.untouched)
    for _ in range(200):
        if site.call(lambda together: together.talos.nodes["10.2.10.11"].running) == runs:
            break
        time.sleep(0.05)
    assert site.call(lambda together: together.talos.nodes["10.2.10.11"].running) == runs
    assert site.call(lambda together: together.talos.nodes["10.2.10.16"].running) == "v1.13.9"


def test_one_of_two_members_goes_down_only_when_forced(site: Simulated, tmp_path: Path) -> None:
    """Two members: an inventory never asks for them, but a control plane that was lost leaves them."""
    applied(site.ground(cluster_of(3, 1)), tmp_path)

    def lose_third(together: Any) -> None:
        node = together.talos.nodes["10.2.10.13"]
        cluster = node.disk.etcd
        cluster.members.pop(node.disk.member_id)

    site.call(lose_third)
    two = cluster_of(3, 1)
    two = replace(two, nodes={name: node for name, node in two.nodes.items() if name != "cp-3"})
    ground = site.ground(upgraded(two))
    with pytest.raises(StepFailed) as failed:
        applied(ground, tmp_path, lambda seen: plan_upgrade(ground.wanted, seen))
    assert "stays up: etcd has two members: without one of them it has no quorum" in str(failed.value)
    ground.force = True
    applied(ground, tmp_path, lambda seen: plan_upgrade(ground.wanted, seen))
    running = site.call(lambda t: {t.talos.nodes[f"10.2.10.{n}"].running for n in (11, 12, 16)})
    assert running == {"v1.13.10"}


def test_upgrade_waits_for_a_disruption_budget_and_says_so(site: Simulated, tmp_path: Path) -> None:
    applied(site.ground(cluster_of(1, 1)), tmp_path)

    def work(together: Any) -> None:
        kubernetes = together.talos.clusters[0].kubernetes
        kubernetes.add_workload("media", "web", ["w-1"], min_available=1)

    site.call(work)
    ground = site.ground(upgraded(cluster_of(1, 1)))
    ground.deadlines = Deadlines(15_000.0, 15_000.0, 400.0, 15_000.0, 15_000.0)
    with pytest.raises(StepFailed) as failed:
        applied(ground, tmp_path, lambda seen: plan_upgrade(ground.wanted, seen))
    assert (
        "w-1/upgrade talos/v1.13.10: waited 400 s for w-1 to be drained: media/web-0 is held by a disruption budget"
        in str(failed.value)
    )
    site.call(lambda together: together.talos.clusters[0].kubernetes.budgets.clear())
    ground.deadlines = Deadlines(*[15_000.0] * 6)
    applied(ground, tmp_path, lambda seen: plan_upgrade(ground.wanted, seen))
    nodes = site.call(lambda together: together.talos.clusters[0].kubernetes.nodes)
    assert not any(node["spec"].get("unschedulable") for node in nodes.values())
