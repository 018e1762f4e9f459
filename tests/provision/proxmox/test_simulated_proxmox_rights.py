"""The simulator gives nothing to who lacks the right."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.provision.proxmox.desk import Desk
from tests.simulators.proxmox.login import csrf
from tests.simulators.proxmox.sample import TALOS_URL
from tests.simulators.proxmox.state import Grant

NEEDED: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "needed_rights.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", NEEDED, ids=lambda case: str(case.get("options")))
def test_creation_needs_rights(desk: Desk, case: dict[str, Any]) -> None:
    desk.grant("/vms", *case["held"])
    assert desk.user("POST /nodes/pve-1/qemu", vmid=100, **case.get("options", {})).reason == case["text"]
    assert desk.site.vms == {}


def test_a_rom_file_is_roots_alone(desk: Desk) -> None:
    desk.grant("/vms", "VM.Allocate", "VM.Config.HWType")
    desk.grant("/mapping", "Mapping.Use")
    answer = desk.user("POST /nodes/pve-1/qemu", vmid=100, hostpci0="mapping=gpu-ollama,romfile=x")
    assert answer.errors == {"hostpci0": "only root@pam can set 'romfile' option"}


def test_a_pool_gives_rights_to_its_members(desk: Desk) -> None:
    desk.done("POST /pools", poolid="prod")
    desk.grant("/pool/prod", "VM.Allocate", "VM.Config.CPU", "VM.Audit", propagate=False)
    upid = desk.user("POST /nodes/pve-1/qemu", vmid=100, pool="prod", cores=1).data
    assert desk.user("GET /nodes/pve-1/qemu/100/config").reason == "Permission check failed (/vms/100, VM.Audit)"
    assert desk.end_of(upid) == "OK"
    assert desk.user("GET /nodes/pve-1/qemu/100/config").status == 200
    assert [row["vmid"] for row in desk.user("GET /nodes/pve-1/qemu").data] == [100]
    desk.grant("/vms/100", "NoAccess")
    desk.site.acl[-1].role = "NoAccess"
    assert desk.user("GET /nodes/pve-1/qemu/100/config").status == 403


def test_a_deeper_row_replaces_what_comes_from_above(desk: Desk) -> None:
    desk.grant("/", "Sys.Audit")
    assert desk.user("GET /nodes/pve-1/status").status == 200
    desk.grant("/nodes/pve-1", "Sys.Console")
    assert desk.user("GET /nodes/pve-1/status").reason == "Permission check failed (/nodes/pve-1, Sys.Audit)"
    desk.site.acl.clear()
    desk.grant("/nodes", "Sys.Audit", propagate=False)
    assert desk.user("GET /nodes/pve-1/status").status == 403


def test_a_separated_token_has_the_intersection(desk: Desk) -> None:
    desk.site.users["u@pve"].tokens["t"].privsep = True
    desk.site.roles["audit"] = ["Sys.Audit"]
    desk.site.acl.append(Grant("/", "u@pve!t", "audit"))
    assert desk.user("GET /cluster/status").status == 403
    desk.site.acl.append(Grant("/", "u@pve", "audit"))
    assert desk.user("GET /cluster/status").status == 200


def test_groups_count_where_the_user_has_no_row(desk: Desk) -> None:
    desk.site.users["u@pve"].groups = ["admins"]
    desk.done("PUT /access/acl", path="/", roles="PVEAuditor", groups="admins")
    assert desk.user("GET /cluster/status").status == 200
    desk.done("PUT /access/acl", path="/", roles="NoAccess", users="u@pve")
    assert desk.user("GET /cluster/status").status == 403
    desk.done("PUT /access/acl", path="/", roles="NoAccess", users="u@pve", delete=1)
    assert desk.user("GET /cluster/status").status == 200


def test_downloads_need_one_of_two_rights_to_the_network(desk: Desk) -> None:
    line, values = "POST /nodes/pve-1/storage/images/download-url", {"content": "import", "filename": "a.qcow2"}
    ask = lambda: desk.user(line, url=TALOS_URL, **values)  # noqa: E731  one call, asked five times
    assert ask().reason == "Permission check failed (/storage/images, Datastore.AllocateTemplate)"
    desk.grant("/storage/images", "Datastore.AllocateTemplate")
    assert ask().reason == "Permission check failed"
    desk.grant("/nodes/pve-1", "Sys.AccessNetwork")
    assert ask().status == 200
    desk.site.acl.pop()
    desk.grant("/", "Sys.Audit", "Sys.Modify")
    assert ask().status == 200


def test_rights_may_be_given_by_who_has_the_object(desk: Desk) -> None:
    values = {"roles": "PVEAuditor", "users": "u@pve"}
    text = "Permission check failed (/vms/100, Permissions.Modify|VM.Allocate)"
    assert desk.user("PUT /access/acl", path="/vms/100", **values).reason == text
    desk.grant("/vms/100", "VM.Allocate")
    assert desk.user("PUT /access/acl", path="/vms/100", **values).status == 200
    assert desk.user("PUT /access/acl", path="/", **values).reason == "Permission check failed (/, Permissions.Modify)"


def test_own_tokens_and_rights_are_ones_own(desk: Desk) -> None:
    desk.site.tickets["PVE:u:00000000"] = "u@pve"
    own = {"cookie": "PVEAuthCookie=PVE:u:00000000", "csrfpreventiontoken": csrf("PVE:u:00000000")}
    assert desk.ask("POST /access/users/u@pve/token/n", own, privsep=0, expire=5, comment="c").data["info"] == {
        "privsep": 0
    }
    assert [row["tokenid"] for row in desk.ask("GET /access/users/u@pve/token", own).data] == ["t", "n"]
    assert desk.user("GET /access/users/u@pve/token").reason == "Permission check failed (/access/groups, User.Modify)"
    desk.done("DELETE /access/users/u@pve/token/n")
    assert (
        desk.user("GET /access/permissions", userid="root@pam").reason == "Permission check failed (/access, Sys.Audit)"
    )
    assert desk.user("GET /access/permissions").data == {}
    desk.grant("/storage", "Datastore.Audit")
    assert desk.user("GET /access/permissions").data == {"/storage": {"Datastore.Audit": 1}}
    assert desk.user("GET /access/permissions", path="/storage/x").data == {"/storage/x": {"Datastore.Audit": 1}}
    assert desk.ask("GET /access/permissions", userid="u@pve").data == {"/storage": {"Datastore.Audit": 1}}


def test_roles_are_listed_made_and_added_to(desk: Desk) -> None:
    desk.done("POST /access/roles", roleid="mine", privs="VM.Audit")
    desk.done("PUT /access/roles/mine", privs="VM.Backup", append=1)
    mine = [row for row in desk.done("GET /access/roles") if row["roleid"] == "mine"]
    assert mine == [{"roleid": "mine", "special": 0, "privs": "VM.Audit,VM.Backup"}]
    desk.done("PUT /access/roles/mine", privs="VM.Clone")
    assert desk.site.roles["mine"] == ["VM.Clone"]


def test_lists_show_only_what_one_may_see(vm: Desk) -> None:
    vm.done("POST /pools", poolid="prod")
    empty = [
        "GET /nodes/pve-1/qemu", "GET /storage", "GET /nodes/pve-1/storage", "GET /pools", "GET /cluster/mapping/pci",
        "GET /cluster/replication", "GET /nodes/pve-1/tasks",
    ]  # fmt: skip
    vm.done("POST /cluster/replication", id="100-0", target="pve-2", type="local")
    for line in empty:
        assert vm.user(line).data == [], line
        assert vm.ask(line, source="all").data or "source" in str(vm.ask(line, source="all").errors), line


def test_tasks_are_shown_to_their_owner_and_to_auditors(vm: Desk) -> None:
    upid = next(iter(vm.site.tasks))
    for line in (f"GET /nodes/pve-1/tasks/{upid}/status", f"GET /nodes/pve-1/tasks/{upid}/log"):
        assert vm.user(line).reason == "Permission check failed (/nodes/pve-1, Sys.Audit)"
    vm.grant("/nodes/pve-1", "Sys.Audit")
    assert vm.user(f"GET /nodes/pve-1/tasks/{upid}/status").data["exitstatus"] == "OK"
    rows = vm.user("GET /nodes/pve-1/tasks", vmid=100, typefilter="qmcreate", since=1, limit=5).data
    assert [row["upid"] for row in rows] == [upid]
    assert vm.user("GET /nodes/pve-1/tasks", source="active").data == []
    assert vm.user(f"DELETE /nodes/pve-1/tasks/{upid}").reason == "Permission check failed (/nodes/pve-1, Sys.Modify)"
