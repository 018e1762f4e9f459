"""Show a plan: as text for people, one line per machine, and as JSON for programs."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .step import Kind, Mark, Plan, Step
from .wanted import Wanted

COLOURS: Mapping[Mark, str] = {
    Mark.CREATE: "32",
    Mark.CHANGE: "33",
    Mark.RESTART: "35",
    Mark.DESTROY: "31",
    Mark.WAIT: "36",
}
_WEIGHT = (Mark.DESTROY, Mark.RESTART, Mark.CREATE, Mark.CHANGE, Mark.WAIT)
_MOST_DETAILS = 6
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours, or none."""

    is_on: bool

    def __call__(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.is_on else text


@dataclass(frozen=True, slots=True)
class Fold:
    """Breaks lines at the edge of a terminal; no width, no edge."""

    width: int | None

    def __call__(self, text: str) -> str:
        if self.fits(text):
            return text
        assert self.width is not None
        indent = " " * (len(text) - len(text.lstrip()) + 4)
        return "\n".join(textwrap.wrap(text, max(self.width, 40), subsequent_indent=indent, break_on_hyphens=False))

    def fits(self, text: str) -> bool:
        """Return whether a text stays on one line."""
        return self.width is None or len(text) <= self.width


def as_text(plan: Plan, wanted: Wanted, *, colour: bool = False, details: bool = True, width: int | None = None) -> str:
    """Return the plan for people; `width` is that of a terminal, in which nothing runs over the edge."""
    paint, fold = Paint(colour), Fold(width)
    lines = [paint(_head(plan), "1")]
    lines += [paint(fold(f"  stop: {text}"), COLOURS[Mark.DESTROY]) for text in plan.blockers]
    lines += _subjects(plan, wanted, paint, fold, details=details)
    lines += [fold(f"  later: {left.subject}: {left.what} ({left.by})") for left in plan.deferred]
    lines += [paint(fold(f"  warning: {text}"), COLOURS[Mark.CHANGE]) for text in plan.warnings]
    if plan.steps:
        lines.append(_legend(plan, paint))
    return "\n".join(lines)


def _head(plan: Plan) -> str:
    if plan.blockers:
        return f"{plan.title} of {plan.environment}: cannot be carried out"
    if not plan.steps:
        return f"{plan.title} of {plan.environment}: nothing to do"
    counts = {mark: sum(step.mark is mark for step in plan.steps) for mark in Mark}
    words = {Mark.CREATE: "make", Mark.CHANGE: "change", Mark.RESTART: "restart", Mark.DESTROY: "destroy"}
    parts = [f"{counts[mark]} {word}" for mark, word in words.items() if counts[mark]]
    return f"{plan.title} of {plan.environment}: {len(plan.steps)} steps ({', '.join(parts) or 'only waiting'})"


def _legend(plan: Plan, paint: Paint) -> str:
    used = {step.mark for step in plan.steps}
    words = {
        Mark.CREATE: "make",
        Mark.CHANGE: "change",
        Mark.RESTART: "restarts the VM",
        Mark.DESTROY: "destroys",
        Mark.WAIT: "wait",
    }
    return "  " + "   ".join(f"{paint(mark.value, COLOURS[mark])} {words[mark]}" for mark in Mark if mark in used)


def _subjects(plan: Plan, wanted: Wanted, paint: Paint, fold: Fold, *, details: bool) -> Iterator[str]:
    groups: dict[str, list[Step]] = {}
    for step in plan.steps:
        groups.setdefault(step.subject, []).append(step)
    machines = [name for name in (*wanted.inventory.nodes, *wanted.inventory.vms) if name in groups]
    others = [name for name in groups if name not in machines]
    widest = max((len(name) for name in machines or others), default=0)
    for name in machines:
        steps = groups[name]
        yield _row(paint, fold, steps, f"{name:<{widest}}  {_facts(wanted, name)}", _verbs(steps))
        if details:
            yield from _details(steps, fold)
    for names in _alike(others, groups, fold):
        steps = [step for name in names for step in groups[name]]
        yield _row(paint, fold, steps, f"{', '.join(names):<{widest}} ", _verbs(steps))
        if details:
            yield from _details(steps, fold)


def _row(paint: Paint, fold: Fold, steps: list[Step], left: str, verbs: str) -> str:
    """Return a line; in a narrow terminal what is only made keeps the verbs to itself, anything else takes another."""
    mark = next(mark for mark in _WEIGHT if any(step.mark is mark for step in steps))
    sign = paint(mark.value, COLOURS[mark])
    whole = f"{left} {verbs}"
    if fold.fits(f"  + {whole}"):
        return f"  {sign} {whole}"
    if all(step.mark in (Mark.CREATE, Mark.WAIT) for step in steps):
        return f"  {sign} {left.rstrip()}"
    return f"  {sign} {left.rstrip()}\n{fold(f'      {verbs}')}"


def _verbs(steps: list[Step]) -> str:
    return ", ".join(dict.fromkeys(_verb(step) for step in steps))


def _alike(names: list[str], groups: Mapping[str, list[Step]], fold: Fold) -> Iterator[list[str]]:
    """Put objects of which the same is to be said on one line, as long as they fit."""
    together: list[str] = []
    for name in names:
        is_same = together and _verbs(groups[together[0]]) == _verbs(groups[name]) and not groups[name][0].details
        if is_same and len(", ".join([*together, name])) <= _WIDEST and fold.fits(f"  + {', '.join(together)}, {name}"):
            together.append(name)
            continue
        if together:
            yield together
        together = [name]
    if together:
        yield together


def _verb(step: Step) -> str:
    return f"{step.kind.value} {step.argument}" if step.argument and step.kind in _WITH_ARGUMENT else step.kind.value


_WITH_ARGUMENT = frozenset({Kind.REPLICATE, Kind.VM_MIGRATE, Kind.COMPONENT, Kind.KUBELET, Kind.TALOS_UPGRADE})


def _details(steps: list[Step], fold: Fold) -> Iterator[str]:
    found = [detail for step in steps for detail in step.details if step.kind is not Kind.REPLICATE]
    for detail in found[:_MOST_DETAILS]:
        change = f"{_short(detail.actual)} → {_short(detail.desired)}" if detail.actual or detail.desired else ""
        effect = f"({detail.effect})" if detail.effect else ""
        yield fold(" ".join(part for part in (f"      {detail.what}:", change, effect) if part))
    if len(found) > _MOST_DETAILS:
        yield f"      and {len(found) - _MOST_DETAILS} more: --json shows all"


def _short(text: str | None) -> str:
    if text is None:
        return "absent"
    one = " ".join(text.split())
    return one if len(one) <= _WIDEST else f"{one[: _WIDEST - 1]}…"


def _facts(wanted: Wanted, name: str) -> str:
    machine = wanted.inventory.nodes.get(name) or wanted.inventory.vms.get(name)
    if machine is None:
        return ""
    node = wanted.node(name)
    kind = "vm" if node is None else "control plane" if node.is_control_plane else "worker"
    disk = sum(disk.size_gib for disk in machine.disks.values())
    size = f"{disk / 1024:g} TiB" if disk % 1024 == 0 else f"{disk} GiB"
    memory = f"{machine.memory_mib / 1024:g} GiB"
    facts = f"{kind:<13} {machine.host or 'metal':<6} {machine.cores:>2} cores {memory:>7} {size:>8} {machine.address}"
    return f"{facts:<{_WIDEST}}"


def as_json(plan: Plan) -> dict[str, Any]:
    """Return the plan for programs; secrets are not in it."""
    return {
        "environment": plan.environment,
        "title": plan.title,
        "steps": [
            {
                "id": step.id,
                "kind": step.kind.value,
                "subject": step.subject,
                "mark": step.mark.name.lower(),
                "needs": sorted(step.needs & plan.by_id.keys()),
                "host": step.host,
                "details": [asdict(detail) for detail in step.details],
            }
            for step in plan.steps
        ],
        "deferred": [asdict(left) for left in plan.deferred],
        "warnings": list(plan.warnings),
        "blockers": list(plan.blockers),
    }
