"""Read a whole site at once, side by side, so that plan has one value to work on."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from . import backup, firewall, ha, hosts, pools, replication, vms
from .api import Api
from .errors import AbsentError, HostOfflineError, PermissionMissingError
from .observed import Bridge, Host, Observed, PciMapping, Storage, Vm
from .rights import Feature

_T = TypeVar("_T")
_R = TypeVar("_R")


def site(
    api: Api,
    vm_ids: range,
    pool_names: Iterable[str] = (),
    features: frozenset[Feature] = frozenset(Feature),
    *,
    parallel: int = 8,
) -> Observed:
    """Return what is there: of VMs only those in `vm_ids`, of HA, backup and the like only what is in use.

    Raises:
        ProxmoxError: something could not be read; hosts that do not answer are listed instead.
    """
    known = hosts.hosts(api)
    with ThreadPoolExecutor(parallel, thread_name_prefix="proxmox") as pool:

        def each(work: Callable[[_T], _R], items: Iterable[_T]) -> list[_R]:
            return list(pool.map(work, items))

        online = [host for host in known.values() if host.online]
        read = each(lambda host: _host(api, host), online)
        answered = [host for host, found in zip(online, read, strict=True) if found is not None]
        places = [(host, vm_id) for found in read if found for host, ids in [found[2]] for vm_id in ids]
        wanted = [place for place in places if place[1] in vm_ids]
        with_rules = Feature.FIREWALL in features
        there = each(lambda place: _vm(api, place[0], place[1], with_rules=with_rules), wanted)
        found_pools = each(lambda name: pools.read(api, name), pool_names)
        names = [host.name for host in answered]
        return Observed(
            hosts=known,
            storages=tuple(storage for found in read if found for storage in found[0]),
            bridges=tuple(bridge for found in read if found for bridge in found[1]),
            mappings=_mappings(api, names) if Feature.PCI in features else (),
            vms={vm.vm_id: vm for vm in there if vm is not None},
            pools={pool.name: pool for pool in found_pools if pool is not None},
            ha_resources=ha.resources(api) if Feature.HA in features else {},
            ha_rules=ha.rules(api) if Feature.HA in features else {},
            replication=tuple(replication.jobs(api)) if Feature.REPLICATION in features else (),
            backup_jobs=backup.jobs(api) if Feature.BACKUP in features else {},
            cluster_firewall=_cluster_firewall(api) if with_rules else None,
            silent=frozenset(known) - frozenset(names),
        )


_HostView = tuple[list[Storage], list[Bridge], tuple[str, list[int]]]


def _host(api: Api, host: Host) -> _HostView | None:
    try:
        seen = vms.on_host(api, host.name)
        return hosts.storages(api, host.name), hosts.bridges(api, host.name), (host.name, sorted(seen))
    except HostOfflineError:
        return None


def _vm(api: Api, host: str, vm_id: int, *, with_rules: bool) -> Vm | None:
    try:
        return vms.read(api, host, vm_id, with_firewall=with_rules)
    except AbsentError:
        return None  # it went, or moved, between the list and now


def _mappings(api: Api, names: list[str]) -> tuple[PciMapping, ...]:
    return tuple(hosts.mappings(api, names))


def _cluster_firewall(api: Api) -> bool | None:
    try:
        return firewall.cluster_enabled(api)
    except PermissionMissingError:
        return None  # `validate` names the missing right; plan says that it does not know
