"""Make, find and free volumes on the storages."""

import re

from . import rights
from .refusal import refuse
from .state import Site, Storage, Vm, Volume

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
EFI_BYTES = 4 * 2**20
CLOUDINIT_BYTES = 4 * 2**20


def size_bytes(text: str) -> int:
    """Return the bytes of `10G`, `512M` or a plain number."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)", text)
    assert match is not None, text
    return int(float(match[1]) * _UNITS[match[2]])


def size_text(size: int) -> str:
    """Return bytes as the largest unit that divides them."""
    for unit in ("T", "G", "M", "K"):
        if size and size % _UNITS[unit] == 0:
            return f"{size // _UNITS[unit]}{unit}"
    return str(size)


def storage(site: Site, name: str, node: str) -> Storage:
    """Return a storage that is there on `node`; refused otherwise."""
    if name not in site.storages:
        raise refuse("no-storage", storage=name)
    if not site.storages[name].on(node):
        raise refuse("storage-not-here", storage=name, node=node)
    return site.storages[name]


def find(site: Site, volid: str, node: str) -> Volume | None:
    """Return the volume as seen from `node`, or None."""
    found = site.storages.get(volid.partition(":")[0])
    for volume in found.volumes if found else []:
        if volume.volid == volid and volume.node in (None, node):
            return volume
    return None


def allocate(site: Site, place: Storage, vm: Vm, size: int, name: str | None = None) -> Volume:
    """Make a disk of a VM on a storage."""
    taken = {volume.volid for volume in place.volumes}
    number = 0
    prefix = f"{vm.vmid}/" if place.file_based else ""
    while (volid := f"{place.id}:{prefix}{name or f'vm-{vm.vmid}-disk-{number}'}") in taken:
        number += 1
    volume = Volume(volid, size, "images", vmid=vm.vmid, node=None if place.shared else vm.node)
    place.volumes.append(volume)
    return volume


def free_all(site: Site, vmid: int, keep: frozenset[str] = frozenset()) -> None:
    """Remove a VM's volumes, except those to keep."""
    for place in site.storages.values():
        place.volumes = [volume for volume in place.volumes if volume.vmid != vmid or volume.volid in keep]


def used(place: Storage, node: str) -> int:
    """Return the bytes in use on a storage as seen from `node`."""
    return sum(volume.size for volume in place.volumes if volume.node in (None, node))


def need_access(site: Site, who: str, volid: str, node: str) -> None:
    """Refuse unless `who` may use an ISO or importable image."""
    place = storage(site, volid.partition(":")[0], node)
    rights.need_any(site, who, f"/storage/{place.id}", "Datastore.AllocateSpace", "Datastore.Audit")
