"""What the site file, its environments and domain files say, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from generator.catalogue.service import Json, PodSecurity
from generator.finding import Place
from generator.source import Map


@dataclass(frozen=True, slots=True)
class AddressRange:
    """First and last address, both included."""

    first: IPv4Address
    last: IPv4Address

    def __contains__(self, address: object) -> bool:
        return isinstance(address, IPv4Address) and self.first <= address <= self.last

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Network:
    name: str
    vlan: int
    subnet: IPv4Network
    router: IPv4Address
    place: Place
    dhcp: AddressRange | None = None
    dns: IPv4Address | None = None


@dataclass(frozen=True, slots=True)
class AddressPool:
    """Addresses for load balancers; `announce` is l2, or bgp with `peers`."""

    name: str
    network: str
    range: AddressRange
    place: Place
    announce: str = "l2"
    peers: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Kubernetes:
    """`version` is the minor, as in "1.36"; `api` the address that clients use."""

    version: str
    cluster_domain: str
    api: IPv4Address
    pods: IPv4Network
    services: IPv4Network
    place: Place


@dataclass(frozen=True, slots=True)
class Backends:
    routing: str
    network_policy: str
    load_balancer: str
    secrets: str
    backup: str


@dataclass(frozen=True, slots=True)
class Device:
    """How a pod asks for a device, and what comes with it."""

    name: str
    resource: str
    runtime_class: str | None
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StorageClass:
    """`min_bytes` and `max_bytes` bound one volume; `replicas` are copies on different nodes.

    `pool` is the disk of the nodes that it fills; `made_by` the service whose chart makes the
    class, where we do not.
    """

    name: str
    provisioner: str
    replicas: int
    access_modes: tuple[str, ...]
    place: Place
    min_bytes: int | None = None
    max_bytes: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    reclaim_policy: str = "Delete"
    binding_mode: str = "Immediate"
    expandable: bool = True
    made_by: str | None = None
    pool: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """An NFS share of the site; mounting it adds its groups to the pod."""

    name: str
    server: str
    path: str
    size: str
    size_bytes: int
    groups: tuple[int, ...]
    tier: str
    place: Place
    mount_options: tuple[str, ...] = ()
    by: Json | str | None = None


@dataclass(frozen=True, slots=True)
class BackupDestination:
    name: str
    bucket: str
    endpoint: str
    failure_domain: str
    secret: str
    place: Place
    region: str | None = None
    link_mbit: int | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """A backup tier. Durations in seconds; a tier without schedule copies nothing."""

    name: str
    place: Place
    schedule: str | None = None
    keep: str | None = None
    destinations: tuple[str, ...] = ()
    rpo_s: int | None = None
    rto_s: int | None = None
    drill: str | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    name: str
    service: str
    class_name: str
    ip: IPv4Address
    sources: tuple[str, ...]
    zone: str
    place: Place
    issuer: str | None = None
    auth_required: bool = False


@dataclass(frozen=True, slots=True)
class Issuer:
    name: str
    server: str
    email: str
    solver: Json
    place: Place


@dataclass(frozen=True, slots=True)
class SecretStore:
    """`provider` is the block that External Secrets writes under `spec.provider`."""

    kind: str
    name: str
    refresh_interval: str
    shared: tuple[str, ...]
    provider: Json
    place: Place


@dataclass(frozen=True, slots=True)
class Monitoring:
    scraper: str
    interval: str
    prober: str | None = None


@dataclass(frozen=True, slots=True)
class ArgoCd:
    repo_url: str
    target_revision: str
    namespace: str = "argocd"
    server: str = "https://kubernetes.default.svc"


@dataclass(frozen=True, slots=True)
class Site:
    """The site as one environment sees it."""

    tree: Map
    default_environment: str
    zone: str
    timezone: str
    kubernetes: Kubernetes
    backends: Backends
    registries: tuple[str, ...]
    networks: Mapping[str, Network]
    addresses: Mapping[str, IPv4Address]
    address_pools: Mapping[str, AddressPool]
    devices: Mapping[str, Device]
    default_class: str
    classes: Mapping[str, StorageClass]
    shares: Mapping[str, Share]
    destinations: Mapping[str, BackupDestination]
    tiers: Mapping[str, Tier]
    gateways: Mapping[str, Gateway]
    issuers: Mapping[str, Issuer]
    secret_store: SecretStore
    providers: Mapping[str, str]
    monitoring: Monitoring
    priority_classes: Mapping[str, int]
    argocd: ArgoCd
    require_digests: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """What all services of a domain may need. None means not bounded."""

    cpu_m: int | None = None
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None
    storage_bytes: int | None = None
    raw: Json = field(default_factory=dict)
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    """`pod_security` is the level that the domain's own namespace declares."""

    name: str
    tier: str
    summary: str
    owner: str
    categories: tuple[str, ...]
    budget: Budget
    place: Place
    tree: Map
    pod_security: PodSecurity = "restricted"
    pod_security_reason: str | None = None
    pod_security_until: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """Which services run, and what differs. The longest path of `enabled` and `disabled` decides."""

    name: str
    summary: str
    place: Place
    tree: Map
    enabled: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    survives: str | None = None
