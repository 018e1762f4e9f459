"""What the calls of the simulator do."""

from tests.provision.proxmox.desk import Desk
from tests.simulators.proxmox import state
from tests.simulators.proxmox.faults import Fault
from tests.simulators.proxmox.sample import DEBIAN_URL


def test_a_task_can_be_stopped_and_takes_its_work_back(desk: Desk) -> None:
    upid = desk.ask("POST /nodes/pve-1/qemu", vmid=100, scsi0="fast:1").data
    assert desk.ask("GET /nodes/pve-1/qemu/100/config").data["lock"] == "create"
    assert desk.ask("PUT /nodes/pve-1/qemu/100/config", name="x").reason == "VM is locked (create)"
    desk.done(f"DELETE /nodes/pve-1/tasks/{upid}")
    desk.done(f"DELETE /nodes/pve-1/tasks/{upid}")
    assert desk.done(f"GET /nodes/pve-1/tasks/{upid}/status")["exitstatus"] == "interrupted by signal"
    assert desk.site.vms == {}


def test_a_config_change_is_made_by_a_task_or_at_once(vm: Desk) -> None:
    vm.done("POST /nodes/pve-1/qemu/100/config", cores=3, scsi1="fast:5")
    assert vm.site.vms[100].config["cores"] == "3"
    vm.done("PUT /nodes/pve-1/qemu/100/config", delete="scsi1,cores")
    assert vm.site.vms[100].config["unused0"] == "fast:vm-100-disk-1"
    vm.done("PUT /nodes/pve-1/qemu/100/config", scsi0="fast:vm-100-disk-0,serial=other,backup=0")
    assert vm.site.vms[100].config["scsi0"] == "fast:vm-100-disk-0,serial=other,backup=0,size=10G"
    vm.done("PUT /nodes/pve-1/qemu/100/config", ide2="none,media=cdrom")
    vm.done("PUT /nodes/pve-1/qemu/100/config", delete="ide2")
    assert "ide2" not in vm.site.vms[100].config
    root_only = vm.ask("PUT /nodes/pve-1/qemu/100/config", skiplock=1, name="x")
    assert root_only.status == 200
    vm.grant("/vms/100", "VM.Config.Options")
    assert vm.user("PUT /nodes/pve-1/qemu/100/config", skiplock=1, name="x").errors == {
        "skiplock": "Only root may use this option."
    }


def test_drives_of_a_vm_need_their_own_rights(vm: Desk) -> None:
    vm.grant("/vms/100", "VM.Config.Options")
    text = "Permission check failed (/vms/100, VM.Config.Disk)"
    assert vm.user("PUT /nodes/pve-1/qemu/100/config", scsi1="fast:1").reason == text
    assert vm.user("PUT /nodes/pve-1/qemu/100/config", delete="scsi0").reason == text
    text = "Permission check failed (/vms/100, VM.Config.CDROM)"
    assert vm.user("PUT /nodes/pve-1/qemu/100/config", ide2="none,media=cdrom").reason == text
    vm.grant("/vms/100", "VM.Config.HWType")
    assert vm.user("PUT /nodes/pve-1/qemu/100/config", delete="hostpci0").status == 200


def test_a_running_vm_keeps_what_cannot_be_changed_until_its_restart(vm: Desk) -> None:
    vm.done("POST /nodes/pve-1/qemu/100/status/start")
    vm.done("PUT /nodes/pve-1/qemu/100/config", cores=8, memory=1024, name="now", machine="q35")
    vm.done("PUT /nodes/pve-1/qemu/100/config", delete="memory")
    vm.done("PUT /nodes/pve-1/qemu/100/config", revert="cores")
    vm.done("PUT /nodes/pve-1/qemu/100/config", delete="balloon")
    rows = {row["key"]: row for row in vm.done("GET /nodes/pve-1/qemu/100/pending")}
    assert rows["name"] == {"key": "name", "value": "now"}
    assert rows["machine"] == {"key": "machine", "pending": "q35"}
    assert rows["memory"]["delete"] == 1
    assert "pending" not in rows["cores"]
    assert "machine" not in vm.done("GET /nodes/pve-1/qemu/100/config", current=1)
    assert vm.done("GET /nodes/pve-1/qemu/100/config")["machine"] == "q35"
    vm.done("PUT /nodes/pve-1/qemu/100/config", memory=768)
    vm.done("POST /nodes/pve-1/qemu/100/status/reboot")
    assert vm.done("GET /nodes/pve-1/qemu/100/config", current=1)["memory"] == "768"
    vm.done("PUT /nodes/pve-1/qemu/100/config", delete="machine")
    vm.done("POST /nodes/pve-1/qemu/100/status/stop")
    assert "machine" not in vm.site.vms[100].config
    starts = vm.site.vms[100].starts
    vm.done("POST /nodes/pve-1/qemu/100/status/start")
    vm.done("POST /nodes/pve-1/qemu/100/status/reset")
    assert vm.site.vms[100].starts == starts + 2


def test_disks_grow_by_a_size_or_to_one(vm: Desk) -> None:
    vm.done("PUT /nodes/pve-1/qemu/100/resize", disk="scsi0", size="+5G")
    vm.done("PUT /nodes/pve-1/qemu/100/resize", disk="scsi0", size="20G")
    assert vm.site.vms[100].config["scsi0"].endswith("size=20G")
    assert [row["size"] for row in vm.done("GET /nodes/pve-1/storage/fast/content", vmid=100)] == [20 * 2**30]
    assert vm.done("GET /nodes/pve-1/storage/fast/content", vmid=7) == []
    assert vm.done("GET /nodes/pve-2/storage/fast/content") == []


def test_a_vm_may_be_started_when_made(desk: Desk) -> None:
    desk.done(
        "POST /nodes/pve-1/qemu", vmid=100, start=1, tpmstate0="fast:1,version=v2.0", efidisk0="fast:0,efitype=4m"
    )
    assert desk.done("GET /nodes/pve-1/qemu/100/status/current")["status"] == "running"
    upid = desk.ask("POST /nodes/pve-1/qemu/100/status/start").data
    assert desk.end_of(upid) == "VM 100 already running"


def test_a_passed_through_device_starts_only_where_it_is(desk: Desk) -> None:
    for host, end in (("pve-1", "PCI device mapping not found for 'gpu-ollama'"), ("pve-3", "OK")):
        desk.done(f"POST /nodes/{host}/qemu", vmid=100, hostpci0="mapping=gpu-ollama,pcie=1")
        assert desk.end_of(desk.ask(f"POST /nodes/{host}/qemu/100/status/start").data) == end
        if end == "OK":
            upid = desk.ask(f"POST /nodes/{host}/qemu/100/migrate", target="pve-1", online=1).data
            assert desk.end_of(upid).startswith("migration aborted: can't migrate running VM which uses mapped")
        else:
            desk.done(f"DELETE /nodes/{host}/qemu/100")


def test_running_vms_with_local_disks_move_only_when_told_how(vm: Desk) -> None:
    vm.done("POST /nodes/pve-1/qemu/100/status/start")
    assert "without --online" in vm.end_of(vm.ask("POST /nodes/pve-1/qemu/100/migrate", target="pve-2").data)
    upid = vm.ask("POST /nodes/pve-1/qemu/100/migrate", target="pve-2", online=1).data
    assert "without with-local-disks option: fast:vm-100-disk-0" in vm.end_of(upid)
    vm.done("POST /cluster/replication", id="100-0", target="pve-2", type="local")
    vm.done("POST /nodes/pve-1/qemu/100/migrate", target="pve-2", online=1, with_local_disks=1)
    assert (vm.site.vms[100].node, vm.site.replication["100-0"].target) == ("pve-2", "pve-1")
    vm.site.nodes["pve-3"].online = False
    assert vm.ask("POST /nodes/pve-2/qemu/100/migrate", target="pve-3").reason == "target node 'pve-3' is offline"
    assert vm.ask("GET /nodes/pve-3/status").status == 595


def test_a_vm_in_ha_or_replication_is_deleted_only_with_purge(vm: Desk) -> None:
    vm.done("POST /cluster/ha/resources", sid="100", state="stopped", comment="c")
    line = "DELETE /nodes/pve-1/qemu/100"
    assert vm.ask(line).reason == "unable to remove VM 100 - used in HA resources and purge parameter not set."
    vm.done("DELETE /cluster/ha/resources/vm:100")
    vm.done("POST /cluster/replication", id="100-0", target="pve-2", type="local")
    assert vm.ask(line).reason == "There is a replication job '100-0' for guest '100' - please remove that first."
    vm.done("POST /cluster/backup", id="bb", storage="backups", vmid="100,101", prune_backups="keep-daily=7")
    vm.done("POST /cluster/ha/resources", sid="vm:100")
    vm.done("POST /cluster/ha/rules", rule="r", type="node-affinity", resources="vm:100", nodes="pve-1")
    vm.done("POST /nodes/pve-1/qemu/100/status/stop")
    vm.engine.clock.advance(60)
    vm.done("POST /pools", poolid="p")
    vm.done("PUT /pools", poolid="p", vms="100", comment="new")
    vm.done("PUT /access/acl", path="/vms/100", roles="PVEAuditor", users="u@pve")
    vm.done(line, purge=1)
    site = vm.site
    assert (site.ha, site.ha_rules, site.replication, site.backup["bb"]["vmid"], site.pools["p"].vms, site.acl) == (
        {}, {}, {}, "101", [], [],
    )  # fmt: skip


def test_protection_and_running_keep_a_vm(vm: Desk) -> None:
    vm.done("POST /nodes/pve-1/qemu/100/status/start")
    assert vm.ask("DELETE /nodes/pve-1/qemu/100").reason == "VM 100 is running - destroy failed"
    vm.done("PUT /nodes/pve-1/qemu/100/config", protection=1)
    assert vm.ask("DELETE /nodes/pve-1/qemu/100").reason == "can't remove VM 100 - protection mode enabled"


def test_the_ha_manager_takes_its_time(vm: Desk) -> None:
    vm.done("POST /cluster/ha/resources", sid="vm:100")
    assert vm.ask("POST /cluster/ha/resources", sid="vm:100").reason.endswith("resource 'vm:100' already defined")
    assert not vm.site.vms[100].running
    assert vm.done("GET /cluster/ha/status/current")[1]["state"] == "queued"
    vm.engine.clock.advance(11)
    assert vm.done("GET /nodes/pve-1/qemu/100/status/current")["ha"] == {"managed": 1}
    assert vm.site.vms[100].running
    assert vm.done("GET /cluster/ha/status/current")[1]["state"] == "started"
    vm.done("PUT /cluster/ha/resources/vm:100", state="stopped", comment="c")
    vm.done("PUT /cluster/ha/resources/vm:100", delete="comment", max_restart=3)
    assert (
        vm.ask("PUT /cluster/ha/resources/vm:100", digest="x").reason
        == "checksum mismatch (file change by other user?)"
    )
    vm.engine.clock.advance(11)
    assert vm.done("GET /cluster/ha/resources/vm:100")["max_restart"] == 3
    assert not vm.site.vms[100].running
    vm.site.ha["vm:101"] = state.HaResource(due=0.0)
    vm.engine.settle()
    assert vm.site.ha.pop("vm:101").due is None
    vm.done("PUT /cluster/ha/resources/vm:100", state="ignored")
    vm.engine.clock.advance(11)
    vm.engine.settle()
    vm.done("DELETE /cluster/ha/resources/vm:100", purge=0)


def _ha(desk: Desk, *vm_ids: int) -> None:
    for vm_id in vm_ids:
        desk.done("POST /nodes/pve-1/qemu", vmid=vm_id)
        desk.done("POST /cluster/ha/resources", sid=f"vm:{vm_id}", state="stopped")


def test_ha_rules_that_cannot_be_met_are_refused(desk: Desk) -> None:
    _ha(desk, 100, 101, 102, 103)
    line = "POST /cluster/ha/rules"

    def errors(**values: object) -> str:
        answer = desk.ask(line, **values)
        assert (answer.status, answer.reason) == (400, f"Rule '{values['rule']}' is invalid."), answer
        return answer.errors["resources"]

    apart: dict[str, object] = {"type": "resource-affinity", "affinity": "negative"}
    home: dict[str, object] = {"type": "node-affinity"}
    assert errors(rule="a", resources="vm:100", **apart) == "rule is ineffective as there are less than two resources"
    four = "vm:100,vm:101,vm:102,vm:103"
    assert errors(rule="a", resources=four, **apart) == "rule defines more resources than available nodes"
    desk.done(line, rule="h", resources="vm:100", nodes="pve-1:2,pve-2:1", **home)
    assert "already used in another" in errors(rule="i", resources="vm:100", nodes="pve-1", **home)
    desk.done(line, rule="s", resources="vm:101,vm:102", **apart)
    assert "one priority only" in errors(rule="j", resources="vm:101", nodes="pve-1:2,pve-2:1", **home)
    no_node = desk.ask(line, rule="k", resources="vm:101", nodes="pve-9", **home)
    assert no_node.reason == "create ha rule failed: cannot use non-existent node(s) pve-9."
    assert desk.ask(line, rule="h", resources="vm:100", nodes="pve-1", **home).reason.endswith("already defined")
    assert desk.ask("PUT /cluster/ha/rules/h", type="node-affinity", digest="x").status == 500
    desk.done("PUT /cluster/ha/rules/h", type="node-affinity", comment="c")
    desk.done("PUT /cluster/ha/rules/h", type="node-affinity", delete="comment", resources="vm:103")
    assert desk.done("GET /cluster/ha/rules/h")["resources"] == "vm:103"
    assert [row["rule"] for row in desk.done("GET /cluster/ha/rules", type="node-affinity")] == ["h"]
    assert [row["rule"] for row in desk.done("GET /cluster/ha/rules", resource="vm:101")] == ["s"]
    desk.done("DELETE /cluster/ha/resources/vm:101")
    assert desk.done("GET /cluster/ha/rules/s")["errors"] == {
        "resources": "rule is ineffective as there are less than two resources"
    }


def test_replication_is_for_zfs_on_both_hosts(vm: Desk) -> None:
    job: dict[str, object] = {"target": "pve-2", "type": "local"}
    vm.done("POST /cluster/replication", id="100-0", schedule="*/5", comment="c", **job)
    assert vm.ask("POST /cluster/replication", id="100-0", **job).reason == "replication job '100-0' already exists"
    again = vm.ask("POST /cluster/replication", id="100-1", **job)
    assert again.reason == "replication job for guest '100' to target 'pve-2' already exists"
    assert vm.ask("PUT /cluster/replication/100-0", digest="x").status == 500
    vm.done("PUT /cluster/replication/100-0", delete="comment", disable=1)
    vm.done("DELETE /cluster/replication/100-0")
    assert vm.done("GET /cluster/replication")[0]["remove_job"] == "full"
    vm.done("DELETE /cluster/replication/100-0", force=1)
    vm.site.storages["fast"].nodes.remove("pve-2")
    assert vm.ask("POST /cluster/replication", id="100-0", **job).reason == (
        "storage 'fast' is not available on node 'pve-2'"
    )
    vm.site.storages["fast"].type = "lvmthin"
    assert vm.ask("POST /cluster/replication", id="100-0", **job).reason == (
        "missing replicate feature on volume 'fast:vm-100-disk-0'"
    )
    vm.done("PUT /nodes/pve-1/qemu/100/config", scsi0="fast:vm-100-disk-0,replicate=0")
    vm.done("POST /cluster/replication", id="100-0", **job)
    assert vm.user("DELETE /cluster/replication/100-0").reason == "Permission check failed (/vms/100, VM.Replicate)"


def test_backup_jobs_take_whole_vms_less_what_is_left_out(vm: Desk) -> None:
    vm.done("PUT /nodes/pve-1/qemu/100/config", scsi1="fast:1,backup=0", ide2="none,media=cdrom")
    vm.done("POST /pools", poolid="p")
    vm.done("POST /cluster/backup", id="one", storage="backups", vmid="100,999", schedule="*:00")
    assert vm.ask("POST /cluster/backup", id="one", vmid=100).reason == "Job 'one' already exists"
    taken = vm.done("GET /cluster/backup/one/included_volumes")["children"]
    assert [(row["id"], row["included"]) for row in taken[0]["children"]] == [("scsi0", 1), ("scsi1", 0)]
    assert vm.done("GET /cluster/backup-info/not-backed-up") == []
    vm.done("PUT /cluster/backup/one", delete="vmid", pool="p")
    assert [row["vmid"] for row in vm.done("GET /cluster/backup-info/not-backed-up")] == [100]
    vm.done("PUT /cluster/backup/one", delete="pool", all=1)
    assert vm.done("GET /cluster/backup-info/not-backed-up") == []
    vm.site.backup["one"] = {"pool": "gone"}
    assert vm.done("GET /cluster/backup/one/included_volumes") == {"children": []}
    vm.grant("/", "Sys.Modify", "Sys.Audit")
    vm.grant("/storage/backups", "Datastore.Audit")
    text = "Permission check failed (/storage/backups, Datastore.Allocate)"
    assert vm.user("POST /cluster/backup", storage="backups", vmid=100).reason == text
    made = vm.done("POST /cluster/backup", storage="backups", all=1)
    assert made is None
    assert any(name.startswith("backup-") for name in vm.site.backup)


def test_firewall_rules_land_on_top_and_off(vm: Desk) -> None:
    base = "/nodes/pve-1/qemu/100/firewall"
    vm.done(f"POST {base}/rules", type="in", action="ACCEPT", comment="first", pos=5)
    vm.done(f"POST {base}/rules", type="group", action="my-group", enable=1)
    rows = vm.done(f"GET {base}/rules")
    assert [(row["pos"], row["enable"], row.get("comment")) for row in rows] == [(0, 1, None), (1, 0, "first")]
    stale = rows[0]["digest"]
    vm.done(f"PUT {base}/rules/0", moveto=1, comment="ignored")
    assert [row.get("comment") for row in vm.done(f"GET {base}/rules")] == ["first", None]
    assert vm.ask(f"PUT {base}/rules/0", digest=stale).reason == "checksum mismatch (file change by other user?)"
    assert vm.ask(f"DELETE {base}/rules/0", digest=stale).status == 500
    vm.done(f"PUT {base}/rules/0", delete="comment", enable=1)
    vm.done(f"DELETE {base}/rules/1")
    assert len(vm.done(f"GET {base}/rules")) == 1
    vm.done(f"PUT {base}/options", enable=1, policy_in="DROP")
    vm.done(f"PUT {base}/options", delete="policy_in")
    options = vm.done(f"GET {base}/options")
    assert options == {"enable": 1, "digest": options["digest"]}
    vm.done("PUT /cluster/firewall/options", policy_in="DROP")
    assert vm.done("GET /cluster/firewall/options")["policy_in"] == "DROP"


def test_resources_lag_behind(desk: Desk) -> None:
    assert desk.done("GET /cluster/resources", type="vm") == []
    desk.ask("POST /nodes/pve-1/qemu", vmid=100, name="a")
    desk.engine.clock.advance(9)
    assert desk.done("GET /cluster/resources", type="vm") == []
    desk.engine.clock.advance(9)
    assert [row["vmid"] for row in desk.done("GET /cluster/resources", type="vm")] == [100]
    assert [row["type"] for row in desk.done("GET /cluster/resources")] == ["qemu", "node", "node", "node"]
    desk.engine.faults.active.append(Fault("resources-lag", times=None, options={"seconds": "1000"}))
    desk.done("DELETE /nodes/pve-1/qemu/100")
    desk.engine.clock.advance(60)
    assert [row["vmid"] for row in desk.done("GET /cluster/resources", type="vm")] == [100]
    assert desk.user("GET /cluster/resources", type="vm").data == []


def test_the_cluster_and_its_hosts_are_described(desk: Desk) -> None:
    desk.site.nodes["pve-2"].online = False
    rows = desk.done("GET /cluster/status")
    assert (rows[0]["quorate"], [row.get("online") for row in rows[1:]]) == (1, [1, 0, 1])
    assert [row["status"] for row in desk.done("GET /nodes")] == ["online", "offline", "online"]
    assert desk.done("GET /nodes/pve-3/status")["cpuinfo"]["cpus"] == 24
    assert desk.done("GET /nodes/pve-3/hardware/pci")[0]["id"] == "0000:01:00.0"
    desk.site.nodes["pve-1"].bridges.append(state.Bridge("vmbr1", vlan_aware=False))
    assert [row.get("bridge_vlan_aware") for row in desk.done("GET /nodes/pve-1/network")] == [1, None]
    assert desk.done("GET /cluster/nextid") == "100"
    assert desk.done("GET /cluster/nextid", vmid=105) == "105"
    assert {row["storage"] for row in desk.done("GET /storage")} == {"fast", "images", "backups"}
    assert [row["storage"] for row in desk.done("GET /nodes/pve-1/storage", content="iso")] == ["images"]
    assert desk.done("GET /nodes/pve-1/storage", storage="fast")[0]["avail"] == 3 * 2**40
    mapping = desk.done("GET /cluster/mapping/pci", check_node="pve-1")[0]
    assert mapping["checks"] == [{"severity": "warning", "message": "No mapping for node pve-1."}]
    assert desk.done("GET /cluster/mapping/pci/gpu-ollama")["id"] == "gpu-ollama"


def test_a_second_download_is_refused_or_found_equal(desk: Desk) -> None:
    line, values = "POST /nodes/pve-1/storage/images/download-url", {"content": "import", "filename": "a.qcow2"}
    checksum = {"checksum": "B" * 128, "checksum_algorithm": "sha512"}
    desk.done(line, url=DEBIAN_URL, **values, **checksum)
    upid = desk.done(line, url=DEBIAN_URL, **values, **checksum)
    log = [row["t"] for row in desk.done(f"GET /nodes/pve-1/tasks/{upid}/log")]
    assert log[-2:] == ["correct checksum of existing file, no need to re-download", "TASK OK"]
    assert desk.done(f"GET /nodes/pve-1/tasks/{upid}/log", start=1, limit=1)[0]["n"] == 2
    again = desk.end_of(desk.ask(line, url=DEBIAN_URL, **values).data)
    assert again == "refusing to override existing file 'images:import/a.qcow2'"
    desk.done("DELETE /nodes/pve-1/storage/images/content/images:import/a.qcow2")
