"""Seconds as people say them."""

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def show_seconds(count: int | None) -> str:
    """Return a duration by its largest units, exactly: 3 h 45 min; a dash where there is none."""
    if count is None:
        return "–"
    parts = []
    for unit, name in _UNITS:
        whole, count = divmod(count, unit)
        if whole:
            parts.append(f"{whole} {name}")
    return " ".join(parts) or "0 s"
