"""Whether what is to be made fits into what the storages have left.

Told as a warning: what a thin storage promises may be more than it has, and Proxmox does not tell us which are thin.
"""

from collections.abc import Iterator, Mapping

from provision.inventory.model import GIB

from .seen import Seen
from .wanted import Wanted


def short_of_room(wanted: Wanted, seen: Seen) -> Iterator[str]:
    """Return a warning for each storage that has less left than the VMs which are to be made will take."""
    left: dict[tuple[str, str], int] = {}
    for storage in seen.site.storages:
        where = ("" if storage.shared else storage.host, storage.name)
        left[where] = min(storage.free_bytes, left.get(where, storage.free_bytes))
    for where, size in sorted(_needed(wanted, seen).items()):
        if where in left and size > left[where]:
            host, name = where
            of = f" of {host!r}" if host else ""
            yield f"storage {name!r}{of} has {_gib(left[where])} left, new disks there take {_gib(size)}"


def _needed(wanted: Wanted, seen: Seen) -> Mapping[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for machine in wanted.virtual.values():
        if machine.vm_id in seen.site.vms:
            continue
        for disk in machine.disks.values():
            shared = wanted.inventory.storages[disk.storage].shared
            for host in {""} if shared else {machine.host or "", *machine.replicate}:
                found[host, disk.storage] = found.get((host, disk.storage), 0) + disk.size_bytes
    return found


def _gib(count: int) -> str:
    return f"{count / GIB:.0f} GiB"
