"""What the runbooks promise: a lost worker, a lost control plane, a lost quorum."""

import asyncio
from pathlib import Path
from typing import Any

from provision.plan.step import Kind
from provision.talos.snapshot import save_snapshot
from tests.provision.apply.simulated import Simulated, applied, planned
from tests.provision.apply.test_apply_cluster import members, nodes
from tests.provision.apply.varied import cluster_of


def lose(site: Simulated, *vm_ids: int) -> None:
    """Let VMs be gone, as if somebody had deleted them."""

    def forget(together: Any) -> None:
        for vm_id in vm_ids:
            del together.proxmox.site.vms[vm_id]
            for storage in together.proxmox.site.storages.values():
                storage.volumes = [volume for volume in storage.volumes if volume.vmid != vm_id]
            for pool in together.proxmox.site.pools.values():
                pool.vms = [one for one in pool.vms if one != vm_id]

    site.call(forget)


def test_lost_machines_are_made_again(site: Simulated, tmp_path: Path) -> None:
    ground = site.ground(cluster_of(3, 2))
    applied(ground, tmp_path)
    lose(site, 141, 146)
    made, _ = applied(ground, tmp_path)
    kinds = {(step.subject, step.kind) for step in made.steps}
    assert {("cp-2", Kind.LEAVE), ("cp-2", Kind.FORGET), ("w-2", Kind.FORGET), ("w-2", Kind.JOIN)} <= kinds
    assert members(site) == ["cp-1", "cp-2", "cp-3"]
    assert nodes(site) == ["cp-1", "cp-2", "cp-3", "w-1", "w-2"]
    assert not planned(ground)


def test_lost_quorum_comes_back_from_a_snapshot(site: Simulated, tmp_path: Path) -> None:
    ground = site.ground(cluster_of(3, 1))
    applied(ground, tmp_path)
    site.call(lambda t: t.talos.clusters[0].kubernetes.add_workload("media", "web", ["w-1"]))

    async def save() -> None:
        async with ground.talos().connect(ground.control_planes[0]) as session:
            await save_snapshot(session, tmp_path / "etcd.db")

    asyncio.run(save())
    lose(site, 140, 141, 142)
    ground.snapshot = tmp_path / "etcd.db"
    applied(ground, tmp_path)
    assert not planned(ground)
    living = site.call(lambda t: [c for c in t.talos.clusters if c.members][-1])
    assert sorted(member.node for member in living.members.values()) == ["cp-1", "cp-2", "cp-3"]
    assert "media/web-0" in living.kubernetes.pods
