# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""Quantities and durations: what Kubernetes would count and print.

The rows follow "Resource units in Kubernetes" and "Quantity" of the Kubernetes documentation.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalogue.quantity import QuantityError, bytes_of, canonical, cpu_m, seconds_of, show_bytes, show_cpu

# text: (bytes rounded away from zero, millicores likewise, the form that the API server prints)
ROWS: dict[str, tuple[int, int, str]] = {
    "0": (0, 0, "0"),
    "0Gi": (0, 0, "0"),
    "1": (1, 1000, "1"),
    "+1": (1, 1000, "1"),
    "-1": (-1, -1000, "-1"),
    "-1500m": (-2, -1500, "-1500m"),
    "-1u": (-1, -1, "-1u"),
    "-0.1n": (-1, -1, "-1n"),
    "1n": (1, 1, "1n"),
    "1000n": (1, 1, "1u"),
    "1u": (1, 1, "1u"),
    "1m": (1, 1, "1m"),
    "0.5m": (1, 1, "500u"),
    "100m": (1, 100, "100m"),
    "0.1": (1, 100, "100m"),
    ".5": (1, 500, "500m"),
    "5.": (5, 5000, "5"),
    "1000m": (1, 1000, "1"),
    "1500m": (2, 1500, "1500m"),
    "1.5": (2, 1500, "1500m"),
    "0.25": (1, 250, "250m"),
    "999": (999, 999_000, "999"),
    "1000": (1000, 1_000_000, "1k"),
    "1024": (1024, 1_024_000, "1024"),
    "1500": (1500, 1_500_000, "1500"),
    "1k": (1000, 1_000_000, "1k"),
    "1M": (10**6, 10**9, "1M"),
    "1G": (10**9, 10**12, "1G"),
    "1T": (10**12, 10**15, "1T"),
    "1P": (10**15, 10**18, "1P"),
    "1E": (10**18, 10**21, "1E"),
    "1000000": (10**6, 10**9, "1M"),
    "1Ki": (2**10, 2**10 * 1000, "1Ki"),
    "1Mi": (2**20, 2**20 * 1000, "1Mi"),
    "1Gi": (2**30, 2**30 * 1000, "1Gi"),
    "1Ti": (2**40, 2**40 * 1000, "1Ti"),
    "1Pi": (2**50, 2**50 * 1000, "1Pi"),
    "1Ei": (2**60, 2**60 * 1000, "1Ei"),
    "1024Mi": (2**30, 2**30 * 1000, "1Gi"),
    "1000Mi": (1000 * 2**20, 1000 * 2**20 * 1000, "1000Mi"),
    "1.5Gi": (1536 * 2**20, 1536 * 2**20 * 1000, "1536Mi"),
    "0.5Ki": (512, 512_000, "512"),
    "1.5Ki": (1536, 1_536_000, "1536"),
    "0.3Ki": (308, 307_200, "307200m"),
    "1.1Gi": (1_181_116_007, 1_181_116_006_400, "1181116006400m"),
    "128974848": (128_974_848, 128_974_848_000, "128974848"),
    "129M": (129 * 10**6, 129 * 10**9, "129M"),
    "123Mi": (123 * 2**20, 123 * 2**20 * 1000, "123Mi"),
    "1e3": (1000, 10**6, "1e3"),
    "1E3": (1000, 10**6, "1e3"),
    "129e6": (129 * 10**6, 129 * 10**9, "129e6"),
    "1.5e3": (1500, 1_500_000, "1500"),
    "1e-3": (1, 1, "1e-3"),
    "1e-12": (1, 1, "1e-9"),
    "1e0": (1, 1000, "1"),
}
NONE = (
    "", " ", "m", "Gi", ".", "+", "-", "1GB", "1g", "1K", "1KI", "1 Gi", "Gi1", "1_000", "0x10", "1e", "1e3Gi", "--1", "nan",
    "inf", "1,5", "1.2.3", "1Gi\n", "١", "1e400", "9" * 41,
)  # fmt: skip
TOO_MUCH = ("8Ei", "10E", "1e19", "-8Ei", str(2**63))


@pytest.mark.parametrize("text", ROWS)
def test_quantity_is_counted_and_printed_as_kubernetes_does(text: str) -> None:
    assert (bytes_of(text), cpu_m(text), canonical(text)) == ROWS[text]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    for count in (bytes_of, cpu_m, canonical):
        with pytest.raises(QuantityError) as caught:
            count(text)
        assert str(caught.value) == f"{text!r} is no quantity"


@pytest.mark.parametrize("text", TOO_MUCH)
def test_more_than_64_bits_is_refused(text: str) -> None:
    with pytest.raises(QuantityError) as caught:
        bytes_of(text)
    assert str(caught.value) == f"{text!r} is more than Kubernetes counts"


def test_largest_number_is_counted() -> None:
    assert bytes_of(str(2**63 - 1)) == 2**63 - 1


def test_integers_are_quantities() -> None:
    assert (bytes_of(512), cpu_m(2), canonical(2000)) == (512, 2000, "2k")


@given(text=st.from_regex(r"\A[0-9]{1,6}(\.[0-9]{1,3})?(m|k|M|G|Ki|Mi|Gi)?\Z"))
def test_canonical_form_is_stable_and_counts_the_same(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert (bytes_of(once), cpu_m(once)) == (bytes_of(text), cpu_m(text))


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"), (1023, "1023"), (1024, "1Ki"), (1536, "1.5Ki"), (2**30, "1Gi"), (5 * 2**40, "5Ti"), (2**30 + 1, "1.0Gi"),
        (2**60, "1Ei"), (1100 * 2**20, "1.1Gi"),
    ],
)  # fmt: skip
def test_bytes_are_shown_as_people_read_them(count: int, shown: str) -> None:
    assert show_bytes(count) == shown


@pytest.mark.parametrize(
    ("millicores", "shown"), [(0, "0"), (250, "250m"), (1000, "1"), (1500, "1500m"), (12000, "12")]
)
def test_cpu_is_shown_as_kubernetes_prints_it(millicores: int, shown: str) -> None:
    assert show_cpu(millicores) == shown


DURATIONS = {"0s": 0, "30s": 30, "2m": 120, "1h30m": 5400, "3h45m": 13500, "14d": 1_209_600, "1w": 604_800, "1y": 31_536_000, "1500ms": 1, "999ms": 0}  # fmt: skip


@pytest.mark.parametrize("text", DURATIONS)
def test_duration_is_counted_in_whole_seconds(text: str) -> None:
    assert seconds_of(text) == DURATIONS[text]


@pytest.mark.parametrize("text", ["", "30", "s", "1.5h", "1h 30m", "-1h", "1H", "h1"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(QuantityError) as caught:
        seconds_of(text)
    assert str(caught.value) == f"{text!r} is no duration"
