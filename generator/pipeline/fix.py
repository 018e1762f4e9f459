"""Write the values that findings offer into the files that people keep, leaving all else as it is."""

import os
import tempfile
from collections.abc import Iterable, Iterator
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
    """Apply every finding that offers what to write, until none does.

    Raises:
        NotFixed: a file changed while it was being mended.
    """
    done: list[Fixed] = []
    for _ in range(_ROUNDS):
        chosen = _without_rivals(_edits(root, open_workspace(root).findings))
        if not chosen:
            break
        done += _apply(root, chosen)
    return tuple(done)


@dataclass(frozen=True, slots=True)
class _Edit:
    """What stands from `start` to `end` of a file becomes `text`."""

    finding: Finding
    start: int
    end: int
    before: str
    text: str
    shown: str


def _edits(root: Path, findings: Iterable[Finding]) -> Iterator[_Edit]:
    texts: dict[str, str] = {}
    for finding in findings:
        if finding.replacement is None and finding.insertion is None:
            continue
        text = texts.setdefault(finding.place.path, _read(root / finding.place.path))
        edit = _edit(text, finding)
        if edit is not None:
            yield edit


def _edit(text: str, finding: Finding) -> _Edit | None:
    """The edit of one finding; none where an entry is to be added to what is no map, but a word of a list."""
    mark = "\ufeff"
    offset = len(mark) if text.startswith(mark) else 0
    tokens = list(yaml.scan(text[offset:], Loader=yaml.SafeLoader))
    at = (finding.place.line - 1, finding.place.column - 1)
    for number, token in enumerate(tokens):
        begin = token.start_mark
        if isinstance(token, yaml.ScalarToken) and (begin.line, begin.column) == at:
            start, end = begin.index + offset, token.end_mark.index + offset
            if finding.replacement is not None:
                return _Edit(finding, start, end, text[start:end], finding.replacement, finding.replacement)
            return _insertion(text, offset, finding, tokens[number + 1 : number + 4])
    raise NotFixed(f"{finding.place}: no value stands there any more; run 'chartroom fix' again")


def _insertion(text: str, offset: int, finding: Finding, following: list[yaml.Token]) -> _Edit | None:
    entry = finding.insertion or ""
    match following:
        case [yaml.ValueToken(), yaml.FlowMappingStartToken() as opening, after]:
            at = opening.end_mark.index + offset
            written = entry if isinstance(after, yaml.FlowMappingEndToken) else f"{entry}, "
        case [yaml.ValueToken(), yaml.BlockMappingStartToken() as opening, *_]:
            at = opening.start_mark.index + offset
            line = text.rfind("\n", 0, at) + 1
            written = entry + _line_end(text) + text[line:at]
        case _:
            return None
    return _Edit(finding, at, at, "nothing", written, entry)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _without_rivals(offers: Iterable[_Edit]) -> list[_Edit]:
    """One finding per place, and only one that draws from what is free."""
    chosen: dict[object, _Edit] = {}
    for edit in offers:
        drawn = edit.finding.rule.startswith(_DRAWN)
        chosen.setdefault("drawn" if drawn else edit.finding.place, edit)
    return list(chosen.values())


def _apply(root: Path, edits: Iterable[_Edit]) -> list[Fixed]:
    by_file: dict[str, list[_Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.finding.place.path, []).append(edit)
    done = []
    for path, group in sorted(by_file.items()):
        text = _read(root / path)
        for edit in sorted(group, key=lambda item: item.start, reverse=True):
            done.append(Fixed(edit.finding, edit.before, edit.shown))
            text = text[: edit.start] + edit.text + text[edit.end :]
        replace_file(root / path, text)
    return sorted(done, key=lambda item: item.finding.place)


def _read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as stream:
        return stream.read()


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
