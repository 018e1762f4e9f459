"""The summary for a pull request: verdict first, findings by rule, the rest folded away."""

from collections.abc import Iterable
from dataclasses import dataclass

from generator.finding import Place, Severity
from generator.report.escape import fence_for, markdown, markdown_code, visible_line
from generator.report.model import Listed, Meter, Report
from generator.report.template import Ready, markdown_template
from generator.report.text import counted
from generator.report.units import cores, level, percent, size

# A comment of a pull request holds 65,536 letters; what is left out is counted.
MOST_FINDINGS = 50
_MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The findings of one rule."""

    rule: str
    title: str
    page: str
    severity: str
    items: tuple[Listed, ...]


def format_markdown(report: Report) -> str:
    """Return GitHub's Markdown. What a finding quotes can neither link, mention nor leave its place."""
    shown = report.open[:MOST_FINDINGS]
    return markdown_template("summary", report=report, words=Words(), groups=grouped(report, shown),
                             hidden=len(report.open) - len(shown), tight=tuple(tight(report)))  # fmt: skip


class Words:
    """What the template asks for."""

    errors = Severity.ERROR
    warnings = Severity.WARNING
    line_break = Ready("\\")
    counted = staticmethod(counted)

    @staticmethod
    def place(place: Place) -> Ready:
        return Ready(markdown_code(str(place)))

    @staticmethod
    def code(text: str) -> Ready:
        return Ready(markdown_code(text))

    @staticmethod
    def cell(text: str) -> Ready:
        return Ready(markdown_code(text, in_table=True))

    @staticmethod
    def source(item: Listed) -> Ready:
        """The source line with its caret, as a code block of a list item."""
        if item.source_line is None:
            return Ready("")
        source, margin = visible_line(item.source_line, item.finding.place.column)
        fence = fence_for(source)
        return Ready(f"  {fence}yaml\n  {source}\n  {margin}^\n  {fence}")

    @staticmethod
    def also(item: Listed) -> Ready:
        places = item.finding.also
        shown = ", ".join(markdown_code(str(place)) for place in places[:_MOST_PLACES])
        rest = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
        return Ready(shown + rest)


def grouped(report: Report, items: Iterable[Listed]) -> tuple[RuleGroup, ...]:
    """Return findings by rule: errors first, then the rule with the most."""
    known = report.rules_by_id()
    found: dict[str, list[Listed]] = {}
    for item in items:
        found.setdefault(item.finding.rule, []).append(item)
    groups = [
        RuleGroup(
            rule,
            known[rule].title if rule in known else "",
            known[rule].page if rule in known else "",
            str(max(item.finding.severity for item in listed)),
            tuple(listed),
        )
        for rule, listed in found.items()
    ]
    return tuple(sorted(groups, key=lambda group: (group.severity != "error", -len(group.items), group.rule)))


def tight(report: Report) -> Iterable[dict[str, Ready | str]]:
    """Yield the budgets that are nearly used up or passed."""
    for use in report.budgets:
        meters: tuple[tuple[str, Meter, str, str], ...] = (
            ("CPU", use.cpu_m, cores(use.cpu_m.used), cores(use.cpu_m.limit or 0)),
            ("memory", use.memory_bytes, size(use.memory_bytes.used), size(use.memory_bytes.limit or 0)),
            ("storage", use.storage_bytes, size(use.storage_bytes.used), size(use.storage_bytes.limit or 0)),
        )
        for what, meter, used, limit in meters:
            if level(meter) in ("near", "over"):
                yield {
                    "environment": Ready(markdown(use.environment)), "domain": Ready(markdown(use.domain)),
                    "what": what, "used": used, "limit": limit, "percent": percent(meter),
                }  # fmt: skip
