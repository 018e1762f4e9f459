"""Find, read, make, change and delete VMs.

Source: facts provisioning.md 1.2 to 1.4. Lists per host are read from the configs themselves; /cluster/resources lags
and only serves to name a host that does not answer.
"""

import re
from collections.abc import Iterable
from typing import Any

from . import firewall, power, properties, tasks
from .api import Api, Value
from .errors import (
    AbsentError,
    DigestError,
    HostOfflineError,
    LockedError,
    ParametersError,
    PermissionMissingError,
    PresentError,
    ProtectedError,
    StillRunningError,
    VmIdTakenError,
)
from .observed import Firewall, Host, Vm
from .pace import again
from .tasks import Work
from .vm_changes import Growth, Update
from .vm_spec import VmSpec, creation, is_new_disk


def on_host(api: Api, host: str) -> dict[int, dict[str, Any]]:
    """Return the rows of the VMs on a host that we may see, by id."""
    return {int(row["vmid"]): row for row in api.get(f"nodes/{host}/qemu", f"list VMs of {host}")}


def find(api: Api, vm_id: int, hosts: Iterable[Host]) -> str | None:
    """Return the host of a VM, or None if there is none that we may see.

    Raises:
        HostOfflineError: it is not on the hosts that answer, and was last seen on one that does not.
    """
    silent = []
    for host in hosts:
        try:
            if host.online and vm_id in on_host(api, host.name):
                return host.name
        except HostOfflineError:
            silent.append(host.name)
        else:
            silent += [] if host.online else [host.name]
    for row in api.get("cluster/resources", f"find VM {vm_id}", {"type": "vm"}) if silent else []:
        if int(row["vmid"]) == vm_id and row["node"] in silent:
            raise HostOfflineError(row["node"], f"find VM {vm_id}", "last seen there")
    return None


def read(api: Api, host: str, vm_id: int, *, with_firewall: bool = True) -> Vm:
    """Return a VM as it is.

    Raises:
        AbsentError: it is not on that host.
    """
    doing, base = f"read VM {vm_id} on {host}", f"nodes/{host}/qemu/{vm_id}"
    try:
        current = api.get(f"{base}/config", doing, {"current": True})
    except PermissionMissingError as error:
        # Rights come from the pool that the VM is in, so a VM that is gone looks like one that we may not see.
        if id_is_free(api, vm_id):
            raise AbsentError(f"{doing}: there is no VM {vm_id}") from error
        raise
    merged = api.get(f"{base}/config", doing)
    status = api.get(f"{base}/status/current", doing)
    waiting = {key for key in {*current, *merged} - {"digest"} if current.get(key) != merged.get(key)}
    options = {key: str(value) for key, value in merged.items() if key != "digest"}
    found = firewall.read(api, host, vm_id) if with_firewall else Firewall()
    running = status["status"] == "running"
    return Vm(vm_id, host, running, options, str(merged["digest"]), frozenset(waiting), found)


def id_is_free(api: Api, vm_id: int) -> bool:
    """Return whether no VM of the cluster has this id, those that we may not see included."""
    try:
        api.get("cluster/nextid", f"look whether VM id {vm_id} is free", {"vmid": vm_id})
    except (PresentError, ParametersError):
        return False
    return True


def create(api: Api, spec: VmSpec) -> Vm:
    """Make a VM and grow its disks; one of ours that is there already is kept, and its disks are grown.

    Raises:
        VmIdTakenError: the id belongs to somebody else.
        PermissionMissingError: a privilege is missing; the text names it.
        TaskError: Proxmox could not make it.
    """
    doing = f"create VM {spec.vm_id} ({spec.name}) on {spec.host}"
    work = Work("post", f"nodes/{spec.host}/qemu", spec.host, str(spec.vm_id), ("qmcreate",), doing, creation(spec))
    if spec.vm_id not in on_host(api, spec.host) or _being_made(api, spec):
        try:
            tasks.run(api, work)
        except PresentError as error:
            _check_ours(api, spec, doing, error)
        except PermissionMissingError as error:
            raise _explained(error, api, spec, doing) from None
    vm = read(api, spec.host, spec.vm_id)
    _check_tags(vm, spec, doing)
    for disk in spec.disks:
        there = vm.disk(disk.serial)
        if there is not None and there.size_bytes < disk.size_gib * 2**30:
            grow(api, vm, Growth(there.slot, disk.size_gib))
    return read(api, spec.host, spec.vm_id)


def _being_made(api: Api, spec: VmSpec) -> bool:
    row = on_host(api, spec.host).get(spec.vm_id)
    return row is not None and row.get("lock") == "create"


def _check_ours(api: Api, spec: VmSpec, doing: str, error: PresentError) -> None:
    """Take a VM that is there for ours only if it is on the host and has our tags."""
    named = re.search(r"on node '([^']+)'", error.what)
    host = named[1] if named else spec.host
    if spec.vm_id not in on_host(api, host):
        raise VmIdTakenError(
            f"{doing}: {error.what.partition(': ')[2]}, and this token cannot see it there",
            "choose another `vm_id`; if it is half made and ours, an administrator must delete it",
        ) from error
    vm = read(api, host, spec.vm_id, with_firewall=False)
    if vm.lock == "create":
        raise LockedError(doing, "VM is locked (create)", "create") from error
    _check_tags(vm, spec, doing)
    if host != spec.host:
        raise VmIdTakenError(
            f"{doing}: it is ours, but on host {host}", "plan again: a VM that is elsewhere is moved, not made"
        )


def _check_tags(vm: Vm, spec: VmSpec, doing: str) -> None:
    if not vm.tags >= set(spec.tags):
        raise VmIdTakenError(
            f"{doing}: VM {vm.vm_id} on {vm.host} is '{vm.name}' with tags '{';'.join(sorted(vm.tags))}', "
            f"not ours ('{';'.join(sorted(spec.tags))}')",
            "choose another `vm_id`, or remove that VM",
        )


def _explained(error: PermissionMissingError, api: Api, spec: VmSpec, doing: str) -> PermissionMissingError:
    if error.path is not None:
        return error
    return PermissionMissingError(api.who, doing, ("VM.Allocate",), f"/pool/{spec.pool}")


def change(api: Api, vm: Vm, wanted: Update) -> None:
    """Set and delete options of a VM, then grow disks; a VM changed meanwhile is read and tried again.

    Raises:
        DigestError: somebody keeps changing it.
        TaskError: Proxmox could not do it.
    """
    doing = f"change VM {vm.vm_id} ({vm.name}) on {vm.host}"

    def once(attempt: int) -> None:
        now = read(api, vm.host, vm.vm_id, with_firewall=False) if attempt else vm
        if fields := _still_to_do(wanted, now):
            _configure(api, vm, doing, {**fields, "digest": now.digest})

    again(api.pace, (DigestError,), once)
    for growth in wanted.grow:
        grow(api, vm, growth)


def _still_to_do(wanted: Update, now: Vm) -> dict[str, str]:
    """Return the fields of a change, without disks that are there by now: asked for twice, they would be made twice."""
    made = {disk.slot: disk.serial for disk in now.disks}
    fields = {
        option: value
        for option, value in wanted.set.items()
        if not (is_new_disk(value) and made.get(option) == properties.parse(value, "file").get("serial"))
        or option not in made
    }
    gone = [option for option in wanted.delete if option in now.options]
    return {**fields, **({"delete": ",".join(gone)} if gone else {})}


def _configure(api: Api, vm: Vm, doing: str, fields: dict[str, str]) -> None:
    path = f"nodes/{vm.host}/qemu/{vm.vm_id}/config"
    tasks.run(api, Work("post", path, vm.host, str(vm.vm_id), ("qmconfig",), doing, fields, whole=False))


def grow(api: Api, vm: Vm, growth: Growth) -> None:
    """Grow a disk to a size; it is never shrunk, and one that has the size is left alone."""
    doing = f"grow {growth.slot} of VM {vm.vm_id} to {growth.size_gib} GiB on {vm.host}"
    fields = {"disk": growth.slot, "size": f"{growth.size_gib}G"}
    path = f"nodes/{vm.host}/qemu/{vm.vm_id}/resize"
    tasks.run(api, Work("put", path, vm.host, str(vm.vm_id), ("resize",), doing, fields, whole=False))


def delete(api: Api, host: str, vm_id: int) -> None:
    """Delete a stopped VM with its disks, jobs and HA entries; one that is gone is no fault.

    Raises:
        ProtectedError: it is protected.
        StillRunningError: it runs.
        LockedError: its creation broke off and left its lock.
    """
    doing = f"delete VM {vm_id} on {host}"
    try:
        vm = read(api, host, vm_id, with_firewall=False)
    except AbsentError:
        return
    _check_deletable(vm, doing)
    fields = {"purge": True, "destroy-unreferenced-disks": True}
    try:
        path = f"nodes/{host}/qemu/{vm_id}"
        tasks.run(api, Work("delete", path, host, str(vm_id), ("qmdestroy",), doing, fields))
    except AbsentError:
        return
    except PermissionMissingError:
        if not id_is_free(api, vm_id):
            raise


def _check_deletable(vm: Vm, doing: str) -> None:
    if vm.protected:
        raise ProtectedError(
            f"{doing}: '{vm.name}' is protected",
            "set `protection: false` in the inventory, apply, and run again",
        )
    if vm.running:
        raise StillRunningError(f"{doing}: '{vm.name}' runs", "stop it first")
    if vm.lock == "create":
        raise LockedError(doing, "VM is locked (create)", "create")


def migrate(api: Api, vm: Vm, target: str) -> Vm:
    """Move a VM to another host, with its local disks; running VMs move live.

    Raises:
        TaskError: Proxmox could not move it.
        WaitError: the HA manager did not move it in time.
    """
    doing = f"migrate VM {vm.vm_id} ({vm.name}) from {vm.host} to {target}"
    if vm.vm_id not in on_host(api, target):
        fields: dict[str, Value] = {"target": target}
        if vm.running:
            fields.update({"online": True, "with-local-disks": True})
        path = f"nodes/{vm.host}/qemu/{vm.vm_id}/migrate"
        tasks.run(api, Work("post", path, vm.host, str(vm.vm_id), ("qmigrate", "hamigrate"), doing, fields))
        power.wait_until(api, doing, f"VM {vm.vm_id} on {target}", lambda: vm.vm_id in on_host(api, target))
    return read(api, target, vm.vm_id)
