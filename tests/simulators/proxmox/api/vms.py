"""VMs: list, create, read, delete. Source: facts p 1.2, 1.3 (QS API2/Qemu.pm)."""

from typing import Any

from .. import drives, rights
from ..engine import Call, unlocked
from ..option_rights import check_options
from ..refusal import refuse
from ..state import Vm, digest

_NOT_CONFIG = ("vmid", "pool", "storage", "start", "ha-managed", "import-working-storage")


def row(vm: Vm) -> dict[str, Any]:
    """Return a VM as lists show it."""
    found: dict[str, Any] = {"vmid": vm.vmid, "status": "running" if vm.running else "stopped"}
    return {**found, **{key: vm.config[key] for key in ("name", "tags", "lock") if key in vm.config}}


def index(call: Call) -> list[dict[str, Any]]:
    """List the VMs of a host that the caller may see."""
    return [
        row(vm)
        for vm in call.site.vms.values()
        if vm.node == call.node and rights.may(call.site, call.who, f"/vms/{vm.vmid}", "VM.Audit")
    ]


def create(call: Call) -> str:
    """Make a VM: the id is taken at once, the rest is done by a worker."""
    vmid, pool = int(call.values["vmid"]), call.values.get("pool")
    if pool is not None and pool not in call.site.pools:
        raise refuse("pool-absent-403", pool=pool)
    if call.flag("ha-managed"):
        rights.need(call.site, call.who, "/", "Sys.Console")
    if call.flag("start"):
        rights.need_on_vm(call.site, call.who, vmid, pool, "VM.PowerMgmt")
    in_pool = pool is not None and rights.may(call.site, call.who, f"/pool/{pool}", "VM.Allocate")
    if not in_pool and not rights.may(call.site, call.who, f"/vms/{vmid}", "VM.Allocate"):
        raise refuse("permission-bare")
    config = {name: value for name, value in call.values.items() if name not in _NOT_CONFIG}
    for option, value in config.items():
        if drives.is_drive(option):
            drives.check(call.site, call.who, call.node, option, value)
    check_options(call, vmid, pool, config)
    if vmid in call.site.vms:
        raise refuse("vm-exists", vmid=vmid, node=call.site.vms[vmid].node)
    call.site.vms[vmid] = Vm(vmid, call.node, {"lock": "create"})
    job = {"kind": "create", "vmid": vmid, "config": config, "pool": pool, "start": call.flag("start")}
    return call.task("qmcreate", vmid, job)


def config(call: Call) -> dict[str, Any]:
    """Return the config, with what is pending unless the current one is asked for."""
    vm = call.vm
    found: dict[str, Any] = dict(vm.config)
    if not call.flag("current"):
        found.update(vm.pending)
        found = {key: value for key, value in found.items() if key not in vm.pending_delete}
    numbers = ("cores", "sockets", "balloon", "onboot", "protection", "numa")
    found.update({key: int(found[key]) for key in numbers if key in found})
    return {**found, "digest": digest([vm.config, vm.pending, vm.pending_delete])}


def pending(call: Call) -> list[dict[str, Any]]:
    """Return each option with what waits for the next start."""
    vm = call.vm
    rows = []
    for key in sorted({*vm.config, *vm.pending}):
        found: dict[str, Any] = {"key": key}
        if key in vm.config:
            found["value"] = vm.config[key]
        if key in vm.pending:
            found["pending"] = vm.pending[key]
        if key in vm.pending_delete:
            found["delete"] = 1
        rows.append(found)
    return rows


def delete(call: Call) -> str:
    """Delete a VM with its disks, its rows in the ACL and its pool membership."""
    vm = call.vm
    if vm.config.get("protection") == "1":
        raise refuse("protected", vmid=vm.vmid)
    if not call.flag("purge"):
        if f"vm:{vm.vmid}" in call.site.ha:
            raise refuse("ha-no-purge", vmid=vm.vmid)
        for name in call.site.replication:
            if name.startswith(f"{vm.vmid}-"):
                raise refuse("replication-no-purge", job=name, vmid=vm.vmid)
    if vm.running:
        raise refuse("running", vmid=vm.vmid)
    unlocked(vm)
    return call.task("qmdestroy", vm.vmid, {"kind": "destroy", "vmid": vm.vmid, "purge": call.flag("purge")})
