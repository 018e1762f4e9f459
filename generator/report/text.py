"""Findings as a compiler prints them, and the lines that close a run."""

from collections import Counter

from generator.finding import MOST_PLACES, Place, Severity
from generator.report.escape import visible, visible_line
from generator.report.model import Listed, Report

_MOST_RULES = 12


def format_text(report: Report) -> str:
    """Return every open finding; an empty report has no text."""
    return "".join(f"{format_listed(item)}\n" for item in report.open)


def format_listed(item: Listed) -> str:
    """Return one finding: place, message, source line, caret, further places, fix."""
    finding = item.finding
    lines = [f"{shown_place(finding.place)}: {finding.severity}: {visible(finding.message)} [{visible(finding.rule)}]"]
    if item.source_line is not None:
        source, margin = visible_line(item.source_line, finding.place.column)
        lines += [f"    {source}", f"    {margin}^"]
    lines += [f"  also: {shown_place(place)}" for place in finding.also[:MOST_PLACES]]
    if len(finding.also) > MOST_PLACES:
        lines.append(f"  also: {counted(len(finding.also) - MOST_PLACES, 'more place')}")
    lines.append(f"  fix: {visible(finding.fix)}")
    return "\n".join(lines)


def shown_place(place: Place) -> str:
    return visible(str(place))


def summary(report: Report) -> str:
    """Return what the run did, for stderr: findings by rule, then the counts, each on its line."""
    lines = _by_rule(report)
    lines += [_environment_line(report)] if report.environments else []
    lines += [f"narrowed: {visible(report.narrowed)}"] if report.narrowed else []
    lines += [f"{counted(len(report.unenforced), 'connection')} that no policy enforces"] if report.unenforced else []
    lines += [visible(note) for note in report.notes]
    lines.append(verdict(report))
    return "\n".join(lines)


def verdict(report: Report) -> str:
    """Return the last line: `2 errors, 1 warning; 3 waived, 40 in the baseline; 61 rules (1.2 s)`."""
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    found = [counted(errors, "error")] if errors else []
    found += [counted(warnings, "warning")] if warnings else []
    silent = [f"{len(report.of('waived'))} waived"] if report.of("waived") else []
    silent += [f"{len(report.of('baselined'))} in the baseline"] if report.of("baselined") else []
    silent += [f"{report.baseline_gone} of the baseline gone"] if report.baseline_gone else []
    seconds = sum(timing.seconds for timing in report.timings)
    parts = [", ".join(found) or "no findings", ", ".join(silent), f"{counted(len(report.rules), 'rule')} ran"]
    took = f" ({seconds:.1f} s)" if report.timings else ""
    return "; ".join(part for part in parts if part) + took


def _by_rule(report: Report) -> list[str]:
    found = Counter((-item.finding.severity, item.finding.rule) for item in report.open)
    rows = sorted(found.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0][1]))
    known = report.rules_by_id()
    pages = {rule: f"  {visible(known[rule].page)}" for _, rule in found if rule in known and known[rule].page}
    lines = [
        f"{number:5}  {Severity(-weight)!s:7}  {visible(rule)}{pages.get(rule, '')}"
        for (weight, rule), number in rows[:_MOST_RULES]
    ]
    rest = rows[_MOST_RULES:]
    if rest:
        lines.append(f"{sum(number for _, number in rest):5}  more, of {counted(len(rest), 'other rule')}")
    return lines


def _environment_line(report: Report) -> str:
    parts = []
    for count in report.environments:
        skipped = sum(skip.count for skip in count.skipped)
        text = f"{count.name} {count.judged:,} of {count.rendered:,} objects judged"
        parts.append(f"{text}, {skipped:,} skipped" if skipped else text)
    return "; ".join(parts)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
