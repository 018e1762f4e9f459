"""Amounts as people read them."""

from generator.report.model import Meter

_STEPS = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
_FULL, _NEARLY = 1.0, 0.9


def cores(millicores: int) -> str:
    """Return `3.25 cores`; below one core, millicores."""
    if 0 < abs(millicores) < 1000:
        return f"{millicores}m"
    text = f"{millicores / 1000:,.2f}".rstrip("0").rstrip(".")
    return f"{text} core" if text == "1" else f"{text} cores"


def size(octets: int) -> str:
    """Return `12.5 GiB`, in the largest unit that leaves a one before the point."""
    for step, name in _STEPS:
        if abs(octets) >= step:
            return f"{octets / step:,.1f}".removesuffix(".0") + f" {name}"
    return f"{octets:,} B"


def number(amount: int) -> str:
    return f"{amount:,}"


def percent(meter: Meter) -> str:
    """Return `83%`, rounded down: 100% is never shown for what is below it. Nothing where no bound is."""
    share = meter.share
    if share is None:
        return ""
    if share == float("inf"):
        return "over"
    return f"{int(share * 100):,}%"


def level(meter: Meter) -> str:
    """Return ok, near, over, or unbounded."""
    share = meter.share
    if share is None:
        return "unbounded"
    if share > _FULL:
        return "over"
    return "near" if share >= _NEARLY else "ok"
