"""From what a check came to, to the one value that every format prints."""

from collections.abc import Iterator
from pathlib import Path

from generator import __version__
from generator.pipeline.check import Checked
from generator.policy import Waiver
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
        **facts_of_fleets(fleets),
    )


def _rules(checked: Checked) -> Iterator[RuleRun]:
    for rule in checked.rules:
        page = f"{PAGES}/{rule.id}.md" if rule.path else ""
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
