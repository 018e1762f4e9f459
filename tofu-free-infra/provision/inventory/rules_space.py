"""Memory, disks and devices: what all environments put on a host must fit."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from generator.source import Map

from .model import GIB, SHARED_KINDS, Inventory, Machine
from .read import Notes, size_of


def check_space(inventory: Inventory, others: Mapping[str, Map], notes: Notes) -> None:
    """Sum memory and disks over all environments, and see that no device is given twice."""
    foreign = [machine for tree in others.values() for _, machine in machines_of(tree)]
    for host in inventory.hosts.values():
        used = sum(machine.memory_bytes for machine in inventory.machines if machine.host == host.name)
        used += sum(_size(machine, "memory") for machine in foreign if machine.get("host") == host.name)
        free = host.memory_bytes - host.reserved_bytes
        if used > free:
            message = f"the VMs on {host.name!r} have {_gib(used)} of memory, {_gib(free)} are there"
            notes.error(host.place, "memory", message, "move one, or give it less")
    _disks(inventory, foreign, notes)
    _devices(inventory, foreign, notes)


def machines_of(tree: Map) -> Iterator[tuple[str, Map]]:
    """Yield the machines of an environment by name."""
    for kind in ("nodes", "vms"):
        yield from ((name, machine) for name, machine in tree.child(kind).items() if isinstance(machine, Map))


def _size(tree: Map, key: str) -> int:
    return size_of(str(tree.get(key, ""))) or 0


def _gib(count: int) -> str:
    return f"{count / GIB:g} GiB"


def _disks(inventory: Inventory, foreign: list[Map], notes: Notes) -> None:
    used: dict[tuple[str, str], int] = {}

    def add(storage: str, host: str, size: int) -> None:
        known = inventory.storages.get(storage)
        where = (storage, "" if known is not None and known.kind in SHARED_KINDS else host)
        used[where] = used.get(where, 0) + size

    for machine in inventory.machines:
        for disk in machine.disks.values():
            add(disk.storage, machine.host or "", disk.size_bytes)
            for target in machine.replicate:
                add(disk.storage, target, disk.size_bytes)
    for tree in foreign:
        for inner in tree.child("disks").values():
            if isinstance(inner, Map):
                storage = str(inner.get("storage") or tree.get("storage") or "")
                for host in (str(tree.get("host", "")), *tree.child("replicate")):
                    add(storage, host, _size(inner, "size"))
    for (name, host), size in sorted(used.items()):
        found = inventory.storages.get(name)
        if found is not None and found.size_bytes is not None and size > found.size_bytes:
            where = f" of {host!r}" if host else ""
            message = f"the disks on {name!r}{where} have {_gib(size)}, {_gib(found.size_bytes)} are there"
            notes.error(found.place, "disks", message, "move one, or make it smaller")


def _devices(inventory: Inventory, foreign: list[Map], notes: Notes) -> None:
    held: dict[tuple[str, str], str] = {}
    for tree in foreign:
        host = inventory.hosts.get(str(tree.get("host", "")))
        for device in tree.child("devices"):
            if host is not None and device in host.pci:
                held[(host.name, device)] = "a machine of another environment"
    for machine in inventory.machines:
        host = inventory.hosts.get(machine.host or "")
        for device, count in machine.devices.items():
            if fault := _unknown(inventory, machine, device):
                notes.error(machine.at("devices"), "device", *fault)
            if host is None or device not in host.pci:
                continue
            key = (host.name, device)
            if key in held or count > 1:
                holder = held.get(key, machine.name)
                message = f"{machine.name!r} takes device {device!r} of {host.name!r}, held by {holder!r}"
                notes.error(machine.at("devices"), "device", message, "give it to one machine")
            held.setdefault(key, machine.name)


def _unknown(inventory: Inventory, machine: Machine, device: str) -> tuple[str, str] | None:
    """Return what is against a device that the site does not know, or that the machine's host has not to give."""
    known = inventory.site.devices
    if device not in known:
        near = get_close_matches(device, known, n=1)
        hint = f", did you mean {near[0]!r}?" if near else ""
        names = ", ".join(known) or "none"
        return (
            f"{machine.name!r} takes device {device!r}, the site has {names}{hint}",
            "name one of the site's `devices`",
        )
    having = [host.name for host in inventory.hosts.values() if device in host.pci]
    if machine.host in inventory.hosts and having and machine.host not in having:
        message = f"{machine.name!r} takes device {device!r}, which {machine.host!r} has not to give"
        return message, f"put it on {' or '.join(having)}, or name the mapping under `hosts.{machine.host}.pci`"
    return None
