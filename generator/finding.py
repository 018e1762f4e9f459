"""What is wrong, where, and what to do about it: the one result type of every stage."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

# A fault of a template hits whoever takes it; reports for programs list all places.
MOST_PLACES = 6
_LONGEST_SHOWN_LINE = 160


def shown(text: str) -> str:
    """Return a text, or a path with whatever bytes the disk has for it, so that it prints on one line."""
    if text.isprintable():
        return text
    try:
        decoded = os.fsencode(text).decode(errors="backslashreplace")
    except UnicodeEncodeError:  # half of a pair, which stands for no byte of a disk
        decoded = text
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in decoded)


class Place(NamedTuple):
    """A position in a file that a person wrote. Lines and columns count from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line}:{self.column}"


class Severity(IntEnum):
    """How much a finding weighs. Only errors fail a run unless the caller raises the bar."""

    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    `message` says who, what is wrong with the offending value shown, and what is expected;
    `fix` is an imperative. `also` are further places of the same fault (the other holder of a
    claim, the rendered object, the other services that one template hits). `replacement` is the
    YAML scalar that `chartroom fix` may write at `place`, where there is exactly one right answer;
    `insertion` is the entry that it may add to the map whose key stands there.
    """

    place: Place
    rule: str
    message: str
    fix: str
    severity: Severity = Severity.ERROR
    also: tuple[Place, ...] = ()
    replacement: str | None = None
    insertion: str | None = None
    objects: tuple[str, ...] = field(default=())

    def sort_key(self) -> tuple[Place, str, str]:
        return (self.place, self.rule, self.message)


class ChartroomError(Exception):
    """Base of everything that means "cannot continue"."""


class Unusable(ChartroomError):
    """The input cannot be worked with. Carries every finding that says why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sort_findings(findings)
        super().__init__(f"{len(self.findings)} findings")


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the distinct findings, ordered by place, rule and message."""
    return tuple(sorted(dict.fromkeys(findings), key=Finding.sort_key))


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def format_finding(finding: Finding, root: Path | None = None) -> str:
    """Print one finding the way a compiler does: place, message, source line, caret, fix.

    `root` is the folder that the finding's paths are relative to; without it, or where the line
    cannot be read, the source line and the caret are left out.
    """
    head = f"{finding.place}: {finding.severity}: {shown(finding.message)} [{finding.rule}]"
    lines = [head]
    source = _source_line(root / finding.place.path, finding.place.line) if root else None
    if source is not None and len(source) <= _LONGEST_SHOWN_LINE:
        lines += [f"    {_shown_line(source)}", f"    {_caret_margin(source, finding.place.column)}^"]
    lines += [f"  also: {place}" for place in finding.also[:MOST_PLACES]]
    if len(finding.also) > MOST_PLACES:
        rest = len(finding.also) - MOST_PLACES
        lines.append(f"  also: {rest:,} more place{'s' if rest > 1 else ''}")
    lines.append(f"  fix: {shown(finding.fix)}")
    return "\n".join(lines)


def _caret_margin(source: str, column: int) -> str:
    """Return the blanks before the caret, tabs kept so that it stays under its letter."""
    return "".join(letter if letter == "\t" else " " for letter in _shown_line(source[: column - 1]))


def _shown_line(source: str) -> str:
    return "\t".join(shown(part) for part in source.split("\t"))


@lru_cache(maxsize=256)
def _lines(path: Path) -> tuple[str, ...]:
    if path.is_symlink() or not path.is_file():
        return ()  # what a link leads to is not ours to print, and a pipe would never end
    try:
        return tuple(path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return ()


def _source_line(path: Path, line: int) -> str | None:
    lines = _lines(path)
    return lines[line - 1] if 0 < line <= len(lines) else None
