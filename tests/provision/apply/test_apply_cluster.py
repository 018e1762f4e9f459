"""Clusters that grow, shrink, change and are replaced, on the simulated site."""

import asyncio
import time
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from provision.apply import replacing
from provision.apply.look import look
from provision.apply.replacing import UnknownNode
from provision.inventory.model import GIB
from provision.plan.step import Mark
from provision.plan.upgrade import plan_upgrade
from tests.provision.apply.kill_scenarios import upgraded
from tests.provision.apply.simulated import Simulated, applied, planned, simulated
from tests.provision.apply.varied import changed, cluster_of, node_like, talos
from tests.provision.inventory.both_ends import at_end, with_nodes


def members(site: Simulated) -> list[str]:
    """Return who votes in etcd."""
    return site.call(
        lambda together: sorted(m.node for c in together.talos.clusters for m in c.members.values() if not m.is_learner)
    )


def nodes(site: Simulated) -> list[str]:
    """Return the Node objects."""
    return site.call(lambda together: sorted(together.talos.clusters[0].kubernetes.nodes))


def test_cluster_grows_and_shrinks(site: Simulated, tmp_path: Path) -> None:
    applied(site.ground(cluster_of(1, 1)), tmp_path)
    assert (members(site), nodes(site)) == (["cp-1"], ["cp-1", "w-1"])
    applied(site.ground(cluster_of(3, 3)), tmp_path)
    assert members(site) == ["cp-1", "cp-2", "cp-3"]
    assert nodes(site) == ["cp-1", "cp-2", "cp-3", "w-1", "w-2", "w-3"]
    ground = site.ground(cluster_of(1, 1))
    plan, _ = applied(ground, tmp_path)
    assert any(step.mark is Mark.DESTROY for step in plan.steps)
    assert (members(site), nodes(site)) == (["cp-1"], ["cp-1", "w-1"])
    assert not planned(ground)
    assert sorted(site.call(lambda together: together.proxmox.site.vms)) == [140, 145]


def test_one_host_without_a_nas_is_enough(tmp_path: Path) -> None:
    root = at_end(tmp_path / "repository", "one-host")
    with simulated(root / "values", tmp_path) as site:
        ground = site.ground(with_nodes(root, 1, 1))
        applied(ground, tmp_path)
        assert (members(site), nodes(site)) == (["cp-1"], ["cp-1", "w-1"])
        assert not planned(ground)


def test_machine_without_proxmox_joins_and_stays(site: Simulated, tmp_path: Path) -> None:
    """A metal node is a machine that is there: it is configured and installed, and nothing of Proxmox knows it."""

    def boot(together: Any) -> None:
        together.talos.add_node("metal-1", "10.2.10.30", platform="metal").power_on()

    site.call(boot)
    inventory = cluster_of(1, 1)
    metal = node_like(inventory.nodes["w-1"], "metal-1", 19, host=None, vm_id=None, install_disk='disk.serial == "S1"')
    metal = replace(metal, address=IPv4Address("10.2.10.30"), disks={}, mac="02:00:00:00:03:30")
    ground = site.ground(replace(inventory, nodes={**inventory.nodes, "metal-1": metal}))
    plan, _ = applied(ground, tmp_path)
    assert [step.id for step in plan.steps if step.subject == "metal-1"] == ["metal-1/configure", "metal-1/join"]
    assert nodes(site) == ["cp-1", "metal-1", "w-1"]
    assert not planned(ground)
    newer = upgraded(ground.wanted.inventory)
    upgrading = site.ground(newer)
    applied(upgrading, tmp_path, lambda seen: plan_upgrade(upgrading.wanted, seen))
    assert site.call(lambda together: together.talos.nodes["10.2.10.30"].running) == "v1.13.10"
    config = asyncio.run(look(upgrading)).nodes["metal-1"].config
    assert config is not None
    assert "factory.talos.dev/metal-installer/" in config
    assert "nocloud-installer" not in config
    assert not planned(upgrading)
    with pytest.raises(UnknownNode, match=r"'metal-1' is no node of dev that is a VM; there are: cp-1, w-1"):
        replacing.planner(upgrading, ["metal-1"])(asyncio.run(look(upgrading)))


@pytest.mark.slow
def test_cluster_grows_over_ten_hosts_and_shrinks_again(tmp_path: Path) -> None:
    root = at_end(tmp_path / "repository", "ten-hosts")
    began = time.monotonic()
    with simulated(root / "values", tmp_path) as site:
        small, large = with_nodes(root, 1, 1), with_nodes(root, 3, 10)
        applied(site.ground(small), tmp_path)
        first = site.call(lambda t: {vm: row.config["smbios1"] for vm, row in t.proxmox.site.vms.items()})
        plan, told = applied(site.ground(large), tmp_path)
        assert not any(step.mark is Mark.DESTROY for step in plan.steps)
        assert len(told.done_steps) == len(plan.steps)
        assert members(site) == ["cp-1", "cp-2", "cp-3"]
        assert nodes(site) == sorted(large.nodes)
        placed = site.call(lambda t: {vm.config["name"]: vm.node for vm in t.proxmox.site.vms.values()})
        assert placed == {name: node.host for name, node in large.nodes.items()}
        assert len(set(placed.values())) == 10
        assert not planned(site.ground(large))
        ground = site.ground(small)
        applied(ground, tmp_path)
        assert (members(site), nodes(site)) == (["cp-1"], ["cp-1", "w-1"])
        assert not planned(ground)
        assert site.call(lambda t: {vm: row.config["smbios1"] for vm, row in t.proxmox.site.vms.items()}) == first
        assert site.call(lambda t: t.talos.splits()) == []
    assert time.monotonic() - began < 150


def test_pods_move_before_their_node_goes(site: Simulated, tmp_path: Path) -> None:
    applied(site.ground(cluster_of(1, 2)), tmp_path)

    def work(together: object) -> None:
        kubernetes = together.talos.clusters[0].kubernetes  # type: ignore[attr-defined]  # the fixture's own type
        kubernetes.cni = True
        kubernetes.add_workload("media", "web", ["w-2", "w-2"], min_available=1)

    site.call(work)
    applied(site.ground(cluster_of(1, 1)), tmp_path)
    assert site.call(lambda together: together.talos.clusters[0].kubernetes.evictions) == ["media/web-0", "media/web-1"]


def test_node_is_replaced(site: Simulated, tmp_path: Path) -> None:
    ground = site.ground(cluster_of(3, 1))
    applied(ground, tmp_path)
    before = site.call(lambda together: {vm: row.config["scsi0"] for vm, row in together.proxmox.site.vms.items()})
    for name in ("w-1", "cp-2"):
        seen = asyncio.run(look(ground))
        plan = replacing.planner(ground, [name])(seen)
        assert {step.subject for step in plan.steps if step.mark is not Mark.WAIT} == {name}
        _, told = applied(ground, tmp_path, replacing.planner(ground, [name]), agreed=replacing.marker([name]))
        assert f"{name}/join" in told.done_steps
    assert members(site) == ["cp-1", "cp-2", "cp-3"]
    assert not planned(ground)
    after = site.call(lambda together: sorted(together.proxmox.site.vms))
    assert after == sorted(before)


def test_only_control_plane_is_not_replaced(site: Simulated, tmp_path: Path) -> None:
    ground = site.ground(cluster_of(1, 1))
    applied(ground, tmp_path)
    plan = replacing.planner(ground, ["cp-1"])(asyncio.run(look(ground)))
    assert plan.blockers == (
        "etcd's only members cp-1 would go, and the cluster with them: "
        "take a snapshot with `provision etcd snapshot`, then destroy and `provision apply --recover-from FILE`",
    )


def test_node_changes_in_place(site: Simulated, tmp_path: Path) -> None:
    applied(site.ground(cluster_of(3, 1)), tmp_path)
    bigger = changed(cluster_of(3, 1), "w-1", cores=12, labels={"zone": "a"})
    bigger = changed(bigger, "cp-1", memory_bytes=8 * GIB)
    disks = bigger.nodes["w-1"].disks
    bigger = changed(bigger, "w-1", disks={**disks, "longhorn": replace(disks["longhorn"], size_bytes=40 * GIB)})
    ground = site.ground(bigger)
    plan = planned(ground)
    assert sorted((step.id, step.mark.value) for step in plan.steps) == [
        ("cp-1/change", "~"),
        ("cp-1/restart", "!"),
        ("w-1/change", "~"),
        ("w-1/change config", "~"),
        ("w-1/restart", "!"),
    ]
    applied(ground, tmp_path)
    assert not planned(ground)
    assert site.call(lambda together: together.proxmox.site.vms[145].config["cores"]) == "12"
    assert site.call(lambda together: together.talos.nodes["10.2.10.16"].config.labels)["zone"] == "a"


def test_firewall_of_nodes_is_tried_before_it_stays(site: Simulated, tmp_path: Path) -> None:
    applied(site.ground(cluster_of(1, 1)), tmp_path)
    ground = site.ground(replace(cluster_of(1, 1), operators=("lan", "iot")))
    plan, _ = applied(ground, tmp_path)
    assert [step.id for step in plan.steps] == ["cp-1/change config", "w-1/change config"]
    assert not planned(ground)


def test_contract_never_changes(site: Simulated, tmp_path: Path) -> None:
    applied(site.ground(cluster_of(1, 1)), tmp_path)
    ground = site.ground(talos(cluster_of(1, 1), contract="1.14"))
    assert planned(ground).blockers == tuple(
        f"'{name}' was made with contract 1.13, the inventory says 1.14: the contract of a cluster never changes"
        for name in ("cp-1", "w-1")
    )


@pytest.mark.parametrize("contract", ["1.13", "1.14"])
def test_both_contracts_make_a_cluster(site: Simulated, tmp_path: Path, contract: str) -> None:
    version = {"1.13": "v1.13.9", "1.14": "v1.14.1"}[contract]
    ground = site.ground(talos(cluster_of(1, 1), contract=contract, version=version))
    applied(ground, tmp_path)
    assert not planned(ground)
