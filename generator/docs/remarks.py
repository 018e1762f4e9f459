"""The comments that end lines of the files below `values/`: why a number is what it is."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

Remarks = Mapping[str, Mapping[int, str]]

# A comment begins after a blank. Inside quotes that is rare; such a line then shows its tail.
_COMMENT = re.compile(r"\s#[ \t]*([^\"'#]+)\Z")
_ASSUMED = re.compile(r"\b(our figures?|unverified)\b")


def read_remarks(root: Path, paths: Iterable[str]) -> dict[str, dict[int, str]]:
    """Read the end-of-line comments of files by line. A file that cannot be read has none."""
    found = {}
    for path in sorted(set(paths)):
        try:
            text = (root / path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        lines = remarks_in(text)
        if lines:
            found[path] = lines
    return found


def remarks_in(text: str) -> dict[int, str]:
    """Return the end-of-line comments of a text by line."""
    lines = {}
    if "#" in text:
        for number, line in enumerate(text.splitlines(), 1):
            if "#" in line and (comment := _COMMENT.search(line)):
                lines[number] = comment.group(1).strip()
    return lines


def assumption(remark: str) -> str:
    """Return `our figure` or `unverified` where a comment says so."""
    match = _ASSUMED.search(remark)
    return "" if match is None else match.group(1).replace("figures", "figure")
