"""Kubernetes quantities and durations as integers, exactly."""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eE]([+-]?[0-9]+)|(m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?\Z"
)
_EXPONENT = re.compile("[eE][-+0-9]")
_BINARY = ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki")
_DECIMAL = ("E", "P", "T", "G", "M", "k")
_FINE = ("m", "u", "n")
_FACTORS: dict[str | None, Fraction] = {
    None: Fraction(1),
    **{suffix: Fraction(1024 ** (6 - power)) for power, suffix in enumerate(_BINARY)},
    **{suffix: Fraction(1000 ** (6 - power)) for power, suffix in enumerate(_DECIMAL)},
    **{suffix: Fraction(1, 1000 ** (power + 1)) for power, suffix in enumerate(_FINE)},
}
_LARGEST = 2**63 - 1  # Kubernetes counts in 64 bits, and caps what is more
_MOST_DIGITS = 40
_SECONDS = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
    "w": Decimal(604800),
    "y": Decimal(31536000),
}
_DURATION = re.compile(r"([0-9]+)(ms|s|m|h|d|w|y)")


class QuantityError(ValueError):
    """The text is no quantity or duration, or more than Kubernetes counts."""


@lru_cache(maxsize=4096)
def _exact(text: str) -> Fraction:
    match = _QUANTITY.match(text)
    if match is None or len(text) > _MOST_DIGITS:
        raise QuantityError(f"{text!r} is no quantity")
    number, exponent, suffix = match.groups()
    if exponent and abs(int(exponent)) > _MOST_DIGITS:
        raise QuantityError(f"{text!r} is no quantity")
    exact = Fraction(number) * Fraction(10) ** int(exponent or 0) * _FACTORS[suffix]
    if abs(exact) > _LARGEST:
        raise QuantityError(f"{text!r} is more than Kubernetes counts")
    return exact


def _away(number: Fraction) -> int:
    """Round as Kubernetes does: away from zero."""
    return ceil(number) if number >= 0 else floor(number)


@lru_cache(maxsize=4096)
def cpu_m(value: str | int) -> int:
    """Return CPU in millicores, rounded away from zero as Kubernetes does."""
    return _away(_exact(str(value)) * 1000)


@lru_cache(maxsize=4096)
def bytes_of(value: str | int) -> int:
    """Return memory or storage in bytes, rounded away from zero as Kubernetes does."""
    return _away(_exact(str(value)))


@lru_cache(maxsize=4096)
def canonical(value: str | int) -> str:
    """Return the form that the API server would print.

    Binary suffixes stay binary and exponents stay exponents, unless the number is not whole; the
    largest suffix that keeps it whole wins.
    Source: apimachinery/pkg/api/resource, CanonicalizeBytes (its rule, not its code).
    """
    text = str(value)
    number = _exact(text)
    if number == 0:
        return "0"
    if text.endswith("i") and abs(number) >= 1024 and number.denominator == 1:
        return _scaled(number, _BINARY) or str(int(number))
    if _EXPONENT.search(text):
        return _with_exponent(number)
    return _scaled(number, _DECIMAL) or _scaled(number, (None, *_FINE)) or f"{_away(number * 10**9)}n"


def _with_exponent(number: Fraction) -> str:
    for power in range(18, -9, -3):
        scaled = number / Fraction(10) ** power
        if scaled.denominator == 1:
            return f"{int(scaled)}e{power}" if power else str(int(scaled))
    return f"{_away(number * 10**9)}e-9"


def _scaled(number: Fraction, suffixes: tuple[str | None, ...]) -> str | None:
    """The number with the first suffix that keeps it whole."""
    for suffix in suffixes:
        scaled = number / _FACTORS[suffix]
        if scaled.denominator == 1:
            return f"{int(scaled)}{suffix or ''}"
    return None


@lru_cache(maxsize=4096)
def show_bytes(count: int) -> str:
    """Return a byte count as people read it: exact where a binary suffix is, else to one place."""
    for suffix in _BINARY:
        unit = int(_FACTORS[suffix])
        if count >= unit:
            return f"{count // unit}{suffix}" if count % unit == 0 else f"{count / unit:.1f}{suffix}"
    return str(count)


def show_cpu(millicores: int) -> str:
    """Return millicores as Kubernetes prints them."""
    return f"{millicores // 1000}" if millicores % 1000 == 0 else f"{millicores}m"


@lru_cache(maxsize=512)
def seconds_of(text: str) -> int:
    """Return a duration such as 1h30m in whole seconds."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise QuantityError(f"{text!r} is no duration")
    return int(sum(Decimal(number) * _SECONDS[unit] for number, unit in parts))
