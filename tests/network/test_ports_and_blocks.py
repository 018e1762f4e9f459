"""The two algebras under everything: sets of ports, sets of addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.network import blocks as b
from generator.network import ports as p

_SOME = st.lists(
    st.tuples(st.sampled_from(["TCP", "UDP"]), st.integers(0, 12), st.integers(0, 12)).map(
        lambda item: (item[0], min(item[1:]), max(item[1:]))
    ),
    max_size=4,
).map(p.port_set)
_RANGES = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)).map(sorted), max_size=4).map(
    lambda found: b._merged((first, last) for first, last in found)
)


def _points(found: p.PortSet) -> set[tuple[str, int]]:
    return {(protocol, number) for protocol, first, last in found for number in range(first, last + 1)}


def _addresses(found: b.Blocks) -> set[int]:
    return {number for first, last in found for number in range(first, last + 1)}


@given(_SOME, _SOME)
def test_ports_behave_like_sets(left: p.PortSet, right: p.PortSet) -> None:
    assert _points(p.join(left, right)) == _points(left) | _points(right)
    assert _points(p.meet(left, right)) == _points(left) & _points(right)
    assert _points(p.without(left, right)) == _points(left) - _points(right)


@given(st.lists(_SOME, max_size=3))
def test_atoms_cut_where_sets_begin_and_end(found: list[p.PortSet]) -> None:
    cut = p.atoms(found)
    assert sorted(point for atom in cut for point in _points(atom)) == sorted(set().union(*map(_points, found)))
    for atom in cut:
        for item in found:
            assert _points(atom) <= _points(item) or not _points(atom) & _points(item)


@given(_RANGES, _RANGES)
def test_blocks_behave_like_sets(left: b.Blocks, right: b.Blocks) -> None:
    assert _addresses(b.unite(left, right)) == _addresses(left) | _addresses(right)
    assert _addresses(b.overlap(left, right)) == _addresses(left) & _addresses(right)
    assert _addresses(b.take_away(left, right)) == _addresses(left) - _addresses(right)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (p.EVERY_PORT, "every port"),
        (p.NO_PORTS, "no port"),
        (p.port(80), "80/TCP"),
        (p.port(1000, "UDP", 2000), "1000-2000/UDP"),
        (p.whole("SCTP"), "every SCTP port"),
        (p.join(p.port(53), p.port(53, "UDP")), "53/TCP, 53/UDP"),
        (p.port(8, "ICMP"), "ICMP type 8"),
        (p.whole("ICMPv6"), "ICMPv6"),
    ],
)
def test_ports_are_shown_as_people_write_them(found: p.PortSet, text: str) -> None:
    assert p.show_ports(found) == text


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (b.EVERYWHERE, "every address"),
        (b.NOWHERE, "no address"),
        (b.block("10.0.0.0/8", ("10.0.0.0/9",)), "10.128.0.0/9"),
        (b.address_set(["10.0.0.1", "10.0.0.0", "fd00::/64"]), "10.0.0.0/31, fd00::/64"),
        (b.address_set(["10.0.0.0", "10.0.0.2", "10.0.0.4", "10.0.0.6"]), "10.0.0.0/32, 10.0.0.2/32, 10.0.0.4/32, …"),
        (b.address_set(["255.255.255.255/32", "::/128"]), "255.255.255.255/32, ::/128"),
    ],
)
def test_blocks_are_shown_as_cidrs(found: b.Blocks, text: str) -> None:
    assert b.show_blocks(found) == text


def test_the_internet_leaves_out_what_is_special_and_what_is_ours() -> None:
    found = b.public(["203.0.113.0/24"])
    for inside in ("10.0.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1", "224.0.0.1", "203.0.113.9", "::1"):
        assert not b.overlap(found, b.address_set([inside])), inside
    for outside in ("1.1.1.1", "172.15.255.255", "172.32.0.0", "203.0.114.0"):
        assert b.overlap(found, b.address_set([outside])), outside


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'10\.0\.0\.300' does not appear to be an IPv4 or IPv6 network"):
        b.address_set(["10.0.0.300"])
