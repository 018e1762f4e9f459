"""Sets of addresses beside those of netaddr."""

from ipaddress import ip_network

from hypothesis import example, given
from hypothesis import strategies as st
from netaddr import IPNetwork, IPSet

from generator.network.blocks import Blocks, address_set, block, overlap, show_blocks, take_away, unite

_V6 = 1 << 32
# Few bits that differ, so that ranges meet, hold and touch each other.
_v4 = st.builds(
    lambda bits, length: f"10.{bits >> 6}.{(bits & 63) << 2}.{bits & 7}/{length}",
    st.integers(0, 255),
    st.integers(14, 32),
)
_v6 = st.builds(lambda bits, length: f"fd00::{bits:x}/{length}", st.integers(0, 4095), st.integers(112, 128))
_cidrs = st.lists(st.one_of(_v4, _v6), max_size=5)


def _theirs(cidrs: list[str]) -> IPSet:
    return IPSet([IPNetwork(cidr) for cidr in cidrs])


def _as_blocks(addresses: IPSet) -> Blocks:
    """Return netaddr's set as ours writes it: IPv6 above IPv4, neighbours joined."""
    found = [
        (entry.first + _V6 * (entry.version == 6), entry.last + _V6 * (entry.version == 6))
        for entry in addresses.iter_ipranges()
    ]
    return tuple(sorted(found))


@given(_cidrs)
@example(["10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24"])
def test_set_is_the_same(cidrs: list[str]) -> None:
    assert address_set(cidrs) == _as_blocks(_theirs(cidrs))


@given(_cidrs, _cidrs)
@example(["10.0.0.0/24"], ["10.0.0.64/26", "10.0.0.255/32"])
def test_union_overlap_and_difference_are_the_same(left: list[str], right: list[str]) -> None:
    ours, others = address_set(left), address_set(right)
    theirs, other_theirs = _theirs(left), _theirs(right)
    assert unite(ours, others) == _as_blocks(theirs | other_theirs)
    assert overlap(ours, others) == _as_blocks(theirs & other_theirs)
    assert take_away(ours, others) == _as_blocks(theirs - other_theirs)


@given(_v4, st.lists(_v4, max_size=4))
def test_block_with_exceptions_is_the_same(cidr: str, excepted: list[str]) -> None:
    assert block(cidr, tuple(excepted)) == _as_blocks(_theirs([cidr]) - _theirs(excepted))


@given(_cidrs)
def test_what_is_shown_is_the_same_set(cidrs: list[str]) -> None:
    shown = show_blocks(address_set(cidrs), most=10_000)
    assert shown == "no address" if not cidrs else _as_blocks(_theirs(shown.split(", "))) == address_set(cidrs)


@given(_v4)
def test_ends_of_a_network_are_integers(cidr: str) -> None:
    network, (span,) = IPNetwork(cidr), address_set([cidr])
    assert span == (network.first, network.last)
    assert span == (int(ip_network(cidr, strict=False)[0]), int(ip_network(cidr, strict=False)[-1]))
