"""Ports, addresses and names by kind: what environments share stands once."""

from collections.abc import Iterable
from dataclasses import dataclass

from generator.finding import Place
from generator.report.model import Holding


@dataclass(frozen=True, slots=True)
class RegistryRow:
    key: str
    holder: str
    environments: tuple[str, ...]
    details: str
    place: Place | None


def registry(holdings: Iterable[Holding]) -> tuple[tuple[str, tuple[RegistryRow, ...]], ...]:
    """Return kinds with their rows, both in the order in which they come."""
    found: dict[str, dict[tuple[str, str, str, Place | None], list[str]]] = {}
    for item in holdings:
        rows = found.setdefault(item.kind, {})
        rows.setdefault((item.key, item.holder, item.details, item.place), []).append(item.environment)
    return tuple(
        (
            kind,
            tuple(
                RegistryRow(key, holder, tuple(dict.fromkeys(environments)), details, place)
                for (key, holder, details, place), environments in rows.items()
            ),
        )
        for kind, rows in found.items()
    )
