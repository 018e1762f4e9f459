"""Findings become listed ones: fingerprinted, with their source lines, their service, and what silences them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from generator.finding import Finding, Place, sort_findings
from generator.report.model import Listed

_LONGEST_SHOWN_LINE = 160
_VALUES_DEPTH = 4


def list_findings(
    root: Path,
    findings: Iterable[Finding],
    *,
    waived: Mapping[Finding, tuple[str, str]] | None = None,
    environments: Mapping[Finding, tuple[str, ...]] | None = None,
) -> tuple[Listed, ...]:
    """Return findings in order of place, each once, with the lines below `root` that they point at.

    `waived` says why a finding is silent, and until when. It may hold findings that `findings` lacks.
    """
    silent = waived or {}
    seen = environments or {}
    ordered = sort_findings((*findings, *silent))
    reader = _Reader(root)
    lines = [reader.line(finding.place) for finding in ordered]
    prints = fingerprints(ordered, lines)
    result = []
    for finding, line, print_ in zip(ordered, lines, prints, strict=True):
        service, domain = owner_of(finding.place.path)
        reason, until = silent.get(finding, ("", ""))
        result.append(
            Listed(
                finding,
                print_,
                state="waived" if finding in silent else "open",
                reason=reason,
                until=until,
                source_line=line if line is not None and len(line) <= _LONGEST_SHOWN_LINE else None,
                scalar_length=reader.scalar_length(finding.place) if finding.replacement is not None else None,
                service=service,
                domain=domain,
                environments=seen.get(finding, ()),
            )
        )
    return tuple(result)


def fingerprints(findings: Iterable[Finding], lines: Iterable[str | None]) -> list[str]:
    """Return a fingerprint per finding that stays when lines move.

    It is made of rule, path, objects and the words of the source line. The message stands for the line
    where none can be read, and where the place is the file as a whole (its first letter). Equal ones
    are numbered in the order of the findings.
    """
    counted: dict[str, int] = {}
    result = []
    for finding, line in zip(findings, lines, strict=True):
        whole_file = finding.place[1:] == (1, 1)
        words = finding.message if line is None or whole_file else " ".join(line.split())
        # An object may name its environment before a colon; one more environment is no new finding.
        objects = sorted({name.rpartition(": ")[2] for name in finding.objects})
        parts = (finding.rule, finding.place.path, *objects, words)
        key = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        counted[key] = counted.get(key, 0) + 1
        result.append(f"{key}:{counted[key]}")
    return result


def owner_of(path: str) -> tuple[str, str]:
    """Return service and domain of a values file; empty words where the path names none."""
    steps = path.split("/")
    if len(steps) >= _VALUES_DEPTH and steps[0] == "values" and steps[1] in ("core", "platform", "apps"):
        name = steps[3].removesuffix(".yaml")
        return ("" if name in ("domain", "files") else name), steps[2]
    return "", ""


def mark_baselined(listed: Iterable[Listed], known: frozenset[str]) -> tuple[tuple[Listed, ...], int]:
    """Return the findings with those of the baseline marked, and how many of the baseline are gone."""
    items = tuple(listed)
    marked = tuple(
        replace(item, state="baselined", reason="in the baseline")
        if item.state == "open" and item.fingerprint in known
        else item
        for item in items
    )
    return marked, len(known - {item.fingerprint for item in items})


class _Reader:
    """Reads each file once; what cannot be read has no lines."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}

    def _text(self, path: str) -> str:
        if path not in self._texts:
            try:
                with (self._root / path).open(encoding="utf-8", newline="") as stream:
                    self._texts[path] = stream.read()
            except (OSError, UnicodeDecodeError, ValueError):
                self._texts[path] = ""
        return self._texts[path]

    def line(self, place: Place) -> str | None:
        if place.path not in self._lines:
            self._lines[place.path] = self._text(place.path).splitlines()
        lines = self._lines[place.path]
        return lines[place.line - 1] if 0 < place.line <= len(lines) else None

    def scalar_length(self, place: Place) -> int | None:
        """Count the letters of the scalar that starts at a place, on one line; None if none does."""
        try:
            for token in yaml.scan(self._text(place.path), Loader=yaml.CSafeLoader):
                start, end = token.start_mark, token.end_mark
                if isinstance(token, yaml.ScalarToken) and (start.line + 1, start.column + 1) == place[1:]:
                    return int(end.column - start.column) if end.line == start.line else None
        except yaml.YAMLError:
            return None
        return None
