"""What the shape cannot say of machines: their number, their tiers, their devices, who calls them."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address

from generator.catalogue.gaps import INVENTORY, SITE
from generator.catalogue.inventory import Inventory, Vm
from generator.catalogue.read import Notes
from generator.catalogue.site import Site
from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding
from generator.fleet.model import Fleet

_NOT_COPIED = "tier4"
_LOCALLY_ADMINISTERED = 2  # a bit of the first byte: addresses without it belong to makers of network cards


def check_machines(inventory: Inventory, site: Site, notes: Notes) -> None:
    """Note what is wrong with the machines of one environment."""
    planes = [node for node in inventory.nodes.values() if node.role == "controlplane"]
    if inventory.nodes and len(planes) % 2 == 0 and not notes.may_have(INVENTORY, "nodes"):
        place = planes[-1].place if planes else next(iter(inventory.nodes.values())).place
        message = f"{len(planes)} control planes in {inventory.environment!r}, 1, 3 or 5 are expected"
        fix = "add or remove one: an even number survives no more failures"
        notes.warning(place, "inventory/control-planes", message, fix)
    for machine in inventory.machines:
        if not int(machine.mac[:2], 16) & _LOCALLY_ADMINISTERED:
            message = f"MAC {machine.mac} of {machine.name!r} is not locally administered"
            notes.error(machine.places.get("mac", machine.place), "inventory/mac", message, "begin it with 02")
        if "system" not in machine.disks:
            message = f"machine {machine.name!r} has no disk 'system'"
            place, fix = machine.places.get("disks", machine.place), "add `system: {size: 100Gi}`, it is the first one"
            notes.error(place, "inventory/missing-field", message, fix, lacks=(INVENTORY, "disks", "defaults"))
    for vm in inventory.vms.values():
        _check_tiers(vm, notes)
        _check_callers(vm, inventory, site, notes)


def _check_tiers(vm: Vm, notes: Notes) -> None:
    tiers = sorted({disk.tier for disk in vm.disks.values()} - {_NOT_COPIED})
    if len(tiers) > 1:
        message = f"VM {vm.name!r} has disks of {' and '.join(tiers)}, Proxmox copies whole VMs"
        fix = f"give all its disks one tier; {_NOT_COPIED} leaves one out"
        notes.error(vm.places.get("disks", vm.place), "inventory/two-tiers", message, fix)


def _check_callers(vm: Vm, inventory: Inventory, site: Site, notes: Notes) -> None:
    place = vm.places.get("called_by", vm.place)
    known = {*site.networks, *site.addresses, *inventory.hosts, *(machine.name for machine in inventory.machines)}
    for caller, ports in vm.called_by.items():
        if caller not in known and not _is_address(caller) and not inventory.may_have(caller):
            message = f"VM {vm.name!r} is called by {caller!r}, which does not exist{did_you_mean(caller, known)}"
            fix, lacks = "name a network, a machine, a host or an address", (SITE, "networks", "addresses")
            notes.error(place, "inventory/called-by", message, fix, lacks=lacks)
        for port in ports:
            if port not in vm.ports:
                listed = (", ".join(sorted(vm.ports)) or "none") + did_you_mean(port, vm.ports)
                message = f"VM {vm.name!r} is called at port {port!r}, it has {listed}"
                notes.error(place, "inventory/called-by", message, "add it to `ports`", lacks=(INVENTORY, "ports"))


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def check_devices(fleets: Iterable[Fleet]) -> Iterator[Finding]:
    """Yield machines that take a device of a host which another one has: there is one, for all environments."""
    held: dict[tuple[str, str], str] = {}
    for fleet in fleets:
        hosts = fleet.inventory.hosts
        for machine in fleet.inventory.machines:
            host = hosts.get(machine.host or "")
            for device, count in machine.devices.items():
                if host is None or device not in host.pci:
                    continue  # not passed through, so there may be many
                who = f"{machine.name!r} of {fleet.environment.name!r}"
                holder = held.setdefault((host.name, device), who)
                place = machine.places.get("devices", machine.place)
                if holder != who:
                    message = f"{who} takes device {device!r} of host {host.name!r}, held by {holder}"
                    yield Finding(place, "inventory/device", message, "give it to one machine")
                elif count > 1:
                    message = f"{who} takes {count} times device {device!r} of host {host.name!r}, which has one"
                    yield Finding(place, "inventory/device", message, f"write `{device}: 1`")
