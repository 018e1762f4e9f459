"""From what a check came to, to the one value that every format prints."""

from collections.abc import Iterator
from pathlib import Path

from generator import __version__
from generator.finding import Severity
from generator.pipeline.check import Checked
from generator.policy import Waiver, stages
from generator.report import (
    EnvironmentCount,
    Listed,
    Report,
    RuleRun,
    Timing,
    Unenforced,
    WaiverLine,
    connections_of,
    facts_of_fleets,
    list_findings,
)
from generator.report.model import WaiverState

PAGES = "docs/reference/rules"
_ENDING_DAYS = 30
_PROVEN = frozenset({"network", "capacity", "frozen", "waiver"})


def listed_of(root: Path, checked: Checked) -> tuple[Listed, ...]:
    """Return the findings with what a reader wants beside them."""
    return list_findings(
        root,
        (*checked.findings, *checked.problems),
        waived=checked.silenced,
        environments=checked.environments,
    )


def report_of(checked: Checked, listed: tuple[Listed, ...], baseline_gone: int = 0) -> Report:
    """Return the report of a check."""
    fleets = checked.fleets
    return Report(
        __version__,
        checked.today.isoformat(),
        listed,
        rules=tuple(_rules(checked)),
        environments=tuple(
            EnvironmentCount(count.environment, count.rendered, count.judged, services=count.services)
            for count in checked.counts
        ),
        connections=tuple(
            connection
            for name, proof in checked.proofs.items()
            for connection in connections_of(fleets[name], proof.services, proof.undeclared)
        ),
        unenforced=tuple(_unenforced(checked)),
        waivers=waiver_lines(checked),
        timings=tuple(Timing(stage, seconds) for stage, seconds in checked.timings.items()),
        narrowed=checked.narrowed,
        baseline_gone=baseline_gone,
        notes=checked.notes,
        stages=tuple(_stages(checked, listed)),
        **facts_of_fleets(fleets),
    )


def _stages(checked: Checked, listed: tuple[Listed, ...]) -> Iterator[RuleRun]:
    """Yield what findings of other stages than the rules mean, with the place of their page."""
    ran = {rule.id for rule in checked.rules}
    worst: dict[str, Severity] = {}
    for item in listed:
        finding = item.finding
        worst[finding.rule] = max(finding.severity, worst.get(finding.rule, finding.severity))
    for name, severity in worst.items():
        known = stages().get(name)
        if known is not None and name not in ran:
            stage = name.partition("/")[0]
            ran_in = stage if stage == "schema" else "policy" if stage in _PROVEN else "generation"
            yield RuleRun(name, known.what, severity, ran_in, known.page if _has_pages(checked) else "", known.fix)


def _has_pages(checked: Checked) -> bool:
    """Manifests of others lie in repositories where nobody generates pages."""
    return not checked.narrowed.startswith("--manifests")


def _rules(checked: Checked) -> Iterator[RuleRun]:
    for rule in checked.rules:
        page = f"{PAGES}/{rule.id}.md" if rule.path and _has_pages(checked) else ""
        stage = "policy" if rule.package else "pytest"
        yield RuleRun(rule.id, rule.title, rule.severity, stage, page, rule.why, rule.reference)


def _unenforced(checked: Checked) -> Iterator[Unenforced]:
    for name, proof in checked.proofs.items():
        for item in (*proof.not_enforced, *proof.hosts_not_enforced):
            yield Unenforced(name, item.what, item.why, item.place)


def waiver_lines(checked: Checked) -> tuple[WaiverLine, ...]:
    """Return every waiver with its state."""
    states = {(problem.place, problem.rule): problem for problem in checked.problems}
    silenced = list(checked.silenced_by.values())
    return tuple(
        WaiverLine(
            waiver.rule,
            waiver.object,
            waiver.reason,
            waiver.owner,
            waiver.created.isoformat(),
            waiver.until.isoformat(),
            (waiver.until - checked.today).days,
            _state(waiver, checked, {rule for place, rule in states if place == waiver.place}),
            silenced.count(waiver),
            waiver.place,
        )
        for waiver in checked.waivers
    )


def _state(waiver: Waiver, checked: Checked, problems: set[str]) -> WaiverState:
    if "waiver/expired" in problems:
        return "expired"
    if "waiver/unused" in problems:
        return "unused"
    if "waiver/too-long" in problems:
        return "too-long"
    return "ending" if (waiver.until - checked.today).days <= _ENDING_DAYS else "active"
