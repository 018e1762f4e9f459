"""The simulator is strict: its tables are whole, and it refuses with the words that they hold."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.provision.proxmox.desk import Desk
from tests.simulators.proxmox import tables
from tests.simulators.proxmox.api import HANDLERS
from tests.simulators.proxmox.schema import join, parse

REFUSED: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "refused_calls.yaml").read_text(encoding="utf-8")
)


def test_every_row_of_every_table_has_a_source() -> None:
    for name in ("methods", "vm_options"):
        assert [row for row in tables.rows(name) if not row.get("source")] == []
    for name in ("messages", "formats", "tasks", "faults"):
        assert [key for key, row in tables.rows(name).items() if not row.get("source")] == []


def test_every_call_has_a_handler_a_known_task_and_known_privileges() -> None:
    for _, method in tables.methods():
        assert method.does in HANDLERS
        assert method.task is None or method.task in tables.task_seconds()
        for privilege in _privileges(method.rights):
            assert privilege in tables.roles()["Administrator"]
        for parameter in method.parameters.values():
            assert parameter.format is None or parameter.format in tables.formats()


def _privileges(rule: Any) -> list[str]:
    if isinstance(rule, str) or "modify" in rule:
        return []
    ((kind, body),) = rule.items()
    return [name for part in body for name in _privileges(part)] if kind in ("and", "or") else list(body[1])


def test_every_message_is_used() -> None:
    from pathlib import Path

    folder = Path(tables.__file__).parent
    code = "".join(file.read_text() for file in [*folder.glob("*.py"), *(folder / "api").glob("*.py")])
    used_by_faults = {kind.message for kind in tables.fault_kinds().values()}
    unused = [name for name in tables.messages() if f'"{name}"' not in code and name not in used_by_faults]
    assert unused == []


def test_roles_are_made_of_privilege_classes() -> None:
    roles = tables.roles()
    assert "VM.Monitor" not in roles["Administrator"]
    assert roles["NoAccess"] == frozenset()
    assert "Sys.Audit" in roles["PVEAuditor"]
    assert "Mapping.Modify" not in roles["PVEAdmin"]
    assert roles["PVEDatastoreUser"] == {"Datastore.AllocateSpace", "Datastore.Audit"}


def test_logins_and_tokens_are_checked(desk: Desk) -> None:
    def refused(headers: dict[str, str], line: str = "GET /version") -> tuple[int, str]:
        answer = desk.ask(line, headers)
        return answer.status, answer.reason

    assert refused({}) == (401, "No ticket")
    assert refused({"authorization": "Basic x"}) == (401, "No ticket")
    assert refused({"authorization": "PVEAPIToken=u@pve!x=y"}) == (401, "no such token 'x' for user 'u@pve'")
    assert refused({"authorization": "PVEAPIToken=x@pve!x=y"}) == (401, "no such token 'x' for user 'x@pve'")
    assert refused({"authorization": "PVEAPIToken=u@pve!t=y"}) == (401, "invalid token value!")
    assert refused({"cookie": "PVEAuthCookie=PVE:x"}) == (401, "invalid PVE ticket")
    cookie = {"cookie": desk.root_headers["cookie"]}
    assert refused(cookie) == (200, "OK")
    assert refused(cookie, "POST /pools") == (401, "Permission denied - invalid csrf token")
    assert refused(desk.user_headers, "POST /access/ticket") == (
        403,
        "Permission check failed (API token not allowed)",
    )


def test_a_ticket_is_given_for_a_password(desk: Desk) -> None:
    given = desk.ask("POST /access/ticket", {}, username="root", realm="pam", password="simulated-root").data
    headers = {"cookie": f"PVEAuthCookie={given['ticket']}", "csrfpreventiontoken": given["CSRFPreventionToken"]}
    assert desk.ask("POST /pools", headers, poolid="a").status == 200
    assert desk.ask("POST /access/ticket", {}, username="root@pam", password="no").reason == "authentication failure"
    assert desk.ask("POST /access/ticket", {}, username="u@pve", password="").status == 401


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {"vmid": "property is missing and it is not optional"}),
        ({"vmid": 99}, {"vmid": "value must have a minimum value of 100"}),
        ({"vmid": 10**9}, {"vmid": "value must have a maximum value of 1e+09"}),
        (
            {"vmid": 100, "bios": "efi"},
            {"bios": "value 'efi' does not have a value in the enumeration 'seabios, ovmf'"},
        ),
        ({"vmid": 100, "onboot": "maybe"}, {"onboot": "type check ('boolean') failed - got 'maybe'"}),
        ({"vmid": 100, "cpulimit": "x"}, {"cpulimit": "type check ('number') failed - got 'x'"}),
        ({"vmid": 100, "name": "-a"}, {"name": "value does not match the regex pattern"}),
        ({"vmid": 100, "description": "x" * 8193}, {"description": "value may only be 8192 characters long"}),
        (
            {"vmid": 100, "scsi0": "fast:10,colour=red"},
            {
                "scsi0": "invalid format - format error\ncolour: property is not defined in schema and the schema "
                "does not allow additional properties"
            },
        ),
        (
            {"vmid": 100, "scsi0": "serial=x"},
            {"scsi0": "invalid format - format error\nfile: property is missing and it is not optional"},
        ),
        (
            {"vmid": 100, "scsi0": f"fast:10,serial={'x' * 21}"},
            {"scsi0": "invalid format - format error\nserial: value may only be 20 characters long"},
        ),
        (
            {"vmid": 100, "scsi0": "fast:10,ssd=1,ssd=1"},
            {"scsi0": "invalid format - format error: duplicate key in comma-separated list property: ssd"},
        ),
        (
            {"vmid": 100, "smbios1": "x"},
            {
                "smbios1": "invalid format - format error: value without key, but schema does not define a "
                "default key: x"
            },
        ),
        (
            {"vmid": 100, "scsi0": "fast:1,import-from=images:import/x.qcow2"},
            {"scsi0": "'import-from' requires special syntax - use <storage ID>:0,import-from=<source>"},
        ),
        ({"vmid": 100, "scsi0": "/dev/sda"}, {"scsi0": "Only root can pass arbitrary filesystem paths."}),
        (
            {"vmid": 100, "scsi0": "fast:0,import-from=/x"},
            {"scsi0": "Only root can pass arbitrary filesystem paths."},
        ),
        (
            {"vmid": 100, "scsi0": "fast:0,import-from=images:iso/x.img"},
            {"scsi0": "images:iso/x.img has wrong type 'iso' - needs to be 'images' or 'import'"},
        ),
        ({"vmid": 100, "ide2": "images:iso/x.iso"}, {"ide2": "explicit 'media=cdrom' is required for iso images"}),
        ({"vmid": 100, "scsi0": "images:10"}, {"storage": "storage 'images' does not support vm images"}),
    ],
)
def test_creation_refuses_parameters(desk: Desk, values: dict[str, object], errors: dict[str, str]) -> None:
    answer = desk.ask("POST /nodes/pve-1/qemu", **values)
    assert (answer.status, answer.reason, answer.errors) == (400, "Parameter verification failed.", errors)


def test_property_strings_are_written_with_the_leading_key_first() -> None:
    assert parse("drive", "fast:1,ssd=yes") == {"file": "fast:1", "ssd": "1"}
    assert join("drive", {"ssd": "1", "file": "fast:1"}) == "fast:1,ssd=1"
    assert join("smbios1", {"uuid": "x"}) == "uuid=x"


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: str(case["call"]))
def test_calls_are_refused(vm: Desk, case: dict[str, Any]) -> None:
    for name in ("full", "empty"):
        vm.done("POST /pools", poolid=name)
    vm.done("PUT /pools", poolid="full", vms=100)
    answer = vm.ask(case["call"], **case.get("values", {}))
    assert (answer.status, answer.reason) == (case["status"], case.get("text", "Parameter verification failed."))
    assert bool(answer.errors) is (case["status"] == 400)
