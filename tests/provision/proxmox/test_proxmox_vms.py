"""Making, changing, moving and deleting VMs against the simulator."""

import dataclasses

import pytest

from provision.proxmox import Api, hosts, images, observe, pools, power, tasks, vm_changes, vms
from provision.proxmox.errors import (
    AbsentError,
    AnswerLostError,
    DigestError,
    HostOfflineError,
    LockedError,
    PermissionMissingError,
    PresentError,
    ProtectedError,
    StillRunningError,
    TaskError,
    VmIdTakenError,
    WaitError,
)
from provision.proxmox.images import ImageSpec
from provision.proxmox.observed import Host
from provision.proxmox.rights import Feature
from provision.proxmox.tasks import Work
from provision.proxmox.vm_changes import Growth, Update
from provision.proxmox.vm_spec import CloudInitSpec, DiskSpec, StartOrder, creation
from tests.provision.proxmox.site import IMAGE_SHA512, IMAGE_URL, QUICK, Diary, talos_spec
from tests.simulators.proxmox import RunningProxmox

GIB = 2**30


@pytest.fixture
def ready(api: Api) -> Api:
    """A site with pool and image, ready for VMs."""
    pools.ensure(api, "prod")
    images.ensure(api, "pve-1", ImageSpec(IMAGE_URL, "images", "talos.qcow2", IMAGE_SHA512))
    return api


def test_create_makes_the_vm_as_specified_and_grows_its_disk(ready: Api, proxmox: RunningProxmox) -> None:
    diary = Diary()
    vm = vms.create(ready.watched_by(diary), talos_spec())
    assert vm_changes.changes(talos_spec(), vm) == ()
    assert not vm.running
    assert [(disk.slot, disk.serial, disk.size_bytes // GIB, disk.backed_up) for disk in vm.disks] == [
        ("scsi0", "system", 100, False),
        ("scsi1", "longhorn", 200, False),
    ]
    assert diary.tasks == [
        "qmcreate create VM 100 (talos-1) on pve-1",
        "resize grow scsi0 of VM 100 to 100 GiB on pve-1",
    ]
    assert proxmox.site.pools["prod"].vms == [100]
    assert vm.options["net0"] == "virtio=02:00:00:00:01:00,bridge=vmbr0,tag=10"
    assert vm.options["ide2"] == "fast:vm-100-cloudinit,media=cdrom,size=4M"
    assert vm.options["ipconfig0"] == "ip=10.0.10.11/24,gw=10.0.10.1"
    assert vm.tags == {"chartroom", "env-prod"}
    assert (vm.name, vm.protected, vm.lock) == ("talos-1", False, None)


def test_create_again_changes_nothing(ready: Api, proxmox: RunningProxmox) -> None:
    first = vms.create(ready, talos_spec())
    before = len(proxmox.site.tasks)
    assert vms.create(ready, talos_spec()) == first
    assert len(proxmox.site.tasks) == before


@pytest.mark.parametrize("fault", ["cut-after", "cut-before", "no-worker", "lock-timeout"])
def test_create_survives_a_broken_call(ready: Api, proxmox: RunningProxmox, fault: str) -> None:
    proxmox.fault(fault, match="POST /nodes/pve-1/qemu$")
    vm = vms.create(ready, talos_spec())
    assert vm_changes.changes(talos_spec(), vm) == ()
    made = [task for task in proxmox.site.tasks.values() if task.type == "qmcreate"]
    assert len(made) == 1


def test_create_adopts_the_task_of_a_run_that_died(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.run(lambda engine: engine.clock.turn(0))
    ready.write("post", "nodes/pve-1/qemu", "start and die", creation(talos_spec()))

    class Waking(Diary):
        def dispatched(self, upid: str, doing: str) -> None:
            super().dispatched(upid, doing)
            proxmox.run(lambda engine: engine.clock.turn(500))

    diary = Waking()
    vm = vms.create(ready.watched_by(diary), talos_spec())
    assert vm_changes.changes(talos_spec(), vm) == ()
    assert diary.tasks[0] == "qmcreate create VM 100 (talos-1) on pve-1"
    assert sum(task.type == "qmcreate" for task in proxmox.site.tasks.values()) == 1


def test_create_says_whose_vm_has_the_id_when_a_stranger_was_faster(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("create-race")
    with pytest.raises(VmIdTakenError) as caught:
        vms.create(ready, talos_spec())
    assert str(caught.value) == (
        "create VM 100 (talos-1) on pve-1: unable to create VM 100 - VM 100 already exists on node 'pve-1', "
        "and this token cannot see it there\n"
        "  fix: choose another `vm_id`; if it is half made and ours, an administrator must delete it"
    )


def test_create_says_whose_vm_has_the_id_when_it_is_to_be_seen(admin: Api, proxmox: RunningProxmox) -> None:
    pools.ensure(admin, "prod")
    images.ensure(admin, "pve-1", ImageSpec(IMAGE_URL, "images", "talos.qcow2"))
    proxmox.fault("create-race")
    with pytest.raises(VmIdTakenError) as caught:
        vms.create(admin, talos_spec())
    assert str(caught.value) == (
        "create VM 100 (talos-1) on pve-1: VM 100 on pve-1 is 'foreign' with tags '', "
        "not ours ('chartroom;env-prod')\n"
        "  fix: choose another `vm_id`, or remove that VM"
    )
    with pytest.raises(VmIdTakenError, match="is 'foreign'"):
        vms.create(admin, talos_spec())


def test_create_says_that_our_vm_is_on_another_host(ready: Api) -> None:
    vms.create(ready, talos_spec(host="pve-2"))
    with pytest.raises(VmIdTakenError) as caught:
        vms.create(ready, talos_spec())
    assert str(caught.value) == (
        "create VM 100 (talos-1) on pve-1: it is ours, but on host pve-2\n"
        "  fix: plan again: a VM that is elsewhere is moved, not made"
    )


def test_create_keeps_our_vm_when_another_run_was_faster(ready: Api, proxmox: RunningProxmox) -> None:
    vms.create(ready, talos_spec())
    # The list of the host was read before the other run made it.
    work = Work("post", "nodes/pve-1/qemu", "pve-1", "100", ("qmcreate",), "create", creation(talos_spec()))
    with pytest.raises(PresentError):
        tasks.run(ready, work)
    assert vm_changes.changes(talos_spec(), vms.create(ready, talos_spec())) == ()


def test_create_fails_with_the_tail_of_the_log_when_the_image_is_missing(api: Api, proxmox: RunningProxmox) -> None:
    pools.ensure(api, "prod")
    with pytest.raises(TaskError) as caught:
        vms.create(api, talos_spec())
    upid = caught.value.upid
    text = "unable to create VM 100 - could not get size of images:import/talos.qcow2"
    assert str(caught.value) == (
        f"create VM 100 (talos-1) on pve-1: task ended with '{text}' ({upid})\n"
        "    efidisk0: successfully created disk 'fast:vm-100-disk-0,efitype=4m,pre-enrolled-keys=0,size=4M'\n"
        f"    TASK ERROR: {text}"
    )
    assert proxmox.site.vms == {}
    assert proxmox.site.storages["fast"].volumes == []


def test_create_names_the_missing_privilege(proxmox: RunningProxmox, ready: Api) -> None:
    proxmox.run(lambda engine: engine.site.roles["chartroom-prod-vms"].remove("VM.Allocate"))
    with pytest.raises(PermissionMissingError) as caught:
        vms.create(ready, talos_spec())
    assert str(caught.value) == (
        "create VM 100 (talos-1) on pve-1: token 'chartroom@pve!prod' lacks VM.Allocate on /pool/prod\n"
        "  fix: grant it to the user and to the token (a separated token has only what both have), "
        "or run `provision validate --create-token`"
    )
    proxmox.run(lambda engine: engine.site.roles["chartroom-prod-vms"].append("VM.Allocate"))
    proxmox.run(lambda engine: engine.site.roles["chartroom-prod-vms"].remove("VM.Config.CPU"))
    with pytest.raises(PermissionMissingError, match=r"lacks VM.Config.CPU on /vms/100\n"):
        vms.create(ready, talos_spec())


def test_create_takes_task_warnings_for_success(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("task-warnings", match="qmcreate", text="iothread is off")
    vm = vms.create(ready, talos_spec())
    assert vm.name == "talos-1"


def test_create_goes_on_when_the_task_failed_after_the_config_existed(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("task-error-keeps-config")
    with pytest.raises(TaskError, match="command failed: exit code 1"):
        vms.create(ready, talos_spec())
    assert vm_changes.changes(talos_spec(), vms.create(ready, talos_spec())) == ()


def test_create_says_that_a_creation_broke_off(admin: Api, ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("task-error-keeps-config", lock="create")
    with pytest.raises(TaskError):
        vms.create(ready, talos_spec())
    with pytest.raises(LockedError, match=r"^create VM 100 \(talos-1\) on pve-1: VM is locked \(create\)\n"):
        vms.create(ready, talos_spec())


def test_delete_explains_a_vm_whose_creation_left_its_lock(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("task-error-keeps-config", lock="create")
    with pytest.raises(TaskError):
        vms.create(ready, talos_spec())
    with pytest.raises(LockedError) as caught:
        vms.delete(ready, "pve-1", 100)
    assert str(caught.value) == (
        "delete VM 100 on pve-1: VM is locked (create)\n"
        "  fix: wait for the operation that holds it; if its host died meanwhile, `qm unlock` on the host frees it"
    )
    assert caught.value.lock == "create"


def test_change_sets_deletes_and_grows(ready: Api) -> None:
    vm = vms.create(ready, talos_spec(order=StartOrder(10, 30, 180)))
    assert vm.options["startup"] == "order=10,up=30,down=180"
    wanted = talos_spec(
        cores=8,
        protection=True,
        disks=(
            DiskSpec("scsi0", "fast", 120, "system", image="images:import/talos.qcow2", backup=False),
            DiskSpec("scsi1", "fast", 200, "longhorn", backup=True, replicate=False),
            DiskSpec("scsi2", "fast", 10, "extra"),
        ),
    )
    update = vm_changes.update(wanted, vm)
    assert update
    vms.change(ready, vm, update)
    after = vms.read(ready, "pve-1", 100)
    assert vm_changes.changes(wanted, after) == ()
    assert not vm_changes.update(wanted, after)
    assert "startup" not in after.options


@pytest.mark.parametrize("fault", ["cut-after", "cut-before", "no-worker", "lock-timeout", "digest-conflict"])
def test_change_makes_a_disk_once_whatever_breaks(ready: Api, proxmox: RunningProxmox, fault: str) -> None:
    spec = talos_spec()
    vm = vms.create(ready, spec)
    wanted = talos_spec(cores=6, order=None, disks=(*spec.disks, DiskSpec("scsi2", "fast", 10, "extra")))
    proxmox.fault(fault, match="POST .*/config")
    proxmox.fault(fault, match="PUT .*/resize")
    vms.change(ready, vm, vm_changes.update(wanted, vm))
    after = vms.read(ready, "pve-1", 100)
    assert vm_changes.changes(wanted, after) == ()
    assert [option for option in after.options if option.startswith("unused")] == []
    assert len(proxmox.site.storages["fast"].volumes) == 5


def test_change_waits_for_another_change_and_then_makes_its_own(ready: Api, proxmox: RunningProxmox) -> None:
    vm = vms.create(ready, talos_spec())
    proxmox.fault("task-error", match="qmconfig")
    proxmox.run(lambda engine: engine.clock.turn(0))
    ready.write("post", "nodes/pve-1/qemu/100/config", "somebody else", {"description": "theirs"})

    class Waking(Diary):
        def waiting(self, doing: str, reason: str, waited_s: float) -> None:
            super().waiting(doing, reason, waited_s)
            proxmox.run(lambda engine: engine.clock.turn(500))

    diary = Waking()
    vms.change(ready.watched_by(diary), vm, Update({"name": "ours"}, ("nothing",), ()))
    assert diary.waits == ["task qmconfig runs on pve-1"]
    assert vms.read(ready, "pve-1", 100).name == "ours"
    vms.change(ready, vm, Update({}, ("nothing",), ()))


def test_change_of_a_running_vm_waits_for_its_restart(ready: Api) -> None:
    vm = vms.create(ready, talos_spec())
    power.start(ready, "pve-1", 100)
    vms.change(ready, vm, Update({"cores": "6", "description": "new"}, (), ()))
    after = vms.read(ready, "pve-1", 100)
    assert (after.running, after.options["cores"], set(after.pending)) == (True, "6", {"cores"})
    power.shutdown(ready, "pve-1", 100)
    power.start(ready, "pve-1", 100)
    assert vms.read(ready, "pve-1", 100).pending == frozenset()


def test_change_reads_again_after_a_digest_conflict(ready: Api, proxmox: RunningProxmox) -> None:
    vm = vms.create(ready, talos_spec())
    ready.write("put", "nodes/pve-1/qemu/100/config", "somebody else", {"description": "theirs"})
    vms.change(ready, vm, Update({"name": "renamed"}, (), ()))
    assert vms.read(ready, "pve-1", 100).name == "renamed"
    proxmox.fault("digest-conflict", times=None)
    with pytest.raises(DigestError) as caught:
        vms.change(ready, vm, Update({"name": "again"}, (), ()))
    assert str(caught.value) == ("change VM 100 (talos-1) on pve-1: checksum mismatch (file change by other user?)")


def test_change_waits_while_the_vm_is_locked(ready: Api, proxmox: RunningProxmox) -> None:
    vm = vms.create(ready, talos_spec())
    proxmox.fault("vm-locked", times=3, match="POST .*/config")
    diary = Diary()
    vms.change(ready.watched_by(diary), vm, Update({"name": "later"}, (), ()))
    assert "VM is locked (backup)" in diary.waits
    proxmox.fault("vm-locked", times=None, match="POST .*/config")
    with pytest.raises(LockedError):
        vms.change(ready.paced(QUICK.limited(lock_s=0.02)), vm, Update({"name": "never"}, (), ()))


def test_delete_removes_the_vm_and_all_that_names_it(ready: Api, proxmox: RunningProxmox) -> None:
    vms.create(ready, talos_spec())
    vms.delete(ready, "pve-1", 100)
    assert proxmox.site.vms == {}
    assert proxmox.site.storages["fast"].volumes == []
    assert proxmox.site.pools["prod"].vms == []
    vms.delete(ready, "pve-1", 100)


def test_delete_refuses_a_protected_vm(ready: Api) -> None:
    vms.create(ready, talos_spec(protection=True))
    with pytest.raises(ProtectedError) as caught:
        vms.delete(ready, "pve-1", 100)
    assert str(caught.value) == (
        "delete VM 100 on pve-1: 'talos-1' is protected\n"
        "  fix: set `protection: false` in the inventory, apply, and run again"
    )


def test_delete_refuses_a_running_vm(ready: Api) -> None:
    vms.create(ready, talos_spec())
    power.start(ready, "pve-1", 100)
    with pytest.raises(StillRunningError) as caught:
        vms.delete(ready, "pve-1", 100)
    assert str(caught.value) == "delete VM 100 on pve-1: 'talos-1' runs\n  fix: stop it first"


def test_delete_needs_the_right_to(ready: Api, proxmox: RunningProxmox) -> None:
    vms.create(ready, talos_spec())
    proxmox.run(lambda engine: engine.site.roles["chartroom-prod-vms"].remove("VM.Allocate"))
    with pytest.raises(PermissionMissingError, match=r"lacks VM\.Allocate on /vms/100\n"):
        vms.delete(ready, "pve-1", 100)


def test_delete_is_done_when_somebody_else_was_faster(ready: Api, proxmox: RunningProxmox) -> None:
    vms.create(ready, talos_spec())
    proxmox.fault("not-found", match="DELETE /nodes/pve-1/qemu/100")
    vms.delete(ready, "pve-1", 100)


def test_migrate_moves_a_stopped_and_a_running_vm(ready: Api) -> None:
    vm = vms.create(ready, talos_spec())
    moved = vms.migrate(ready, vm, "pve-2")
    assert moved.host == "pve-2"
    power.start(ready, "pve-2", 100)
    back = vms.migrate(ready, vms.read(ready, "pve-2", 100), "pve-1")
    assert (back.host, back.running) == ("pve-1", True)
    assert vms.migrate(ready, dataclasses.replace(back, host="pve-3"), "pve-1") == back


def test_migrate_fails_where_the_storage_is_not(ready: Api, proxmox: RunningProxmox) -> None:
    vm = vms.create(ready, talos_spec())
    proxmox.run(lambda engine: engine.site.storages["fast"].nodes.remove("pve-3"))
    with pytest.raises(TaskError, match="storage 'fast' is not available on node 'pve-3'"):
        vms.migrate(ready, vm, "pve-3")


def test_find_looks_on_every_host_and_not_at_lagging_resources(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("resources-lag", times=None, seconds=10**9)
    vms.create(ready, talos_spec(host="pve-2"))
    known = hosts.hosts(ready)
    assert vms.find(ready, 100, known.values()) == "pve-2"
    assert vms.find(ready, 101, known.values()) is None
    assert ready.get("cluster/resources", "list", {"type": "vm"}) == []


def test_find_names_the_silent_host_on_which_the_vm_was_last_seen(ready: Api, proxmox: RunningProxmox) -> None:
    vms.create(ready, talos_spec(host="pve-2"))
    proxmox.run(lambda engine: engine.clock.advance(60))
    assert vms.find(ready, 100, hosts.hosts(ready).values()) == "pve-2"
    before = hosts.hosts(ready)

    def go_offline(engine: object) -> None:
        proxmox.site.nodes["pve-2"].online = False

    proxmox.run(go_offline)
    for known in (before, hosts.hosts(ready)):
        with pytest.raises(HostOfflineError) as caught:
            vms.find(ready, 100, known.values())
        assert str(caught.value) == (
            "find VM 100: host 'pve-2' does not answer the others of its cluster (last seen there)\n"
            "  fix: bring the host back, or wait until it is, and run again"
        )
    assert vms.find(ready, 101, hosts.hosts(ready).values()) is None
    with pytest.raises(HostOfflineError, match="host 'pve-2' does not answer"):
        vms.read(ready, "pve-2", 100)


def test_read_says_that_the_vm_is_not_there(ready: Api) -> None:
    with pytest.raises(AbsentError, match="read VM 100 on pve-1: there is no VM 100"):
        vms.read(ready, "pve-1", 100)
    vms.create(ready, talos_spec())
    with pytest.raises(AbsentError) as caught:
        vms.read(ready, "pve-2", 100)
    assert str(caught.value) == (
        "read VM 100 on pve-2: Configuration file 'nodes/pve-2/qemu-server/100.conf' does not exist"
    )


def test_read_says_that_the_vm_may_not_be_seen(ready: Api, proxmox: RunningProxmox) -> None:
    vms.create(ready, talos_spec())
    ready.write("put", "pools", "take it out", {"poolid": "prod", "vms": 100, "delete": True})
    with pytest.raises(PermissionMissingError, match=r"lacks VM.Audit on /vms/100"):
        vms.read(ready, "pve-1", 100)
    with pytest.raises(PermissionMissingError, match=r"lacks VM.Audit on /vms/100"):
        vms.delete(ready, "pve-1", 100)


def test_observe_reads_the_whole_site(ready: Api, proxmox: RunningProxmox) -> None:
    vms.create(ready, talos_spec())
    vms.create(ready, talos_spec(vm_id=150, name="elsewhere", cloud_init=None, uuid=talos_spec().uuid))
    seen = observe.site(ready, range(100, 120), ("prod", "prod-lock"))
    assert sorted(seen.vms) == [100]
    assert seen.hosts["pve-3"] == Host("pve-3", True, 24, 128 * 1024)
    assert seen.vms[100] == vms.read(ready, "pve-1", 100)
    assert list(seen.pools) == ["prod"]
    assert seen.pools["prod"].vm_ids == {100, 150}
    assert seen.cluster_firewall is False
    assert {bridge.name for bridge in seen.bridges} == {"vmbr0"}
    assert {mapping.name: mapping.hosts for mapping in seen.mappings} == {"gpu-ollama": {"pve-3"}}
    assert {(storage.host, storage.name) for storage in seen.storages} == {
        (host, name) for host in ("pve-1", "pve-2", "pve-3") for name in ("fast", "images", "backups")
    }

    def go_offline(engine: object) -> None:
        proxmox.site.nodes["pve-1"].online = False

    proxmox.run(go_offline)
    seen = observe.site(ready, range(100, 120), features=frozenset())
    assert (set(seen.silent), len(seen.vms), seen.cluster_firewall) == ({"pve-1"}, 0, None)


def test_observe_lists_a_host_that_goes_silent_while_it_is_read(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("host-offline", match="/nodes/pve-3/storage")
    assert observe.site(ready, range(100, 120)).silent == {"pve-3"}


def test_observe_leaves_out_a_vm_that_goes_meanwhile(ready: Api, proxmox: RunningProxmox) -> None:
    vms.create(ready, talos_spec())
    proxmox.fault("not-found", match="GET /nodes/pve-1/qemu/100/config")
    assert dict(observe.site(ready, range(100, 120)).vms) == {}


def test_observe_does_not_know_the_cluster_firewall_without_the_right(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.run(lambda engine: engine.site.roles["chartroom-prod-root"].remove("Sys.Audit"))
    seen = observe.site(ready, range(100, 120), features=frozenset({Feature.FIREWALL}))
    assert seen.cluster_firewall is None


def test_grow_leaves_a_disk_that_is_big_enough(ready: Api) -> None:
    vm = vms.create(ready, talos_spec())
    vms.grow(ready, vm, Growth("scsi0", 100))
    disk = vms.read(ready, "pve-1", 100).disk("system")
    assert disk is not None
    assert (disk.size_bytes, disk.storage) == (100 * GIB, "fast")


def test_follow_gives_up_after_its_time_and_can_be_resumed(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("task-slow", seconds=10**6, match="qmcreate")
    hasty = ready.paced(QUICK.limited(task_s=0.05))
    with pytest.raises(WaitError, match=r"task has run for \d+ s and still does \(UPID:pve-1:"):
        vms.create(hasty, talos_spec())
    proxmox.run(lambda engine: engine.clock.advance(10**6))
    assert vms.create(ready, talos_spec()).name == "talos-1"


def test_follow_waits_while_the_host_of_the_task_is_silent(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("host-offline", match="/tasks/UPID.*/status", times=2)
    diary = Diary()
    vms.create(ready.watched_by(diary), talos_spec())
    assert "host pve-1 does not answer" in diary.waits


def test_follow_takes_a_status_that_comes_too_early_for_running(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("task-status-early", times=2)
    assert vms.create(ready, talos_spec()).name == "talos-1"


def test_run_gives_up_when_every_answer_is_lost(ready: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("cut-before", match="POST /nodes/pve-1/qemu$", times=None)
    with pytest.raises(AnswerLostError) as caught:
        vms.create(ready, talos_spec())
    assert str(caught.value) == (
        f"create VM 100 (talos-1) on pve-1: the connection to {proxmox.url} broke before an answer came\n"
        "  fix: run again: what was done is found and kept"
    )


def test_cloud_init_needs_only_an_address(ready: Api) -> None:
    vm = vms.create(ready, talos_spec(cloud_init=CloudInitSpec("fast", "10.0.10.11/24")))
    assert vm.options["ipconfig0"] == "ip=10.0.10.11/24"
    assert "nameserver" not in vm.options
