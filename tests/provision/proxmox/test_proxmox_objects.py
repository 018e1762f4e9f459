"""Pools, the lock, firewall, HA, replication, backup jobs and power, against the simulator."""

import pytest

from provision.proxmox import Api, backup, env_lock, firewall, ha, images, pools, power, replication, vms
from provision.proxmox.env_lock import Holder
from provision.proxmox.errors import (
    AnswerLostError,
    DigestError,
    LockHeldError,
    ParametersError,
    PresentError,
    RefusedError,
    TaskError,
    WaitError,
)
from provision.proxmox.images import ImageSpec
from provision.proxmox.observed import BackupJob, FirewallRule, HaResource, HaRule, ReplicationJob
from provision.proxmox.vm_spec import DiskSpec
from tests.provision.proxmox.site import IMAGE_URL, QUICK, Diary, talos_spec
from tests.simulators.proxmox import RunningProxmox

ME = Holder("ops", "laptop", "2026-11-20T10:00:00Z", "a1")
OTHER = Holder("ci", "runner", "2026-11-20T09:00:00Z", "b2")
BLANK = (DiskSpec("scsi0", "fast", 10, "system"),)


@pytest.fixture
def vm(api: Api) -> Api:
    """A site with one VM, 100, on pve-1, and a second, 101, on pve-2."""
    pools.ensure(api, "prod")
    vms.create(api, talos_spec(disks=BLANK))
    vms.create(api, talos_spec(vm_id=101, name="talos-2", host="pve-2", disks=BLANK))
    return api


def test_pools_are_made_filled_and_deleted_once_each(vm: Api, proxmox: RunningProxmox) -> None:
    pools.ensure(vm, "prod")
    pools.ensure_member(vm, "prod", 100)
    found = pools.read(vm, "prod")
    assert found is not None
    assert (found.name, found.comment, set(found.vm_ids)) == ("prod", "", {100, 101})
    with pytest.raises(RefusedError, match="pool 'prod' is not empty"):
        pools.delete(vm, "prod")
    vms.delete(vm, "pve-1", 100)
    vms.delete(vm, "pve-2", 101)
    pools.delete(vm, "prod")
    assert pools.names(vm) == frozenset()
    proxmox.fault("not-found", match="DELETE /pools")
    pools.delete(vm, "prod-lock")


def test_a_pool_whose_answer_was_lost_is_found(admin: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("cut-after", match="POST /pools")
    pools.ensure(admin, "prod", "made by Chartroom")
    assert proxmox.site.pools["prod"].comment == "made by Chartroom"
    proxmox.fault("cut-before", match="POST /pools")
    with pytest.raises(AnswerLostError):
        pools.ensure(admin, "staging")


def test_a_member_of_another_pool_is_moved(admin: Api, proxmox: RunningProxmox) -> None:
    for name in ("prod", "old"):
        pools.ensure(admin, name)
    vms.create(admin, talos_spec(disks=BLANK, pool="old"))
    pools.ensure_member(admin, "prod", 100)
    assert proxmox.site.pools["prod"].vms == [100]
    assert proxmox.site.pools["old"].vms == []


def test_the_lock_has_one_holder(api: Api, proxmox: RunningProxmox) -> None:
    assert env_lock.read(api, "prod") is None
    env_lock.acquire(api, "prod", ME)
    env_lock.acquire(api, "prod", ME)
    with pytest.raises(LockHeldError) as caught:
        env_lock.acquire(api, "prod", OTHER)
    assert str(caught.value) == (
        "lock 'prod': held by ops on laptop since 2026-11-20T10:00:00Z\n"
        "  fix: wait for it; if it has died, run again with --break-lock"
    )
    assert env_lock.release(api, "prod", OTHER) is False
    assert env_lock.release(api, "prod", ME) is True
    assert env_lock.release(api, "prod", ME) is False
    env_lock.acquire(api, "prod", OTHER)  # the right to make it has outlived the pool
    assert list(proxmox.site.pools) == ["prod-lock"]


def test_the_lock_survives_lost_answers(api: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("cut-after", match="POST /pools")
    env_lock.acquire(api, "prod", ME)
    proxmox.fault("cut-after", match="DELETE /pools")
    assert env_lock.release(api, "prod", ME) is True
    proxmox.fault("cut-before", match="POST /pools")
    env_lock.acquire(api, "prod", ME)
    proxmox.fault("cut-before", match="DELETE /pools")
    with pytest.raises(AnswerLostError):
        env_lock.release(api, "prod", ME)
    assert env_lock.release(api, "prod", ME) is True
    proxmox.fault("cut-before", match="POST /pools", times=None)
    with pytest.raises(AnswerLostError):
        env_lock.acquire(api, "prod", ME)


def test_a_lock_that_is_always_gone_when_looked_at_is_said(api: Api, proxmox: RunningProxmox) -> None:
    env_lock.acquire(api, "prod", OTHER)
    proxmox.fault("not-found", match="GET /pools", times=None)
    with pytest.raises(LockHeldError) as caught:
        env_lock.acquire(api, "prod", ME)
    assert str(caught.value) == (
        "lock 'prod': it is taken and freed again faster than it can be read\n  fix: run again"
    )


def test_breaking_the_lock_needs_that_it_was_shown(api: Api) -> None:
    env_lock.acquire(api, "prod", ME)
    seen = env_lock.read(api, "prod")
    assert seen is not None
    assert str(seen) == "ops on laptop since 2026-11-20T10:00:00Z"
    env_lock.break_(api, "prod", seen)
    env_lock.break_(api, "prod", seen)
    env_lock.acquire(api, "prod", OTHER)
    with pytest.raises(LockHeldError) as caught:
        env_lock.break_(api, "prod", seen)
    assert str(caught.value) == (
        "break the lock of 'prod': it is now held by ci on runner since 2026-11-20T09:00:00Z, "
        "not by ops on laptop since 2026-11-20T10:00:00Z\n"
        "  fix: look again first"
    )


def test_a_pool_of_that_name_with_another_comment_is_a_lock_too(admin: Api, proxmox: RunningProxmox) -> None:
    pools.ensure(admin, "prod-lock", "made by hand")
    with pytest.raises(LockHeldError, match="held by pool 'prod-lock' with comment 'made by hand'"):
        env_lock.acquire(admin, "prod", ME)
    proxmox.fault("not-found", match="DELETE /pools")
    seen = env_lock.read(admin, "prod")
    assert seen is not None
    env_lock.break_(admin, "prod", seen)


SSH = FirewallRule("in", "ACCEPT", source="10.0.20.0/24", proto="tcp", dport="22", comment="ssh from lan")
HTTP = FirewallRule("in", "ACCEPT", source="10.0.10.0/24", proto="tcp", dport="80,443", others=(("log", "nolog"),))
DNS = FirewallRule("out", "ACCEPT", dest="10.0.10.1", proto="udp", dport="53", iface="net0")


def test_rules_become_exactly_the_list_in_its_order(vm: Api, proxmox: RunningProxmox) -> None:
    assert firewall.set_rules(vm, "pve-1", 100, (SSH, HTTP, DNS)) is True
    assert firewall.read(vm, "pve-1", 100).rules == (SSH, HTTP, DNS)
    assert all(rule["enable"] == "1" for rule in proxmox.site.vms[100].firewall.rules)
    before = len(proxmox.engine.calls)
    assert firewall.set_rules(vm, "pve-1", 100, (SSH, HTTP, DNS)) is False
    assert len(proxmox.engine.calls) == before + 1
    assert firewall.set_rules(vm, "pve-1", 100, (DNS, SSH)) is True
    assert firewall.read(vm, "pve-1", 100).rules == (DNS, SSH)
    assert firewall.set_rules(vm, "pve-1", 100, ()) is True
    assert firewall.read(vm, "pve-1", 100).rules == ()


def test_a_rule_that_somebody_switched_off_is_set_again(vm: Api, proxmox: RunningProxmox) -> None:
    firewall.set_rules(vm, "pve-1", 100, (SSH, DNS))
    vm.write("put", "nodes/pve-1/qemu/100/firewall/rules/0", "theirs", {"enable": 0})
    assert firewall.read(vm, "pve-1", 100).rules[0].enable is False
    assert firewall.set_rules(vm, "pve-1", 100, (SSH, DNS)) is True
    assert firewall.read(vm, "pve-1", 100).rules == (SSH, DNS)


def test_rules_survive_a_digest_conflict_but_not_an_endless_one(vm: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("digest-conflict", after=1, match="firewall/rules")
    assert firewall.set_rules(vm, "pve-1", 100, (SSH, DNS)) is True
    assert firewall.read(vm, "pve-1", 100).rules == (SSH, DNS)
    proxmox.fault("cut-after", match="POST .*firewall/rules")
    assert firewall.set_rules(vm, "pve-1", 100, (HTTP, DNS)) is True
    assert firewall.read(vm, "pve-1", 100).rules == (HTTP, DNS)
    proxmox.fault("digest-conflict", times=None, match="firewall/rules")
    with pytest.raises(DigestError) as caught:
        firewall.set_rules(vm, "pve-1", 100, (DNS,))
    assert str(caught.value) == (
        "set the firewall rules of VM 100 on pve-1: somebody else keeps changing them\n  fix: see who, and run again"
    )


def test_options_are_set_once(vm: Api, proxmox: RunningProxmox) -> None:
    assert firewall.read(vm, "pve-1", 100).enabled is False
    assert firewall.set_options(vm, "pve-1", 100, firewall.CLOSED) is True
    assert firewall.read(vm, "pve-1", 100).enabled is True
    assert firewall.set_options(vm, "pve-1", 100, firewall.CLOSED) is False
    proxmox.fault("digest-conflict", match="firewall/options")
    proxmox.fault("cut-after", match="PUT .*firewall/options")
    assert firewall.set_options(vm, "pve-1", 100, {"dhcp": "1"}) is True
    proxmox.fault("digest-conflict", match="firewall/options", times=None)
    with pytest.raises(DigestError):
        firewall.set_options(vm, "pve-1", 100, {"dhcp": "0"})


def test_the_clusters_switch_is_read(vm: Api, admin: Api) -> None:
    assert firewall.cluster_enabled(vm) is False
    admin.write("put", "cluster/firewall/options", "the operator", {"enable": 1})
    assert firewall.cluster_enabled(vm) is True


def test_ha_resources_are_made_changed_and_deleted(vm: Api, proxmox: RunningProxmox) -> None:
    wanted = HaResource(100, "started", max_restart=2, comment="prod")
    assert ha.ensure_resource(vm, wanted) is True
    assert ha.resources(vm) == {100: wanted}
    assert ha.ensure_resource(vm, wanted) is False
    changed = HaResource(100, "stopped", failback=False)
    proxmox.fault("digest-conflict", match="ha/resources")
    assert ha.ensure_resource(vm, changed) is True
    assert ha.resources(vm) == {100: changed}
    proxmox.fault("cut-after", match="PUT .*ha/resources")
    assert ha.ensure_resource(vm, wanted) is True
    proxmox.fault("digest-conflict", match="ha/resources", times=None)
    with pytest.raises(DigestError):
        ha.ensure_resource(vm, changed)
    ha.delete_resource(vm, 100)
    ha.delete_resource(vm, 100)
    assert ha.resources(vm) == {}


def test_ha_rules_are_made_changed_and_deleted(vm: Api, proxmox: RunningProxmox) -> None:
    for vm_id in (100, 101):
        ha.ensure_resource(vm, HaResource(vm_id, "stopped"))
    apart = HaRule("spread", "resource-affinity", frozenset({100, 101}), affinity="negative")
    home = HaRule("home", "node-affinity", frozenset({100}), {"pve-1": 0, "pve-2": 0}, strict=True)
    for rule in (apart, home):
        assert ha.ensure_rule(vm, rule) is True
        assert ha.ensure_rule(vm, rule) is False
    assert ha.rules(vm) == {"spread": apart, "home": home}
    proxmox.fault("digest-conflict", match="ha/rules")
    looser = HaRule("home", "node-affinity", frozenset({100}), {"pve-1": 0}, strict=False)
    assert ha.ensure_rule(vm, looser) is True
    assert ha.rules(vm)["home"] == looser
    other_kind = HaRule("home", "resource-affinity", frozenset({100, 101}), affinity="negative")
    assert ha.ensure_rule(vm, other_kind) is True
    assert ha.rules(vm)["home"] == other_kind
    ha.delete_rule(vm, "home")
    ha.delete_rule(vm, "home")
    assert list(ha.rules(vm)) == ["spread"]
    proxmox.fault("digest-conflict", match="ha/rules", times=None)
    with pytest.raises(DigestError):
        ha.ensure_rule(vm, HaRule("spread", "resource-affinity", frozenset({100, 101}), affinity="positive"))


def test_an_ha_rule_with_priorities_reads_back(vm: Api) -> None:
    ha.ensure_resource(vm, HaResource(100, "stopped"))
    rule = HaRule("home", "node-affinity", frozenset({100}), {"pve-1": 2, "pve-2": 1})
    assert ha.ensure_rule(vm, rule) is True
    assert ha.ensure_rule(vm, rule) is False


def test_an_ha_rule_that_cannot_be_met_is_refused(vm: Api, proxmox: RunningProxmox) -> None:
    for vm_id in (100, 101):
        ha.ensure_resource(vm, HaResource(vm_id, "stopped"))
    ha.ensure_rule(vm, HaRule("home", "node-affinity", frozenset({100, 101}), {"pve-1": 0}, strict=True))
    with pytest.raises(ParametersError) as caught:
        ha.ensure_rule(vm, HaRule("spread", "resource-affinity", frozenset({100, 101}), affinity="negative"))
    assert str(caught.value) == "set HA rule spread: resources: rule defines more resources than available nodes"


def test_ha_managed_vms_are_waited_for(vm: Api, proxmox: RunningProxmox) -> None:
    ha.ensure_resource(vm, HaResource(100, "stopped"))
    proxmox.fault("ha-slow", times=None, seconds=30)
    diary = Diary()
    watched = vm.watched_by(diary)
    power.start(watched, "pve-1", 100)
    assert diary.tasks == ["hastart start VM 100 on pve-1"]
    assert "VM 100 running" in diary.waits
    power.stop(watched, "pve-1", 100)
    power.start(watched, "pve-1", 100)
    power.shutdown(watched, "pve-1", 100)
    assert not power.running(vm, "pve-1", 100)
    moved = vms.migrate(vm, vms.read(vm, "pve-1", 100), "pve-2")
    assert moved.host == "pve-2"
    proxmox.fault("ha-slow", times=None, seconds=10**6)
    proxmox.run(lambda engine: engine.faults.active.pop(0))
    with pytest.raises(WaitError, match=r"start VM 100 on pve-2: not reached after \d+ s: VM 100 running"):
        power.start(vm.paced(QUICK.limited(state_s=0.03)), "pve-2", 100)


def test_power_is_switched_once(vm: Api, proxmox: RunningProxmox) -> None:
    diary = Diary()
    watched = vm.watched_by(diary)
    power.stop(watched, "pve-1", 100)
    power.shutdown(watched, "pve-1", 100)
    power.start(watched, "pve-1", 100)
    power.start(watched, "pve-1", 100)
    power.power_cycle(watched, "pve-1", 100)
    assert diary.tasks == [f"{kind} VM 100 on pve-1" for kind in ("qmstart start", "qmstop stop", "qmstart start")]
    assert proxmox.site.vms[100].starts == 2


def test_a_shutdown_that_hangs_is_forced_or_said(vm: Api, proxmox: RunningProxmox) -> None:
    power.start(vm, "pve-1", 100)
    proxmox.fault("shutdown-hangs", times=None)
    with pytest.raises(TaskError, match="VM quit/powerdown failed - got timeout"):
        power.shutdown(vm, "pve-1", 100, force=False)
    power.shutdown(vm, "pve-1", 100)
    assert not power.running(vm, "pve-1", 100)


def test_a_start_that_somebody_else_made_first_is_a_start(vm: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("task-error", match="qmstart", text="VM 100 already running")

    def start(engine: object) -> None:
        proxmox.site.vms[100].running = True

    diary = Diary()
    original = diary.dispatched

    def dispatched(upid: str, doing: str) -> None:
        proxmox.run(start)
        original(upid, doing)

    diary.dispatched = dispatched  # type: ignore[method-assign]  # the other client acts while we wait
    power.start(vm.watched_by(diary), "pve-1", 100)
    proxmox.fault("task-error", match="qmstart")
    power.stop(vm, "pve-1", 100)
    with pytest.raises(TaskError, match="command failed"):
        power.start(vm, "pve-1", 100)


def test_replication_is_known_by_its_target(vm: Api, proxmox: RunningProxmox) -> None:
    assert replication.ensure(vm, 100, "pve-2", "*/15", "prod") is True
    assert replication.ensure(vm, 100, "pve-2", "*/15", "prod") is False
    assert replication.jobs(vm) == [ReplicationJob("100-0", 100, "pve-2", "*/15", comment="prod")]
    assert replication.ensure(vm, 100, "pve-3", "0/2:00") is True
    assert replication.ensure(vm, 100, "pve-2", "*/30") is True
    vm.write("put", "cluster/replication/100-0", "theirs", {"disable": 1})
    assert replication.ensure(vm, 100, "pve-2", "*/30") is True
    assert [(job.id, job.target, job.schedule, job.disabled, job.comment) for job in replication.jobs(vm)] == [
        ("100-0", "pve-2", "*/30", False, ""),
        ("100-1", "pve-3", "0/2:00", False, ""),
    ]
    replication.delete(vm, "100-0")
    replication.delete(vm, "100-9")
    assert [job.leaving for job in replication.jobs(vm)] == [True, False]
    proxmox.fault("digest-conflict", match="replication")
    assert replication.ensure(vm, 100, "pve-3", "0/3:00") is True
    proxmox.fault("digest-conflict", match="replication", times=None)
    with pytest.raises(DigestError):
        replication.ensure(vm, 100, "pve-3", "0/4:00")


def test_backup_jobs_name_their_vms(vm: Api, proxmox: RunningProxmox) -> None:
    wanted = BackupJob("prod-tier1", "backups", "*:00", frozenset({100}), {"keep-daily": "30", "keep-hourly": "24"})
    assert backup.uncovered(vm) == {100, 101}
    assert backup.ensure(vm, wanted) is True
    assert backup.ensure(vm, wanted) is False
    assert backup.jobs(vm) == {"prod-tier1": wanted}
    assert backup.uncovered(vm) == {101}
    proxmox.fault("cut-after", match="PUT /cluster/backup")
    both = BackupJob("prod-tier1", "backups", "0/3:15", frozenset({100, 101}))
    assert backup.ensure(vm, both) is True
    assert backup.jobs(vm) == {"prod-tier1": both}
    proxmox.fault("cut-before", match="PUT /cluster/backup", times=None)
    with pytest.raises(AnswerLostError):
        backup.ensure(vm, wanted)
    backup.delete(vm, "prod-tier1")
    backup.delete(vm, "prod-tier1")
    assert backup.jobs(vm) == {}


def test_backup_jobs_by_pool_are_not_ours(vm: Api, admin: Api) -> None:
    admin.write("post", "cluster/backup", "theirs", {"id": "all", "all": 1, "storage": "backups", "schedule": "daily"})
    assert backup.jobs(vm) == {}


def test_a_backup_job_whose_retention_reads_back_as_a_map() -> None:
    from provision.proxmox.backup import _job

    row = {"id": "x", "vmid": "100", "prune-backups": {"keep-daily": 7}}
    assert _job(row) == BackupJob("x", "", "", frozenset({100}), {"keep-daily": "7"}, compress="0")


IMAGE = ImageSpec(IMAGE_URL, "images", "talos.qcow2", "a" * 128)


def test_an_image_is_downloaded_once(api: Api, proxmox: RunningProxmox) -> None:
    diary = Diary()
    assert images.ensure(api.watched_by(diary), "pve-1", IMAGE) == "images:import/talos.qcow2"
    assert images.ensure(api.watched_by(diary), "pve-2", IMAGE) == "images:import/talos.qcow2"
    assert diary.tasks == [f"download download {IMAGE_URL} to images on pve-1"]
    proxmox.fault("cut-before", match="DELETE .*/content/")
    images.delete(api, "pve-1", "images:import/talos.qcow2")
    images.delete(api, "pve-1", "images:import/talos.qcow2")
    assert proxmox.site.storages["images"].volumes == []


def test_a_wrong_checksum_is_said(api: Api) -> None:
    with pytest.raises(TaskError, match="checksum mismatch: got 'aaa"):
        images.ensure(api, "pve-1", ImageSpec(IMAGE_URL, "images", "talos.qcow2", "f" * 128))


def test_a_file_that_appears_meanwhile_is_taken_only_without_a_checksum(api: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("file-appears")
    assert images.ensure(api, "pve-1", ImageSpec(IMAGE_URL, "images", "a.qcow2")) == "images:import/a.qcow2"
    proxmox.fault("file-appears")
    with pytest.raises(TaskError, match=r"refusing to override existing file 'images:import/b.qcow2'"):
        images.ensure(api, "pve-1", ImageSpec(IMAGE_URL, "images", "b.qcow2", "a" * 128))
    proxmox.fault("file-appears", sha512="a" * 128)
    assert images.ensure(api, "pve-1", ImageSpec(IMAGE_URL, "images", "c.qcow2", "a" * 128)) == "images:import/c.qcow2"


def test_an_image_that_is_not_there_is_said(api: Api) -> None:
    with pytest.raises(TaskError, match="404"):
        images.ensure(api, "pve-1", ImageSpec("https://example.net/none.qcow2", "images", "none.qcow2"))


def test_an_image_file_has_a_suffix_that_can_be_imported() -> None:
    with pytest.raises(Exception, match=r"^image file 'x.iso' does not end in .qcow2, .raw or .vmdk$"):
        ImageSpec("https://x", "images", "x.iso")


def test_a_name_that_is_taken_is_an_error_of_its_own(admin: Api) -> None:
    admin.write("post", "pools", "make", {"poolid": "a"})
    with pytest.raises(PresentError) as caught:
        admin.write("post", "pools", "make", {"poolid": "a"})
    assert str(caught.value) == "make: create pool failed: pool 'a' already exists"


def test_an_image_that_cannot_be_deleted_is_said(api: Api, proxmox: RunningProxmox) -> None:
    images.ensure(api, "pve-1", IMAGE)
    proxmox.fault("cut-before", match="DELETE .*/content/", times=None)
    with pytest.raises(AnswerLostError):
        images.delete(api, "pve-1", IMAGE.volume)
