"""Test before anything is made: does the token have its rights, and are hosts, storages, bridges and mappings as said?

Nothing here changes anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import rights
from .api import Api
from .observed import Observed
from .rights import Feature, Scope


@dataclass(frozen=True, slots=True)
class MissingRight:
    """Privileges that a feature in use lacks on a path."""

    feature: Feature
    path: str
    privileges: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.feature.value}: {', '.join(self.privileges)} missing on {self.path}"


@dataclass(frozen=True, slots=True)
class StorageWant:
    """A storage as the inventory has it; `content` is what we put there (images, import, iso, backup)."""

    name: str
    kind: str
    content: frozenset[str]
    hosts: frozenset[str]


@dataclass(frozen=True, slots=True)
class SiteWant:
    """What the inventory says is there."""

    hosts: frozenset[str]
    storages: tuple[StorageWant, ...]
    bridges: frozenset[tuple[str, str, bool]]
    mappings: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SiteFault:
    """Something of the site that is not as the inventory says, and what to do."""

    what: str
    fix: str


KINDS: Mapping[str, str] = {"zfs": "zfspool", "nfs": "nfs", "pbs": "pbs", "dir": "dir", "lvmthin": "lvmthin"}
"""The inventory's word for a storage, and Proxmox'."""


def missing_rights(api: Api, scope: Scope) -> tuple[MissingRight, ...]:
    """Return what the token lacks of what the inventory uses, by feature and path."""
    held: dict[str, frozenset[str]] = {}
    found = []
    for feature, wanted in rights.needed(scope).items():
        by_path: dict[str, list[str]] = {}
        for right in wanted:
            if right.path not in held:
                held[right.path] = _held(api, right.path)
            if right.privilege not in held[right.path]:
                by_path.setdefault(right.path, []).append(right.privilege)
        found += [MissingRight(feature, path, tuple(sorted(names))) for path, names in sorted(by_path.items())]
    return tuple(found)


def _held(api: Api, path: str) -> frozenset[str]:
    answer = api.get("access/permissions", f"read our rights on {path}", {"path": path})
    return frozenset(answer.get(path, {}))


def site_faults(want: SiteWant, there: Observed) -> tuple[SiteFault, ...]:
    """Compare hosts, storages, bridges and PCI mappings with what is there. Pure."""
    return (*_hosts(want, there), *_storages(want, there), *_bridges(want, there), *_mappings(want, there))


def _hosts(want: SiteWant, there: Observed) -> Iterable[SiteFault]:
    for name in sorted(want.hosts):
        if name not in there.hosts:
            known = ", ".join(sorted(there.hosts))
            yield SiteFault(f"host '{name}' is not in this Proxmox cluster, which has: {known}", "correct `hosts`")
        elif name in there.silent or not there.hosts[name].online:
            yield SiteFault(f"host '{name}' is offline", "bring it back; nothing on it can be read or made")


def _storages(want: SiteWant, there: Observed) -> Iterable[SiteFault]:
    seen = {(storage.host, storage.name): storage for storage in there.storages}
    for storage in want.storages:
        for host in sorted((storage.hosts & set(there.hosts)) - there.silent):
            found = seen.get((host, storage.name))
            if found is None:
                what = f"storage '{storage.name}' is not on host '{host}', or this token may not see it"
                yield SiteFault(what, "add it there in Proxmox, or take the host out of its `hosts`")
                continue
            if found.kind != KINDS[storage.kind]:
                what = f"storage '{storage.name}' on '{host}' is '{found.kind}', the inventory says '{storage.kind}'"
                yield SiteFault(what, f"correct `storages.{storage.name}.kind`")
            if lacking := sorted(storage.content - found.content):
                what = f"storage '{storage.name}' on '{host}' does not take content '{', '.join(lacking)}'"
                yield SiteFault(what, "allow it in Proxmox: Datacenter, Storage, Content")
            if not found.active:
                yield SiteFault(f"storage '{storage.name}' on '{host}' is not active", "see why in Proxmox")


def _bridges(want: SiteWant, there: Observed) -> Iterable[SiteFault]:
    seen = {(bridge.host, bridge.name): bridge for bridge in there.bridges}
    for host, name, vlan_aware in sorted(want.bridges):
        if host not in there.hosts or host in there.silent:
            continue
        found = seen.get((host, name))
        if found is None:
            yield SiteFault(
                f"host '{host}' has no bridge '{name}'", f"make it there, or correct `hosts.{host}.bridges`"
            )
        elif vlan_aware and not found.vlan_aware:
            yield SiteFault(
                f"bridge '{name}' of host '{host}' does not know VLANs, but networks with a VLAN use it",
                "tick `VLAN aware` for it in Proxmox: host, System, Network",
            )


def _mappings(want: SiteWant, there: Observed) -> Iterable[SiteFault]:
    seen = {mapping.name: mapping for mapping in there.mappings}
    for host, name in sorted(want.mappings):
        found = seen.get(name)
        if found is None:
            what = f"PCI mapping '{name}' does not exist, or this token may not use it"
            yield SiteFault(what, "make it in Proxmox: Datacenter, Resource Mappings")
        elif host not in found.hosts:
            yield SiteFault(f"PCI mapping '{name}' has no device on host '{host}'", "add the host's device to it")
        else:
            for text in found.faults.get(host, ()):
                yield SiteFault(f"PCI mapping '{name}' on host '{host}': {text}", "correct the mapping in Proxmox")
