"""What every command prints alike: findings, counts, and the exit code that follows from them."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from generator.finding import Finding, Severity, format_finding, sort_findings

CLEAN, FINDINGS, USAGE, ENGINE, WAIVER = 0, 1, 2, 3, 4
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
_SECONDS_UNTIL_PROGRESS = 1.0


def print_findings(findings: Iterable[Finding], root: Path, *, aside: bool = False) -> None:
    """Print findings in order of place: to stdout, or to stderr `aside` of a result that a pipe may wait for."""
    for finding in sort_findings(findings):
        text = format_finding(finding, root)
        if _colours(sys.stderr if aside else sys.stdout):
            word = f" {finding.severity}: "
            text = text.replace(word, click.style(word, fg=_COLOURS[finding.severity], bold=True), 1)
        click.echo(text, err=aside)


def _colours(stream: TextIO) -> bool:
    """Colours only on a terminal, and not where NO_COLOR asks for none."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def summary(findings: Sequence[Finding]) -> str:
    """Return `2 errors, 1 warning`."""
    errors = sum(1 for finding in findings if finding.severity is Severity.ERROR)
    warnings = len(findings) - errors
    parts = [counted(errors, "error")] if errors else []
    return ", ".join([*parts, counted(warnings, "warning")] if warnings or not parts else parts)


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def note(text: str) -> None:
    """Say something to the person, not to the pipe."""
    click.echo(text, err=True)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show on a terminal what takes longer than a second."""
    if not sys.stderr.isatty():
        yield
        return
    import threading

    shown = threading.Event()

    def show() -> None:
        shown.set()
        sys.stderr.write(f"{what} …")
        sys.stderr.flush()

    timer = threading.Timer(_SECONDS_UNTIL_PROGRESS, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if shown.is_set():
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def columns(rows: Sequence[Sequence[str]], headings: Sequence[str]) -> str:
    """Return a table as aligned text, the same for a terminal and a pipe."""
    table = [headings, *rows]
    widths = [max(len(row[index]) for row in table) for index in range(len(headings))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    if _colours(sys.stdout):
        lines[0] = click.style(lines[0], bold=True)
    return "\n".join(lines)


def default_root() -> Path:
    """The top of the repository: the nearest folder upwards that holds `values/site.yaml`."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "values" / "site.yaml").is_file():
            return folder
    return here
