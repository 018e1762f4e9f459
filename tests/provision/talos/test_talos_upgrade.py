"""Reboot, upgrade, roll back: what proves that a node went down and came up as it should."""

import pytest

from provision.talos import lifecycle, machine
from provision.talos.error import DeadlinePassed, InstallFailed, NotReady
from provision.talos.lifecycle import Upgraded
from provision.talos.probe import Presence, probe
from provision.talos.waiting import wait_for_presence, wait_for_reboot, wait_until_ready
from tests.provision.talos.talos_site import CONTROL_PLANES, LONG, Cluster, running_site

FIRST = CONTROL_PLANES[0]
IMAGE = "factory.talos.dev/nocloud-installer/abc:v1.14.1"


async def reboot(cluster: Cluster) -> str:
    """Reboot, wait for another boot id, and return the version that came up."""
    async with cluster.talos.connect(FIRST) as session:
        before = await machine.boot_id(session)
        await lifecycle.reboot(session)
    after = await wait_for_reboot(cluster.waiter, cluster.talos, FIRST, before, LONG)
    assert after != before
    async with cluster.talos.connect(FIRST) as session:
        return (await machine.version(session)).tag


async def test_upgrade_installs_and_the_reboot_brings_the_version() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            await lifecycle.pull_image(session, "registry.k8s.io/kube-apiserver:v1.36.4", for_pods=True)
            assert await lifecycle.upgrade(session, IMAGE) is Upgraded.INSTALLED
            assert (await machine.version(session)).tag == "v1.13.9"
        assert await reboot(cluster) == "v1.14.1"
        await wait_until_ready(cluster.waiter, cluster.talos, FIRST, LONG)
        async with cluster.talos.connect(FIRST) as session:
            before = await machine.boot_id(session)
            await lifecycle.rollback(session)
        await wait_for_reboot(cluster.waiter, cluster.talos, FIRST, before, LONG)
        async with cluster.talos.connect(FIRST) as session:
            assert (await machine.version(session)).tag == "v1.13.9"


async def test_an_installer_that_fails_is_an_error_though_the_call_is_fine() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        cluster.site.faults.set("upgrade-exit-code", options={"code": 7})
        async with cluster.talos.connect(FIRST) as session:
            with pytest.raises(InstallFailed) as caught:
                await lifecycle.upgrade(session, IMAGE)
        assert str(caught.value) == (
            f"talos-1 (10.0.10.11): the installer of {IMAGE} ended with exit code 7: "
            "installing v1.14.1; failed to write the boot loader"
        )
        assert await reboot(cluster) == "v1.13.9"


async def test_a_version_that_does_not_boot_falls_back() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        cluster.site.faults.set("upgrade-does-not-boot")
        async with cluster.talos.connect(FIRST) as session:
            await lifecycle.upgrade(session, IMAGE)
        assert await reboot(cluster) == "v1.13.9"


async def test_a_node_unhealthy_after_its_upgrade_is_rolled_back() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        cluster.site.faults.set("upgrade-node-unhealthy")
        async with cluster.talos.connect(FIRST) as session:
            await lifecycle.upgrade(session, IMAGE)
        assert await reboot(cluster) == "v1.14.1"
        with pytest.raises(DeadlinePassed) as caught:
            await wait_until_ready(cluster.waiter, cluster.talos, FIRST, 300)
        assert str(caught.value).startswith("waited 300 s for talos-1 (10.0.10.11) to be ready: talos-1 (10.0.10.11): ")
        assert "lacks services/kubelet: service 'kubelet' is Preparing" in str(caught.value)
        async with cluster.talos.connect(FIRST) as session:
            await lifecycle.rollback(session)
        await wait_until_ready(cluster.waiter, cluster.talos, FIRST, LONG)


async def test_there_is_nothing_to_roll_back_before_an_upgrade() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            with pytest.raises(NotReady) as caught:
                await lifecycle.rollback(session)
        assert str(caught.value) == (
            "talos-1 (10.0.10.11): refused a rollback, failed precondition: "
            "cannot rollback to the previous version, label does not exist"
        )


async def test_the_legacy_call_reboots_by_itself_and_is_what_old_versions_have() -> None:
    async with running_site(control_planes=1) as cluster:
        cluster.site.nodes[FIRST.address].disk.installed = "v1.12.11"
        await cluster.power_off(FIRST)
        cluster.site.nodes[FIRST.address].power_on()
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            before = await machine.boot_id(session)
            assert await lifecycle.upgrade(session, IMAGE) is Upgraded.REBOOTING
        await wait_for_reboot(cluster.waiter, cluster.talos, FIRST, before, LONG)
        await wait_until_ready(cluster.waiter, cluster.talos, FIRST, LONG)
        async with cluster.talos.connect(FIRST) as session:
            before = await machine.boot_id(session)
            assert await lifecycle.upgrade(session, IMAGE, legacy=True) is Upgraded.REBOOTING
        await wait_for_reboot(cluster.waiter, cluster.talos, FIRST, before, LONG)


async def test_the_legacy_call_looks_at_etcd() -> None:
    async with running_site(control_planes=2) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            with pytest.raises(NotReady) as caught:
                await lifecycle.upgrade(session, IMAGE, legacy=True)
        assert str(caught.value) == (
            "talos-1 (10.0.10.11): refused an upgrade, failed precondition: "
            "etcd has 2 members: an upgrade would lose quorum"
        )


async def test_reset_and_shutdown_end_in_what_was_asked() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            await lifecycle.shutdown(session)
        await wait_for_presence(cluster.waiter, cluster.talos, FIRST, [Presence.SILENT], LONG)
        await cluster.power_off(FIRST)
        cluster.site.nodes[FIRST.address].power_on()
        await wait_until_ready(cluster.waiter, cluster.talos, FIRST, LONG)
        async with cluster.talos.connect(FIRST) as session:
            await lifecycle.reset(session, graceful=False, reboot_after=True, partitions=[])
        await wait_for_presence(cluster.waiter, cluster.talos, FIRST, [Presence.SILENT], LONG)
        assert cluster.site.nodes[FIRST.address].disk.installed is None


async def test_a_node_that_never_boots_is_waited_for_with_words() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        cluster.site.faults.set("never-boots")
        async with cluster.talos.connect(FIRST) as session:
            await lifecycle.reboot(session, power_cycle=True)
        await wait_for_presence(cluster.waiter, cluster.talos, FIRST, [Presence.SILENT], LONG)
        with pytest.raises(DeadlinePassed) as caught:
            await wait_for_presence(cluster.waiter, cluster.talos, FIRST, [Presence.CONFIGURED], 100)
        assert str(caught.value) == ("waited 100 s for talos-1 (10.0.10.11) to be configured: it is silent")
        assert (await probe(cluster.talos, FIRST)).presence is Presence.SILENT
