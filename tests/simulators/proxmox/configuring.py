"""Change a VM's config: at once, or pending until its next start.

Source: facts p 1.2 (config, pending), QS API2/Qemu.pm.
"""

from . import drives, tables
from .state import Site, Vm


def apply(site: Site, vm: Vm, values: dict[str, str], delete: list[str]) -> None:
    """Set and delete options; on a running VM those that cannot be hot-plugged wait."""
    for option in delete:
        _delete(vm, option)
    for option, value in values.items():
        stored = drive_value(site, vm, option, value) if drives.is_drive(option) else value
        if drives.is_drive(option) and option in vm.config and vm.config[option].split(",")[0] != stored.split(",")[0]:
            _drop(vm, option)  # the old volume stays, unused
        if vm.running and not tables.vm_options()[option].fast and vm.config.get(option) != stored:
            vm.pending[option] = stored
        else:
            vm.config[option] = stored
            vm.pending.pop(option, None)
        if option in vm.pending_delete:
            vm.pending_delete.remove(option)


def drive_value(site: Site, vm: Vm, option: str, value: str) -> str:
    """Return a drive's value to store: a new volume, or the old one with other sub-keys."""
    drive = drives.parse(option, value)
    old = drives.parse(option, vm.config[option]) if option in vm.config else {}
    if old.get("file") == drive["file"]:
        size = {"size": old["size"]} if "size" in old else {}
        return ",".join([drive["file"], *(f"{k}={v}" for k, v in {**drive, **size}.items() if k != "file")])
    return drives.make(site, vm, option, value)


def _delete(vm: Vm, option: str) -> None:
    if option not in vm.config:
        vm.pending.pop(option, None)
    elif vm.running and not tables.vm_options()[option].fast:
        vm.pending_delete.append(option)
    else:
        _drop(vm, option)


def _drop(vm: Vm, option: str) -> None:
    value = vm.config.pop(option, None)
    if value is not None and drives.is_drive(option) and not drives.is_cdrom(drives.parse(option, value)):
        number = next(n for n in range(256) if f"unused{n}" not in vm.config)
        vm.config[f"unused{number}"] = value.partition(",")[0]


def apply_pending(vm: Vm) -> None:
    """Let what is pending take effect."""
    for option in vm.pending_delete:
        _drop(vm, option)
    vm.config.update(vm.pending)
    vm.pending, vm.pending_delete = {}, []
