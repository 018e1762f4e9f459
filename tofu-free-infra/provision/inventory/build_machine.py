"""Talos nodes, and what plain VMs share with them."""

import re
from collections.abc import Mapping
from typing import Any

from generator.source import plain

from .calendar_event import is_calendar_event
from .model import GIB, SYSTEM_DISK, Disk, Ha, Node, Order, Role
from .read import Record

TIERS = ("tier1", "tier2", "tier3", "tier4")
MAC = r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}"
_ROLES: Mapping[str, Role] = {"controlplane": "controlplane", "worker": "worker"}
_DISK_NAME = re.compile(r"[a-z0-9-]{1,20}")
_TAG = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_CPU = r"[A-Za-z0-9][A-Za-z0-9._-]*"  # a word, so that no further keys of Proxmox' come in with it
_MACHINE = r"(pc|q35|pc-(q35|i440fx)-[0-9]+\.[0-9]+(\+pve[0-9]+)?)"
_CONTROLLERS = ("virtio-scsi-pci", "virtio-scsi-single", "lsi", "lsi53c810", "megasas", "pvscsi")
_CPU_SHARE = re.compile(r"[0-9]+(\.[0-9]+)?|[0-9]+m")


def build_node(name: str, record: Record) -> Node | None:
    """Build a Talos node, or None where too much is missing."""
    is_metal = "metal" in record
    fields = machine(name, record, is_metal=is_metal, default_tier="tier4")
    metal = record.record("metal")
    if fields is None or not record.need("role"):
        return None
    role = _ROLES[record.choice("role", _ROLES, "worker")]
    node = Node(
        **fields,
        role=role,
        **_reserved(record, fields["memory_bytes"]),
        labels={key: str(value) for key, value in record.record("labels").tree.items()},
        taints=_taints(record),
        install_disk=metal.text("disk") or None,
    )
    record.close("storage")
    return node


def _reserved(record: Record, memory_bytes: int) -> dict[str, Any]:
    """Read what the kubelet keeps back: less than there is, or no pod would ever start."""
    reserved = record.record("reserved")
    cpu, memory = reserved.raw("cpu"), reserved.raw("memory")
    if cpu is not None and _CPU_SHARE.fullmatch(str(cpu)) is None:
        reserved.wrong("cpu", "a share of the cores such as 500m")
    kept = reserved.size("memory")
    if kept and kept >= memory_bytes:
        reserved.wrong("memory", "less than the node's memory")
    reserved.close()
    found = {"reserved_cpu": cpu, "reserved_memory": memory}
    return {key: str(value) for key, value in found.items() if value is not None}


def _taints(record: Record) -> tuple[Mapping[str, str], ...]:
    found = plain(record.raw("taints"))
    if found is None:
        return ()
    if not isinstance(found, list) or not all(
        isinstance(item, dict) and {"key", "effect"} <= set(item) for item in found
    ):
        record.wrong("taints", "a list of {key, value, effect}")
        return ()
    return tuple({key: str(value) for key, value in item.items()} for item in found)


def machine(name: str, record: Record, *, is_metal: bool, default_tier: str | None) -> dict[str, Any] | None:
    """Read what every machine has, or None where too much is missing."""
    wanted = ["mac", "address", "cores", "memory", "disks"] + ([] if is_metal else ["host", "vm_id"])
    if not record.need(*wanted):
        return None
    if is_metal and ("host" in record or "vm_id" in record):
        record.notes.error(
            record.place("metal"), "metal", f"{record.who} has 'metal' beside 'host' or 'vm_id'", "keep one of the two"
        )
    return {
        "name": name,
        "host": record.text("host") or None,
        "vm_id": record.maybe_number("vm_id", 1),
        "mac": record.text("mac", pattern=MAC, expected="a MAC in quotes").upper(),
        "address": record.address("address"),
        "network": record.text("network", "cluster"),
        "cores": record.number("cores", 1, 1),
        "memory_bytes": record.size("memory"),
        "disks": _disks(record, default_tier),
        "devices": _devices(record),
        "order": _order(record),
        "ha": _ha(record),
        "replicate": _replicate(record),
        "protection": record.flag("protection"),
        "tags": record.texts("tags", _TAG, "lower-case letters, digits and hyphens"),
        "cpu": record.text("cpu", "x86-64-v2-AES", _CPU, "the name of a CPU type"),
        "machine": record.text("machine", "q35", _MACHINE, "q35, pc or a version of one such as pc-q35-9.0"),
        "scsihw": record.choice("scsihw", _CONTROLLERS, _CONTROLLERS[0]),
        "place": record.tree.place,
        "places": record.places(),
    }


def _devices(record: Record) -> Mapping[str, int]:
    counts = record.record("devices")
    found = record.mapping("devices", int, "a number")
    for name, count in found.items():
        if count < 1:
            counts.wrong(name, "a number from 1")
    return found


def _replicate(record: Record) -> Mapping[str, str]:
    events = record.record("replicate")
    found = record.mapping("replicate", str, "a calendar event such as */15")
    for host, event in found.items():
        if not is_calendar_event(event):
            events.wrong(host, "a calendar event such as */15")
    return found


def _disks(record: Record, default_tier: str | None) -> Mapping[str, Disk]:
    storage = record.text("storage")

    def build(name: str, disk: Record) -> Disk | None:
        if not disk.need("size", *([] if default_tier else ["backup"])):
            return None
        if _DISK_NAME.fullmatch(name) is None:
            message = (
                f"{record.who} has the disk {name!r}, at most 20 lower-case letters, digits and hyphens are expected"
            )
            record.notes.error(disk.tree.place, "disk-name", message, "choose another name: it is the drive's serial")
        size = disk.size("size")
        if size % GIB:
            disk.wrong("size", "whole GiB")
        tier = disk.choice("backup", TIERS, default_tier or "tier4")
        built = Disk(name, size, disk.text("storage", storage), tier, disk.tree.place)
        disk.close()
        return built

    found = record.each("disks", f"{record.who}: disk", build)
    if SYSTEM_DISK not in found:
        message = f"{record.who} has no disk 'system'"
        record.notes.error(record.place("disks"), "disk-name", message, "add `system: {size: 100Gi}`")
    return {name: found[name] for name in sorted(found, key=lambda name: name != SYSTEM_DISK)}


def _order(record: Record) -> Order | None:
    order = record.record("order")
    if "order" not in record:
        return None
    built = Order(order.maybe_number("order"), order.maybe_number("up"), order.maybe_number("down"))
    order.close()
    return built


def _ha(record: Record) -> Ha | None:
    ha = record.record("ha")
    if "ha" not in record:
        return None
    built = Ha(ha.number("max_restart", 1), ha.number("max_relocate", 1), ha.flag("failback", default=True))
    ha.close()
    return built
