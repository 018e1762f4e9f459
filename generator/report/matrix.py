"""Who may reach whom, by domain: rows reach columns."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from generator.report.escape import visible
from generator.report.model import Connection, End

INTERNET = "internet"
_SHADES = (1, 3, 8, 20)
_HOST = re.compile(r"(\*|[a-z0-9-]+)(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*")
_OF_SCRIPTS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True, slots=True)
class Cell:
    """The connections from one domain to another. `shade` 0 to 5 is for the eye only."""

    source: str
    target: str
    count: int
    undeclared: int
    not_enforced: int

    @property
    def shade(self) -> int:
        return 0 if not self.count else 1 + sum(1 for bound in _SHADES if self.count > bound)


@dataclass(frozen=True, slots=True)
class Matrix:
    """One environment. A name in `outside` is no domain: the internet, the nodes, a range of the LAN."""

    environment: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    outside: frozenset[str]
    cells: tuple[tuple[Cell, ...], ...]
    total: int
    undeclared: int
    not_enforced: int


def matrices(connections: Iterable[Connection]) -> tuple[Matrix, ...]:
    """Return a matrix per environment, in the order in which they come."""
    found: dict[str, list[Connection]] = {}
    for connection in connections:
        found.setdefault(connection.environment, []).append(connection)
    return tuple(_matrix(environment, group) for environment, group in found.items())


def side(end: End) -> str:
    """Return the row or column of an end: its domain; host names are the internet, all else stands for itself."""
    return end.domain or (INTERNET if _HOST.fullmatch(end.name) else end.name)


def _matrix(environment: str, connections: Sequence[Connection]) -> Matrix:
    tally: dict[tuple[str, str], list[int]] = {}
    inside: set[str] = set()
    for connection in connections:
        ends = (side(connection.source), side(connection.target))
        inside.update(end.domain for end in (connection.source, connection.target) if end.domain)
        counts = tally.setdefault(ends, [0, 0, 0])
        counts[0] += 1
        counts[1] += connection.declared is False
        counts[2] += not connection.enforced
    rows, columns = _ordered({ends[0] for ends in tally}, inside), _ordered({ends[1] for ends in tally}, inside)
    cells = tuple(
        tuple(Cell(source, target, *tally.get((source, target), (0, 0, 0))) for target in columns) for source in rows
    )
    totals = [sum(counts[index] for counts in tally.values()) for index in range(3)]
    return Matrix(environment, rows, columns, frozenset({*rows, *columns} - inside), cells, *totals)


def _ordered(names: Iterable[str], inside: set[str]) -> tuple[str, ...]:
    """Domains first, then what is outside."""
    return tuple(sorted(names, key=lambda name: (name not in inside, name)))


def connection_data(connections: Iterable[Connection]) -> str:
    """Return what the page's script lists behind a cell, as JSON that no markup can end.

    Shape: environment -> rows of (source's side, source, target's side, target, ports, remark).
    """
    found: dict[str, list[tuple[str, ...]]] = {}
    for item in connections:
        ends = (side(item.source), item.source.name, side(item.target), item.target.name)
        row = (*ends, item.ports, "; ".join(_said(item)))
        found.setdefault(item.environment, []).append(tuple(map(visible, row)))
    shown = {visible(environment): rows for environment, rows in found.items()}
    return orjson.dumps(shown).decode().translate(_OF_SCRIPTS)


def _said(item: Connection) -> Iterator[str]:
    if item.declared is not None:
        yield "declared" if item.declared else "not declared"
    if not item.enforced:
        yield "not enforced"
    if item.remark:
        yield item.remark
