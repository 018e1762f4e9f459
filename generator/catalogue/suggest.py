"""Guess what was meant by an unknown name."""

from collections.abc import Iterable


def closest(name: str, known: Iterable[str], *, likeness: float = 0.7) -> str | None:
    """Return the known name most like `name`, if any is like it."""
    from difflib import get_close_matches  # only a run with a mistake pays for the import

    matches = get_close_matches(name, sorted(known), n=1, cutoff=likeness)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `, did you mean 'x'?`, or nothing."""
    match = closest(name, known)
    return f", did you mean {match!r}?" if match else ""
