"""What only code can check: one function per rule, each a fault with its place and its fix."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address

from generator.source import Map

from .model import SHARED_KINDS, Inventory, Machine, Vm
from .read import Notes
from .rules_ha import check_ha
from .rules_space import check_space, machines_of
from .rules_store import check_store

_FOR_LONGHORN = ("siderolabs/iscsi-tools", "siderolabs/util-linux-tools")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def check(inventory: Inventory, others: Mapping[str, Map], notes: Notes) -> None:
    """Judge an inventory; `others` are the machines' trees of the other environments."""
    _ids(inventory, others, notes)
    _unique(inventory, others, notes)
    _addresses(inventory, notes)
    _ranges(inventory, notes)
    _cluster(inventory, notes)
    for machine in inventory.machines:
        _machine(inventory, machine, notes)
    for vm in inventory.vms.values():
        _vm(inventory, vm, notes)
    _backups(inventory, notes)
    check_ha(inventory, notes)
    check_space(inventory, others, notes)
    check_store(inventory, notes)


def _ids(inventory: Inventory, others: Mapping[str, Map], notes: Notes) -> None:
    ours = inventory.vm_ids
    for machine in inventory.machines:
        if machine.vm_id is not None and machine.vm_id not in ours:
            message = f"{machine.name!r} has VM id {machine.vm_id}, outside {ours.start}-{ours.stop - 1}"
            notes.error(machine.at("vm_id"), "vm-id", message, "choose an id of the range")
    for name, tree in others.items():
        first, dash, last = str(tree.get("vm_ids", "")).partition("-")
        if dash and first.isdigit() and last.isdigit() and int(first) < ours.stop and int(last) >= ours.start:
            message = f"VM ids {ours.start}-{ours.stop - 1} overlap those of {name!r}, {first}-{last}"
            notes.error(inventory.places["vm_ids"], "vm-id-ranges", message, "choose ranges that are apart")


def _unique(inventory: Inventory, others: Mapping[str, Map], notes: Notes) -> None:
    names: dict[str, str] = dict.fromkeys(inventory.site.addresses, "an address of the site")
    names |= dict.fromkeys(inventory.hosts, "a host")
    for name, host in inventory.hosts.items():
        for machine in inventory.machines:
            if machine.address == host.address:
                message = f"{machine.name!r} has {machine.address}, which is host {name!r}"
                notes.error(machine.at("address"), "address", message, "choose another")
    for field in ("vm_id", "mac", "address"):
        held = dict(_elsewhere(others, field))
        for machine in inventory.machines:
            value = getattr(machine, field)
            if value is not None and value in held:
                message = f"{machine.name!r} has {field} {value}, held by {held[value]!r}"
                notes.error(machine.at(field), "unique", message, f"choose another {field}")
            held.setdefault(value, machine.name)  # all environments share one network
    for kind, machines in (("a node", inventory.nodes), ("a VM", inventory.vms)):
        for machine in machines.values():
            if machine.name in names:
                message = f"{machine.name!r} is {kind} and {names[machine.name]}"
                notes.error(machine.place, "unique", message, "choose another name: it stands for one address")
            names.setdefault(machine.name, kind)


def _elsewhere(others: Mapping[str, Map], field: str) -> Iterator[tuple[object, str]]:
    """Yield what the machines of other environments hold, and who."""
    for environment, tree in others.items():
        for name, machine in machines_of(tree):
            text = str(machine.get(field)).upper()
            try:
                yield {"vm_id": int, "mac": str, "address": IPv4Address}[field](text), f"{name} of {environment}"
            except ValueError:
                continue  # it is none, which is told where that environment is read


def _addresses(inventory: Inventory, notes: Notes) -> None:
    site = inventory.site
    for machine in inventory.machines:
        network = site.networks.get(machine.network)
        place, who = machine.at("address"), f"{machine.name!r} has {machine.address}"
        if network is None:
            known = ", ".join(site.networks)
            message = f"{machine.name!r} is in network {machine.network!r}, the site has {known}"
            notes.error(machine.at("network"), "network", message, "choose one of them")
            continue
        if not int(machine.address):
            continue  # what stands there is none, and that is said
        if machine.address not in network.subnet or machine.address in _edges(network.subnet):
            notes.error(place, "address", f"{who}, not an address for machines of {network.subnet}", "choose another")
        if machine.address in (network.router, site.api):
            holder = "the router" if machine.address == network.router else "the VIP"
            notes.error(place, "address", f"{who}, which is {holder}", "choose another")
        spans = [("the DHCP range", network.dhcp)] if network.dhcp else []
        spans += [(f"pool {pool.name!r}", (pool.first, pool.last)) for pool in site.pools.values()]
        for what, span in spans:
            if span is not None and span[0] <= machine.address <= span[1]:
                notes.error(place, "address", f"{who}, inside {what} {span[0]}-{span[1]}", "choose another")
        for name, address in site.addresses.items():
            if address == machine.address:
                notes.error(place, "address", f"{who}, which is {name!r} of the site", "choose another")


def _edges(subnet: object) -> tuple[IPv4Address, ...]:
    first, last = getattr(subnet, "network_address", None), getattr(subnet, "broadcast_address", None)
    return tuple(address for address in (first, last) if isinstance(address, IPv4Address))


def _ranges(inventory: Inventory, notes: Notes) -> None:
    site = inventory.site
    named = [("the pods' range", site.pods), ("the services' range", site.services)]
    named += [(f"network {network.name!r}", network.subnet) for network in site.networks.values()]
    for index, (first, left) in enumerate(named[:2]):
        for second, right in named[index + 1 :]:
            if left.overlaps(right):
                message = f"{first} {left} overlaps {second} {right}"
                notes.error(site.place, "ranges", message, "choose ranges that are apart")


def _cluster(inventory: Inventory, notes: Notes) -> None:
    site, planes = inventory.site, inventory.control_planes
    if len(planes) not in (1, 3, 5):
        message = f"{len(planes)} control planes, an odd number is expected: 1, 3 or 5"
        notes.error(inventory.places["nodes"], "control-planes", message, "add or remove one")
    for network in {node.network for node in planes}:
        known = site.networks.get(network)
        if known is not None and site.api not in known.subnet:
            message = f"the VIP {site.api} is outside {known.subnet}, the network of the control planes"
            notes.error(site.place, "vip", message, "choose an address of that network: it moves by ARP")
    if inventory.kubernetes and inventory.kubernetes.rpartition(".")[0] != site.kubernetes:
        message = f"Kubernetes {inventory.kubernetes} is not of the site's minor {site.kubernetes}"
        notes.error(inventory.places["kubernetes"], "kubernetes", message, "make them agree")
    storage = inventory.storages.get(inventory.talos.image_storage)
    if storage is None or storage.kind not in ("nfs", "dir"):
        known_names = ", ".join(s.name for s in inventory.storages.values() if s.kind in ("nfs", "dir")) or "none"
        message = (
            f"image storage {inventory.talos.image_storage!r} is no file storage, the inventory has: {known_names}"
        )
        place = inventory.talos.places.get("image_storage", inventory.talos.place)
        notes.error(place, "storage", message, "name a storage of kind nfs or dir")
    _longhorn(inventory, notes)
    if not inventory.operators:
        message = "operators name nobody: Talos and the API server would be open to every network"
        notes.error(inventory.places["operators"], "operators", message, "name a network of the site")
    for name in inventory.operators:
        if name not in site.networks and not _is_address(name):
            message = f"operators name {name!r}, neither a network nor an address"
            notes.error(inventory.places["operators"], "operators", message, "name a network of the site")


def _longhorn(inventory: Inventory, notes: Notes) -> None:
    """Note a disk for Longhorn on nodes that lack what Longhorn calls. Source: facts provisioning.md 3.7."""
    if not any("longhorn" in node.disks for node in inventory.nodes.values()):
        return
    customization = inventory.talos.schematic.get("customization")
    extensions = customization.get("systemExtensions") if isinstance(customization, dict) else None
    names = extensions.get("officialExtensions") if isinstance(extensions, dict) else None
    missing = [name for name in _FOR_LONGHORN if name not in (names if isinstance(names, list) else ())]
    if missing:
        message = f"nodes have a disk 'longhorn', and the schematic lacks {' and '.join(missing)}, which Longhorn calls"
        place = inventory.talos.places.get("schematic", inventory.talos.place)
        notes.warning(place, "longhorn", message, "add them to `officialExtensions`")


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _machine(inventory: Inventory, machine: Machine, notes: Notes) -> None:
    if machine.host is None:
        return
    host = inventory.hosts.get(machine.host)
    if host is None:
        message = f"{machine.name!r} is on host {machine.host!r}, the inventory has {', '.join(inventory.hosts)}"
        notes.error(machine.at("host"), "host", message, "choose one of them")
        return
    if host.bridge_of(machine.network) is None:
        message = f"{machine.name!r} is in network {machine.network!r}, which no bridge of {host.name!r} carries"
        notes.error(machine.at("network"), "bridge", message, f"add it to `hosts.{host.name}.bridges`")
    for disk in machine.disks.values():
        storage = inventory.storages.get(disk.storage)
        if storage is None or storage.kind == "pbs":
            message = f"disk {disk.name!r} of {machine.name!r} is on storage {disk.storage!r}, which holds no disks"
            notes.error(disk.place, "storage", message, "name a storage of kind zfs, lvmthin, dir or nfs")
        elif storage.hosts and host.name not in storage.hosts:
            message = (
                f"disk {disk.name!r} of {machine.name!r} is on {disk.storage!r}, which is not on host {host.name!r}"
            )
            notes.error(disk.place, "storage", message, f"it is on {', '.join(storage.hosts)}")
    if machine.mac and not int(machine.mac[:2], 16) & 2:
        message = f"{machine.name!r} has MAC {machine.mac}, which is not locally administered"
        notes.error(machine.at("mac"), "mac", message, "begin it with 02")
    elif machine.mac and int(machine.mac[:2], 16) & 1:
        message = f"{machine.name!r} has MAC {machine.mac}, which is one of a group"
        notes.error(machine.at("mac"), "mac", message, "begin it with 02")


def _vm(inventory: Inventory, vm: Vm, notes: Notes) -> None:
    if _NAME.fullmatch(vm.name) is None:
        message = f"{vm.name!r} is no host name, lower-case letters, digits and hyphens are expected"
        notes.error(vm.place, "name", message, "rename the VM")
    if vm.image not in inventory.images:
        message = (
            f"{vm.name!r} is made from image {vm.image!r}, the inventory has {', '.join(inventory.images) or 'none'}"
        )
        notes.error(vm.at("image"), "image", message, "name one of them")
    elif inventory.images[vm.image].sha512 is None:
        image = inventory.images[vm.image]
        notes.warning(
            image.place, "checksum", f"image {image.name!r} has no sha512: whatever is there is taken", "pin it"
        )
    tiers = sorted({disk.tier for disk in vm.disks.values()} - {"tier4"})
    if len(tiers) > 1:
        message = f"{vm.name!r} has disks of {' and '.join(tiers)}; Proxmox backs up whole VMs, so one is possible"
        notes.error(vm.at("disks"), "two-tiers", message, "give all its disks one tier, or tier4")
    for fault in _callers(inventory, vm):
        notes.error(vm.at("called_by"), "called-by", *fault)


def _callers(inventory: Inventory, vm: Vm) -> Iterator[tuple[str, str]]:
    for caller, ports in vm.called_by.items():
        if caller not in inventory.site.networks and inventory.address_of(caller) is None and not _is_address(caller):
            yield f"{vm.name!r} is called by {caller!r}, which nothing is called", "name a network, machine or address"
        for port in ports:
            if port not in vm.ports:
                known = ", ".join(vm.ports) or "none"
                yield f"{vm.name!r} is called at port {port!r}, its ports are {known}", "add it to `ports`"


def _backups(inventory: Inventory, notes: Notes) -> None:
    for job in inventory.backup_jobs.values():
        storage = inventory.storages.get(job.storage)
        if storage is None or storage.kind not in (*SHARED_KINDS, "dir"):
            message = f"backup job {job.tier!r} writes to {job.storage!r}, which takes no backups"
            notes.error(job.place, "storage", message, "name a storage of kind pbs, nfs or dir")
    for vm in inventory.vms.values():
        if vm.tier != "tier4" and vm.tier not in inventory.backup_jobs:
            message = f"{vm.name!r} has disks of {vm.tier}, for which there is no backup job"
            notes.error(vm.at("disks"), "backup-job", message, f"add `backup_jobs.{vm.tier}`")
