"""Write the values that findings offer into the files that people keep, leaving all else as it is."""

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from generator.finding import ChartroomError, Finding
from generator.pipeline.workspace import open_workspace

# A value drawn from what is free changes what is free: these are written one at a time.
_DRAWN = ("claim/", "fleet/ip-auto")
_ROUNDS = 500


class NotFixed(ChartroomError):
    """The file is not what the finding saw."""


@dataclass(frozen=True, slots=True)
class Fixed:
    finding: Finding
    before: str
    after: str


def fix(root: Path) -> tuple[Fixed, ...]:
    """Apply every finding that offers a replacement, until none does.

    Raises:
        NotFixed: a file changed while it was being mended.
    """
    done: list[Fixed] = []
    for _ in range(_ROUNDS):
        offers = [finding for finding in open_workspace(root).findings if finding.replacement is not None]
        chosen = _without_rivals(offers)
        if not chosen:
            break
        done += _apply(root, chosen)
    return tuple(done)


def _without_rivals(offers: Iterable[Finding]) -> list[Finding]:
    """One finding per place, and only one that draws from what is free."""
    chosen: dict[object, Finding] = {}
    for finding in offers:
        drawn = finding.rule.startswith(_DRAWN)
        chosen.setdefault("drawn" if drawn else finding.place, finding)
    return list(chosen.values())


def _apply(root: Path, findings: Iterable[Finding]) -> list[Fixed]:
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.place.path, []).append(finding)
    done = []
    for path, group in sorted(by_file.items()):
        text = _read(root / path)
        for finding in sorted(group, key=lambda item: item.place, reverse=True):
            start, end = _scalar_at(text, finding)
            assert finding.replacement is not None
            done.append(Fixed(finding, text[start:end], finding.replacement))
            text = text[:start] + finding.replacement + text[end:]
        replace_file(root / path, text)
    return sorted(done, key=lambda item: item.finding.place)


def _read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as stream:
        return stream.read()


def _scalar_at(text: str, finding: Finding) -> tuple[int, int]:
    """Where the scalar at the finding's place begins and ends in `text`."""
    mark = "\ufeff"
    offset = len(mark) if text.startswith(mark) else 0
    place = finding.place
    for token in yaml.scan(text[offset:], Loader=yaml.SafeLoader):
        start = token.start_mark
        if isinstance(token, yaml.ScalarToken) and (start.line + 1, start.column + 1) == (place.line, place.column):
            return start.index + offset, token.end_mark.index + offset
    raise NotFixed(f"{place}: no value stands there any more; run 'chartroom fix' again")


def replace_file(path: Path, text: str) -> None:
    """Replace a file whole: whoever reads it sees the old text or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".chartroom-tmp-")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        # mkstemp makes a file for its owner alone; a new one gets what the umask leaves.
        part.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask())
        part.replace(path)
    except BaseException:
        part.unlink()
        raise


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
