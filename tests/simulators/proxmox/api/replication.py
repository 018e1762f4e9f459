"""Replication jobs. Source: facts m 1.2."""

from typing import Any

from .. import drives, rights
from ..engine import Call
from ..refusal import refuse
from ..state import ReplicationJob, digest


def _digest(call: Call) -> str:
    return digest([[name, job.target, job.options] for name, job in sorted(call.site.replication.items())])


def _guest(name: str) -> int:
    return int(name.partition("-")[0])


def index(call: Call) -> list[dict[str, Any]]:
    """List the jobs of the VMs that the caller may see."""
    rows = []
    for name, job in sorted(call.site.replication.items()):
        if not rights.may(call.site, call.who, f"/vms/{_guest(name)}", "VM.Audit"):
            continue
        row: dict[str, Any] = {"id": name, "type": "local", "guest": _guest(name), "target": job.target}
        row.update(jobnum=int(name.partition("-")[2]), digest=_digest(call), **job.options)
        if job.remove:
            row["remove_job"] = "full"
        rows.append(row)
    return rows


def add(call: Call) -> None:
    """Make a job."""
    name, target = call.values["id"], call.values["target"]
    vmid = _guest(name)
    rights.need(call.site, call.who, f"/vms/{vmid}", "VM.Replicate")
    if name in call.site.replication:
        raise refuse("replication-exists", id=name)
    if target not in call.site.nodes:
        raise refuse("no-target", target=target)
    vm = call.site.vms.get(vmid)
    if vm is None:
        raise refuse("no-config", node=call.site.nodes[target].name, vmid=vmid)
    if vm.node == target:
        raise refuse("replication-self")
    if any(_guest(other) == vmid and job.target == target for other, job in call.site.replication.items()):
        raise refuse("replication-target", vmid=vmid, target=target)
    _check_storages(call, vm.config, target)
    options = {key: value for key, value in call.values.items() if key not in ("id", "target", "type")}
    call.site.replication[name] = ReplicationJob(target, options)


def _check_storages(call: Call, config: dict[str, str], target: str) -> None:
    for option in [name for name in config if drives.is_drive(name)]:
        drive = drives.parse(option, config[option])
        if drives.is_cdrom(drive) or drive.get("replicate") == "0":
            continue
        place = call.site.storages[drive["file"].partition(":")[0]]
        if place.type != "zfspool":
            raise refuse("replication-storage", volume=drive["file"])
        if not place.on(target):
            raise refuse("replication-no-storage", storage=place.id, target=target)


def _known(call: Call) -> ReplicationJob:
    name = call.names["id"]
    rights.need(call.site, call.who, f"/vms/{_guest(name)}", "VM.Replicate")
    if name not in call.site.replication:
        raise refuse("replication-absent", id=name)
    return call.site.replication[name]


def change(call: Call) -> None:
    """Change a job."""
    job = _known(call)
    if call.values.get("digest") not in (None, _digest(call)):
        raise refuse("digest")
    job.options.update({key: value for key, value in call.values.items() if key not in ("delete", "digest")})
    for key in call.values.get("delete", "").split(","):
        job.options.pop(key, None)


def remove(call: Call) -> None:
    """Mark a job for removal; with force it goes at once."""
    job = _known(call)
    if call.flag("force"):
        del call.site.replication[call.names["id"]]
    else:
        job.remove = True
