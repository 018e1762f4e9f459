"""The machines of one environment, and what the site says about its networks. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from generator.finding import Place

GIB = 2**30
SHARED_KINDS = ("nfs", "pbs")
SYSTEM_DISK = "system"
Role = Literal["controlplane", "worker"]


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret lies: a variable, a file, or OWNER/KEY of the secret store; never the secret."""

    kind: Literal["env", "file", "store"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Network:
    """A network of the site; `dns` is the router unless stated."""

    name: str
    vlan: int | None
    subnet: IPv4Network
    router: IPv4Address
    dns: IPv4Address
    dhcp: tuple[IPv4Address, IPv4Address] | None
    place: Place


@dataclass(frozen=True, slots=True)
class Pool:
    """A range from which load balancers take addresses."""

    name: str
    network: str
    first: IPv4Address
    last: IPv4Address


@dataclass(frozen=True, slots=True)
class SecretStore:
    """The site's secret store, as External Secrets is told of it.

    `kind` is the provider's name, "" where none is named. `project` and `environment` are Infisical's, `mount` is the
    path of Vault's key-value engine.
    """

    kind: str
    url: str
    project: str
    environment: str
    mount: str
    place: Place

    @property
    def host(self) -> str:
        """Return the host of its URL."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Site:
    """What the site file says under this environment. `kubernetes` is the minor, `api` the VIP."""

    zone: str
    timezone: str
    kubernetes: str
    cluster_domain: str
    api: IPv4Address
    pods: IPv4Network
    services: IPv4Network
    networks: Mapping[str, Network]
    addresses: Mapping[str, IPv4Address]
    pools: Mapping[str, Pool]
    store: SecretStore
    devices: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Proxmox:
    """The Proxmox cluster and how to reach it; exactly one of `ca` and `fingerprint` is set."""

    endpoints: tuple[str, ...]
    ca: Path | None
    fingerprint: str | None
    token_id: str
    token_secret: SecretRef
    pool: str
    parallel_host: int
    parallel_storage: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """A bridge of a host: the networks that it carries, and the one that it carries untagged."""

    name: str
    networks: tuple[str, ...]
    untagged: str | None


@dataclass(frozen=True, slots=True)
class Host:
    """A Proxmox host; `pci` maps a device of the site to a PCI mapping."""

    name: str
    address: IPv4Address
    cores: int
    memory_bytes: int
    reserved_bytes: int
    bridges: Mapping[str, Bridge]
    pci: Mapping[str, str]
    place: Place

    def bridge_of(self, network: str) -> Bridge | None:
        """Return the bridge that carries a network."""
        return next((bridge for bridge in self.bridges.values() if network in bridge.networks), None)


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage of Proxmox; no `hosts` means all of them. `size_bytes` is per host unless it is shared."""

    name: str
    kind: str
    size_bytes: int | None
    hosts: tuple[str, ...]
    place: Place

    @property
    def shared(self) -> bool:
        """Return whether all hosts see the same volumes."""
        return self.kind in SHARED_KINDS


@dataclass(frozen=True, slots=True)
class Image:
    """A disk image to import; `sha512` None is "not known"."""

    name: str
    url: str
    sha512: str | None
    place: Place

    @property
    def file(self) -> str:
        """Return the name that it gets on a storage."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk, known by its name, which is the drive's serial."""

    name: str
    size_bytes: int
    storage: str
    tier: str
    place: Place

    @property
    def size_gib(self) -> int:
        """Return the size in whole GiB."""
        return self.size_bytes // GIB


@dataclass(frozen=True, slots=True)
class Order:
    """Start order and delays in seconds."""

    order: int | None
    up_s: int | None
    down_s: int | None


@dataclass(frozen=True, slots=True)
class Ha:
    """A resource of Proxmox' HA manager."""

    max_restart: int
    max_relocate: int
    failback: bool


@dataclass(frozen=True, slots=True)
class Machine:
    """What nodes and plain VMs share. A node that is metal has neither host nor VM id."""

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
    order: Order | None
    ha: Ha | None
    replicate: Mapping[str, str]
    protection: bool
    tags: tuple[str, ...]
    cpu: str
    machine: str
    scsihw: str
    place: Place
    places: Mapping[str, Place]

    @property
    def memory_mib(self) -> int:
        """Return the memory in MiB."""
        return self.memory_bytes // 2**20

    def at(self, field: str) -> Place:
        """Return where a field stands, or the machine."""
        return self.places.get(field, self.place)


@dataclass(frozen=True, slots=True)
class Node(Machine):
    """A Talos node. `install_disk` is a CEL expression, on metal only."""

    role: Role = "worker"
    reserved_cpu: str | None = None
    reserved_memory: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, str], ...] = ()
    install_disk: str | None = None

    @property
    def is_control_plane(self) -> bool:
        """Return whether etcd and the API server run here."""
        return self.role == "controlplane"


@dataclass(frozen=True, slots=True)
class Port:
    """A port that a VM offers."""

    number: int
    protocol: str


@dataclass(frozen=True, slots=True)
class Vm(Machine):
    """A plain VM from a cloud image. User, keys, packages and files count at creation only."""

    image: str = ""
    user: str = ""
    ssh_keys: tuple[str, ...] = ()  # the keys themselves, read from their files
    packages: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, Port] = field(default_factory=dict)
    called_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    talks_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def tier(self) -> str:
        """Return the tier of its backup: the one that it has beside tier4, or tier4."""
        return min((disk.tier for disk in self.disks.values()), default="tier4")


@dataclass(frozen=True, slots=True)
class HaRule:
    """A rule of Proxmox' HA manager, with VM names."""

    name: str
    type: str
    vms: tuple[str, ...]
    nodes: Mapping[str, int]
    strict: bool
    affinity: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class BackupJob:
    """When and where the VMs of a tier are backed up."""

    tier: str
    storage: str
    schedule: str
    prune: Mapping[str, int]
    mode: str
    place: Place


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where the cluster's keys are kept: an age file with its identity, or an owner in the secret store."""

    file: Path | None
    identity: SecretRef | None
    store: str | None

    def __str__(self) -> str:
        return str(self.file) if self.file is not None else f"the secret store, under {self.store!r}"


@dataclass(frozen=True, slots=True)
class Talos:
    """The cluster's Talos. `encryption` maps a partition to the kind of its key."""

    name: str
    version: str
    contract: str
    schematic: Mapping[str, Any]
    image_storage: str
    encryption: Mapping[str, str]
    audit_policy: Mapping[str, Any] | None
    cert_sans: tuple[str, ...]
    workload_isolation: bool | None
    place: Place
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Other:
    """What another environment of the repository wants of the storages that all share."""

    talos_version: str
    schematic: Mapping[str, Any]
    vms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """One environment: its machines, the hosts under them, the site around them, and what the others share with it."""

    environment: str
    site: Site
    proxmox: Proxmox
    secrets: Secrets
    operators: tuple[str, ...]
    vm_ids: range
    hosts: Mapping[str, Host]
    storages: Mapping[str, Storage]
    images: Mapping[str, Image]
    talos: Talos
    kubernetes: str
    nodes: Mapping[str, Node]
    vms: Mapping[str, Vm]
    ha_rules: Mapping[str, HaRule]
    backup_jobs: Mapping[str, BackupJob]
    place: Place
    places: Mapping[str, Place]
    others: Mapping[str, Other] = field(default_factory=dict)

    @property
    def machines(self) -> tuple[Machine, ...]:
        """Return nodes, then VMs."""
        return (*self.nodes.values(), *self.vms.values())

    @property
    def control_planes(self) -> tuple[Node, ...]:
        """Return the control planes in the order of the file."""
        return tuple(node for node in self.nodes.values() if node.is_control_plane)

    @property
    def workers(self) -> tuple[Node, ...]:
        """Return the workers in the order of the file."""
        return tuple(node for node in self.nodes.values() if not node.is_control_plane)

    def address_of(self, name: str) -> IPv4Address | None:
        """Return the address of a machine, host or address of the site by name."""
        for known in (self.nodes, self.vms, self.hosts):
            if name in known:
                return known[name].address
        return self.site.addresses.get(name)
