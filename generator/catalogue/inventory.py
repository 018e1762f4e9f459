"""The machines, as far as the generator reads them: claims, capacity and the node list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Literal

from generator.finding import Place

ALL_UNREAD = "*"  # a whole file of the inventory has faults
Role = Literal["controlplane", "worker"]


@dataclass(frozen=True, slots=True)
class Host:
    """A Proxmox host. `reserved_bytes` of memory stay with the host itself."""

    name: str
    address: IPv4Address
    cores: int
    memory_bytes: int
    reserved_bytes: int
    bridges: Mapping[str, tuple[str, ...]]
    pci: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class Storage:
    """`size_bytes` is per host unless the kind is shared."""

    name: str
    kind: str
    size_bytes: int | None
    hosts: tuple[str, ...]
    place: Place
    server: str | None = None

    @property
    def shared(self) -> bool:
        return self.kind in ("nfs", "pbs")


@dataclass(frozen=True, slots=True)
class Disk:
    name: str
    size_bytes: int
    storage: str
    tier: str
    place: Place


@dataclass(frozen=True, slots=True)
class Machine:
    """A virtual machine, or a node that is metal (`host` and `vm_id` None)."""

    name: str
    host: str | None
    vm_id: int | None
    mac: str
    address: IPv4Address
    network: str
    cores: int
    memory_bytes: int
    disks: Mapping[str, Disk]
    devices: Mapping[str, int]
    order: int | None
    up_s: int | None
    down_s: int | None
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node(Machine):
    """A Talos node. `reserved_*` is what the kubelet keeps back; allocatable is the rest."""

    role: Role = "worker"
    reserved_cpu_m: int = 0
    reserved_memory_bytes: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[dict[str, str], ...] = ()

    @property
    def allocatable_cpu_m(self) -> int:
        return self.cores * 1000 - self.reserved_cpu_m

    @property
    def allocatable_memory_bytes(self) -> int:
        return self.memory_bytes - self.reserved_memory_bytes

    @property
    def storage_bytes(self) -> int:
        """Space for volumes: every disk but the system's."""
        return sum(disk.size_bytes for name, disk in self.disks.items() if name != "system")


@dataclass(frozen=True, slots=True)
class Vm(Machine):
    """A plain virtual machine beside the cluster; ports and callers as in the service format."""

    ports: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    called_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    talks_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one environment has on the hosts that all share. `unread` names entries with faults."""

    environment: str
    place: Place
    vm_ids: tuple[int, int] | None
    hosts: Mapping[str, Host]
    storages: Mapping[str, Storage]
    nodes: Mapping[str, Node]
    vms: Mapping[str, Vm]
    talos_version: str | None = None
    kubernetes_version: str | None = None
    backup_jobs: Mapping[str, dict[str, object]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()

    def may_have(self, name: str) -> bool:
        """Whether a host or machine of this name may exist in what could not be read."""
        return name in self.unread or ALL_UNREAD in self.unread

    @property
    def machines(self) -> tuple[Machine, ...]:
        return (*self.nodes.values(), *self.vms.values())
