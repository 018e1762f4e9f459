"""Kubernetes quantities and durations as integers, exactly."""

import re
from decimal import Decimal
from functools import lru_cache

_QUANTITY = re.compile(r"([+-]?[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]+)?)(m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?\Z")
_FACTORS = {
    None: Decimal(1),
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"),
    "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12), "P": Decimal(10**15), "E": Decimal(10**18),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40), "Pi": Decimal(2**50), "Ei": Decimal(2**60),
}  # fmt: skip
_BINARY = ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki")
_DECIMAL = ("E", "P", "T", "G", "M", "k")
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
    """The text is no quantity, or finer than what is counted."""


@lru_cache(maxsize=4096)
def _exact(text: str) -> Decimal:
    match = _QUANTITY.match(text)
    if match is None or match.group(1) in ("", ".", "+", "-"):
        raise QuantityError(f"{text!r} is no quantity")
    try:
        number = Decimal(match.group(1))
    except ArithmeticError as error:
        raise QuantityError(f"{text!r} is no quantity") from error
    return number * _FACTORS[match.group(2)]


def cpu_m(value: str | int) -> int:
    """Return CPU in millicores, rounded up as Kubernetes does."""
    return _round_up(_exact(str(value)) * 1000)


def bytes_of(value: str | int) -> int:
    """Return memory or storage in bytes, rounded up as Kubernetes does."""
    return _round_up(_exact(str(value)))


def _round_up(number: Decimal) -> int:
    whole = int(number)
    return whole + 1 if number > whole else whole


@lru_cache(maxsize=4096)
def canonical(value: str | int) -> str:
    """Return the form that the API server would print.

    Binary suffixes stay binary, decimal ones decimal; the largest suffix that keeps it whole wins.
    """
    text = str(value)
    number = _exact(text)
    binary = text.endswith("i")
    if number == 0:
        return "0"
    for suffix in _BINARY if binary else _DECIMAL:
        scaled = number / _FACTORS[suffix]
        if scaled == int(scaled):
            return f"{int(scaled)}{suffix}"
    if number == int(number):
        return str(int(number))
    return f"{_round_up(number * 1000)}m"


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
