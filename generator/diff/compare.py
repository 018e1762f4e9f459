"""The use case of `chartroom diff`: two states compared, per service and environment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.catalogue.quantity import show_bytes, show_cpu
from generator.diff.change import Change, Mark, pair
from generator.diff.mark import marks_of
from generator.diff.reach import widened
from generator.diff.state import Owned, State, render
from generator.finding import Place, Unusable
from generator.fleet import Fleet
from generator.pipeline.charts import check_charts
from generator.pipeline.frozen import read_moves
from generator.pipeline.place import NoWorkspace
from generator.pipeline.workspace import open_workspace
from generator.source import Map

TOOLS = ".tools/bin"


@dataclass(frozen=True, slots=True)
class Entry:
    """What happens to one service, in the environments where the same happens."""

    owner: str
    environments: tuple[str, ...]
    changes: tuple[Change, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that differs. `notes` say what was not judged."""

    base: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()

    @property
    def dangers(self) -> int:
        return sum(len(entry.marks) for entry in self.entries)


def compare_states(root: Path, base: str, before: State, after: State, environment: str | None = None) -> Diff:
    """Compare two states as ArgoCD would hold them.

    Raises:
        DiffError: a chart does not render.
    """
    notes: list[str] = []
    moves = _moves(root, notes)
    fleets = _fleets(root, notes)
    found: dict[tuple[str, tuple[Change, ...], tuple[Mark, ...]], list[str]] = {}
    for name, old, new in render(before, after, root / TOOLS):
        if environment in (None, name):
            for owner, changes, marks in _of_environment(name, old, new, moves, fleets.get(name)):
                found.setdefault((owner, changes, marks), []).append(name)
    entries = [Entry(owner, tuple(names), changes, marks) for (owner, changes, marks), names in found.items()]
    return Diff(base, tuple(sorted(entries, key=lambda item: (item.owner, item.environments))), tuple(notes))


def _of_environment(
    environment: str, old: Sequence[Owned], new: Sequence[Owned], moves: Map, fleet: Fleet | None
) -> Iterator[tuple[str, tuple[Change, ...], tuple[Mark, ...]]]:
    pairings = pair(old, new)
    changes = {item.owner: tuple(item.changes()) for item in pairings}
    marks: dict[str, list[Mark]] = {item.owner: list(marks_of(item, environment, moves)) for item in pairings}
    for owner, mark in widened(old, new):
        marks.setdefault(owner, []).append(mark)
    if fleet is not None:
        changed = {owner.partition("/")[0] for owner, found in changes.items() if found}
        for owner, mark in _budgets(fleet, changed):
            marks.setdefault(owner, []).append(mark)
    for owner in sorted(marks):
        if changes.get(owner) or marks[owner]:
            yield owner, changes.get(owner, ()), tuple(dict.fromkeys(marks[owner]))


def _budgets(fleet: Fleet, domains: set[str]) -> Iterator[tuple[str, Mark]]:
    """Budgets that the changed domains pass."""
    for domain in sorted(domains & fleet.budgets.keys() & fleet.needs.keys()):
        need, budget = fleet.needs[domain], fleet.budgets[domain]
        amounts = (
            ("CPU requests", need.cpu_m, budget.cpu_m, show_cpu),
            ("memory requests", need.memory_bytes, budget.memory_bytes, show_bytes),
            ("memory limits", need.memory_limit_bytes, budget.memory_limit_bytes, show_bytes),
            ("storage", need.storage_bytes, budget.storage_bytes, show_bytes),
        )
        for what, asked, given, shown in amounts:
            if given is not None and asked > given:
                reason = f"domain {domain} needs {shown(asked)} of {what}, its budget is {shown(given)}"
                yield f"{domain}/namespaces", Mark("budget", reason)


def _moves(root: Path, notes: list[str]) -> Map:
    try:
        return read_moves(root)
    except Unusable as error:
        notes.append(f"values/moves.yaml cannot be read: {error.findings[0].message}")
        return Map(Place("values/moves.yaml"))


def _fleets(root: Path, notes: list[str]) -> Mapping[str, Fleet]:
    try:
        workspace = open_workspace(root)
        workspace.require_usable()
    except (Unusable, NoWorkspace):
        notes.append("budgets were not judged: there are errors in the values (`chartroom charts` lists them)")
        return {}
    drift = check_charts(root).drift
    if drift:
        files = "1 generated file differs" if len(drift) == 1 else f"{len(drift)} generated files differ"
        notes.append(f"{files} from the values: run `chartroom charts`, this compares what is written")
    return workspace.fleets
