"""What is free: addresses of pools and networks, VM ids, MACs, VLANs, numbers of a Valkey."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from generator.catalogue.site import Network, Site
from generator.fleet.model import Claim, Fleet

_MOST_VLAN = 4094
_MOST_DATABASE = 15


@dataclass(frozen=True, slots=True)
class Offer:
    """What to do instead, and what `chartroom fix` may write or add at the claim's place."""

    fix: str | None = None
    replacement: str | None = None
    insertion: str | None = None


def free_addresses(site: Site, claims: Iterable[Claim]) -> dict[str, IPv4Address]:
    """The lowest address of each pool that nobody claims."""
    taken = _taken(claims)
    free: dict[str, IPv4Address] = {}
    for pool in site.address_pools.values():
        found = _lowest(int(pool.range.first), int(pool.range.last), taken, site.networks.get(pool.network))
        if found is not None:
            free[pool.name] = found
    return free


class Free:
    """Finds what is free in a site whose claims are known."""

    def __init__(self, fleets: Sequence[Fleet], claims: Sequence[Claim]) -> None:
        self._fleets = {fleet.environment.name: fleet for fleet in fleets}
        self._claims = claims

    def offer(self, claim: Claim) -> Offer | None:
        """Return what the holder of `claim` may take instead; None where the fault is told elsewhere."""
        match claim.kind:
            case "load-balancer":
                return self._of_pool(claim)
            case "address":
                return self._of_network(claim)
            case "vm-id":
                return self._of_vm_ids(claim)
            case "mac":
                number = int(claim.key.replace(":", ""), 16)
                taken = self._keys("mac")
                mac = next(text for text in _macs_after(number) if text not in taken)
                return Offer(f"choose another MAC (next: {mac})", f'"{mac}"')
            case "vlan":
                taken = self._keys("vlan")
                free = next((n for n in range(int(claim.key) + 1, _MOST_VLAN + 1) if str(n) not in taken), None)
                return Offer(f"choose another VLAN (next: {free})") if free is not None else Offer()
            case "valkey-database":
                return self._of_valkey(claim)
            case _:
                return Offer()

    def _keys(self, kind: str, environment: str | None = None) -> set[str]:
        return {claim.key for claim in self._claims if claim.kind == kind and environment in (None, claim.environment)}

    def _of_pool(self, claim: Claim) -> Offer | None:
        site = self._fleets[claim.environment].site
        address = IPv4Address(claim.details["address"])
        pool = next((pool for pool in site.address_pools.values() if address in pool.range), None)
        if pool is None:
            return None  # an address in no pool is a finding of its own
        free = free_addresses(site, self._claims).get(pool.name)
        if free is None:
            return Offer(f"make room in pool {pool.name!r} ({pool.range}), nothing is free there")
        return Offer(f"choose a free address of pool {pool.name!r} (next: {free})", str(free))

    def _of_network(self, claim: Claim) -> Offer:
        """A machine gets another address outside DHCP and the pools; what is not ours is only named."""
        site = self._fleets[claim.environment].site
        network = site.networks.get(claim.details.get("network", ""))
        if network is None:
            return Offer()
        taken = _taken(self._claims)
        subnet = network.subnet
        spans = [network.dhcp, *(pool.range for pool in site.address_pools.values())]
        for number in _numbers(int(subnet.network_address), int(subnet.broadcast_address), taken, network):
            if not any(span is not None and IPv4Address(number) in span for span in spans):
                free = str(IPv4Address(number))
                return Offer(f"choose a free address of network {network.name!r} (next: {free})", free)
        return Offer(f"make room in network {network.name!r} ({subnet}), nothing is free there")

    def _of_vm_ids(self, claim: Claim) -> Offer:
        ids = self._fleets[claim.environment].inventory.vm_ids
        taken = self._keys("vm-id")
        free = next((n for n in range(ids[0], ids[1] + 1) if str(n) not in taken), None) if ids else None
        if ids is None or free is None:
            return Offer()
        return Offer(f"choose a free VM id of {ids[0]}-{ids[1]} (next: {free})", str(free))

    def _of_valkey(self, claim: Claim) -> Offer:
        provider, _, _ = claim.key.rpartition("/")
        taken = self._keys("valkey-database", claim.environment)
        free = next((n for n in range(_MOST_DATABASE + 1) if f"{provider}/{n}" not in taken), None)
        if free is None:
            return Offer(f"run another Valkey, all numbers of {provider!r} are taken")
        entry = f"database: {free}"
        match claim.details.get("stated"):
            case "yes":
                return Offer(f"write `{entry}`", replacement=str(free))
            case "may be":
                return Offer(f"write `{entry}`", insertion=entry)
            case _:
                return Offer(f"write `{entry}`")


def _taken(claims: Iterable[Claim]) -> set[int]:
    return {
        int(IPv4Address(claim.details.get("address", claim.key)))
        for claim in claims
        if claim.kind in ("load-balancer", "address")
    }


def _lowest(first: int, last: int, taken: set[int], network: Network | None) -> IPv4Address | None:
    return next((IPv4Address(number) for number in _numbers(first, last, taken, network)), None)


def _numbers(first: int, last: int, taken: set[int], network: Network | None) -> Iterator[int]:
    """Free addresses from `first` to `last`; the two ends of a subnet are nobody's."""
    ends = {int(network.subnet.network_address), int(network.subnet.broadcast_address)} if network else set()
    return (number for number in range(first, last + 1) if number not in taken and number not in ends)


def _macs_after(number: int) -> Iterator[str]:
    while True:
        number = (number + 1) % 2**48
        digits = f"{number:012X}"
        yield ":".join(digits[at : at + 2] for at in range(0, 12, 2))
