"""Quantities beside the parser of Kubernetes' own Python client."""

from decimal import ROUND_UP, Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from kubernetes.utils import parse_quantity

from generator.catalogue.quantity import QuantityError, bytes_of, canonical, cpu_m

SUFFIXES = ("", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
LARGEST = 2**63 - 1
# What the client takes and the API server refuses: a kilo in capitals, what Python's Decimal reads, and what is more
# than 64 bits count.
REFUSED = ("1K", "1_000", " 1", "1 ", "NaN", "Infinity", "-Infinity", "１", "8Ei", "10E", "1e19")

_numbers = st.one_of(
    st.integers(min_value=-(10**12), max_value=10**12).map(str),
    st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False).map(lambda value: f"{value:f}"),
    st.integers(min_value=0, max_value=10**6).map(lambda value: f".{value}"),
    st.integers(min_value=0, max_value=10**6).map(lambda value: f"+{value}."),
)
_exponents = st.builds(lambda letter, power: f"{letter}{power}", st.sampled_from("eE"), st.integers(-9, 9))
_quantities = st.builds(
    lambda number, suffix: number + suffix, _numbers, st.one_of(st.sampled_from(SUFFIXES), _exponents)
)


def _theirs(text: str, scale: int = 1) -> int:
    """Return the client's number as an integer, rounded as the API server does: away from zero."""
    return int((Decimal(parse_quantity(text)) * scale).to_integral_value(ROUND_UP))


@given(_quantities)
@example("1.5Gi")
@example("-1500m")
@example("0.1n")
@example("12E")
def test_quantity_counts_as_the_client_counts_it(text: str) -> None:
    if abs(parse_quantity(text)) > LARGEST:
        with pytest.raises(QuantityError, match="more than Kubernetes counts"):
            bytes_of(text)
        return
    assert (bytes_of(text), cpu_m(text)) == (_theirs(text), _theirs(text, 1000))


@given(_quantities)
def test_canonical_form_is_the_same_quantity(text: str) -> None:
    assume(abs(parse_quantity(text)) <= LARGEST)
    exact, printed = Decimal(parse_quantity(text)), Decimal(parse_quantity(canonical(text)))
    # Nothing is finer than a billionth: what is, goes up to the next one.
    assert abs(printed - exact) < Decimal("1e-9")
    assert abs(printed) >= abs(exact)


@given(st.text(alphabet="0123456789.+-eEinumkMGTPK _", max_size=8))
@example("1e")
@example("1e3Gi")
@example("Ki")
def test_what_we_take_the_client_takes(text: str) -> None:
    try:
        ours = bytes_of(text)
    except QuantityError:
        return
    assert ours == _theirs(text)


@pytest.mark.parametrize("text", REFUSED)
def test_what_only_the_client_takes_is_refused(text: str) -> None:
    parse_quantity(text)
    with pytest.raises(QuantityError):
        bytes_of(text)
