"""Which addresses of a range nobody holds, by intervals, so that a /8 costs no more than a /24."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from generator.catalogue.site import AddressRange


def usable(network: IPv4Network) -> AddressRange:
    """Return the addresses that machines may have: not the network's own, not the broadcast."""
    if network.prefixlen >= 31:
        return AddressRange(network.network_address, network.broadcast_address)
    return AddressRange(network.network_address + 1, network.broadcast_address - 1)


def free_ranges(whole: AddressRange, taken: Iterable[AddressRange]) -> list[AddressRange]:
    """Return what is left of `whole` without `taken`, in order."""
    left: list[AddressRange] = []
    at, last = int(whole.first), int(whole.last)
    for span in sorted(taken, key=lambda span: int(span.first)):
        if int(span.first) > at:
            end = min(int(span.first) - 1, last)
            if end >= at:
                left.append(AddressRange(IPv4Address(at), IPv4Address(end)))
        at = max(at, int(span.last) + 1)
        if at > last:
            break
    if at <= last:
        left.append(AddressRange(IPv4Address(at), whole.last))
    return left


def one(address: IPv4Address) -> AddressRange:
    return AddressRange(address, address)


def show_ranges(ranges: Iterable[AddressRange]) -> str:
    """Return ranges in words, a single address as itself."""
    return ", ".join(str(span.first) if span.first == span.last else str(span) for span in ranges)


def count(ranges: Iterable[AddressRange]) -> int:
    return sum(int(span.last) - int(span.first) + 1 for span in ranges)
