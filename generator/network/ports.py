"""Sets of ports, as policies mean them: ranges per protocol, joined, cut and taken away exactly."""

from collections.abc import Iterable
from functools import lru_cache

# Sorted, disjoint and never adjacent within a protocol, so equal sets are equal values.
PortSet = tuple[tuple[str, int, int], ...]

LAST = 65535
NO_PORTS: PortSet = ()
# ICMP counts by its type; what else there is on a wire shares the fate of SCTP.
EVERY_PORT: PortSet = (
    ("ICMP", 0, LAST),
    ("ICMPv6", 0, LAST),
    ("SCTP", 0, LAST),
    ("TCP", 0, LAST),
    ("UDP", 0, LAST),
)


def port_set(found: Iterable[tuple[str, int, int]]) -> PortSet:
    """Return the set that holds each (protocol, first, last)."""
    merged: list[tuple[str, int, int]] = []
    for protocol, first, last in sorted(item for item in found if item[1] <= item[2]):
        if merged and merged[-1][0] == protocol and first <= merged[-1][2] + 1:
            merged[-1] = (protocol, merged[-1][1], max(last, merged[-1][2]))
        else:
            merged.append((protocol, first, last))
    return tuple(merged)


def port(number: int, protocol: str = "TCP", last: int | None = None) -> PortSet:
    """Return one port, or the range up to `last`."""
    return port_set([(protocol, number, number if last is None else last)])


def whole(protocol: str) -> PortSet:
    """Return every port of one protocol."""
    return ((protocol, 0, LAST),)


@lru_cache(maxsize=65536)
def join(left: PortSet, right: PortSet) -> PortSet:
    """Return what is in either."""
    if not left or not right or left == right:
        return left or right
    return port_set((*left, *right))


@lru_cache(maxsize=65536)
def meet(left: PortSet, right: PortSet) -> PortSet:
    """Return what is in both."""
    if left == right or right == EVERY_PORT:
        return left
    return port_set(
        (protocol, max(first, other_first), min(last, other_last))
        for protocol, first, last in left
        for other, other_first, other_last in right
        if protocol == other
    )


@lru_cache(maxsize=65536)
def without(left: PortSet, right: PortSet) -> PortSet:
    """Return what is in `left` and not in `right`."""
    if not right:
        return left
    kept: list[tuple[str, int, int]] = []
    for protocol, begin, end in left:
        position = begin
        for other, first, last in right:
            if other != protocol or last < position or first > end:
                continue
            if first > position:
                kept.append((protocol, position, first - 1))
            position = last + 1
        if position <= end:
            kept.append((protocol, position, end))
    return port_set(kept)


def atoms(found: Iterable[PortSet]) -> list[PortSet]:
    """Return the ranges into which some sets fall apart: each atom is wholly in a set or wholly outside."""
    starts: dict[str, set[int]] = {}
    joined = NO_PORTS
    for item in set(found):
        joined = join(joined, item)
        for protocol, first, last in item:
            starts.setdefault(protocol, set()).update((first, last + 1))
    cut: list[PortSet] = []
    for protocol, first, last in joined:
        borders = [*sorted(start for start in starts[protocol] if first < start <= last), last + 1]
        begin = first
        for border in borders:
            cut.append(((protocol, begin, border - 1),))
            begin = border
    return cut


def show_ports(found: PortSet) -> str:
    """Return the set as people write it: `8080/TCP`, `1000-2000/UDP`, `every port`."""
    if found == EVERY_PORT:
        return "every port"
    return ", ".join(_show(*item) for item in found) or "no port"


def _show(protocol: str, first: int, last: int) -> str:
    if protocol.startswith("ICMP"):
        return protocol if (first, last) == (0, LAST) else f"{protocol} type {first}"
    if first <= 1 and last == LAST:
        return f"every {protocol} port"
    return f"{first}/{protocol}" if first == last else f"{first}-{last}/{protocol}"
