"""The switches of the simulator, its state and its clock."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.provision.proxmox.desk import Desk
from tests.simulators.proxmox import saved, state
from tests.simulators.proxmox.engine import Engine
from tests.simulators.proxmox.faults import Fault

ANSWERS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "fault_answers.yaml").read_text(encoding="utf-8")
)


def test_a_fault_must_be_one_of_the_table() -> None:
    with pytest.raises(ValueError, match=r"^no fault 'nonsense', one of: create-race, cut-after, "):
        Fault("nonsense")


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: str(case["fault"]))
def test_a_fault_answers_once_and_is_used_up(desk: Desk, case: dict[str, Any]) -> None:
    desk.engine.faults.active.append(Fault(case["fault"], after=1))
    desk.ask(case["call"], **case.get("values", {}))
    answer = desk.ask(case["call"], **case.get("values", {}))
    assert (answer.status, answer.reason) == (case["status"], case["text"])
    assert desk.engine.faults.dump() == []


def test_cut_connections_do_or_do_not_the_work(desk: Desk) -> None:
    desk.engine.faults.active += [Fault("cut-before"), Fault("cut-after")]
    assert desk.ask("POST /pools", poolid="a").cut
    assert desk.site.pools == {}
    assert desk.ask("POST /pools", poolid="a").cut
    assert list(desk.site.pools) == ["a"]


def test_faults_meet_only_their_own_calls(desk: Desk) -> None:
    desk.engine.faults.active += [
        Fault("create-race"),
        Fault("file-appears"),
        Fault("digest-conflict", match="version"),
    ]
    assert desk.ask("GET /version").status == 200
    assert desk.ask("POST /nodes/pve-1/qemu").errors == {"vmid": "property is missing and it is not optional"}
    assert desk.ask("POST /nodes/pve-1/storage/images/download-url").status == 400
    assert desk.site.vms == {}


def test_task_faults_end_tasks_badly_slowly_or_with_warnings(vm: Desk) -> None:
    def end(kind: str, line: str, **options: str) -> str:
        vm.engine.faults.active.append(Fault(kind, options=options))
        return vm.end_of(vm.ask(line, **({"target": "pve-2"} if "migrate" in line else {})).data)

    base = "POST /nodes/pve-1/qemu/100"
    assert end("task-error", f"{base}/status/start", text="out of memory") == "out of memory"
    assert end("task-warnings", f"{base}/status/start") == "WARNINGS: 1"
    assert end("shutdown-hangs", f"{base}/status/shutdown") == "VM quit/powerdown failed - got timeout"
    assert end("task-slow", f"{base}/status/shutdown", seconds="500") == ""
    vm.done(f"{base}/status/stop", overrule_shutdown=1)
    assert end("task-error", f"{base}/migrate") == "command failed: exit code 1"
    assert "lock" not in vm.site.vms[100].config
    assert end("task-error", "DELETE /nodes/pve-1/qemu/100") == "command failed: exit code 1"
    vm.engine.faults.active.append(Fault("task-error", match="qmdestroy"))
    upid = vm.ask("DELETE /nodes/pve-1/qemu/100").data
    del vm.site.vms[100]
    assert vm.end_of(upid) == "command failed: exit code 1"


def test_a_site_is_dumped_and_loaded_as_it_was(vm: Desk) -> None:
    upid = vm.ask("POST /nodes/pve-1/qemu", vmid=101, scsi0="fast:1").data
    copy = saved.load(saved.dump(vm.site))
    assert copy == vm.site
    other = Engine(state.Site())
    other.load(copy)
    other.clock.turn(0)
    other.clock.advance(100)
    other.settle()
    assert other.site.tasks[upid].exitstatus == "OK"
    assert sorted(other.site.vms) == [100, 101]
    other.load(state.Site())
    assert other.site.vms == {}


def test_a_site_with_an_unknown_field_is_not_loaded() -> None:
    with pytest.raises(TypeError, match=r"^Site has no field 'nonsense'$"):
        saved.load('{"nonsense": 1}')


def test_the_clock_runs_as_fast_as_it_is_told() -> None:
    from tests.simulators.proxmox.clock import Clock

    clock = Clock()
    clock.turn(0)
    start = clock.now()
    clock.advance(5)
    assert clock.now() == start + 5
    assert clock.real(3) == 0
    clock.turn(1000)
    assert clock.real(3) == 0.003
    assert clock.now() >= start + 5


def test_sizes_are_told_in_the_largest_unit_that_divides() -> None:
    from tests.simulators.proxmox.volumes import size_text

    assert [size_text(size) for size in (2**40, 3 * 2**30, 2**20, 2**10, 17, 0)] == ["1T", "3G", "1M", "1K", "17", "0"]
