"""Change and resize a VM. Source: facts p 1.2 (QS API2/Qemu.pm update_vm, resize_vm)."""

from .. import configuring, drives, rights, tables, volumes
from ..engine import Call, unlocked
from ..option_rights import check_drive, check_option
from ..refusal import refuse, refuse_parameters
from ..state import Vm, digest

_NOT_CONFIG = ("delete", "revert", "digest", "force", "skiplock", "background_delay")


def _check_digest(call: Call, vm: Vm) -> None:
    given = call.values.get("digest")
    if given is not None and given != digest([vm.config, vm.pending, vm.pending_delete]):
        raise refuse("digest")


def _checked(call: Call) -> tuple[Vm, dict[str, str], list[str]]:
    vm = call.vm
    if call.flag("skiplock") and call.who != rights.ROOT:
        raise refuse_parameters({"skiplock": "Only root may use this option."})
    _check_digest(call, vm)
    values = {name: value for name, value in call.values.items() if name not in _NOT_CONFIG}
    delete = [name for name in call.values.get("delete", "").replace(";", ",").split(",") if name]
    for name in delete:
        if name not in tables.vm_options():
            raise refuse_parameters({"delete": f"unknown setting '{name}'"})
    if not values and not delete and "revert" not in call.values:
        raise refuse_parameters({"options": "no options specified"})
    for name, value in [*values.items(), *((name, None) for name in delete)]:
        check_option(call, vm.vmid, None, name, value)
        if drives.is_drive(name) and (value or vm.config.get(name)):
            check_drive(call, vm.vmid, name, value or vm.config[name])
            if value and drives.parse(name, vm.config.get(name, value))["file"] != drives.parse(name, value)["file"]:
                drives.check(call.site, call.who, call.node, name, value)
    _check_boot(vm, values)
    return unlocked(vm), values, delete


def _check_boot(vm: Vm, values: dict[str, str]) -> None:
    order = values.get("boot", "").removeprefix("order=")
    for device in [part for part in order.split(";") if part]:
        if device not in vm.config and device not in values:
            raise refuse("boot-device", device=device)


def change(call: Call) -> None:
    """Change the config now."""
    vm, values, delete = _checked(call)
    try:
        configuring.apply(call.site, vm, values, delete)
    except drives.DiskError as error:
        raise refuse_parameters({"drive": str(error)}) from error
    for name in call.values.get("revert", "").split(","):
        vm.pending.pop(name, None)


def change_async(call: Call) -> str:
    """Change the config by a worker."""
    vm, values, delete = _checked(call)
    return call.task("qmconfig", vm.vmid, {"kind": "configure", "vmid": vm.vmid, "values": values, "delete": delete})


def resize(call: Call) -> str:
    """Grow a disk."""
    vm = call.vm
    _check_digest(call, vm)
    unlocked(vm)
    disk, wanted = call.values["disk"], call.values["size"]
    if not drives.is_drive(disk) or disk not in vm.config:
        raise refuse("no-disk", disk=disk)
    drive = drives.parse(disk, vm.config[disk])
    rights.need(call.site, call.who, f"/storage/{drive['file'].partition(':')[0]}", "Datastore.AllocateSpace")
    old = volumes.size_bytes(drive["size"])
    size = old + volumes.size_bytes(wanted[1:]) if wanted.startswith("+") else volumes.size_bytes(wanted)
    if size < old:
        raise refuse("shrink")
    return call.task("resize", vm.vmid, {"kind": "resize", "vmid": vm.vmid, "disk": disk, "size": size})
