"""Nodes and plain VMs."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.source import Map, plain

from .model import GIB, SYSTEM_DISK, Disk, Ha, Node, Order, Port, Role, Vm
from .read import Record

TIERS = ("tier1", "tier2", "tier3", "tier4")
MAC = r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}"
_ROLES: Mapping[str, Role] = {"controlplane": "controlplane", "worker": "worker"}
_DISK_NAME = re.compile(r"[a-z0-9-]{1,20}")


def build_node(name: str, record: Record) -> Node | None:
    """Build a Talos node, or None where too much is missing."""
    is_metal = "metal" in record
    fields = _machine(name, record, is_metal=is_metal, default_tier="tier4")
    reserved, metal = record.record("reserved"), record.record("metal")
    if fields is None or not record.need("role"):
        return None
    role = _ROLES[record.choice("role", _ROLES, "worker")]
    node = Node(
        **fields,
        role=role,
        reserved_cpu=str(reserved.raw("cpu")) if "cpu" in reserved else None,
        reserved_memory=str(reserved.raw("memory")) if "memory" in reserved else None,
        labels={key: str(value) for key, value in record.record("labels").tree.items()},
        taints=_taints(record),
        install_disk=metal.text("disk") or None,
    )
    record.close("storage")
    return node


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


def build_vm(name: str, record: Record, folder: Path) -> Vm | None:
    """Build a plain VM, its keys and files read from `folder`; None where too much is missing."""
    fields = _machine(name, record, is_metal=False, default_tier=None)
    if fields is None or not record.need("image", "user", "ssh_keys"):
        return None
    keys = [_file(folder, file, record, "ssh_keys") for file in record.texts("ssh_keys")]
    vm = Vm(
        **fields,
        image=record.text("image"),
        user=record.text("user"),
        ssh_keys=tuple(line for text in keys for line in text.splitlines() if line.strip()),
        packages=record.texts("packages"),
        files=_files(folder, record),
        ports=_ports(record),
        called_by=_lists(record, "called_by"),
        talks_to=_lists(record, "talks_to"),
    )
    record.close("storage")
    return vm


def _machine(name: str, record: Record, *, is_metal: bool, default_tier: str | None) -> dict[str, Any] | None:
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
        "vm_id": record.maybe_number("vm_id"),
        "mac": record.text("mac", pattern=MAC, expected="a MAC in quotes").upper(),
        "address": record.address("address"),
        "network": record.text("network", "cluster"),
        "cores": record.number("cores", 1, 1),
        "memory_bytes": record.size("memory"),
        "disks": _disks(record, default_tier),
        "devices": record.mapping("devices", int, "a number"),
        "order": _order(record),
        "ha": _ha(record),
        "replicate": record.mapping("replicate", str, "a calendar event such as */15"),
        "protection": record.flag("protection"),
        "tags": record.texts("tags"),
        "cpu": record.text("cpu", "x86-64-v2-AES"),
        "machine": record.text("machine", "q35"),
        "scsihw": record.text("scsihw", "virtio-scsi-pci"),
        "place": record.tree.place,
        "places": record.places(),
    }


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


def _lists(record: Record, key: str) -> Mapping[str, tuple[str, ...]]:
    inner = record.record(key)
    return {name: inner.texts(name) for name in inner.tree}


def _ports(record: Record) -> Mapping[str, Port]:
    inner = record.record("ports")
    found = {}
    for name, value in inner.tree.items():
        if isinstance(value, int) and not isinstance(value, bool):
            found[name] = Port(value, "tcp")
            continue
        port = inner.record(name) if isinstance(value, Map) else None
        number = port.raw("port") if port else None
        if port is None or not isinstance(number, int):
            inner.wrong(name, "a port number, or {port, protocol}")
            continue
        found[name] = Port(number, str(port.raw("protocol") or "tcp").lower())
    return found


def _files(folder: Path, record: Record) -> Mapping[str, str]:
    inner = record.record("files")
    found = {}
    for path, value in inner.tree.items():
        source = value.get("source") if isinstance(value, Map) else None
        if isinstance(value, str):
            found[path] = value
        elif isinstance(source, str):
            found[path] = _file(folder, source, inner, path)
        else:
            inner.wrong(path, "text, or {source: FILE}")
    return found


def _file(folder: Path, name: str, record: Record, key: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        message = f"{record.who} names the file {name!r}, which cannot be read: {reason}"
        record.notes.error(record.place(key), "file", message, f"put it at {folder.name}/{name}")
        return ""
