"""Ranges nest and do not overlap: subnets, pools, DHCP, pod and service ranges, VM ids."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from generator.catalogue.gaps import is_stand_in
from generator.catalogue.inventory import Inventory, Machine
from generator.catalogue.site import AddressRange, Network, Site
from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding, Place
from generator.fleet.model import Fleet


def check_ranges(site: Site, inventory: Inventory, environment: str) -> Iterator[Finding]:
    """Yield what lies outside where it belongs, within one environment."""
    networks = site.tree.child("networks")
    for network in site.networks.values():
        at = networks.child(network.name).value_place
        if network.router not in network.subnet:
            yield _outside(at("router"), f"router {network.router} of {network.name!r}", f"{network.subnet}")
        if network.dhcp and not (network.dhcp.first in network.subnet and network.dhcp.last in network.subnet):
            yield _outside(at("dhcp"), f"DHCP range {network.dhcp} of {network.name!r}", f"{network.subnet}")
    yield from _pools(site)
    yield from _api(site, inventory)
    for machine in inventory.machines:
        yield from _machine(machine, site, inventory)
    yield from _vm_ids(inventory, environment)


def _outside(place: Place, what: str, where: str) -> Finding:
    return Finding(place, "fleet/outside-range", f"{what} lies outside {where}", "choose one inside")


def _overlap(place: Place, what: str, other: str, at: Place) -> Finding:
    fix = "give each environment its own" if place == at else "move one of them"
    return Finding(place, "fleet/overlap", f"{what} overlaps {other} at {at}", fix, also=(at,))


def _unknown_network(place: Place, who: str, name: str, site: Site) -> Finding:
    message = f"{who} names network {name!r}, which does not exist{did_you_mean(name, site.networks)}"
    return Finding(place, "fleet/unknown-network", message, "name a network of values/site.yaml")


def _meet(left: AddressRange, right: AddressRange) -> bool:
    return left.first <= right.last and right.first <= left.last


def _pools(site: Site) -> Iterator[Finding]:
    pools = list(site.address_pools.values())
    for index, pool in enumerate(pools):
        at = site.tree.child("address_pools").child(pool.name).value_place
        what = f"address pool {pool.name!r} ({pool.range})"
        network = site.networks.get(pool.network)
        if network is None:
            yield _unknown_network(at("network"), f"address pool {pool.name!r}", pool.network, site)
        elif pool.range.first not in network.subnet or pool.range.last not in network.subnet:
            yield _outside(at("range"), what, f"network {network.name!r} ({network.subnet})")
        elif network.dhcp and _meet(pool.range, network.dhcp):
            place = site.tree.child("networks").child(network.name).value_place("dhcp")
            yield _overlap(at("range"), what, f"the DHCP range {network.dhcp}", place)
        for other in pools[:index]:
            if _meet(pool.range, other.range):
                yield _overlap(at("range"), what, f"pool {other.name!r} ({other.range})", other.place)


def _api(site: Site, inventory: Inventory) -> Iterator[Finding]:
    control = next((node for node in inventory.nodes.values() if node.role == "controlplane"), None)
    network = site.networks.get(control.network) if control is not None else None
    if network is None:
        return
    place, what = site.tree.child("kubernetes").value_place("api"), f"API server address {site.kubernetes.api}"
    if site.kubernetes.api not in network.subnet:
        yield _outside(place, what, f"network {network.name!r} ({network.subnet}) of the control planes")
    yield from _given_away(place, what, site.kubernetes.api, network, site)


def _machine(machine: Machine, site: Site, inventory: Inventory) -> Iterator[Finding]:
    network = site.networks.get(machine.network)
    place = machine.places.get("address", machine.place)
    what = f"address {machine.address} of {machine.name!r}"
    if network is None:
        at = machine.places.get("network", machine.place)
        yield _unknown_network(at, f"machine {machine.name!r}", machine.network, site)
    elif machine.address not in network.subnet:
        yield _outside(place, what, f"network {network.name!r} ({network.subnet})")
    else:
        yield from _given_away(place, what, machine.address, network, site)
    if machine.host is not None and machine.host not in inventory.hosts and not inventory.may_have(machine.host):
        guess = did_you_mean(machine.host, inventory.hosts)
        message = f"machine {machine.name!r} names host {machine.host!r}, which does not exist{guess}"
        at = machine.places.get("host", machine.place)
        yield Finding(at, "fleet/unknown-host", message, "name a host of values/inventory/hosts.yaml")


def _given_away(place: Place, what: str, address: IPv4Address, network: Network, site: Site) -> Iterator[Finding]:
    """What DHCP or a load balancer may give to others, nobody may have for himself."""
    if network.dhcp and address in network.dhcp:
        message = f"{what} lies in the DHCP range {network.dhcp}"
        yield Finding(place, "fleet/overlap", message, "choose one outside", also=(network.place,))
    for pool in site.address_pools.values():
        if address in pool.range:
            message = f"{what} lies in address pool {pool.name!r} ({pool.range})"
            yield Finding(place, "fleet/overlap", message, "choose one outside", also=(pool.place,))


def _vm_ids(inventory: Inventory, environment: str) -> Iterator[Finding]:
    ids = inventory.vm_ids
    for machine in inventory.machines:
        if ids and machine.vm_id is not None and not ids[0] <= machine.vm_id <= ids[1]:
            place = machine.places.get("vm_id", machine.place)
            yield _outside(place, f"VM id {machine.vm_id} of {machine.name!r}", f"{ids[0]}-{ids[1]} of {environment!r}")


Span = tuple[int, int, str, Place]


def check_across(fleets: Sequence[Fleet]) -> Iterator[Finding]:
    """Yield overlaps of ranges over all environments: they share one LAN."""
    spans: dict[tuple[str, Place], Span] = {}
    for fleet in fleets:
        networks = fleet.site.tree.child("networks")
        for network in fleet.site.networks.values():
            place = networks.child(network.name).value_place("subnet")
            _add(spans, f"network {network.name!r}", network.subnet, place)
        kubernetes = fleet.site.kubernetes
        block = fleet.site.tree.child("kubernetes")
        name = fleet.environment.name
        _add(spans, f"pod range of {name!r}", kubernetes.pods, block.value_place("pods"))
        _add(spans, f"service range of {name!r}", kubernetes.services, block.value_place("services"))
    yield from _crossing(sorted(spans.values(), key=lambda span: (span[0], -span[1], span[3])))
    yield from _ids_across(fleets)
    yield from _pools_across(fleets)


def _add(spans: dict[tuple[str, Place], Span], what: str, network: IPv4Network, place: Place) -> None:
    if is_stand_in(place):
        return
    spans[(what, place)] = (int(network.network_address), int(network.broadcast_address), f"{what} ({network})", place)


def _crossing(spans: Sequence[Span]) -> Iterator[Finding]:
    """Sorted by start, a span overlaps only while one before it is still open."""
    open_: list[Span] = []
    for span in spans:
        open_ = [other for other in open_ if other[1] >= span[0]]
        for other in open_:
            if other[:2] == span[:2] and other[2].startswith("network ") and span[2].startswith("network "):
                continue  # one subnet twice is a collision of claims
            yield _overlap(span[3], span[2], other[2], other[3])
        open_.append(span)


def _ids_across(fleets: Sequence[Fleet]) -> Iterator[Finding]:
    spans = []
    for fleet in fleets:
        inventory = fleet.inventory
        if inventory.vm_ids is not None:
            what = f"VM id range {inventory.vm_ids[0]}-{inventory.vm_ids[1]} of {fleet.environment.name!r}"
            spans.append((*inventory.vm_ids, what, inventory.places.get("vm_ids", inventory.place)))
    yield from _crossing(sorted(spans, key=lambda span: (span[0], -span[1], span[2])))


def _pools_across(fleets: Sequence[Fleet]) -> Iterator[Finding]:
    """Overlaps of pools of different environments; those of one are found when it is checked."""
    spans: list[Span] = []
    for fleet in fleets:
        own = []
        for pool in fleet.site.address_pools.values():
            what = f"address pool {pool.name!r} of {fleet.environment.name!r} ({pool.range})"
            place = fleet.site.tree.child("address_pools").child(pool.name).value_place("range")
            own.append((int(pool.range.first), int(pool.range.last), what, place))
        for left in own:
            for right in spans:
                if left[0] <= right[1] and right[0] <= left[1]:
                    yield _overlap(left[3], left[2], right[2], right[3])
        spans += own


def pool_of(site: Site, address: IPv4Address) -> str | None:
    return next((pool.name for pool in site.address_pools.values() if address in pool.range), None)
