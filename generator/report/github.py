"""GitHub workflow commands: findings as annotations in the changed files."""

from generator.finding import Severity
from generator.report.escape import command_message, command_property, visible
from generator.report.model import Listed, Report
from generator.report.text import verdict

# GitHub shows this many of each kind per step; further ones vanish without a word.
MOST_SHOWN = 10
_MOST_PLACES = 5
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def format_github(report: Report) -> str:
    """Return one command per finding, errors first, at most what GitHub shows, and the counts."""
    lines = []
    hidden = 0
    for severity, command in sorted(_COMMANDS.items(), reverse=True):
        items = [item for item in report.open if item.finding.severity is severity]
        lines += [_command(command, item) for item in items[:MOST_SHOWN]]
        hidden += max(len(items) - MOST_SHOWN, 0)
    more = f"; {hidden} more not shown here, see the summary of the run" if hidden else ""
    narrowed = f"; narrowed: {report.narrowed}" if report.narrowed else ""
    lines.append(f"::notice title=chartroom::{command_message(verdict(report) + narrowed + more)}")
    return "".join(f"{line}\n" for line in lines)


def _command(command: str, item: Listed) -> str:
    finding = item.finding
    place = finding.place
    properties = {"file": place.path, "line": str(place.line), "col": str(place.column), "title": finding.rule}
    shown = ",".join(f"{key}={command_property(value)}" for key, value in properties.items())
    also = [f"also: {other}" for other in finding.also[:_MOST_PLACES]]
    rest = len(finding.also) - len(also)
    also += [f"also: {rest} more places"] if rest else []
    lines = [finding.message, *also, f"fix: {finding.fix}"]
    message = command_message("\n".join(visible(line) for line in lines))
    return f"::{command} {shown}::{message}"
