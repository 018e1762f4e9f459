"""The report page: one file that opens from disk, fetches nothing, and runs no script but its own."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable

from markupsafe import Markup, escape

from generator.finding import Place, Severity
from generator.report.escape import visible, visible_line
from generator.report.matrix import connection_data, matrices
from generator.report.model import BudgetUse, Listed, Meter, NodeUse, Report
from generator.report.registry import registry
from generator.report.template import html_template, page_part
from generator.report.text import counted
from generator.report.units import cores, level, number, percent, size

_MOST_PLACES = 4
_CODE = re.compile(r"`([^`]+)`")
Words = Callable[[int], str]


def format_html(report: Report) -> str:
    """Return the page."""
    style, script = page_part("page.css"), page_part("page.js")
    return html_template(
        "page",
        report=report,
        show=Show(report),
        style=Markup(style),  # noqa: S704  # our own file
        script=Markup(script),  # noqa: S704  # our own file
        policy=_content_policy(style, script),
        matrices=matrices(report.connections),
        connections=Markup(connection_data(report.connections)),  # noqa: S704  # escaped for a script element
        registry=registry(report.holdings),
        environments=_environments(report),
    )


def _content_policy(style: str, script: str) -> str:
    """Allow the one style and the one script, by hash, and nothing else."""
    parts = {"style-src": style, "script-src": script}
    hashes = {name: b64encode(hashlib.sha256(text.encode()).digest()).decode() for name, text in parts.items()}
    allowed = "; ".join(f"{name} 'sha256-{value}'" for name, value in hashes.items())
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _environments(report: Report) -> tuple[str, ...]:
    """Every environment that some part of the report names, in the order of the counts."""
    named = [count.name for count in report.environments]
    parts = (report.budgets, report.nodes, report.connections, report.unenforced, report.holdings)
    return tuple(dict.fromkeys([*named, *(item.environment for part in parts for item in part)]))


class Show:
    """Words and figures that the templates ask for."""

    counted = staticmethod(counted)
    number = staticmethod(number)
    percent = staticmethod(percent)
    level = staticmethod(level)

    def __init__(self, report: Report) -> None:
        self._report = report
        self._rules = report.rules_by_id()
        self.errors = report.count(Severity.ERROR)
        self.warnings = report.count(Severity.WARNING)
        self.waived = len(report.of("waived"))
        self.baselined = len(report.of("baselined"))
        self.judged = sum(count.judged for count in report.environments)
        self.skipped = sum(skip.count for count in report.environments for skip in count.skipped)
        self.missing = sum(count.missing for count in report.environments)
        self.seconds = sum(timing.seconds for timing in report.timings)

    @property
    def groups(self) -> tuple[tuple[str, str, tuple[Listed, ...]], ...]:
        """Findings as they stand without a script: errors, warnings, then the silent ones."""
        shown = self._report.open
        parts = (
            ("error", "Errors", tuple(item for item in shown if item.finding.severity is Severity.ERROR)),
            ("warning", "Warnings", tuple(item for item in shown if item.finding.severity is Severity.WARNING)),
            ("waived", "Waived", self._report.of("waived")),
            ("baselined", "In the baseline", self._report.of("baselined")),
        )
        return tuple(part for part in parts if part[2])

    def title(self, rule: str) -> str:
        """The title of a rule, empty where the run does not know it."""
        return self._rules[rule].title if rule in self._rules else ""

    def findings_of(self, rule: str) -> int:
        return sum(1 for item in self._report.findings if item.finding.rule == rule)

    @staticmethod
    def place(place: Place) -> str:
        return str(place)

    @staticmethod
    def source(item: Listed) -> tuple[Markup, Markup]:
        """The source line and the margin of its caret; tabs stay tabs."""
        assert item.source_line is not None
        line, margin = visible_line(item.source_line, item.finding.place.column)
        return escape(line), escape(margin)

    @staticmethod
    def prose(text: str) -> Markup:
        """A text of ours or of a rule: what stands between backticks is code."""
        return Markup(_CODE.sub(r"<code>\1</code>", str(escape(visible(text)))))  # noqa: S704  # escaped first

    @staticmethod
    def first(places: tuple[object, ...]) -> tuple[object, ...]:
        return places[:_MOST_PLACES] if len(places) > _MOST_PLACES + 1 else places

    @staticmethod
    def budget_rows(use: BudgetUse) -> tuple[tuple[str, Meter, str, str], ...]:
        return (
            ("CPU", use.cpu_m, *_pair(use.cpu_m, cores)),
            ("Memory", use.memory_bytes, *_pair(use.memory_bytes, size)),
            ("Storage", use.storage_bytes, *_pair(use.storage_bytes, size)),
        )

    @staticmethod
    def node_rows(use: NodeUse) -> tuple[tuple[str, Meter, str, str], ...]:
        return (
            ("CPU", use.cpu_m, *_pair(use.cpu_m, cores)),
            ("Memory", use.memory_bytes, *_pair(use.memory_bytes, size)),
            *((("Pods", use.pods, *_pair(use.pods, number)),) if use.pods is not None else ()),
        )

    @staticmethod
    def width(meter: Meter) -> str:
        """The length of a bar, at most its frame."""
        share = meter.share
        return f"{min(share, 1.0) * 100:.1f}%" if share is not None else "0%"


def _pair(meter: Meter, words: Words) -> tuple[str, str]:
    return words(meter.used), (words(meter.limit) if meter.limit is not None else "no bound")
