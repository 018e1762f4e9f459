"""Ranges nest and do not overlap: subnets, pools, DHCP, pod and service ranges, VM ids."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from generator.catalogue.inventory import Inventory
from generator.catalogue.site import AddressRange, Network, Site
from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding, Place
from generator.fleet.model import Fleet


def check_ranges(site: Site, inventory: Inventory, environment: str) -> Iterator[Finding]:
    """Yield what lies outside where it belongs, within one environment."""
    for network in site.networks.values():
        if network.router not in network.subnet:
            yield _outside(network.place, f"router {network.router} of {network.name!r}", f"{network.subnet}")
        if network.dhcp and not (network.dhcp.first in network.subnet and network.dhcp.last in network.subnet):
            yield _outside(network.place, f"DHCP range {network.dhcp} of {network.name!r}", f"{network.subnet}")
    yield from _pools(site)
    yield from _machines(site, inventory)
    ids = inventory.vm_ids
    for machine in inventory.machines:
        if ids and machine.vm_id is not None and not ids[0] <= machine.vm_id <= ids[1]:
            place = machine.places.get("vm_id", machine.place)
            yield _outside(place, f"VM id {machine.vm_id} of {machine.name!r}", f"{ids[0]}-{ids[1]} of {environment!r}")


def _outside(place: Place, what: str, where: str) -> Finding:
    return Finding(place, "fleet/outside-range", f"{what} lies outside {where}", "choose one inside")


def _overlap(place: Place, what: str, other: str, at: Place) -> Finding:
    return Finding(place, "fleet/overlap", f"{what} overlaps {other} at {at}", "move one of them", also=(at,))


def _meet(left: AddressRange, right: AddressRange) -> bool:
    return left.first <= right.last and right.first <= left.last


def _pools(site: Site) -> Iterator[Finding]:
    pools = list(site.address_pools.values())
    for index, pool in enumerate(pools):
        network = site.networks.get(pool.network)
        if network is None:
            message = f"address pool {pool.name!r} names network {pool.network!r}, which does not exist{did_you_mean(pool.network, site.networks)}"
            yield Finding(pool.place, "fleet/unknown-network", message, "name a network of values/site.yaml")
            continue
        if pool.range.first not in network.subnet or pool.range.last not in network.subnet:
            yield _outside(
                pool.place, f"address pool {pool.name!r} ({pool.range})", f"network {network.name!r} ({network.subnet})"
            )
        if network.dhcp and _meet(pool.range, network.dhcp):
            yield _overlap(
                pool.place,
                f"address pool {pool.name!r} ({pool.range})",
                f"the DHCP range {network.dhcp}",
                network.place,
            )
        for other in pools[:index]:
            if _meet(pool.range, other.range):
                yield _overlap(
                    pool.place, f"address pool {pool.name!r} ({pool.range})", f"pool {other.name!r}", other.place
                )


def _machines(site: Site, inventory: Inventory) -> Iterator[Finding]:
    control = next((node for node in inventory.nodes.values() if node.role == "controlplane"), None)
    api = site.kubernetes.api
    if control is not None and control.network in site.networks:
        network = site.networks[control.network]
        if api not in network.subnet:
            place = site.tree.child("kubernetes").value_place("api")
            yield _outside(
                place, f"API server address {api}", f"network {network.name!r} ({network.subnet}) of the control planes"
            )
    for machine in inventory.machines:
        network_ = site.networks.get(machine.network)
        place = machine.places.get("address", machine.place)
        if network_ is None:
            message = f"machine {machine.name!r} names network {machine.network!r}, which does not exist{did_you_mean(machine.network, site.networks)}"
            yield Finding(
                machine.places.get("network", machine.place),
                "fleet/unknown-network",
                message,
                "name a network of values/site.yaml",
            )
            continue
        if machine.address not in network_.subnet:
            yield _outside(
                place,
                f"address {machine.address} of {machine.name!r}",
                f"network {network_.name!r} ({network_.subnet})",
            )
        if network_.dhcp and machine.address in network_.dhcp:
            yield Finding(
                place,
                "fleet/overlap",
                f"address {machine.address} of {machine.name!r} lies in the DHCP range {network_.dhcp}",
                "choose one outside",
            )
        for pool in site.address_pools.values():
            if machine.address in pool.range:
                message = (
                    f"address {machine.address} of {machine.name!r} lies in address pool {pool.name!r} ({pool.range})"
                )
                yield Finding(place, "fleet/overlap", message, "choose one outside", also=(pool.place,))
        if machine.host is not None and machine.host not in inventory.hosts:
            message = f"machine {machine.name!r} names host {machine.host!r}, which does not exist{did_you_mean(machine.host, inventory.hosts)}"
            yield Finding(
                machine.places.get("host", machine.place),
                "fleet/unknown-host",
                message,
                "name a host of values/inventory/hosts.yaml",
            )


Span = tuple[int, int, str, Place]


def check_across(fleets: Sequence[Fleet]) -> Iterator[Finding]:
    """Yield overlaps of ranges over all environments: they share one LAN."""
    spans: dict[tuple[str, Place], Span] = {}
    for fleet in fleets:
        for network in fleet.site.networks.values():
            _add(spans, f"network {network.name!r}", network.subnet, network.place)
        kubernetes = fleet.site.kubernetes
        block = fleet.site.tree.child("kubernetes")
        name = fleet.environment.name
        _add(spans, f"pod range of {name!r}", kubernetes.pods, block.value_place("pods"))
        _add(spans, f"service range of {name!r}", kubernetes.services, block.value_place("services"))
    yield from _crossing(sorted(spans.values(), key=lambda span: (span[0], -span[1], span[3])))
    ids = sorted((found, fleet.inventory.place) for fleet in fleets if (found := fleet.inventory.vm_ids) is not None)
    for (left, at), (right, place) in zip(ids, ids[1:], strict=False):
        if right[0] <= left[1]:
            yield _overlap(place, f"VM id range {right[0]}-{right[1]}", f"{left[0]}-{left[1]}", at)
    yield from _pools_across(fleets)


def _add(spans: dict[tuple[str, Place], Span], what: str, network: IPv4Network, place: Place) -> None:
    spans[(what, place)] = (int(network.network_address), int(network.broadcast_address), f"{what} ({network})", place)


def _crossing(spans: Sequence[Span]) -> Iterator[Finding]:
    """Sorted by start, a span overlaps only while one before it is still open."""
    open_: list[Span] = []
    for span in spans:
        open_ = [other for other in open_ if other[1] >= span[0]]
        for other in open_:
            yield _overlap(span[3], span[2], other[2], other[3])
        open_.append(span)


def _pools_across(fleets: Sequence[Fleet]) -> Iterator[Finding]:
    spans = []
    for fleet in fleets:
        for pool in fleet.site.address_pools.values():
            what = f"address pool {pool.name!r} of {fleet.environment.name!r} ({pool.range})"
            spans.append((int(pool.range.first), int(pool.range.last), what, pool.place))
    yield from _crossing(sorted(spans, key=lambda span: (span[0], -span[1], span[2])))


def pool_of(site: Site, address: IPv4Address) -> str | None:
    return next((pool.name for pool in site.address_pools.values() if address in pool.range), None)


def network_of(site: Site, address: IPv4Address) -> Network | None:
    return next((network for network in site.networks.values() if address in network.subnet), None)
