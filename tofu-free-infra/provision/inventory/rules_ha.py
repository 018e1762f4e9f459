"""High availability and replication: what Proxmox would refuse, or silently ignore.

Source: facts provisioning-more.md 0.4, 1.2.
"""

from collections.abc import Mapping

from .model import HaRule, Inventory, Machine
from .read import Notes


def check_ha(inventory: Inventory, notes: Notes) -> None:
    """Judge HA resources, rules and replication."""
    for machine in inventory.machines:
        _resource(inventory, machine, notes)
    for rule in inventory.ha_rules.values():
        _rule(inventory, rule, notes)
    _together(inventory, notes)


def _resource(inventory: Inventory, machine: Machine, notes: Notes) -> None:
    for target in machine.replicate:
        _replication(inventory, machine, target, notes)
    if machine.ha is None:
        return
    if machine.order is not None:
        message = f"{machine.name!r} has 'order' beside 'ha', which makes Proxmox ignore it"
        notes.error(machine.at("order"), "ha-order", message, "remove one of the two")
    local = [disk for disk in machine.disks.values() if not _is_shared(inventory, disk.storage)]
    if local:
        targets = _allowed(inventory, machine.name) - {machine.host or ""}
        for host in sorted(targets - set(machine.replicate)):
            message = f"{machine.name!r} has 'ha' and local disks, and no copy on {host!r}, where it may start"
            fix = f'add `replicate: {{{host}: "*/15"}}`, or a strict rule without that host'
            notes.error(machine.at("ha"), "ha-local-disks", message, fix)


def _is_shared(inventory: Inventory, storage: str) -> bool:
    known = inventory.storages.get(storage)
    return known is not None and known.shared


def _allowed(inventory: Inventory, name: str) -> set[str]:
    """Return the hosts on which the HA manager may start a VM."""
    for rule in inventory.ha_rules.values():
        if rule.type == "node-affinity" and rule.strict and name in rule.vms:
            return set(rule.nodes)
    return set(inventory.hosts)


def _replication(inventory: Inventory, machine: Machine, target: str, notes: Notes) -> None:
    place = machine.at("replicate")
    if target not in inventory.hosts or target == machine.host:
        message = f"{machine.name!r} replicates to {target!r}, another host of the inventory is expected"
        notes.error(place, "replication", message, "name another host")
        return
    for disk in machine.disks.values():
        storage = inventory.storages.get(disk.storage)
        if storage is None:
            continue
        if storage.kind != "zfs" or (storage.hosts and target not in storage.hosts):
            message = f"{machine.name!r} replicates to {target!r}, where its storage {storage.name!r} is not as ZFS"
            notes.error(place, "replication", message, "replication needs the same ZFS storage on both hosts")
            return


def _rule(inventory: Inventory, rule: HaRule, notes: Notes) -> None:
    who = f"HA rule {rule.name!r}"
    for name in rule.vms:
        machine = inventory.vms.get(name) or inventory.nodes.get(name)
        if machine is None or machine.ha is None:
            notes.error(rule.place, "ha-rule", f"{who} names {name!r}, which has no 'ha'", f"give {name!r} `ha: {{}}`")
    for host in rule.nodes:
        if host not in inventory.hosts:
            notes.error(rule.place, "ha-rule", f"{who} names the host {host!r}, which there is not", "correct it")
    if rule.type == "node-affinity":
        if not rule.nodes:
            notes.error(rule.place, "ha-rule", f"{who} names no host", "add `nodes`")
        return
    if len(rule.vms) < 2 or rule.affinity is None:
        notes.error(rule.place, "ha-rule", f"{who} needs 'affinity' and two VMs or more", "add what is missing")
    if rule.affinity == "negative" and len(rule.vms) > len(inventory.hosts):
        message = f"{who} keeps {len(rule.vms)} VMs apart on {len(inventory.hosts)} hosts"
        notes.error(rule.place, "ha-rule", message, "that many hosts are needed")


def _together(inventory: Inventory, notes: Notes) -> None:
    """Judge what rules ask of one VM together."""
    homes: dict[str, HaRule] = {}
    for rule in inventory.ha_rules.values():
        for name in rule.vms if rule.type == "node-affinity" else ():
            if name in homes:
                message = f"HA rule {rule.name!r} gives {name!r} hosts, and so does {homes[name].name!r}"
                notes.error(rule.place, "ha-rule", message, "keep one: Proxmox takes one node-affinity rule per VM")
            homes.setdefault(name, rule)
    for rule in inventory.ha_rules.values():
        if rule.type == "resource-affinity" and len(rule.vms) > 1:
            _beside_homes(inventory, rule, homes, notes)


def _beside_homes(inventory: Inventory, rule: HaRule, homes: Mapping[str, HaRule], notes: Notes) -> None:
    for home in {homes[name].name: homes[name] for name in rule.vms if name in homes}.values():
        if len(set(home.nodes.values())) > 1:
            message = f"HA rule {rule.name!r} is about VMs of {home.name!r}, whose hosts have several priorities"
            notes.error(rule.place, "ha-rule", message, f"give the hosts of {home.name!r} one priority")
    allowed = set().union(*(_allowed(inventory, name) for name in rule.vms))
    if rule.affinity == "negative" and len(allowed) < len(rule.vms) <= len(inventory.hosts):
        message = (
            f"HA rule {rule.name!r} keeps {len(rule.vms)} VMs apart that may be on {', '.join(sorted(allowed))} only"
        )
        notes.error(rule.place, "ha-rule", message, "allow more hosts")
