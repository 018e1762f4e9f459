"""What is there: hosts, storages, VMs and all that hangs on them, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from . import properties

GIB = 2**30
_DRIVE = ("scsi", "virtio", "sata", "ide", "efidisk", "tpmstate")


@dataclass(frozen=True, slots=True)
class Host:
    """A Proxmox host; cores and memory are 0 where it is offline."""

    name: str
    online: bool
    cores: int
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage as seen from one host."""

    name: str
    host: str
    kind: str
    content: frozenset[str]
    shared: bool
    active: bool
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """A bridge of a host."""

    name: str
    host: str
    vlan_aware: bool


@dataclass(frozen=True, slots=True)
class PciMapping:
    """A PCI mapping and the hosts on which it has a device; `faults` is what Proxmox finds wrong with it, by host."""

    name: str
    hosts: frozenset[str]
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of a VM, known by its serial."""

    slot: str
    volume: str
    size_bytes: int
    keys: Mapping[str, str]

    @property
    def storage(self) -> str:
        """Return the storage that it lies on."""
        return self.volume.partition(":")[0]

    @property
    def serial(self) -> str | None:
        """Return its serial, which is its identity."""
        return self.keys.get("serial")

    @property
    def backed_up(self) -> bool:
        """Return whether backups take it."""
        return self.keys.get("backup", "1") != "0"


@dataclass(frozen=True, slots=True)
class FirewallRule:
    """A rule of a VM's firewall; everything but direction and action may be absent."""

    direction: str
    action: str
    source: str | None = None
    dest: str | None = None
    proto: str | None = None
    dport: str | None = None
    iface: str | None = None
    comment: str | None = None
    enable: bool = True
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Firewall:
    """A VM's firewall: what is set, and the rules in their order."""

    options: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[FirewallRule, ...] = ()

    @property
    def enabled(self) -> bool:
        """Return whether it is switched on for the VM (the cluster's switch and the NIC's count too)."""
        return self.options.get("enable", "0") == "1"


@dataclass(frozen=True, slots=True)
class Vm:
    """A VM: where it is, whether it runs, its options, and which of them wait for its next start."""

    vm_id: int
    host: str
    running: bool
    options: Mapping[str, str]
    digest: str
    pending: frozenset[str] = frozenset()
    firewall: Firewall = field(default_factory=Firewall)

    @property
    def name(self) -> str:
        """Return its name."""
        return self.options.get("name", "")

    @property
    def tags(self) -> frozenset[str]:
        """Return its tags."""
        return frozenset(tag for tag in self.options.get("tags", "").replace(",", ";").split(";") if tag)

    @property
    def protected(self) -> bool:
        """Return whether it is protected against deletion."""
        return self.options.get("protection", "0") == "1"

    @property
    def lock(self) -> str | None:
        """Return what holds it (`create`, `backup`, `migrate`, …)."""
        return self.options.get("lock")

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Return its disks, without CDs, by slot."""
        found = []
        for slot in sorted(option for option in self.options if is_drive(option)):
            keys = properties.parse(self.options[slot], "file")
            if keys.get("media") != "cdrom" and slot not in ("efidisk0", "tpmstate0"):
                size = properties.size_bytes(keys.get("size", "0"))
                rest = {key: value for key, value in keys.items() if key not in ("file", "size")}
                found.append(Disk(slot, keys["file"], size, rest))
        return tuple(found)

    def disk(self, serial: str) -> Disk | None:
        """Return the disk with this serial."""
        return next((disk for disk in self.disks if disk.serial == serial), None)


def is_drive(option: str) -> bool:
    """Return whether an option is a drive."""
    return option.rstrip("0123456789") in _DRIVE and option[-1].isdigit()


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool."""

    name: str
    comment: str
    vm_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class HaResource:
    """A VM under the HA manager."""

    vm_id: int
    state: str
    max_restart: int = 1
    max_relocate: int = 1
    failback: bool = True
    comment: str = ""


@dataclass(frozen=True, slots=True)
class HaRule:
    """An HA rule; `nodes` maps hosts to priorities, `affinity` is for rules between VMs."""

    name: str
    type: str
    vm_ids: frozenset[int]
    nodes: Mapping[str, int] = field(default_factory=dict)
    strict: bool = False
    affinity: str | None = None
    disabled: bool = False
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplicationJob:
    """A replication job of a VM's disks to another host; `leaving` while its removal waits for the next run."""

    id: str
    vm_id: int
    target: str
    schedule: str = "*/15"
    disabled: bool = False
    leaving: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class BackupJob:
    """A backup job for a list of VMs."""

    id: str
    storage: str
    schedule: str
    vm_ids: frozenset[int]
    prune: Mapping[str, str] = field(default_factory=dict)
    mode: str = "snapshot"
    compress: str = "zstd"
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Observed:
    """A site as it was seen; hosts in `silent` did not answer, so their VMs are not known."""

    hosts: Mapping[str, Host]
    storages: tuple[Storage, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    mappings: tuple[PciMapping, ...] = ()
    vms: Mapping[int, Vm] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    ha_resources: Mapping[int, HaResource] = field(default_factory=dict)
    ha_rules: Mapping[str, HaRule] = field(default_factory=dict)
    replication: tuple[ReplicationJob, ...] = ()
    backup_jobs: Mapping[str, BackupJob] = field(default_factory=dict)
    cluster_firewall: bool | None = None
    silent: frozenset[str] = frozenset()
