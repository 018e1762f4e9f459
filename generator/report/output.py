"""Which format goes where: `--format` and `--output`, in pairs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from generator.report.error import ReportUsage
from generator.report.github import format_github
from generator.report.html import format_html
from generator.report.json_format import format_json
from generator.report.junit import format_junit
from generator.report.markdown import format_markdown
from generator.report.model import Report
from generator.report.sarif import format_sarif
from generator.report.text import format_text

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": format_text,
    "json": format_json,
    "sarif": format_sarif,
    "junit": format_junit,
    "github": format_github,
    "markdown": format_markdown,
    "html": format_html,
}

_ENDINGS = {".txt": "text", ".json": "json", ".sarif": "sarif", ".xml": "junit", ".md": "markdown", ".html": "html"}


def render(report: Report, name: str) -> str:
    """Return a report in one of `FORMATS`; the text ends with a line end, or is empty."""
    return FORMATS[name](report)


def destinations(formats: Sequence[str], outputs: Sequence[Path]) -> tuple[tuple[str, Path | None], ...]:
    """Pair formats with files, in the order given; what has no file goes to stdout.

    Files belong to the last formats, so `--format text --format sarif --output gate.sarif` prints text.

    Raises:
        ReportUsage: more files than formats, two reports for stdout, or a file whose ending is that of another one.
    """
    wanted = tuple(formats) or ("text",)
    if len(outputs) > len(wanted):
        raise ReportUsage(
            f"{len(outputs)} times --output and {len(wanted)} times --format: each file needs a format of its own"
        )
    spoken = len(wanted) - len(outputs)
    if spoken > 1:
        names = ", ".join(wanted[:spoken])
        raise ReportUsage(f"{names} would all be printed to stdout: give all but one a file with --output")
    pairs = tuple(zip(wanted, (*(None for _ in range(spoken)), *outputs), strict=True))
    for name, path in pairs:
        meant = _ENDINGS.get(path.suffix.lower(), name) if path is not None else name
        if meant != name and meant in wanted:
            raise ReportUsage(
                f"{path} would hold {name}: files belong to the last formats, in their order, so a format without"
                " --output comes first"
            )
    return pairs
