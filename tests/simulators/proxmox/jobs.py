"""Do the work of a worker when its time has come."""

from collections.abc import Callable
from typing import Any

from . import drives, volumes
from .configuring import apply, apply_pending
from .state import Site, Task, Vm, Volume


class JobError(Exception):
    """A worker fails; the text is how its task ends."""


def carry_out(site: Site, task: Task, now: float) -> None:
    """Do the work of a task."""
    _JOBS[task.job["kind"]](site, task.job, task, now)


def undo(site: Site, task: Task) -> None:
    """Take back what a call did before its worker started."""
    if task.job["kind"] == "create":
        volumes.free_all(site, task.job["vmid"])
        site.vms.pop(task.job["vmid"], None)
    elif task.job["kind"] in ("destroy", "migrate"):
        vm = site.vms.get(task.job["vmid"])
        if vm is not None:
            vm.config.pop("lock", None)


def _create(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    vm = site.vms[job["vmid"]]
    try:
        config = {"meta": "creation-qemu=10.1.2", **job["config"]}
        for option in [name for name in config if drives.is_drive(name)]:
            config[option] = drives.make(site, vm, option, config[option])
            task.log.append(f"{option}: successfully created disk '{config[option]}'")
    except drives.DiskError as error:
        undo(site, task)
        raise JobError(f"unable to create VM {vm.vmid} - {error}") from error
    bootable = [name for name in sorted(config) if drives.is_drive(name) and name[:3] not in ("efi", "tpm")]
    if bootable:
        config.setdefault("boot", f"order={bootable[0]}")
    number = site.count()
    config.setdefault("smbios1", f"uuid=00000000-0000-4000-8000-{number:012x}")
    config.setdefault("vmgenid", f"00000000-0000-4000-9000-{number:012x}")
    vm.config = config
    if job["pool"]:
        site.pools[job["pool"]].vms.append(vm.vmid)
    if job["start"]:
        start(site, vm, now)


def _configure(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    apply(site, site.vms[job["vmid"]], job["values"], job["delete"])


def _resize(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    vm = site.vms[job["vmid"]]
    drive = drives.parse(job["disk"], vm.config[job["disk"]])
    volume = volumes.find(site, drive["file"], vm.node)
    assert volume is not None
    volume.size = job["size"]
    old = vm.config[job["disk"]]
    vm.config[job["disk"]] = old.replace(f"size={drive['size']}", f"size={volumes.size_text(volume.size)}")


def start(site: Site, vm: Vm, now: float) -> None:
    """Start a VM; what was pending takes effect.

    Raises:
        JobError: it runs already, or a mapped device is not on its host.
    """
    if vm.running:
        raise JobError(f"VM {vm.vmid} already running")
    for option, value in vm.config.items():
        if option.startswith("hostpci"):
            name = value.partition("mapping=")[2].partition(",")[0]
            entries = site.mappings[name].map if name in site.mappings else []
            if not any(f"node={vm.node}," in entry for entry in entries):
                raise JobError(f"PCI device mapping not found for '{name}'")
    apply_pending(vm)
    vm.running, vm.started, vm.starts = True, now, vm.starts + 1


def stop(vm: Vm) -> None:
    """Stop a VM; what was pending takes effect."""
    vm.running = False
    apply_pending(vm)


def _start(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    start(site, site.vms[job["vmid"]], now)


def _stop(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    stop(site.vms[job["vmid"]])


def _reboot(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    vm = site.vms[job["vmid"]]
    stop(vm)
    start(site, vm, now)


def _reset(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    vm = site.vms[job["vmid"]]
    vm.starts += 1


def _destroy(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    vmid = job["vmid"]
    volumes.free_all(site, vmid)
    del site.vms[vmid]
    site.acl = [row for row in site.acl if row.path != f"/vms/{vmid}"]
    for pool in site.pools.values():
        pool.vms = [member for member in pool.vms if member != vmid]
    if job["purge"]:
        _purge(site, vmid)


def _purge(site: Site, vmid: int) -> None:
    sid = f"vm:{vmid}"
    site.ha.pop(sid, None)
    for rule in site.ha_rules.values():
        rule.resources = [resource for resource in rule.resources if resource != sid]
    site.ha_rules = {name: rule for name, rule in site.ha_rules.items() if rule.resources}
    site.replication = {name: job for name, job in site.replication.items() if not name.startswith(f"{vmid}-")}
    for backup in site.backup.values():
        if "vmid" in backup:
            backup["vmid"] = ",".join(part for part in backup["vmid"].split(",") if part != str(vmid))


def move(site: Site, vm: Vm, target: str) -> None:
    """Move a VM with its local volumes; a replication job to the target turns round."""
    source, vm.node = vm.node, target
    for place in site.storages.values():
        for volume in place.volumes:
            if volume.vmid == vm.vmid and volume.node == source:
                volume.node = target
    for name, job in site.replication.items():
        if name.startswith(f"{vm.vmid}-") and job.target == target:
            job.target = source


def _migrate(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    vm = site.vms[job["vmid"]]
    vm.config.pop("lock", None)
    everything = [volume for place in site.storages.values() for volume in place.volumes]
    local = [volume for volume in everything if volume.vmid == vm.vmid and volume.node]
    if vm.running and not job["online"]:
        raise JobError(f"migration aborted: can't migrate running VM {vm.vmid} without --online")
    if any(option.startswith("hostpci") for option in vm.config) and vm.running:
        raise JobError("migration aborted: can't migrate running VM which uses mapped devices: hostpci0")
    for volume in local:
        name = volume.volid.partition(":")[0]
        if not site.storages[name].on(job["target"]):
            raise JobError(f"migration aborted: storage '{name}' is not available on node '{job['target']}'")
    if local and vm.running and not job["local"]:
        text = "can't live migrate attached local disks without with-local-disks option"
        raise JobError(f"migration aborted: {text}: {local[0].volid}")
    move(site, vm, job["target"])


def _download(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    place = site.storages[job["storage"]]
    node = None if place.shared else task.node
    if (existing := volumes.find(site, job["volid"], task.node)) is not None:
        if not job["checksum"]:
            raise JobError(f"refusing to override existing file '{job['volid']}'")
        if existing.sha512 != job["checksum"]:
            raise JobError(f"mismatching file size or checksum, refusing to override existing file '{job['volid']}'")
        task.log.append("correct checksum of existing file, no need to re-download")
        return
    source = site.downloads.get(job["url"])
    if source is None:
        raise JobError("download failed: ERROR 404: Not Found.")
    if job["checksum"] and job["checksum"] != source.sha512:
        raise JobError(f"checksum mismatch: got '{source.sha512}' != expect '{job['checksum']}'")
    place.volumes.append(
        Volume(job["volid"], source.size, job["content"], job["format"], None, node, source.sha512, int(now))
    )


def _upload(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    place = site.storages[job["storage"]]
    if job["checksum"] and job["checksum"] != job["sha512"]:
        raise JobError(f"checksum mismatch: got '{job['sha512']}' != expect '{job['checksum']}'")
    place.volumes = [volume for volume in place.volumes if volume.volid != job["volid"]]
    node = None if place.shared else task.node
    place.volumes.append(
        Volume(
            job["volid"], job["size"], job["content"], job["format"], None, node, job["sha512"], int(now), job["body"]
        )
    )


def _remove_volume(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    place = site.storages[job["volid"].partition(":")[0]]
    place.volumes = [volume for volume in place.volumes if volume.volid != job["volid"]]


def _nothing(site: Site, job: dict[str, Any], task: Task, now: float) -> None:
    """The HA manager does the work later."""


_JOBS: dict[str, Callable[[Site, dict[str, Any], Task, float], None]] = {
    "create": _create,
    "configure": _configure,
    "resize": _resize,
    "start": _start,
    "stop": _stop,
    "reboot": _reboot,
    "reset": _reset,
    "destroy": _destroy,
    "migrate": _migrate,
    "download": _download,
    "upload": _upload,
    "remove-volume": _remove_volume,
    "ha": _nothing,
}
