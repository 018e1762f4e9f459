"""From bare machines to a cluster, and what a client can ask of it on the way."""

from dataclasses import replace

import pytest

from provision.machineconfig.model import Contract, EncryptionKey
from provision.talos import machine, resource
from provision.talos.bootstrap import Bootstrapped, Outcome, bootstrap_once
from provision.talos.configuration import Mode, apply_configuration
from provision.talos.error import Node, NotPermitted, NotReady, Rejected, Unreachable
from provision.talos.etcd import Member, alarms, members, status
from provision.talos.health import etcd_health, node_problems, refuses_to_take_down
from provision.talos.kubeconfig import fetch_kubeconfig
from provision.talos.probe import Found, Presence, probe
from provision.talos.resource import MachineStatus, Stage
from provision.talos.waiting import (
    wait_for_component,
    wait_for_config,
    wait_for_etcd_member,
    wait_for_node,
    wait_until_ready,
)
from tests.provision.talos.talos_site import BUNDLE, CONTROL_PLANES, LONG, WORKER, running_site

FIRST = CONTROL_PLANES[0]


@pytest.mark.parametrize("contract", Contract)
async def test_three_control_planes_and_a_worker_become_a_cluster(contract: Contract) -> None:
    async with running_site(contract) as cluster:
        await cluster.make()
        await cluster.configure(WORKER)
        await wait_until_ready(cluster.waiter, cluster.talos, WORKER, LONG)
        for node in CONTROL_PLANES:
            await wait_for_etcd_member(cluster.waiter, cluster.talos, node, LONG)
        health = await etcd_health(cluster.talos, CONTROL_PLANES)
        assert (health.problems, health.voters, refuses_to_take_down(health)) == ((), 3, None)
        cluster.site.clusters[0].kubernetes.cni = True
        await wait_for_node(cluster.waiter, cluster.talos, WORKER, LONG)
        assert await bootstrap_once(cluster.talos, CONTROL_PLANES) == Bootstrapped(Outcome.THERE, FIRST)


async def test_a_bare_machine_tells_little_and_takes_a_configuration() -> None:
    async with running_site(control_planes=1) as cluster:
        silent = await probe(cluster.talos, Node("nobody", "10.0.10.10"))
        assert silent == Found(Presence.SILENT)
        await cluster.configure()
        while (found := await probe(cluster.talos, FIRST)).presence is Presence.SILENT:
            await cluster.waiter.clock.sleep(5)
        assert found == Found(Presence.MAINTENANCE, "v1.13.9", MachineStatus(Stage.MAINTENANCE, True, ()))
        async with cluster.talos.connect_maintenance(FIRST) as session:
            assert await machine.version(session) == machine.Version("v1.13.9", "nocloud", "cloud", False)
            assert [disk.serial for disk in await machine.disks(session)] == ["system"]
            with pytest.raises(NotPermitted) as caught:
                await machine.boot_id(session)
            assert str(caught.value) == ("talos-1 (10.0.10.11): refused its boot id, permission denied: not authorized")
            with pytest.raises(Rejected) as refused:
                await apply_configuration(session, "version: v1alpha1\nmachine: {type: init}\n")
            assert str(refused.value) == (
                "talos-1 (10.0.10.11): refused a configuration, invalid argument: "
                'configuration validation failed: unknown machine type "init"'
            )
            seen = await apply_configuration(session, cluster.config(FIRST), dry_run=True)
            assert seen.mode is Mode.NO_REBOOT
            assert seen.has_changes
        assert (await probe(cluster.talos, FIRST)).presence is Presence.MAINTENANCE


async def test_a_configured_node_tells_everything() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        await wait_until_ready(cluster.waiter, cluster.talos, FIRST, LONG)
        async with cluster.talos.connect(FIRST) as session:
            assert await machine.version(session) == machine.Version("v1.13.9", "nocloud", "cloud", True)
            assert await resource.machine_status(session) == MachineStatus(Stage.RUNNING, True, ())
            assert await node_problems(session) == ()
            assert sorted(await machine.services(session)) == [
                "apid",
                "containerd",
                "cri",
                "etcd",
                "kubelet",
                "machined",
                "trustd",
                "udevd",
            ]
            assert (await resource.machine_config(session)).text == cluster.config(FIRST)
            assert (await resource.machine_config(session, persistent=True)).text == cluster.config(FIRST)
            assert await resource.kubelet_image(session) == "ghcr.io/siderolabs/kubelet:v1.36.3"
            assert await resource.component(session, "kube-scheduler") == resource.Component(
                "registry.k8s.io/kube-scheduler:v1.36.3", "1"
            )
            found = await members(session)
            assert found == (Member(found[0].member_id, "talos-1", False),)
            assert await resource.etcd_member_id(session) == found[0].member_id
            assert (await status(session)).leader == found[0].member_id
            assert await members(session, local=True) == found
            assert await alarms(session) == ()
            assert await resource.extensions(session) == {"iscsi-tools": "v1.13.9", "util-linux-tools": "v1.13.9"}
            assert await resource.encrypted_volumes(session) == {"STATE": False, "EPHEMERAL": False}
            assert len(await resource.system_uuid(session)) == 36
            assert [item["kind"] for item in await resource.bootstrap_manifests(session)] == [
                "ServiceAccount",
                "ConfigMap",
            ]
            node = await resource.node_status(session, "talos-1")
            assert node == resource.NodeStatus("talos-1", False, False)
            assert await resource.node_status(session, "talos-9") is None
            cluster.site.nodes[FIRST.address].leave_etcd()
            assert await resource.etcd_member_id(session) is None


async def test_apply_shows_a_difference_before_it_changes_anything() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        changed = cluster.config(FIRST, kubernetes_version="1.36.4")
        async with cluster.talos.connect(FIRST) as session:
            same = await apply_configuration(session, cluster.config(FIRST), dry_run=True)
            assert not same.has_changes
            seen = await apply_configuration(session, changed, dry_run=True)
            assert seen.has_changes
            assert "+    image: registry.k8s.io/kube-scheduler:v1.36.4" in seen.details
            assert "scheduler" not in repr(seen)
            applied = await apply_configuration(session, changed, mode=Mode.NO_REBOOT)
            assert applied.mode is Mode.NO_REBOOT
        await wait_for_config(cluster.waiter, cluster.talos, FIRST, changed, LONG)
        image = "registry.k8s.io/kube-apiserver:v1.36.4"
        version = await wait_for_component(cluster.waiter, cluster.talos, FIRST, "kube-apiserver", image, LONG)
        assert version == "2"


async def test_a_tried_configuration_goes_back_by_itself() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        before, tried = cluster.config(FIRST), cluster.config(FIRST, operators=("127.0.0.0/8",))
        cluster.site.clock.turn(0)
        async with cluster.talos.connect(FIRST) as session:
            applied = await apply_configuration(session, tried, mode=Mode.TRY, try_s=600)
            assert applied.mode is Mode.TRY
            assert (await resource.machine_config(session)).text == tried
            assert (await resource.machine_config(session, persistent=True)).text == before
        cluster.site.clock.advance(601)
        await wait_for_config(cluster.waiter, cluster.talos, FIRST, before, LONG)


async def test_a_firewall_that_locks_out_is_undone_by_try() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        cluster.site.operator = "10.0.20.5"
        cluster.site.clock.turn(0)
        async with cluster.talos.connect(FIRST) as session:
            wrong = cluster.config(FIRST, operators=("10.0.30.0/24",))
            await apply_configuration(session, wrong, mode=Mode.TRY)
            with pytest.raises(Unreachable) as caught:
                await machine.version(session)
        assert str(caught.value) == "talos-1 (10.0.10.11): gave no answer for its version, connection cut"
        cluster.site.clock.advance(61)
        await wait_for_config(cluster.waiter, cluster.talos, FIRST, cluster.config(FIRST), LONG)


async def test_modes_differ_between_versions() -> None:
    for contract, expected in ((Contract.V1_13, Mode.REBOOT), (Contract.V1_14, Mode.NO_REBOOT)):
        async with running_site(contract, control_planes=1) as cluster:
            await cluster.make()
            changed = cluster.config(FIRST, encryption={"STATE": EncryptionKey.NODE_ID})
            async with cluster.talos.connect(FIRST) as session:
                seen = await apply_configuration(session, changed, dry_run=True)
                assert seen.mode is expected
                staged = await apply_configuration(session, changed, mode=Mode.STAGED)
                assert staged.mode is Mode.STAGED
                assert (await resource.machine_config(session)).text == cluster.config(FIRST)
                assert (await resource.machine_config(session, persistent=True)).text == changed


async def test_after_a_reboot_apply_the_next_one_waits() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            applied = await apply_configuration(session, cluster.config(FIRST), mode=Mode.REBOOT)
            assert applied.mode is Mode.REBOOT
        await wait_until_ready(cluster.waiter, cluster.talos, FIRST, LONG)
        cluster.site.faults.set("apply-busy")
        async with cluster.talos.connect(FIRST) as session:
            with pytest.raises(NotReady) as caught:
                await apply_configuration(session, cluster.config(FIRST))
        assert str(caught.value) == (
            "talos-1 (10.0.10.11): refused a configuration, failed precondition: "
            "another configuration apply is in progress"
        )


async def test_an_apply_whose_connection_breaks_has_happened() -> None:
    async with running_site(control_planes=1) as cluster:
        cluster.site.faults.set("apply-connection-cut")
        while (await probe(cluster.talos, FIRST)).presence is not Presence.MAINTENANCE:
            await cluster.waiter.clock.sleep(5)
        async with cluster.talos.connect_maintenance(FIRST) as session:
            with pytest.raises(Unreachable) as caught:
                await apply_configuration(session, cluster.config(FIRST))
        assert str(caught.value) == "talos-1 (10.0.10.11): gave no answer for a configuration, connection cut"
        await wait_for_config(cluster.waiter, cluster.talos, FIRST, cluster.config(FIRST), LONG)


async def test_a_static_pod_that_sticks_keeps_its_old_config_version() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        pods = cluster.site.clusters[0].kubernetes.pods
        name = "kube-system/kube-apiserver-talos-1"
        while name not in pods:
            await cluster.waiter.clock.sleep(20)
        cluster.site.faults.set("static-pod-stuck", times=50)
        changed = cluster.config(FIRST, kubernetes_version="1.36.4")
        async with cluster.talos.connect(FIRST) as session:
            await apply_configuration(session, changed, mode=Mode.NO_REBOOT)
        await cluster.waiter.clock.sleep(100)
        assert pods[name]["metadata"]["annotations"]["talos.dev/config-version"] == "1"
        while pods[name]["metadata"]["annotations"]["talos.dev/config-version"] == "1":
            await cluster.waiter.clock.sleep(20)


async def test_an_unhealthy_etcd_is_seen_by_our_own_checks() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        cluster.site.faults.set("etcd-unhealthy", times=None)
        await cluster.site.step()
        health = await etcd_health(cluster.talos, [FIRST])
        assert health.problems == ("talos-1 (10.0.10.11): service etcd is not healthy",)
        async with cluster.talos.connect(FIRST) as session:
            assert "talos-1 (10.0.10.11): service etcd is Running and not healthy" in await node_problems(session)


async def test_nothing_that_is_logged_or_raised_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    marker = "SEEDED-SECRET-MARKER"
    async with running_site(control_planes=1) as cluster:
        cluster.secrets = replace(BUNDLE, trustd_token=marker, bootstrap_token=marker, secretbox_key=marker)
        await cluster.make()
        told = []
        async with cluster.talos.connect(FIRST) as session:
            told.append(repr(await resource.machine_config(session)))
            told.append(repr(await apply_configuration(session, cluster.config(FIRST), dry_run=True)))
            with pytest.raises(Rejected) as caught:
                await apply_configuration(session, cluster.config(FIRST).replace("persist: true", "persist: false"))
            told += [str(caught.value), repr(session), repr(cluster.talos), repr(cluster.secrets)]
            told.append(repr(await fetch_kubeconfig(session)))
    assert marker in cluster.config(FIRST)
    assert not [text for text in (*told, caplog.text) if marker in text or "PRIVATE KEY" in text]
