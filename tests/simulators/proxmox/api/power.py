"""Start, stop and move VMs. Source: facts p 1.2, m 1.7: an HA-managed VM is only asked for."""

from typing import Any

from .. import work
from ..engine import Call, unlocked
from ..refusal import RefusalError, refuse, refuse_parameters
from ..state import Vm


def status(call: Call) -> dict[str, Any]:
    """Return whether a VM runs."""
    vm = call.vm
    state = "running" if vm.running else "stopped"
    found: dict[str, Any] = {"vmid": vm.vmid, "status": state, "qmpstatus": state}
    found["ha"] = {"managed": int(f"vm:{vm.vmid}" in call.site.ha)}
    found["uptime"] = int(call.engine.clock.now() - vm.started) if vm.running else 0
    if vm.running:
        found["pid"] = 4000 + vm.starts
    return {**found, **{key: vm.config[key] for key in ("name", "tags", "lock") if key in vm.config}}


def _switch(call: Call, kind: str, ha_kind: str, state: str, job: dict[str, Any]) -> str:
    vm = unlocked(call.vm)
    sid = f"vm:{vm.vmid}"
    if sid in call.site.ha:
        work.ask_ha(call.engine, sid, state)
        return call.task(ha_kind, vm.vmid, {"kind": "ha"}, [f"Requesting HA {state} for VM {vm.vmid}"])
    return call.task(kind, vm.vmid, {"vmid": vm.vmid, **job})


def start(call: Call) -> str:
    """Start a VM."""
    return _switch(call, "qmstart", "hastart", "started", {"kind": "start"})


def stop(call: Call) -> str:
    """Switch a VM off."""
    if call.flag("overrule-shutdown"):
        for task in list(call.site.tasks.values()):
            if task.status == "running" and task.type == "qmshutdown" and task.id == call.names["vmid"]:
                work.interrupt(call.engine, task)
    return _switch(call, "qmstop", "hastop", "stopped", {"kind": "stop"})


def shutdown(call: Call) -> str:
    """Ask the guest to shut down."""
    return _switch(call, "qmshutdown", "hastop", "stopped", {"kind": "stop", "force": call.flag("forceStop")})


def _running(call: Call) -> Vm:
    vm = unlocked(call.vm)
    if not vm.running:
        raise refuse_parameters({"vmid": f"VM {vm.vmid} not running"})
    return vm


def reboot(call: Call) -> str:
    """Shut down and start again."""
    return call.task("qmreboot", _running(call).vmid, {"kind": "reboot", "vmid": call.vm.vmid})


def reset(call: Call) -> str:
    """Press the reset button."""
    return call.task("qmreset", _running(call).vmid, {"kind": "reset", "vmid": call.vm.vmid})


def migrate(call: Call) -> str:
    """Move a VM to another host."""
    vm, target = unlocked(call.vm), call.values["target"]
    if target == call.node:
        raise refuse_parameters({"target": "target is local node."})
    if target not in call.site.nodes:
        raise refuse("no-target", target=target)
    if not call.site.nodes[target].online:
        raise refuse("target-offline", target=target)
    sid = f"vm:{vm.vmid}"
    if sid in call.site.ha:
        call.site.ha[sid].target = target
        work.ask_ha(call.engine, sid, call.site.ha[sid].state)
        return call.task(
            "hamigrate", vm.vmid, {"kind": "ha"}, [f"Requesting HA migration for VM {vm.vmid} to node {target}"]
        )
    vm.config["lock"] = "migrate"
    job = {"kind": "migrate", "vmid": vm.vmid, "target": target, "online": call.flag("online")}
    return call.task("qmigrate", vm.vmid, {**job, "local": call.flag("with-local-disks")})


def agent_interfaces(call: Call) -> dict[str, Any]:
    """The guest agent never answers here: no guest runs."""
    call.vm  # noqa: B018  refused if the VM is not there
    raise RefusalError(500, "QEMU guest agent is not running")
