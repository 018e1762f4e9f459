"""The least that the token must be allowed, as data: each feature lists its privileges and where they are needed.

Source: facts provisioning.md 1.5, provisioning-more.md 0.3, 0.5, 1.5; the column `source` names the page and section.
A row of the access-control list replaces what comes from above, so each path lists all that is needed there. The lock
is an empty pool that comes and goes, and deleting a pool deletes the rights on its path: its right is granted on /pool.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Feature(Enum):
    """What an inventory may use."""

    HOSTS = "hosts"
    VMS = "VMs"
    LOCK = "lock"
    DISKS = "disks"
    NETWORK = "network"
    IMAGES = "image download"
    SEEDS = "seed ISOs"
    CLEANUP = "deleting images and seeds"
    ORDER = "start order"
    BACKUP = "backup jobs"
    HA = "HA"
    REPLICATION = "replication"
    MIGRATION = "migration"
    PCI = "PCI passthrough"
    FIREWALL = "VM firewall"


ALWAYS = frozenset({Feature.HOSTS, Feature.VMS, Feature.LOCK, Feature.DISKS, Feature.NETWORK, Feature.IMAGES})
"""What every inventory uses."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an inventory touches: the names that fill the paths, and the features that it uses."""

    pool: str
    lock_pool: str
    hosts: frozenset[str]
    disk_storages: frozenset[str]
    image_storages: frozenset[str]
    bridges: frozenset[tuple[str, int | None]]
    backup_storages: frozenset[str] = frozenset()
    mappings: frozenset[str] = frozenset()
    features: frozenset[Feature] = ALWAYS


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One privilege, where it is needed, and the path on which it is granted."""

    path: str
    privilege: str
    granted_on: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """Privileges of a feature on a kind of path."""

    feature: Feature
    kind: str
    privileges: tuple[str, ...]
    source: str


_VM_CONFIG = tuple(
    f"VM.Config.{name}" for name in ("CDROM", "CPU", "Cloudinit", "Disk", "HWType", "Memory", "Network", "Options")
)
TABLE: tuple[Row, ...] = (
    Row(Feature.HOSTS, "hosts", ("Sys.Audit",), "p 1.2 status; m 1.7"),
    Row(Feature.VMS, "vms", ("VM.Allocate", "VM.Audit", *_VM_CONFIG, "VM.PowerMgmt"), "p 1.5"),
    Row(Feature.VMS, "vms", ("Pool.Allocate", "Pool.Audit"), "p 1.5; m 1.2 pools"),
    Row(Feature.LOCK, "lock", ("Pool.Allocate", "Pool.Audit"), "m 0.9, 1.2"),
    Row(Feature.DISKS, "disks", ("Datastore.AllocateSpace", "Datastore.Audit"), "p 1.5"),
    Row(Feature.NETWORK, "network", ("SDN.Use",), "p 1.5, 1.3 net0"),
    Row(Feature.IMAGES, "images", ("Datastore.AllocateTemplate", "Datastore.Audit"), "p 1.5"),
    Row(Feature.IMAGES, "hosts", ("Sys.AccessNetwork",), "p 1.2 download-url"),
    Row(Feature.SEEDS, "images", ("Datastore.AllocateTemplate", "Datastore.Audit"), "m 1.4, 1.5"),
    Row(Feature.CLEANUP, "images", ("Datastore.Allocate",), "p 1.5"),
    Row(Feature.ORDER, "root", ("Sys.Modify",), "m 0.3, 1.5"),
    Row(Feature.BACKUP, "root", ("Sys.Audit", "Sys.Modify"), "m 0.5, 1.5"),
    Row(Feature.BACKUP, "backups", ("Datastore.Allocate", "Datastore.Audit"), "m 0.5, 1.5; 1.7 to check it"),
    Row(Feature.BACKUP, "vms", ("VM.Backup",), "m 0.5, 1.5"),
    Row(Feature.HA, "root", ("Sys.Audit", "Sys.Console"), "p 1.5; m 1.5"),
    Row(Feature.REPLICATION, "vms", ("VM.Replicate",), "m 1.2, 1.5"),
    Row(Feature.MIGRATION, "vms", ("VM.Migrate",), "m 1.5, 1.7"),
    Row(Feature.PCI, "mappings", ("Mapping.Use",), "m 1.3, 1.5"),
    Row(Feature.FIREWALL, "root", ("Sys.Audit",), "m 1.5"),
)


def paths(scope: Scope, kind: str) -> tuple[tuple[str, str], ...]:
    """Return the paths of a kind: where the right is needed, and where it is granted."""
    if kind == "lock":
        return ((f"/pool/{scope.lock_pool}", "/pool"),)
    found: dict[str, Iterable[str]] = {
        "root": ("/",),
        "hosts": (f"/nodes/{host}" for host in scope.hosts),
        "vms": (f"/pool/{scope.pool}",),
        "disks": (f"/storage/{name}" for name in scope.disk_storages),
        "images": (f"/storage/{name}" for name in scope.image_storages),
        "backups": (f"/storage/{name}" for name in scope.backup_storages),
        "mappings": (f"/mapping/pci/{name}" for name in scope.mappings),
        "network": (_bridge_path(bridge, vlan) for bridge, vlan in scope.bridges),
    }
    return tuple((path, path) for path in sorted(found[kind]))


def _bridge_path(bridge: str, vlan: int | None) -> str:
    return f"/sdn/zones/localnetwork/{bridge}" + (f"/{vlan}" if vlan is not None else "")


def needed(scope: Scope) -> dict[Feature, tuple[Right, ...]]:
    """Return what each feature in use needs, and where."""
    found: dict[Feature, set[Right]] = {feature: set() for feature in Feature if feature in scope.features}
    for row in TABLE:
        if row.feature in found:
            for path, granted_on in paths(scope, row.kind):
                found[row.feature] |= {Right(path, privilege, granted_on, row.kind) for privilege in row.privileges}
    return {feature: tuple(sorted(rights)) for feature, rights in found.items()}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and the path on which user and token get it."""

    path: str
    role: str
    privileges: tuple[str, ...]
    propagate: bool


def grants(scope: Scope, prefix: str) -> tuple[Grant, ...]:
    """Return the roles to make and where to grant them, for a token whose roles are called `prefix-…`.

    Nothing propagates but the right to make and remove pools, since the lock's own path does not last.
    """
    by_path: dict[str, set[str]] = {}
    kinds: dict[str, set[str]] = {}
    for rights in needed(scope).values():
        for right in rights:
            by_path.setdefault(right.granted_on, set()).add(right.privilege)
            kinds.setdefault(right.granted_on, set()).add(right.kind)
    return tuple(
        Grant(path, f"{prefix}-{'-'.join(sorted(kinds[path]))}", tuple(sorted(by_path[path])), path == "/pool")
        for path in sorted(by_path)
    )
