"""Sets of addresses as ranges of integers: IPv4 below 2**32, IPv6 above it."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network, summarize_address_range

# Sorted, disjoint, never adjacent: equal sets are equal values.
Blocks = tuple[tuple[int, int], ...]

_V6 = 1 << 32
_END = _V6 + (1 << 128) - 1
NOWHERE: Blocks = ()
EVERYWHERE: Blocks = ((0, _END),)
# Ranges that no router of the internet carries (IANA's registries of special-purpose addresses).
_SPECIAL = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
)


def _range(cidr: str) -> tuple[int, int]:
    network = ip_network(cidr, strict=False)
    offset = _V6 if network.version == 6 else 0
    return int(network.network_address) + offset, int(network.broadcast_address) + offset


def address_set(cidrs: Iterable[str]) -> Blocks:
    """Return the addresses of some CIDRs or single addresses.

    Raises:
        ValueError: one is neither.
    """
    return _merged(_range(cidr) for cidr in cidrs)


@lru_cache(maxsize=16384)
def block(cidr: str, excepted: tuple[str, ...] = ()) -> Blocks:
    """Return the addresses of a CIDR without some others.

    Raises:
        ValueError: one is no CIDR.
    """
    return take_away(address_set([cidr]), address_set(excepted))


def _merged(found: Iterable[tuple[int, int]]) -> Blocks:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


@lru_cache(maxsize=16384)
def unite(left: Blocks, right: Blocks) -> Blocks:
    """Return what is in either."""
    return _merged((*left, *right)) if left and right else left or right


@lru_cache(maxsize=16384)
def overlap(left: Blocks, right: Blocks) -> Blocks:
    """Return what is in both."""
    found = [
        (max(first, other_first), min(last, other_last))
        for first, last in left
        for other_first, other_last in right
        if max(first, other_first) <= min(last, other_last)
    ]
    return _merged(found)


@lru_cache(maxsize=16384)
def take_away(left: Blocks, right: Blocks) -> Blocks:
    """Return what is in `left` and not in `right`."""
    kept: list[tuple[int, int]] = []
    for begin, end in left:
        position = begin
        for first, last in right:
            if last < position or first > end:
                continue
            if first > position:
                kept.append((position, first - 1))
            position = last + 1
        if position <= end:
            kept.append((position, end))
    return _merged(kept)


def public(own: Iterable[str] = ()) -> Blocks:
    """Return every IPv4 address of the internet: neither special nor of the site's `own` ranges."""
    return take_away(((0, _V6 - 1),), address_set([*_SPECIAL, *own]))


def show_blocks(found: Blocks, most: int = 3) -> str:
    """Return the set as CIDRs, at most so many."""
    if found == EVERYWHERE:
        return "every address"
    shown: list[str] = []
    for cidr in _cidrs(found):
        if len(shown) == most:
            return ", ".join(shown) + ", …"
        shown.append(cidr)
    return ", ".join(shown) or "no address"


def _cidrs(found: Blocks) -> Iterator[str]:
    for first, last in found:
        if first < _V6:
            yield from map(str, summarize_address_range(IPv4Address(first), IPv4Address(min(last, _V6 - 1))))
        if last >= _V6:
            begin, end = IPv6Address(max(first, _V6) - _V6), IPv6Address(last - _V6)
            yield from map(str, summarize_address_range(begin, end))
