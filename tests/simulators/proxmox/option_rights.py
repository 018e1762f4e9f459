"""Check the rights that options of a VM need.

Source: facts m 1.5, 1.3, p 1.3 (QS API2/Qemu.pm check_vm_modify_config_perm and its neighbours).
"""

from . import drives, rights, schema, tables
from .engine import Call
from .refusal import refuse, refuse_parameters


def check_options(call: Call, vmid: int, pool: str | None, options: dict[str, str]) -> None:
    """Refuse unless the caller may set these options."""
    for option, value in options.items():
        check_option(call, vmid, pool, option, value)


def check_option(call: Call, vmid: int, pool: str | None, option: str, value: str | None) -> None:
    """Refuse unless the caller may set (or, without a value, delete) one option."""
    row = tables.vm_options()[option]
    if call.who == rights.ROOT:
        return
    if row.right == "root":
        raise refuse("root-only", option=option)
    if row.right == "VM.Config.Cloudinit":
        rights.need_on_vm(call.site, call.who, vmid, pool, row.right, "VM.Config.Network", either=True)
    elif row.right != "value":
        rights.need_on_vm(call.site, call.who, vmid, pool, row.right)
    if row.also is not None:
        rights.need(call.site, call.who, *row.also)
    if option.startswith("net") and value is not None and row.parameter.format == "net":
        _check_bridge(call, value)
    elif option.startswith("serial"):
        if value not in (None, "socket"):
            raise refuse("root-only-device", option=option)
        rights.need_on_vm(call.site, call.who, vmid, pool, "VM.Config.HWType")
    elif option.startswith("hostpci"):
        _check_hostpci(call, vmid, pool, option, value)


def check_drive(call: Call, vmid: int, option: str, value: str) -> None:
    """Refuse unless the caller may change a drive of an existing VM."""
    cdrom = drives.is_cdrom(drives.parse(option, value))
    rights.need_on_vm(call.site, call.who, vmid, None, "VM.Config.CDROM" if cdrom else "VM.Config.Disk")


def _check_bridge(call: Call, value: str) -> None:
    net = schema.parse("net", value)
    if "bridge" in net:
        tag = f"/{net['tag']}" if "tag" in net else ""
        rights.need_any(call.site, call.who, f"/sdn/zones/localnetwork/{net['bridge']}{tag}", "SDN.Use")


def _check_hostpci(call: Call, vmid: int, pool: str | None, option: str, value: str | None) -> None:
    device = schema.parse("hostpci", value) if value is not None else {"mapping": ""}
    if "host" in device:
        raise refuse("hostpci-unmapped", option=option)
    if "mapping" not in device:
        raise refuse("hostpci-empty")
    if device["mapping"]:
        rights.need(call.site, call.who, f"/mapping/pci/{device['mapping']}", "Mapping.Use")
    rights.need_on_vm(call.site, call.who, vmid, pool, "VM.Config.HWType")
    if "romfile" in device:
        raise refuse_parameters({option: "only root@pam can set 'romfile' option"})
