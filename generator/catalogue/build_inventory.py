"""From the merged tree of an inventory to what the generator knows of the machines."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from generator.catalogue import quantity, read
from generator.catalogue.build_container import ports_of
from generator.catalogue.gaps import INVENTORY
from generator.catalogue.inventory import Disk, Host, Inventory, Node, Role, Storage, Vm
from generator.catalogue.read import Notes
from generator.finding import Finding, Place
from generator.source import Map, MergeRules, Value, merge, plain, settle

_ROLES: dict[str, Role] = {"controlplane": "controlplane", "worker": "worker"}
# Here null has a meaning of its own: a checksum that is not known, a partition that is not encrypted.
_RULES = MergeRules(passes_null=lambda path: path[0] in ("images", "talos"))
_PLACED = ("host", "vm_id", "mac", "address", "cores", "memory", "network", "disks", "devices", "called_by")


@dataclass(frozen=True, slots=True)
class InventoryTree:
    """The two files of an inventory as one tree, with the defaults laid under every machine."""

    tree: Map
    findings: tuple[Finding, ...]


def merge_inventory(hosts: Map, environment: Map) -> InventoryTree:
    """Lay an environment's inventory over the shared one and its defaults under each machine."""
    findings: list[Finding] = []
    merged = merge(settle(hosts, findings, _RULES), environment, findings, _RULES)
    defaults = merged.child("defaults")
    result = merged.copy()
    for kind in ("nodes", "vms"):
        machines = merged.get(kind)
        if not isinstance(machines, Map):
            continue
        finished = machines.copy()
        for name, machine in machines.items():
            if isinstance(machine, Map):
                laid: Value = merge(defaults.child(kind), machine, findings)
                finished.put(name, laid, *machines.marks[name])
        result.put(kind, finished, *merged.marks[kind])
    return InventoryTree(result, tuple(findings))


def build_inventory(environment: str, tree: Map, notes: Notes) -> Inventory:
    """Build what the generator reads of an inventory; `tree` comes from `merge_inventory`."""
    talos, kubernetes = tree.child("talos"), tree.child("kubernetes")
    jobs = plain(tree.child("backup_jobs"))
    return Inventory(
        environment=environment,
        place=tree.place,
        vm_ids=_vm_ids(tree, notes),
        hosts=read.each(tree, "hosts", lambda name, value, place: _host(name, value, place, notes)),
        storages=read.each(tree, "storages", lambda name, value, place: _storage(name, value, place, notes)),
        nodes=read.each(tree, "nodes", lambda name, value, place: _node(name, value, place, notes)),
        vms=read.each(tree, "vms", lambda name, value, place: _vm(name, value, place, notes)),
        talos_version=read.text(talos, "version"),
        kubernetes_version=read.text(kubernetes, "version"),
        backup_jobs=jobs if isinstance(jobs, dict) else {},
        places={"vm_ids": tree.value_place("vm_ids"), "kubernetes": kubernetes.value_place("version")},
    )


def _vm_ids(tree: Map, notes: Notes) -> tuple[int, int] | None:
    text = read.text(tree, "vm_ids")
    if text is None:
        return None
    first, last = (int(part) for part in text.split("-"))
    if first > last:
        message, fix = f"range {text!r} ends before it begins", f"write {last}-{first}"
        notes.error(tree.value_place("vm_ids"), "catalogue/range", message, fix, replacement=f"{last}-{first}")
        return None
    return first, last


def _host(name: str, tree: Map, place: Place, notes: Notes) -> Host:
    bridges = read.each(tree, "bridges", lambda bridge, value, place: read.texts(value, "networks"))
    pci = read.each(tree, "pci", lambda device, value, place: str(value["mapping"]))
    return Host(
        name=name,
        address=IPv4Address(str(tree["address"])),
        cores=read.number(tree, "cores", 0),
        memory_bytes=read.bytes_of(tree, "memory", notes) or 0,
        reserved_bytes=read.bytes_of(tree.child("reserved"), "memory", notes) or 0,
        bridges=bridges,
        pci=pci,
        place=place,
    )


def _storage(name: str, tree: Map, place: Place, notes: Notes) -> Storage:
    return Storage(
        name,
        str(tree["kind"]),
        read.bytes_of(tree, "size", notes),
        read.texts(tree, "hosts"),
        place,
        read.text(tree, "server"),
    )


def _disks(tree: Map, notes: Notes) -> dict[str, Disk]:
    storage = read.text(tree, "storage") or ""

    def build(name: str, value: Map, place: Place) -> Disk:
        size = read.bytes_of(value, "size", notes)
        if size is None:
            message, fix = f"disk {name!r} lacks 'size'", "add `size: 100Gi`"
            notes.error(place, "inventory/missing-field", message, fix, lacks=(INVENTORY, "size", "defaults"))
        return Disk(
            name, size or 0, read.text(value, "storage") or storage, read.text(value, "backup") or "tier4", place
        )

    return read.each(tree, "disks", build)


def _machine_fields(name: str, tree: Map, place: Place, notes: Notes) -> dict[str, Any] | None:
    missing = [key for key in ("mac", "address", "cores", "memory", "disks") if tree.get(key) is None]
    if "metal" not in tree:
        missing += [key for key in ("host", "vm_id") if tree.get(key) is None]
    for key in missing:
        message, fix = f"machine {name!r} lacks {key!r}", f"add `{key}` to it, or to `defaults`"
        notes.error(place, "inventory/missing-field", message, fix, lacks=(INVENTORY, key, "defaults"))
    if missing:
        return None
    order = tree.child("order")
    vm_id = tree.get("vm_id")
    return {
        "name": name,
        "host": read.text(tree, "host"),
        "vm_id": vm_id if isinstance(vm_id, int) else None,
        "mac": str(tree["mac"]).upper(),
        "address": IPv4Address(str(tree["address"])),
        "network": read.text(tree, "network") or "cluster",
        "cores": read.number(tree, "cores", 0),
        "memory_bytes": read.bytes_of(tree, "memory", notes) or 0,
        "disks": _disks(tree, notes),
        "devices": {device: count for device, count in tree.child("devices").items() if isinstance(count, int)},
        "order": order["order"] if isinstance(order.get("order"), int) else None,
        "up_s": order["up"] if isinstance(order.get("up"), int) else None,
        "down_s": order["down"] if isinstance(order.get("down"), int) else None,
        "place": place,
        "places": {key: tree.value_place(key) for key in _PLACED if key in tree},
    }


def _node(name: str, tree: Map, place: Place, notes: Notes) -> Node | None:
    fields = _machine_fields(name, tree, place, notes)
    if fields is None:
        return None
    reserved = tree.child("reserved")
    role = read.text(tree, "role")
    if role is None:
        notes.error(
            place,
            "inventory/missing-field",
            f"node {name!r} lacks 'role'",
            "add `role: controlplane` or `role: worker`",
            lacks=(INVENTORY, "role", "defaults"),
        )
        return None
    return Node(
        **fields,
        role=_ROLES[role],
        reserved_cpu_m=quantity.cpu_m(str(reserved.get("cpu") or 0)),
        reserved_memory_bytes=read.bytes_of(reserved, "memory", notes) or 0,
        labels=read.labels(tree, "labels"),
        taints=read.json_list(tree, "taints"),
    )


def _vm(name: str, tree: Map, place: Place, notes: Notes) -> Vm | None:
    fields = _machine_fields(name, tree, place, notes)
    if fields is None:
        return None
    for disk, value in tree.child("disks").items():
        if isinstance(value, Map) and "backup" not in value:
            at, message = tree.child("disks").key_place(disk), f"disk {disk!r} of VM {name!r} lacks 'backup'"
            fix = "add `backup: tier1`, tier2, tier3 or tier4"
            notes.error(at, "inventory/missing-field", message, fix, lacks=(INVENTORY, "backup", "defaults"))
    ports = {port: (entry.number, entry.protocol) for port, entry in ports_of(_with_long_ports(tree)).items()}
    talks = tree.child("talks_to")
    return Vm(
        **fields,
        ports=ports,
        called_by={who: read.texts(tree.child("called_by"), who) for who in tree.child("called_by")},
        talks_to={kind: read.texts(talks, kind) for kind in talks},
        tags=read.texts(tree, "tags"),
    )


def _with_long_ports(tree: Map) -> Map:
    from generator.catalogue.expand import expand_component

    return expand_component(tree)
