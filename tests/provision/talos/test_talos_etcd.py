"""etcd: leaving, replacing, snapshots that are only good ones, and the way back from one."""

import asyncio
import tarfile
from pathlib import Path

import pytest

from provision.talos import etcd, lifecycle, machine
from provision.talos.bootstrap import Outcome, bootstrap_once
from provision.talos.error import Damaged, Node, NotReady, NotSupported, TalosError, Unreachable
from provision.talos.health import etcd_health, refuses_to_take_down
from provision.talos.probe import Presence
from provision.talos.snapshot import check_snapshot, copy_database, save_snapshot
from provision.talos.waiting import wait_for_etcd, wait_for_presence
from tests.provision.talos.talos_site import CONTROL_PLANES, LONG, WORKER, Cluster, running_site

FIRST, SECOND, THIRD = CONTROL_PLANES


async def test_a_member_hands_over_leaves_and_joins_again() -> None:
    async with running_site() as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            assert await etcd.forfeit_leadership(session) == "talos-2"
            assert await etcd.forfeit_leadership(session) is None
            await etcd.leave(session)
            await lifecycle.reset(session, graceful=False, reboot_after=True)
        health = await etcd_health(cluster.talos, CONTROL_PLANES[1:])
        assert (health.voters, health.problems) == (2, ())
        assert refuses_to_take_down(health) == "etcd has two members: without one of them it has no quorum"
        assert refuses_to_take_down(health, force=True) is None
        await wait_for_presence(cluster.waiter, cluster.talos, FIRST, [Presence.MAINTENANCE], LONG)
        await cluster.configure(FIRST)
        await wait_for_etcd(cluster.waiter, cluster.talos, CONTROL_PLANES, LONG)


async def test_a_dead_member_is_removed_by_a_living_one_once() -> None:
    async with running_site() as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            third = next(m for m in await etcd.members(session) if m.node == "talos-3")
            await cluster.power_off(THIRD)
            cluster.site.remove_node(THIRD.address)
            assert await etcd.remove_member(session, third.member_id)
            assert not await etcd.remove_member(session, third.member_id)
            assert [m.node for m in await etcd.members(session)] == ["talos-1", "talos-2"]
            await etcd.defragment(session)
        health = await etcd_health(cluster.talos, CONTROL_PLANES)
        assert health.problems == (
            "talos-3 (10.0.10.13): gave no answer for its services, connection refused",
            "'talos-3' is not a member of etcd",
        )
        assert (refuses_to_take_down(health) or "").startswith("etcd is not healthy: talos-3 (10.0.10.13): gave no")


async def test_the_last_member_neither_leaves_nor_hands_over_nor_resets_gracefully() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            for action, text in (
                (
                    etcd.leave(session),
                    "refused to leave etcd, failed precondition: the last member of an etcd cluster cannot leave it",
                ),
                (
                    etcd.forfeit_leadership(session),
                    "refused to hand over the lead of etcd, failed precondition: "
                    "cannot forfeit leadership, only one member",
                ),
                (
                    lifecycle.reset(session, graceful=True, reboot_after=True),
                    "refused a reset, failed precondition: etcd: this is the last member, use graceful=false",
                ),
                (
                    lifecycle.reset(session, graceful=False, reboot_after=True, partitions=["ETCD"]),
                    'refused a reset, failed precondition: failed to find partition with label "ETCD"',
                ),
            ):
                with pytest.raises(NotReady) as caught:
                    await action
                assert str(caught.value) == f"talos-1 (10.0.10.11): {text}"


async def test_workers_have_no_etcd() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        await cluster.configure(WORKER)
        async with cluster.talos.connect(WORKER) as session:
            with pytest.raises(NotSupported) as caught:
                await etcd.members(session)
        assert str(caught.value) == (
            "talos-4 (10.0.10.14): refused its etcd members, unimplemented: "
            "EtcdMemberList is only available on control plane nodes"
        )


async def test_without_quorum_members_are_only_remembered() -> None:
    async with running_site() as cluster:
        await cluster.make()
        for node in (SECOND, THIRD):
            await cluster.power_off(node)
        async with cluster.talos.connect(FIRST) as session:
            with pytest.raises(NotReady) as caught:
                await etcd.members(session)
            assert str(caught.value) == (
                "talos-1 (10.0.10.11): refused its etcd members, unavailable: "
                "etcdserver: request timed out, possibly due to connection lost"
            )
            assert len(await etcd.members(session, local=True)) == 3
            assert (await etcd.status(session)).errors == ("etcdserver: no leader",)


async def test_bootstrap_does_nothing_while_a_control_plane_is_silent() -> None:
    async with running_site() as cluster:
        await cluster.configure(FIRST, SECOND)
        await cluster.power_off(THIRD)
        with pytest.raises(Unreachable) as caught:
            await bootstrap_once(cluster.talos, CONTROL_PLANES)
        assert str(caught.value) == "talos-3 (10.0.10.13): gave no answer for its etcd directory, connection refused"
        assert not [call for call in cluster.site.calls if call.endswith("/Bootstrap")]


async def test_bootstrap_never_makes_a_second_cluster_beside_one_that_is_booting() -> None:
    async with running_site() as cluster:
        await cluster.make()
        for node in CONTROL_PLANES:
            await cluster.power_off(node)
        cluster.site.nodes[FIRST.address].wipe({"STATE", "EPHEMERAL"})
        cluster.site.timing.etcd_start = 3000
        for node in CONTROL_PLANES:
            cluster.site.nodes[node.address].power_on()
        await cluster.configure(FIRST)
        for node in CONTROL_PLANES[1:]:
            await wait_for_presence(cluster.waiter, cluster.talos, node, [Presence.CONFIGURED], LONG)
        done = await bootstrap_once(cluster.talos, CONTROL_PLANES)
        assert (done.outcome, done.node) == (Outcome.THERE, SECOND)


async def test_a_snapshot_is_checked_before_it_has_its_name(tmp_path: Path) -> None:
    path = tmp_path / "prod.snapshot"
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        for fault, text in (
            ("snapshot-damaged", "its SHA-256 does not fit its content"),
            ("snapshot-truncated", "its length 8124 is not whole pages and a hash"),
        ):
            cluster.site.faults.set(fault)
            async with cluster.talos.connect(FIRST) as session:
                with pytest.raises(Damaged) as caught:
                    await save_snapshot(session, path)
            size = str(caught.value).partition("length ")[2].partition(" ")[0]
            expected = text.replace("8124", size) if size else text
            assert str(caught.value) == f"talos-1 (10.0.10.11): sent an etcd snapshot that is no good, {expected}"
            assert list(tmp_path.iterdir()) == []
        async with cluster.talos.connect(FIRST) as session:
            saved = await save_snapshot(session, path)
        assert check_snapshot(path) == saved
        assert [entry.name for entry in tmp_path.iterdir()] == ["prod.snapshot"]
        assert saved.size == path.stat().st_size


async def lose(cluster: Cluster) -> None:
    """Reset every control plane, as after a lost quorum, and configure it again with the same secrets."""
    for node in CONTROL_PLANES:
        async with cluster.talos.connect(node) as session:
            await lifecycle.reset(session, graceful=False, reboot_after=True)
    await cluster.configure(*CONTROL_PLANES)


async def test_a_cluster_comes_back_from_its_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "prod.snapshot"
    async with running_site() as cluster:
        await cluster.make()
        kubernetes = cluster.site.clusters[0].kubernetes
        kubernetes.add_workload("media", "jellyfin", ["talos-1"])
        async with cluster.talos.connect(SECOND) as session:
            await save_snapshot(session, path)
        await lose(cluster)
        cluster.site.faults.set("recover-not-ready")
        with pytest.raises(NotReady) as caught:
            await bootstrap_once(cluster.talos, CONTROL_PLANES, snapshot=path)
        assert str(caught.value) == (
            "talos-1 (10.0.10.11): refused to take an etcd snapshot, failed precondition: "
            "etcd service is not ready for recovery yet"
        )
        cluster.site.faults.set("recover-connection-cut")
        with pytest.raises(Unreachable) as cut:
            await bootstrap_once(cluster.talos, CONTROL_PLANES, snapshot=path)
        assert str(cut.value) == "talos-1 (10.0.10.11): gave no answer for to take an etcd snapshot, connection cut"
        done = await bootstrap_once(cluster.talos, CONTROL_PLANES, snapshot=path)
        assert (done.outcome, done.node) == (Outcome.MADE, FIRST)
        await wait_for_etcd(cluster.waiter, cluster.talos, CONTROL_PLANES, LONG)
        assert "media/jellyfin-0" in cluster.site.living(cluster.secrets.cluster_id)[0].kubernetes.pods
        again = await bootstrap_once(cluster.talos, CONTROL_PLANES, snapshot=path)
        assert again.outcome is Outcome.THERE


async def test_a_damaged_snapshot_is_never_sent(tmp_path: Path) -> None:
    path = tmp_path / "prod.snapshot"
    path.write_bytes(b"x" * 512 + b"y" * 32)
    async with running_site() as cluster:
        await cluster.configure(*CONTROL_PLANES)
        with pytest.raises(Damaged) as caught:
            await bootstrap_once(cluster.talos, CONTROL_PLANES, snapshot=path)
        assert str(caught.value) == "its SHA-256 does not fit its content"
        assert not [call for call in cluster.site.calls if "EtcdRecover" in call]


async def test_a_database_that_is_not_there_or_comes_short_is_no_copy(tmp_path: Path) -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.configure(FIRST)
        async with cluster.talos.connect(FIRST) as session:
            with pytest.raises(TalosError) as caught:
                await copy_database(session, tmp_path / "db")
            assert str(caught.value) == (
                "talos-1 (10.0.10.11): refused a copy of etcd's database, unknown: "
                "stat /var/lib/etcd/member/snap/db: no such file or directory"
            )
        await bootstrap_once(cluster.talos, [FIRST])
        cluster.site.faults.set("database-truncated")
        async with cluster.talos.connect(FIRST) as session:
            with pytest.raises(Damaged) as short:
                await copy_database(session, tmp_path / "db")
        assert str(short.value) == "talos-1 (10.0.10.11): sent a copy of etcd's database that ends early"
        assert list(tmp_path.iterdir()) == []


async def test_a_copied_database_recovers_only_without_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "db"
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            assert await copy_database(session, path) == path.stat().st_size
            await lifecycle.reset(session, graceful=False, reboot_after=True)
        await cluster.configure(FIRST)
        with pytest.raises(Damaged) as caught:
            await bootstrap_once(cluster.talos, [FIRST], snapshot=path)
        assert str(caught.value) == f"its length {path.stat().st_size} is not whole pages and a hash"
        done = await bootstrap_once(cluster.talos, [FIRST], snapshot=path, skip_hash=True)
        assert done.outcome is Outcome.MADE


@pytest.mark.parametrize("fault", ["time-not-in-sync", "bootstrap-not-available"])
async def test_bootstrap_that_cannot_yet_is_asked_again(fault: str) -> None:
    words = {
        "time-not-in-sync": "time is not in sync yet",
        "bootstrap-not-available": "bootstrap is not available yet",
    }
    async with running_site(control_planes=1) as cluster:
        await cluster.configure(FIRST)
        cluster.site.faults.set(fault)
        with pytest.raises(NotReady) as caught:
            await bootstrap_once(cluster.talos, [FIRST])
        assert str(caught.value) == (
            f"talos-1 (10.0.10.11): refused to bootstrap etcd, failed precondition: {words[fault]}"
        )
        assert (await bootstrap_once(cluster.talos, [FIRST])).outcome is Outcome.MADE


async def test_bootstrap_that_was_cut_has_happened() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.configure(FIRST)
        cluster.site.faults.set("bootstrap-connection-cut")
        with pytest.raises(Unreachable) as caught:
            await bootstrap_once(cluster.talos, [FIRST])
        assert str(caught.value) == "talos-1 (10.0.10.11): gave no answer for to bootstrap etcd, connection cut"
        assert (await bootstrap_once(cluster.talos, [FIRST])).outcome is Outcome.THERE


async def test_already_exists_counts_only_with_data() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.configure(FIRST)
        cluster.site.faults.set("bootstrap-already-exists")
        with pytest.raises(NotReady) as caught:
            await bootstrap_once(cluster.talos, [FIRST])
        assert str(caught.value) == "talos-1 (10.0.10.11): has etcd data, it says, but shows none"


async def test_two_bootstraps_at_once_make_one_cluster() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.configure(FIRST)
        both = await asyncio.gather(*(bootstrap_once(cluster.talos, [FIRST]) for _ in range(2)))
        assert {done.outcome for done in both} == {Outcome.MADE, Outcome.THERE}


async def test_services_can_be_restarted() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            await machine.stop_service(session, "etcd")
            assert (await machine.services(session))["etcd"].state == "Finished"
            await machine.start_service(session, "etcd")
            await machine.restart_service(session, "kubelet")


def test_a_tar_of_the_simulator_is_as_bad_as_the_real_one() -> None:
    import io

    from tests.simulators.talos.machine_calls import _tar_without_end

    archive = _tar_without_end("kubeconfig", b"x" * 100)
    with pytest.raises(tarfile.ReadError), tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        opened.getnames()


def test_nodes_are_shown_with_name_and_address() -> None:
    assert str(Node("talos-1", "10.0.10.11")) == "talos-1 (10.0.10.11)"
