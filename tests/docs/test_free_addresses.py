"""What is left of a range, and how ranges and durations are said."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalogue.site import AddressRange
from generator.docs.durations import show_seconds
from generator.docs.free import count, free_ranges, one, show_ranges, usable


def span(first: int, last: int) -> AddressRange:
    return AddressRange(IPv4Address(first), IPv4Address(last))


LEFT = [
    ([], "0.0.0.10-0.0.0.20"),
    ([(10, 20)], ""),
    ([(0, 255)], ""),
    ([(0, 9)], "0.0.0.10-0.0.0.20"),
    ([(21, 30)], "0.0.0.10-0.0.0.20"),
    ([(10, 10), (20, 20)], "0.0.0.11-0.0.0.19"),
    ([(12, 18), (14, 15)], "0.0.0.10-0.0.0.11, 0.0.0.19-0.0.0.20"),
    ([(11, 19), (30, 40)], "0.0.0.10, 0.0.0.20"),
    ([(15, 30)], "0.0.0.10-0.0.0.14"),
]
NETWORKS = [("10.0.0.0/24", "10.0.0.1-10.0.0.254"), ("10.0.0.4/31", "10.0.0.4-10.0.0.5"), ("10.0.0.4/32", "10.0.0.4")]
DURATIONS = [
    (None, "–"),
    (0, "0 s"),
    (59, "59 s"),
    (13500, "3 h 45 min"),
    (93600, "1 d 2 h"),
    (90061, "1 d 1 h 1 min 1 s"),
]


@pytest.mark.parametrize(("taken", "wanted"), LEFT)
def test_free_ranges(taken: list[tuple[int, int]], wanted: str) -> None:
    assert show_ranges(free_ranges(span(10, 20), [span(*pair) for pair in taken])) == wanted


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8)), max_size=12))
def test_free_ranges_are_what_nobody_takes(pairs: list[tuple[int, int]]) -> None:
    taken = [span(first, first + more) for first, more in pairs]
    free = free_ranges(span(5, 50), taken)
    held = {number for first, more in pairs for number in range(first, first + more + 1)}
    listed = [number for part in free for number in range(int(part.first), int(part.last) + 1)]
    assert listed == [number for number in range(5, 51) if number not in held]
    assert count(free) == len(listed)


@pytest.mark.parametrize(("network", "wanted"), NETWORKS)
def test_usable(network: str, wanted: str) -> None:
    assert show_ranges([usable(IPv4Network(network))]) == wanted


def test_one() -> None:
    assert count([one(IPv4Address("10.0.0.1"))]) == 1


@pytest.mark.parametrize(("seconds", "wanted"), DURATIONS)
def test_show_seconds(seconds: int | None, wanted: str) -> None:
    assert show_seconds(seconds) == wanted
