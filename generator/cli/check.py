"""The commands of the gate: check and waivers."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from generator.cli.output import (
    CLEAN,
    ENGINE,
    FINDINGS,
    USAGE,
    WAIVER,
    columns,
    counted,
    default_root,
    note,
    print_findings,
    progress,
    summary,
)
from generator.finding import ChartroomError, Finding, Severity, Unusable
from generator.pipeline.carried import rule_folders
from generator.pipeline.check import Checked, Choice, UnknownChoice, check_fleet
from generator.pipeline.given import NoManifests
from generator.pipeline.manifests import check_manifests
from generator.pipeline.place import NoWorkspace
from generator.pipeline.press import Press
from generator.pipeline.report import listed_of, report_of
from generator.pipeline.unchanged import Kept, fresh, verdict
from generator.policy import PolicyUsage, read_waivers
from generator.report import (
    BaselineUnusable,
    Report,
    ReportUsage,
    destinations,
    format_baseline,
    mark_baselined,
    read_baseline,
    render,
)
from generator.report import summary as report_summary
from generator.testing.rule import read_python_rules

_STOPPED = "the values cannot be resolved, so nothing else was judged"
_BAR = {"error": Severity.ERROR, "warning": Severity.WARNING}


def run_check(
    top: Path,
    choice: Choice,
    *,
    formats: Sequence[str],
    outputs: Sequence[Path],
    fail_on: str,
    baseline: Path | None,
    write_baseline: Path | None,
    manifests: Sequence[Path],
    crds: Sequence[Path],
    kubernetes: str,
    no_cache: bool,
    today: date,
    press: Press | None = None,
) -> int:
    """Judge, print the reports, and return the exit code: 3 beats 4 beats 1. `press` may have been started before."""

    def work() -> Kept:
        if manifests:
            # Manifests lie where the person says, from where they stand; values from the top of the repository.
            return fresh(*_reported(Path(), check_manifests(top, manifests, crds, choice, kubernetes, today)))
        rules = read_python_rules(rule_folders(top).policies)

        def judge() -> tuple[Report, tuple[Finding, ...]]:
            return _reported(top, check_fleet(top, choice, today, rules, press))

        # What a rule in Python reads besides the fleet nobody knows, so its verdict is not kept.
        return fresh(*judge()) if no_cache or rules else verdict(top, choice, today, judge)

    try:
        wanted = destinations(formats, outputs)
        with progress("judging"):
            kept = work()
        report = _baselined(kept.report, baseline, write_baseline)
    except (NoWorkspace, UnknownChoice, NoManifests, PolicyUsage, ReportUsage, BaselineUnusable) as error:
        note(f"error: {error}")
        return USAGE
    except Unusable as error:
        stopped = Checked(today, choice.words, findings=error.findings, notes=(_STOPPED,))
        for name, path in wanted:
            _write(render(report_of(stopped, listed_of(top, stopped)), name), path)
        note(f"{summary(error.findings)}; {_STOPPED}")
        return FINDINGS
    except ChartroomError as error:
        note(f"error: {error}")
        return ENGINE
    for name, path in wanted:
        _write(render(report, name), path)
    note(report_summary(report))
    if kept.recalled:
        note(f"unchanged since {kept.at:%Y-%m-%d %H:%M}, so this is the verdict of then; --no-cache judges again")
    return exit_code(report, kept.problems, fail_on)


def exit_code(report: Report, problems: Sequence[Finding], fail_on: str) -> int:
    """Return 4 for a problem of waivers, 1 for findings that reach the bar."""
    if problems:
        return WAIVER
    return FINDINGS if report.fails(_BAR[fail_on]) else CLEAN


def _reported(root: Path, checked: Checked) -> tuple[Report, tuple[Finding, ...]]:
    return report_of(checked, listed_of(root, checked)), checked.problems


def _baselined(report: Report, baseline: Path | None, write_baseline: Path | None) -> Report:
    """Write the baseline down, or mark what stands in one."""
    if write_baseline is not None:
        write_baseline.write_text(format_baseline(report.findings), encoding="utf-8")
        note(f"{write_baseline}: {counted(len(report.open), 'finding')} written down")
    if baseline is None:
        return report
    listed, gone = mark_baselined(report.findings, read_baseline(baseline))
    return replace(report, findings=listed, baseline_gone=0 if report.narrowed else gone)


def _write(text: str, path: Path | None) -> None:
    if path is not None:
        path.write_text(text, encoding="utf-8")
    elif text:
        sys.stdout.write(text)


def run_waivers(root: Path | None, today: date) -> int:
    """List waivers with their age and end; 4 where one cannot be read or is past."""
    top = root or default_root()
    waivers, faults = read_waivers(top)
    if faults:
        print_findings(faults, top)
        return WAIVER
    if not waivers:
        note("there are no waivers")
        return CLEAN
    rows = [
        (
            waiver.rule,
            waiver.object,
            waiver.environment or "all",
            waiver.owner,
            counted((today - waiver.created).days, "day"),
            waiver.until.isoformat(),
            _left((waiver.until - today).days),
            waiver.reason,
        )
        for waiver in sorted(waivers, key=lambda waiver: (waiver.until, waiver.rule, waiver.object))
    ]
    click.echo(columns(rows, ("RULE", "OBJECT", "ENVIRONMENT", "OWNER", "AGE", "UNTIL", "LEFT", "REASON")))
    return WAIVER if any(waiver.until < today for waiver in waivers) else CLEAN


def _left(days: int) -> str:
    return "past" if days < 0 else counted(days, "day")


def guarded(work: Callable[[], int]) -> int:
    """Run a command of `policy` and turn what it cannot do into an exit code."""
    try:
        return work()
    except (PolicyUsage, UnknownChoice) as error:
        note(f"error: {error}")
        return USAGE
    except ChartroomError as error:
        note(f"error: {error}")
        return ENGINE
