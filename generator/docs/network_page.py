"""Subnets, VLANs and pools, who holds which address, what is free, and who talks to whom."""

from collections import defaultdict
from ipaddress import IPv4Address

from generator.catalogue.site import AddressRange, Network
from generator.docs.domain_edges import domain_edges
from generator.docs.endpoints import gap_rows, service_link
from generator.docs.free import count, free_ranges, one, show_ranges, usable
from generator.docs.markdown import Markdown, code, join
from generator.docs.pages import write
from generator.docs.ports_page import FOLDER, holder
from generator.docs.view import Reference, Row, View, across, by_number, by_text

_NONE = Markdown("–")


def network_page(reference: Reference) -> str:
    views = reference.views
    held = _held(reference)
    return write(
        "network",
        {
            "networks": across(
                ("network", "VLAN", "subnet", "router", "name server", "DHCP gives away"),
                [(view.name, _networks(view)) for view in views],
            ),
            "clusters": across(
                ("API server", "pods", "services", "zone"), [(view.name, _cluster(view)) for view in views]
            ),
            "pools": across(
                ("pool", "network", "range", "announced by", "held", "free"),
                [(view.name, _pools(held, view)) for view in views],
            ),
            "gateways": across(
                ("gateway", "address", "service", "answers", "zone", "issuer", "login"),
                [(view.name, _gateways(view)) for view in views],
            ),
            "addresses": across(
                ("address", "network", "held by", "as"),
                [(view.name, _addresses(reference, view)) for view in views],
                by_number,
            ),
            "free": across(
                ("subnet", "free, beside DHCP and pools"), [(view.name, _free(reference, held, view)) for view in views]
            ),
            "machines": across(
                ("VM id", "machine", "on", "network", "MAC", "address"),
                [(view.name, _machines(view)) for view in views],
                by_number,
            ),
            "ids": across(("VM ids", "free"), [(view.name, _ids(view)) for view in views]),
            "edges": [(view.name, *domain_edges(view)) for view in views],
            "plain": sorted({view.name for view in views if view.fleet.site.backends.network_policy == "kubernetes"}),
            "gaps": across(("connection", "why"), [(view.name, gap_rows(view.fleet.not_enforced)) for view in views]),
            "nfs": across(("share", "where", "mounted by"), [(view.name, _nfs(view)) for view in views], by_text),
            "absent": across(("edge", "why"), [(view.name, gap_rows(view.fleet.edges_left_out)) for view in views]),
        },
    )


def _networks(view: View) -> list[Row]:
    return [
        (
            network.name,
            str(network.vlan),
            str(network.subnet),
            str(network.router),
            str(network.dns or network.router),
            str(network.dhcp) if network.dhcp else _NONE,
        )
        for network in view.fleet.site.networks.values()
    ]


def _cluster(view: View) -> list[Row]:
    cluster = view.fleet.site.kubernetes
    return [(str(cluster.api), str(cluster.pods), str(cluster.services), code(view.fleet.site.zone))]


def _gateways(view: View) -> list[Row]:
    return [
        (
            gateway.name,
            str(gateway.ip),
            gateway.service,
            ", ".join(gateway.sources),
            code(gateway.zone),
            gateway.issuer or _NONE,
            Markdown("required") if gateway.auth_required else _NONE,
        )
        for gateway in view.fleet.site.gateways.values()
    ]


def _held(reference: Reference) -> set[IPv4Address]:
    """Every address that anybody claims, in any environment: they share one LAN."""
    found = {
        claim.details.get("address", claim.key)
        for view in reference.views
        for claim in view.fleet.claims
        if claim.kind in ("address", "load-balancer")
    }
    return {IPv4Address(address) for address in found}


def _pools(held: set[IPv4Address], view: View) -> list[Row]:
    rows: list[Row] = []
    for pool in view.fleet.site.address_pools.values():
        taken = [one(address) for address in held if address in pool.range]
        free = free_ranges(pool.range, taken)
        announced = "BGP" if pool.announce == "bgp" else "L2 (ARP)"
        rows.append((pool.name, pool.network, str(pool.range), announced, str(len(taken)), _free_text(free)))
    return rows


def _free_text(free: list[AddressRange]) -> str:
    return f"{count(free)}: {show_ranges(free)}" if free else "none"


def _free(reference: Reference, held: set[IPv4Address], view: View) -> list[Row]:
    rows: list[Row] = []
    for network in view.fleet.site.networks.values():
        spans = [one(address) for address in held if address in network.subnet]
        spans += [network.dhcp] if network.dhcp else []
        for other in reference.views:
            for pool in other.fleet.site.address_pools.values():
                if pool.range.first in network.subnet:
                    spans.append(pool.range)
        rows.append((f"{network.name} {network.subnet}", _free_text(free_ranges(usable(network.subnet), spans))))
    return rows


def _network_of(reference: Reference, address: IPv4Address) -> Network | None:
    """Return the network of an address, in whichever environment has it: they share one LAN."""
    return next(
        (
            network
            for view in reference.views
            for network in view.fleet.site.networks.values()
            if address in network.subnet
        ),
        None,
    )


def _addresses(reference: Reference, view: View) -> list[Row]:
    """Who holds which address; several ports of one address are one line."""
    holders: dict[IPv4Address, dict[tuple[str, str], None]] = defaultdict(dict)
    for claim in view.fleet.claims:
        if claim.kind == "address":
            holders[IPv4Address(claim.key)][(holder(view, claim), "its own")] = None
        elif claim.kind == "load-balancer":
            holders[IPv4Address(claim.details["address"])][(holder(view, claim), "load balancer")] = None
    rows: list[Row] = []
    for address, found in sorted(holders.items()):
        network = _network_of(reference, address)
        rows += [(str(address), network.name if network else _NONE, who, kind) for who, kind in found]
    return rows


def _machines(view: View) -> list[Row]:
    machines = sorted(view.fleet.inventory.machines, key=lambda machine: (machine.vm_id or 0, machine.name))
    return [
        (
            str(machine.vm_id) if machine.vm_id is not None else Markdown("metal"),
            machine.name,
            machine.host or _NONE,
            machine.network,
            code(machine.mac),
            str(machine.address),
        )
        for machine in machines
    ]


def _ids(view: View) -> list[Row]:
    ids = view.fleet.inventory.vm_ids
    if ids is None:
        return []
    taken = {machine.vm_id for machine in view.fleet.inventory.machines}
    free = [number for number in range(ids[0], ids[1] + 1) if number not in taken]
    return [(f"{ids[0]}-{ids[1]}", _runs(free) or Markdown("none"))]


def _nfs(view: View) -> list[Row]:
    users: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for pair in view.fleet.nfs:
        users[(pair.share, f"{pair.server}:{pair.path}")][pair.service] = None
    return [
        (share, code(where), join(service_link(name, FOLDER) for name in names))
        for (share, where), names in sorted(users.items())
    ]


def _runs(numbers: list[int]) -> str:
    """Return ascending numbers as runs: 107-109, 114."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)
