"""The fleets as the pages look at them: every environment at once, and who names whom."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.catalogue.service import Service
from generator.docs.facts import Facts
from generator.docs.markdown import Markdown, table
from generator.docs.remarks import Remarks
from generator.finding import Place
from generator.fleet.model import Edge, Fleet, NotEnforced, PersistentNfs, Pods

Row = tuple[str, ...]
# The words of the extra column, and where a row holds everywhere.
_IN, _EVERYWHERE = "in", Markdown("all")
_NUMBER = re.compile("[0-9]+")


@dataclass(slots=True)
class View:
    """One environment with its edges by service. Edges that every pod has are left out."""

    name: str
    fleet: Fleet
    calls: dict[str, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    callers: dict[str, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    not_enforced: dict[str, list[NotEnforced]] = field(default_factory=lambda: defaultdict(list))
    nfs: dict[str, list[PersistentNfs]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for edge in self.fleet.edges:
            source, target = edge.source, edge.target
            if edge.reason == "dns" or source == target:
                continue
            if type(source) is Pods:
                self.calls[source.service].append(edge)
            if type(target) is Pods:
                self.callers[target.service].append(edge)
        for gap in (*self.fleet.not_enforced, *self.fleet.edges_left_out):
            self.not_enforced[gap.place.path].append(gap)
        for pair in self.fleet.nfs:
            self.nfs[pair.service].append(pair)


@dataclass(frozen=True, slots=True)
class Reference:
    """What every page is made from. `views` begin with the default environment."""

    views: tuple[View, ...]
    facts: Mapping[str, tuple[Facts, ...]]
    remarks: Remarks
    services: Mapping[str, Service]

    @property
    def environments(self) -> tuple[str, ...]:
        return tuple(view.name for view in self.views)

    def running(self, service: str) -> list[tuple[View, Service]]:
        """The environments in which a service runs, with what it is there."""
        return [(view, view.fleet.services[service]) for view in self.views if service in view.fleet.services]

    def remark(self, place: Place | None) -> str:
        """The comment that ends the line of `place`."""
        return self.remarks.get(place.path, {}).get(place.line, "") if place is not None else ""


def look(fleets: Mapping[str, Fleet], facts: Mapping[str, tuple[Facts, ...]], remarks: Remarks) -> Reference:
    """Put the default environment first, the others by name, and collect every service."""
    default = next((fleet.site.default_environment for fleet in fleets.values()), "")
    names = sorted(fleets, key=lambda name: (name != default, name))
    views = tuple(View(name, fleets[name]) for name in names)
    services: dict[str, Service] = {}
    for group in ("services", "off", "retired"):
        for view in views:
            for name, service in getattr(view.fleet, group).items():
                services.setdefault(name, service)
    return Reference(views, facts, remarks, dict(sorted(services.items())))


def across(
    head: Sequence[str], found: Sequence[tuple[str, Iterable[Row]]], by: Callable[[Row], Any] | None = None
) -> Markdown:
    """Return one table of the rows of several environments, sorted by `by` or in the order found.

    A row that not all of them have says in a last column where it holds; without such a row there
    is no such column.
    """
    listed = [(environment, list(own)) for environment, own in found]
    if not any(own for _, own in listed):
        return Markdown("")
    if all(own == listed[0][1] for _, own in listed):
        same = list(dict.fromkeys(listed[0][1]))
        if by is not None:
            same.sort(key=by)
        return table(head, same)
    rows: dict[Row, list[str]] = {}
    for environment, own in listed:
        for row in own:
            where = rows.get(row)
            if where is None:
                rows[row] = [environment]
            elif where[-1] != environment:
                where.append(environment)
    order = sorted(rows, key=by) if by else list(rows)
    if all(len(where) == len(listed) for where in rows.values()):
        return table(head, order)
    return table(
        (*head, _IN),
        [(*row, _EVERYWHERE if len(rows[row]) == len(listed) else ", ".join(rows[row])) for row in order],
    )


def by_number(row: Row) -> tuple[list[int], Row]:
    """Sort by the numbers in the first cell: addresses, ports, ids."""
    return ([int(number) for number in _NUMBER.findall(row[0])], row)


def by_text(row: Row) -> Row:
    """Sort by what is written, so that one thing's rows of several environments stand together."""
    return row
