"""Backup jobs. Source: facts p 1.2, m 0.5, 1.2."""

from typing import Any

from .. import drives, rights
from ..engine import Call
from ..refusal import refuse, refuse_parameters
from ..state import Vm


def index(call: Call) -> list[dict[str, Any]]:
    """List the jobs."""
    return [{"id": name, "type": "vzdump", "enabled": 1, **job} for name, job in sorted(call.site.backup.items())]


def _check(call: Call, job: dict[str, str]) -> None:
    selections = [key for key in ("vmid", "pool", "all") if job.get(key, "0") != "0"]
    if len(selections) != 1:
        wrong = selections[1] if selections else "vmid"
        raise refuse_parameters({wrong: "option conflicts with option 'vmid', 'pool' or 'all'"})
    if "storage" in job:
        if job["storage"] not in call.site.storages:
            raise refuse("no-storage", storage=job["storage"])
        rights.need(call.site, call.who, f"/storage/{job['storage']}", "Datastore.Allocate")
        if "backup" not in call.site.storages[job["storage"]].content:
            raise refuse_parameters({"storage": f"storage '{job['storage']}' does not support backups"})
    if "pool" in job:
        rights.need(call.site, call.who, f"/pool/{job['pool']}", "VM.Backup")


def add(call: Call) -> None:
    """Make a job."""
    name = call.values.get("id", f"backup-{call.site.count():08x}")
    if name in call.site.backup:
        raise refuse("backup-exists", id=name)
    job = {key: value for key, value in call.values.items() if key != "id"}
    _check(call, job)
    call.site.backup[name] = job


def _known(call: Call) -> dict[str, str]:
    if call.names["id"] not in call.site.backup:
        raise refuse("backup-absent", id=call.names["id"])
    return call.site.backup[call.names["id"]]


def change(call: Call) -> None:
    """Change a job."""
    gone = call.values.get("delete", "").split(",")
    kept = {key: value for key, value in _known(call).items() if key not in gone}
    job = {**kept, **{key: value for key, value in call.values.items() if key != "delete"}}
    _check(call, job)
    call.site.backup[call.names["id"]] = job


def remove(call: Call) -> None:
    """Delete a job."""
    _known(call)
    del call.site.backup[call.names["id"]]


def _members(call: Call, job: dict[str, str]) -> list[Vm]:
    if "pool" in job:
        wanted = call.site.pools[job["pool"]].vms if job["pool"] in call.site.pools else []
    elif job.get("all") == "1":
        wanted = list(call.site.vms)
    else:
        wanted = [int(part) for part in job["vmid"].split(",") if part]
    return [call.site.vms[vmid] for vmid in wanted if vmid in call.site.vms]


def included(call: Call) -> dict[str, Any]:
    """Return what a job would take."""
    children = []
    for vm in _members(call, _known(call)):
        volumes = []
        for option in sorted(name for name in vm.config if drives.is_drive(name)):
            drive = drives.parse(option, vm.config[option])
            if not drives.is_cdrom(drive):
                kept = drive.get("backup") != "0"
                reason = "enabled" if kept else "disabled"
                volumes.append({"id": option, "name": drive["file"], "included": int(kept), "reason": reason})
        children.append({"id": vm.vmid, "type": "qemu", "name": vm.config.get("name", ""), "children": volumes})
    return {"children": children}


def uncovered(call: Call) -> list[dict[str, Any]]:
    """Return the VMs that are in no job."""
    covered = {vm.vmid for job in call.site.backup.values() for vm in _members(call, job)}
    return [
        {"vmid": vm.vmid, "type": "qemu", "name": vm.config.get("name", "")}
        for vm in call.site.vms.values()
        if vm.vmid not in covered
    ]
