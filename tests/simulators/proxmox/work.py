"""Run workers over simulated time: start, finish, fail, and what the HA manager does.

A worker does its work when its time is over, at the next call; until then it only is there.
Source: facts p 1.1 (UPID, end states), p 1.2 (which call starts which), p 1.4.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from . import jobs, tables
from .drives import DiskError
from .faults import Fault
from .state import Task, Vm, Volume

if TYPE_CHECKING:
    from .engine import Engine

HA_DELAY_S = 10.0
"""How long the HA manager takes to bring a guest to its state; our figure (it works in rounds of ten seconds)."""


def start(engine: Engine, who: str, node: str, kind: str, subject: str, job: dict[str, Any], log: list[str]) -> str:
    """Start a worker and return its UPID."""
    now = engine.clock.now()
    number = engine.site.count()
    upid = f"UPID:{node}:{number + 0x1000:08X}:{number + 0x10000:08X}:{int(now):08X}:{kind}:{subject}:{who}:"
    seconds = tables.task_seconds()[kind]
    fault = engine.faults.take("task", f"{kind} {subject}")
    if fault is not None and fault.kind == "task-slow":
        seconds += float(fault.options.get("seconds", "600"))
    elif fault is not None:
        job = {**job, "fault": fault.kind, "fault_options": dict(fault.options)}
    engine.site.tasks[upid] = Task(upid, node, kind, subject, who, now, now + seconds, job, log=list(log))
    return upid


def settle(engine: Engine) -> None:
    """Finish what is due, in the order of its end."""
    now = engine.clock.now()
    due = [task for task in engine.site.tasks.values() if task.status == "running" and task.end <= now]
    for task in sorted(due, key=lambda task: task.end):
        finish(engine, task)
    _run_ha(engine, now)


def finish(engine: Engine, task: Task) -> None:
    """End a worker: do its work, or fail as a fault says."""
    fault = task.job.get("fault", "")
    text = task.job.get("fault_options", {}).get("text", "command failed: exit code 1")
    task.status = "stopped"
    try:
        if fault == "task-error":
            jobs.undo(engine.site, task)
            raise jobs.JobError(text)
        if fault == "shutdown-hangs" and not task.job.get("force"):
            raise jobs.JobError("VM quit/powerdown failed - got timeout")
        jobs.carry_out(engine.site, task, engine.clock.now())
        if fault == "task-error-keeps-config":
            _leave_lock(engine, task)
            raise jobs.JobError(text)
    except (jobs.JobError, DiskError) as error:
        task.exitstatus = str(error)
        task.log.append(f"TASK ERROR: {error}")
        return
    if fault == "task-warnings":
        task.log.append("WARN: " + task.job["fault_options"].get("text", "something is not as it should be"))
        task.exitstatus = "WARNINGS: 1"
        task.log.append("TASK WARNINGS: 1")
    else:
        task.exitstatus = "OK"
        task.log.append("TASK OK")


def _leave_lock(engine: Engine, task: Task) -> None:
    if lock := task.job["fault_options"].get("lock"):
        engine.site.vms[int(task.id)].config["lock"] = lock


def interrupt(engine: Engine, task: Task) -> None:
    """Stop a worker from outside; its work is taken back."""
    task.status, task.exitstatus = "stopped", "interrupted by signal"
    task.end = engine.clock.now()
    jobs.undo(engine.site, task)
    task.log.append("TASK ERROR: interrupted by signal")


def ask_ha(engine: Engine, sid: str, state: str) -> None:
    """Note the state that the HA manager shall bring a guest to, some time later."""
    resource = engine.site.ha[sid]
    resource.state = state
    resource.due = engine.clock.now() + engine.faults.seconds("ha-slow", HA_DELAY_S)


def _run_ha(engine: Engine, now: float) -> None:
    for sid, resource in engine.site.ha.items():
        if resource.due is None or resource.due > now:
            continue
        resource.due = None
        vm = engine.site.vms.get(int(sid.removeprefix("vm:")))
        if vm is None:
            continue
        if resource.target is not None:
            jobs.move(engine.site, vm, resource.target)
            resource.target = None
        if resource.state in ("started", "enabled") and not vm.running:
            jobs.start(engine.site, vm, now)
        elif resource.state in ("stopped", "disabled") and vm.running:
            jobs.stop(vm)


def interfere(engine: Engine, fault: Fault, values: dict[str, str], names: dict[str, str]) -> None:
    """Let another client be faster: take the VM id, or put the file there."""
    if fault.kind == "create-race" and "vmid" in values:
        vmid = int(values["vmid"])
        engine.site.vms.setdefault(vmid, Vm(vmid, names["node"], {"name": "foreign", "memory": "512"}))
    elif fault.kind == "file-appears" and "filename" in values:
        place = engine.site.storages[names["storage"]]
        volid = f"{place.id}:{values.get('content', 'import')}/{values['filename']}"
        checksum = fault.options.get("sha512") or hashlib.sha512(b"another file").hexdigest()
        place.volumes.append(Volume(volid, 2**30, values.get("content", "import"), sha512=checksum))
