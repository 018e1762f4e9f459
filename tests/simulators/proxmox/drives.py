"""Turn the drive options of a call into volumes and stored values.

Source: facts p 1.3, m 1.4, 1.7 (QS API2/Qemu.pm check_storage_access, create_disks).
"""

import re

from . import rights, schema, tables, volumes
from .refusal import refuse_parameters
from .state import Site, Vm

NEW_DISK = re.compile(r"([^/:\s]+):(\d+(?:\.\d+)?)")


class DiskError(Exception):
    """A worker cannot make or find a volume; the text is how its task ends."""


def is_drive(option: str) -> bool:
    """Return whether an option is a drive."""
    known = tables.vm_options().get(option)
    return known is not None and known.drive


def parse(option: str, value: str) -> dict[str, str]:
    """Split a drive's value; the table has checked it before."""
    form = tables.vm_options()[option].parameter.format
    assert form is not None
    return schema.parse(form, value)


def is_cdrom(drive: dict[str, str]) -> bool:
    """Return whether a drive is a CD: an ISO or the cloud-init drive."""
    return drive.get("media") == "cdrom" or drive["file"].endswith("cloudinit")


def check(site: Site, who: str, node: str, option: str, value: str) -> None:
    """Refuse a drive whose form, storage or rights do not fit."""
    drive = parse(option, value)
    file = drive["file"]
    new = NEW_DISK.fullmatch(file)
    if "import-from" in drive and (new is None or float(new[2]) != 0):
        text = "'import-from' requires special syntax - use <storage ID>:0,import-from=<source>"
        raise refuse_parameters({option: text})
    if file.startswith("/"):
        raise refuse_parameters({option: "Only root can pass arbitrary filesystem paths."})
    if file == "none":
        return
    place = volumes.storage(site, file.partition(":")[0], node)
    if new is not None or file.endswith(":cloudinit"):
        rights.need(site, who, f"/storage/{place.id}", "Datastore.AllocateSpace")
        if "images" not in place.content:
            raise refuse_parameters({"storage": f"storage '{place.id}' does not support vm images"})
    elif file.partition(":")[2].startswith("iso/"):
        volumes.need_access(site, who, file, node)
        if drive.get("media") != "cdrom":
            raise refuse_parameters({option: "explicit 'media=cdrom' is required for iso images"})
    if "import-from" in drive:
        _check_source(site, who, node, option, drive["import-from"])


def _check_source(site: Site, who: str, node: str, option: str, source: str) -> None:
    if source.startswith("/"):
        raise refuse_parameters({option: "Only root can pass arbitrary filesystem paths."})
    kind = source.partition(":")[2].partition("/")[0]
    if kind in ("iso", "vztmpl", "backup", "snippets"):
        raise refuse_parameters({option: f"{source} has wrong type '{kind}' - needs to be 'images' or 'import'"})
    volumes.need_access(site, who, source, node)


def make(site: Site, vm: Vm, option: str, value: str) -> str:
    """Make the volume that a drive asks for and return the value to store.

    Raises:
        DiskError: the source or the ISO is not there.
    """
    drive = parse(option, value)
    file = drive["file"]
    if file == "none":
        return value
    place = volumes.storage(site, file.partition(":")[0], vm.node)
    new = NEW_DISK.fullmatch(file)
    if file.endswith(":cloudinit"):
        volume = volumes.allocate(site, place, vm, volumes.CLOUDINIT_BYTES, f"vm-{vm.vmid}-cloudinit")
        drive["media"] = "cdrom"
    elif new is not None:
        volume = volumes.allocate(site, place, vm, _wanted(site, vm, option, drive, float(new[2])))
    else:
        found = volumes.find(site, file, vm.node)
        if found is None:
            raise DiskError(f"volume {file} does not exist")
        volume = found
    stored = {key: text for key, text in drive.items() if key not in ("file", "import-from", "size", "format")}
    stored = {"file": volume.volid, **stored, "size": volumes.size_text(volume.size)}
    return schema.join("drive", stored)


def _wanted(site: Site, vm: Vm, option: str, drive: dict[str, str], gib: float) -> int:
    if "import-from" in drive:
        source = volumes.find(site, drive["import-from"], vm.node)
        if source is None:
            raise DiskError(f"could not get size of {drive['import-from']}")
        return source.size
    if option in ("efidisk0", "tpmstate0"):
        return volumes.EFI_BYTES
    return int(gib * 2**30)
