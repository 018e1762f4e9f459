"""What a VM shall be, and the options that say so to Proxmox. Pure.

Source: facts provisioning.md 1.3, provisioning-more.md 1.3, 1.4, 1.7.
"""

import re
from dataclasses import dataclass

from . import properties
from .errors import ProxmoxError

SERIAL_BYTES = 20


@dataclass(frozen=True, slots=True)
class DiskSpec:
    """A disk; `image` is the volume that it is made from, `serial` its identity inside and outside the guest."""

    slot: str
    storage: str
    size_gib: int
    serial: str
    image: str | None = None
    backup: bool = True
    replicate: bool = True

    def __post_init__(self) -> None:
        """Refuse a serial that Proxmox would."""
        if not 0 < len(self.serial.encode()) <= SERIAL_BYTES:
            raise ProxmoxError(f"disk name '{self.serial}' has {len(self.serial.encode())} bytes, 1 to 20 are allowed")


@dataclass(frozen=True, slots=True)
class NicSpec:
    """The network card."""

    mac: str
    bridge: str
    vlan: int | None = None
    firewall: bool = False


@dataclass(frozen=True, slots=True)
class CloudInitSpec:
    """Proxmox' own cloud-init drive, enough for a static address (Talos reads it as nocloud)."""

    storage: str
    address: str
    gateway: str | None = None
    nameserver: str | None = None
    search_domain: str | None = None


@dataclass(frozen=True, slots=True)
class StartOrder:
    """When the host starts and stops the VM; needs Sys.Modify on / and does nothing under HA."""

    order: int
    up_s: int | None = None
    down_s: int | None = None


@dataclass(frozen=True, slots=True)
class VmSpec:
    """A VM as the inventory wants it. `seed` is the ISO volume of a plain VM, instead of `cloud_init`."""

    vm_id: int
    name: str
    host: str
    pool: str
    cores: int
    memory_mib: int
    disks: tuple[DiskSpec, ...]
    nic: NicSpec
    firmware_storage: str
    uuid: str
    tags: tuple[str, ...] = ()
    description: str = ""
    cpu: str = "x86-64-v2-AES"
    machine: str = "q35"
    scsihw: str = "virtio-scsi-pci"
    cloud_init: CloudInitSpec | None = None
    seed: str | None = None
    pci: tuple[str, ...] = ()
    order: StartOrder | None = None
    on_boot: bool = True
    agent: bool = True
    protection: bool = False

    @property
    def storages(self) -> frozenset[str]:
        """Return the storages on which it takes space, for the gate."""
        return frozenset(disk.storage for disk in self.disks) | {self.firmware_storage}


def drive(disk: DiskSpec) -> dict[str, str]:
    """Return the sub-keys of a disk that last, without volume and size."""
    keys = {"discard": "on", "ssd": "1", "serial": disk.serial}
    if not disk.backup:
        keys["backup"] = "0"
    if not disk.replicate:
        keys["replicate"] = "0"
    return keys


def options(spec: VmSpec) -> dict[str, str]:
    """Return the options of a VM as they read back, without volumes: what plan compares."""
    nic = properties.join(
        {
            "virtio": spec.nic.mac.upper(),
            "bridge": spec.nic.bridge,
            "tag": spec.nic.vlan,
            "firewall": 1 if spec.nic.firewall else None,
        }
    )
    found = {
        "name": spec.name,
        "ostype": "l26",
        "bios": "ovmf",
        "machine": spec.machine,
        "scsihw": spec.scsihw,
        "cpu": spec.cpu,
        "sockets": "1",
        "cores": str(spec.cores),
        "memory": str(spec.memory_mib),
        "balloon": "0",
        "net0": nic,
        "serial0": "socket",
        "vga": "std",
        "rng0": "source=/dev/urandom",
        "boot": f"order={spec.disks[0].slot}",
        "agent": "enabled=1" if spec.agent else "enabled=0",
        "onboot": str(int(spec.on_boot)),
        "smbios1": f"uuid={spec.uuid}",
    }
    if spec.tags:
        found["tags"] = ";".join(sorted(spec.tags))
    if spec.description:
        found["description"] = spec.description
    if spec.protection:
        found["protection"] = "1"
    found.update({f"hostpci{n}": f"mapping={name},pcie=1" for n, name in enumerate(spec.pci)})
    if spec.order is not None:
        order = {"order": spec.order.order, "up": spec.order.up_s, "down": spec.order.down_s}
        found["startup"] = properties.join(order)
    found.update(_address(spec.cloud_init) if spec.cloud_init else {})
    return found


def _address(cloud_init: CloudInitSpec) -> dict[str, str]:
    found = {
        "citype": "nocloud",
        "ipconfig0": properties.join({"ip": cloud_init.address, "gw": cloud_init.gateway}),
        "nameserver": cloud_init.nameserver,
        "searchdomain": cloud_init.search_domain,
    }
    return {key: value for key, value in found.items() if value is not None}


def creation(spec: VmSpec) -> dict[str, str]:
    """Return all parameters of the call that makes the VM."""
    made = {"vmid": str(spec.vm_id), "pool": spec.pool, **options(spec)}
    made["efidisk0"] = f"{spec.firmware_storage}:0,efitype=4m,pre-enrolled-keys=0"
    for disk in spec.disks:
        made[disk.slot] = new_disk(disk)
    if spec.cloud_init is not None:
        made["ide2"] = f"{spec.cloud_init.storage}:cloudinit"
    elif spec.seed is not None:
        made["ide2"] = f"{spec.seed},media=cdrom"
    return made


def is_new_disk(value: str) -> bool:
    """Return whether a drive's value makes a volume, instead of naming one."""
    return re.fullmatch(r"[^:/]+:\d+(\.\d+)?", value.partition(",")[0]) is not None


def new_disk(disk: DiskSpec) -> str:
    """Return the value that makes a disk: empty of its size, or from an image (then it is grown afterwards)."""
    if disk.image is None:
        return properties.join({"file": f"{disk.storage}:{disk.size_gib}", **drive(disk)}, "file")
    return properties.join({"file": f"{disk.storage}:0", "import-from": disk.image, **drive(disk)}, "file")
