"""A machine of the inventory as the VM that Proxmox shall have."""

import uuid

from provision.inventory.model import SYSTEM_DISK, Disk, Inventory, Machine, Node, Vm
from provision.proxmox.vm_spec import CloudInitSpec, DiskSpec, NicSpec, StartOrder, VmSpec

TAG = "chartroom"
REPLACE_TAG = "chartroom-replace"
_AGENT = "siderolabs/qemu-guest-agent"
# Any fixed id will do: the same machine of the same environment always gets the same SMBIOS id, on which the keys of
# encrypted disks hang.
_NAMESPACE = uuid.UUID("7a9f3a52-6a0d-5c1e-9b57-1f5f0a6c2d11")


def env_tag(environment: str) -> str:
    """Return the tag that says whose a VM is."""
    return f"env-{environment}"


def spec(inventory: Inventory, machine: Machine, image: str, seed: str | None) -> VmSpec:
    """Return the VM of a machine; `image` is the volume it is made from, `seed` the ISO of a plain VM."""
    assert machine.host is not None
    assert machine.vm_id is not None
    disks = tuple(
        _disk(slot, disk, image if disk.name == SYSTEM_DISK else None)
        for slot, disk in enumerate(machine.disks.values())
    )
    order = machine.order
    return VmSpec(
        vm_id=machine.vm_id,
        name=machine.name,
        host=machine.host,
        pool=inventory.proxmox.pool,
        cores=machine.cores,
        memory_mib=machine.memory_mib,
        disks=disks,
        nic=_nic(inventory, machine),
        firmware_storage=disks[0].storage,
        uuid=str(uuid.uuid5(_NAMESPACE, f"{inventory.environment}/{machine.vm_id}/{machine.name}")),
        tags=(TAG, env_tag(inventory.environment), *machine.tags),
        description=f"{machine.name} of {inventory.environment}, made by Chartroom",
        cpu=machine.cpu,
        machine=machine.machine,
        scsihw=machine.scsihw,
        cloud_init=_cloud_init(inventory, machine) if isinstance(machine, Node) else None,
        seed=seed,
        pci=_pci(inventory, machine),
        order=StartOrder(order.order or 0, order.up_s, order.down_s) if order else None,
        agent=_has_agent(inventory, machine),
        protection=machine.protection,
    )


def _disk(slot: int, disk: Disk, image: str | None) -> DiskSpec:
    return DiskSpec(f"scsi{slot}", disk.storage, disk.size_gib, disk.name, image, backup=disk.tier != "tier4")


def _nic(inventory: Inventory, machine: Machine) -> NicSpec:
    bridge = inventory.hosts[machine.host or ""].bridge_of(machine.network)
    assert bridge is not None
    vlan = None if bridge.untagged == machine.network else inventory.site.networks[machine.network].vlan
    return NicSpec(machine.mac, bridge.name, vlan, firewall=isinstance(machine, Vm))


def _cloud_init(inventory: Inventory, machine: Machine) -> CloudInitSpec:
    network = inventory.site.networks[machine.network]
    return CloudInitSpec(
        storage=machine.disks[SYSTEM_DISK].storage,
        address=f"{machine.address}/{network.subnet.prefixlen}",
        gateway=str(network.router),
        nameserver=str(network.dns),
        search_domain=inventory.site.zone,
    )


def _pci(inventory: Inventory, machine: Machine) -> tuple[str, ...]:
    mappings = inventory.hosts[machine.host or ""].pci
    return tuple(mappings[device] for device in machine.devices if device in mappings)


def _has_agent(inventory: Inventory, machine: Machine) -> bool:
    if isinstance(machine, Vm):
        return "qemu-guest-agent" in machine.packages
    customization = inventory.talos.schematic.get("customization") or {}
    extensions = (customization.get("systemExtensions") or {}).get("officialExtensions") or []
    return _AGENT in extensions
