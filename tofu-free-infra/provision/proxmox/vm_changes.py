"""Compare a VM with what it shall be. Pure.

Disks are known by their serial, property strings are compared as maps, and what Proxmox adds by itself is left alone:
the rules learned in facts provisioning.md 4.
"""

from dataclasses import dataclass
from enum import Enum

from . import properties
from .observed import GIB, Disk, Vm
from .vm_spec import DiskSpec, VmSpec, drive, new_disk, options

_OWNED = ("tags", "description", "protection", "startup", "nameserver", "searchdomain", "ipconfig0", "citype")
_LIVE = frozenset({"name", "tags", "description", "protection", "onboot", "startup"})
_LEAD = {"cpu": "cputype", "agent": "enabled", "boot": "legacy", "startup": "order", "rng0": "source"}


class Effect(Enum):
    """What a change does to the running VM."""

    LIVE = "at once"
    RESTART = "needs a restart"
    MIGRATE = "moves the VM"
    REPLACE = "at replace"
    DESTROY = "destroys data"
    REFUSED = "cannot be done"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the option (or `disk NAME`, `host`), what is, what shall be; None is absent."""

    what: str
    actual: str | None
    desired: str | None
    effect: Effect


@dataclass(frozen=True, slots=True)
class Growth:
    """A disk that must grow."""

    slot: str
    size_gib: int


@dataclass(frozen=True, slots=True)
class Update:
    """What to send to bring a VM to its spec: options to set, options to delete, disks to grow."""

    set: dict[str, str]
    delete: tuple[str, ...]
    grow: tuple[Growth, ...]

    def __bool__(self) -> bool:
        return bool(self.set or self.delete or self.grow)


def changes(spec: VmSpec, vm: Vm) -> tuple[Change, ...]:
    """Return every difference between spec and VM, in a steady order."""
    found = [Change("host", vm.host, spec.host, Effect.MIGRATE)] if vm.host != spec.host else []
    desired = options(spec)
    for name in sorted(set(desired) | _surplus(desired, vm)):
        actual, wanted = vm.options.get(name), desired.get(name)
        if not _equal(name, actual, wanted):
            found.append(Change(name, actual, wanted, Effect.LIVE if name in _LIVE else Effect.RESTART))
    return (*found, *_disk_changes(spec, vm), *_seed_changes(spec, vm))


def update(spec: VmSpec, vm: Vm) -> Update:
    """Return what can be changed in place; moves, replacements and what would destroy data are not in it."""
    set_, delete, grow = {}, [], []
    for change in changes(spec, vm):
        if change.effect in (Effect.LIVE, Effect.RESTART) and not change.what.startswith("disk "):
            if change.desired is None:
                delete.append(change.what)
            else:
                set_[change.what] = change.desired
    for disk in spec.disks:
        there = vm.disk(disk.serial)
        if there is None:
            if disk.image is None:
                set_[disk.slot] = new_disk(disk)
            continue
        if not properties.same(drive(disk), there.keys):
            set_[there.slot] = properties.join({"file": there.volume, **drive(disk)}, "file")
        if there.size_bytes < disk.size_gib * GIB:
            grow.append(Growth(there.slot, disk.size_gib))
    return Update(set_, tuple(delete), tuple(grow))


def _surplus(desired: dict[str, str], vm: Vm) -> set[str]:
    owned = {name for name in _OWNED if name in vm.options}
    numbered = {name for name in vm.options if name.rstrip("0123456789") in ("hostpci", "net")}
    return (owned | numbered) - set(desired)


def _equal(name: str, actual: str | None, desired: str | None) -> bool:
    if actual is None or desired is None:
        # Proxmox does not store what is off by default.
        return actual == desired or (name == "protection" and (actual or desired) == "0")
    if name == "tags":
        return set(actual.replace(",", ";").split(";")) == set(desired.split(";"))
    if name == "description":
        return actual.strip() == desired.strip()
    lead = _LEAD.get(name, "")
    return properties.same(properties.parse(actual, lead), properties.parse(desired, lead))


def _disk_changes(spec: VmSpec, vm: Vm) -> list[Change]:
    found = []
    for disk in spec.disks:
        there = vm.disk(disk.serial)
        found += [_missing(disk)] if there is None else _differences(disk, there)
    wanted = {disk.serial for disk in spec.disks}
    for there in vm.disks:
        if there.serial not in wanted:
            found.append(Change(f"disk {there.serial or there.slot}", _told(there), None, Effect.DESTROY))
    return found


def _missing(disk: DiskSpec) -> Change:
    # A disk from an image is a system disk: without it the VM is another one.
    effect = Effect.LIVE if disk.image is None else Effect.REPLACE
    return Change(f"disk {disk.serial}", None, f"{disk.size_gib}G on {disk.storage}", effect)


def _differences(disk: DiskSpec, there: Disk) -> list[Change]:
    found = []
    name, size = f"disk {disk.serial}", disk.size_gib * GIB
    if there.storage != disk.storage:
        found.append(Change(f"{name} storage", there.storage, disk.storage, Effect.REPLACE))
    if there.size_bytes != size:
        effect = Effect.LIVE if there.size_bytes < size else Effect.REFUSED
        found.append(Change(f"{name} size", f"{there.size_bytes // GIB}G", f"{disk.size_gib}G", effect))
    if not properties.same(drive(disk), there.keys):
        actual, wanted = properties.join(dict(sorted(there.keys.items()))), drive(disk)
        found.append(Change(f"{name} keys", actual, properties.join(dict(sorted(wanted.items()))), Effect.RESTART))
    return found


def _told(disk: Disk) -> str:
    return f"{disk.size_bytes // GIB}G on {disk.storage}"


def _seed_changes(spec: VmSpec, vm: Vm) -> list[Change]:
    actual = vm.options.get("ide2", "").partition(",")[0]
    if spec.seed is None or actual == spec.seed:
        return []
    return [Change("seed", actual or None, spec.seed, Effect.REPLACE)]
