"""What the simulated Proxmox cluster consists of; plain data that can be dumped, read and loaded."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Bridge:
    """A network bridge of a host."""

    name: str
    vlan_aware: bool = True
    cidr: str = ""
    mtu: int = 1500


@dataclass(slots=True)
class PciDevice:
    """A PCI device of a host."""

    id: str
    vendor: str
    device: str
    device_class: str = "0x030000"
    iommugroup: int = 1


@dataclass(slots=True)
class Node:
    """A host of the cluster."""

    name: str
    address: str
    cores: int = 16
    memory: int = 128 * 2**30
    online: bool = True
    bridges: list[Bridge] = field(default_factory=lambda: [Bridge("vmbr0")])
    pci: list[PciDevice] = field(default_factory=list)


@dataclass(slots=True)
class Volume:
    """A disk image, ISO or importable image; `node` is None on shared storages."""

    volid: str
    size: int
    content: str
    format: str = "raw"
    vmid: int | None = None
    node: str | None = None
    sha512: str = ""
    ctime: int = 0
    body: str = ""


@dataclass(slots=True)
class Storage:
    """A configured storage."""

    id: str
    type: str
    content: list[str]
    total: int
    nodes: list[str] = field(default_factory=list)
    shared: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    volumes: list[Volume] = field(default_factory=list)

    @property
    def file_based(self) -> bool:
        """Return whether files can be put there by download or upload."""
        return self.type in ("dir", "nfs", "cifs")

    def on(self, node: str) -> bool:
        """Return whether the storage is there on `node`."""
        return not self.nodes or node in self.nodes


@dataclass(slots=True)
class Firewall:
    """A VM's firewall."""

    options: dict[str, str] = field(default_factory=dict)
    rules: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Vm:
    """A guest: its config, what is pending until its next start, and whether it runs."""

    vmid: int
    node: str
    config: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    pending_delete: list[str] = field(default_factory=list)
    running: bool = False
    started: float = 0.0
    starts: int = 0
    firewall: Firewall = field(default_factory=Firewall)


@dataclass(slots=True)
class Pool:
    """A pool of guests."""

    comment: str = ""
    vms: list[int] = field(default_factory=list)


@dataclass(slots=True)
class HaResource:
    """A guest under the HA manager; `due` is when the manager brings it to `state`."""

    state: str = "started"
    options: dict[str, str] = field(default_factory=dict)
    due: float | None = None
    target: str | None = None


@dataclass(slots=True)
class HaRule:
    """An HA rule, with its order of making."""

    type: str
    resources: list[str]
    options: dict[str, str]
    order: int


@dataclass(slots=True)
class ReplicationJob:
    """A replication job of one guest to one host."""

    target: str
    options: dict[str, str] = field(default_factory=dict)
    remove: bool = False


@dataclass(slots=True)
class PciMapping:
    """A PCI mapping: one text per host."""

    description: str
    map: list[str]


@dataclass(slots=True)
class Task:
    """A worker; `job` says what it does when it ends."""

    upid: str
    node: str
    type: str
    id: str
    user: str
    start: float
    end: float
    job: dict[str, Any]
    status: str = "running"
    exitstatus: str = ""
    log: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Token:
    """An API token of a user."""

    secret: str
    privsep: bool = True
    expire: int = 0
    comment: str = ""


@dataclass(slots=True)
class User:
    """A user with password and tokens."""

    password: str = ""
    comment: str = ""
    one_time_code: str = ""
    groups: list[str] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)


@dataclass(slots=True)
class Grant:
    """One row of the access-control list; `who` is a user, a group (`@g`) or a token (`u@r!t`)."""

    path: str
    who: str
    role: str
    propagate: bool = True


@dataclass(slots=True)
class Download:
    """What a URL delivers to `download-url`: the virtual size of the disk and the text it is known by."""

    size: int
    sha512: str


@dataclass(slots=True)
class Site:
    """The whole cluster."""

    nodes: dict[str, Node] = field(default_factory=dict)
    storages: dict[str, Storage] = field(default_factory=dict)
    vms: dict[int, Vm] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    ha: dict[str, HaResource] = field(default_factory=dict)
    ha_rules: dict[str, HaRule] = field(default_factory=dict)
    replication: dict[str, ReplicationJob] = field(default_factory=dict)
    backup: dict[str, dict[str, str]] = field(default_factory=dict)
    mappings: dict[str, PciMapping] = field(default_factory=dict)
    cluster_firewall: dict[str, str] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    acl: list[Grant] = field(default_factory=list)
    tickets: dict[str, str] = field(default_factory=dict)
    downloads: dict[str, Download] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    counter: int = 0
    now: float | None = None

    def count(self) -> int:
        """Return the next number of the site; process ids and secrets are made from it."""
        self.counter += 1
        return self.counter


def digest(value: object) -> str:
    """Return the SHA-1 by which the API tells versions of `value` apart."""
    return hashlib.sha1(json.dumps(value, sort_keys=True).encode()).hexdigest()
