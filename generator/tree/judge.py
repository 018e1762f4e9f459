"""Differences between disk and tree as findings: what `chartroom charts --check` prints."""

from pathlib import Path

from generator.finding import Finding, Place, shown
from generator.tree.disk import read_content
from generator.tree.drift import Drift
from generator.tree.ledger import LEDGER_PATH
from generator.tree.model import Content, Link, Tree

_LONGEST_SHOWN = 60
_COMMIT = "run 'make charts' and commit"
_MOVE_THE_EDIT = "move the edit into the file that the header names (or drop it), run 'make charts' and commit"


def judge(root: Path, tree: Tree, drift: Drift, ledger_text: str, wanted_text: str) -> tuple[Finding, ...]:
    """Return a finding for each path at which disk and tree differ, at its first line that does."""
    stale = [_differs(root, tree, path, "output/stale", "the values have changed", _COMMIT) for path in drift.stale]
    edited = [_differs(root, tree, path, "output/edited", "edited by hand", _MOVE_THE_EDIT) for path in drift.edited]
    missing = [
        _finding(path, "output/missing", "is missing, 'chartroom charts' writes it", _COMMIT) for path in drift.missing
    ]
    left = [
        _finding(path, "output/left-over", "was generated, and nothing asks for it any more", _COMMIT)
        for path in drift.left_over
    ]
    return (*stale, *edited, *missing, *left, *judge_what_stays(drift), *_judge_ledger(ledger_text, wanted_text))


def judge_what_stays(drift: Drift) -> tuple[Finding, ...]:
    """Return the findings that no run settles: what people made, which a run leaves alone."""
    foreign = "was not generated, and stands where 'chartroom charts' writes"
    kept = "was generated, then edited by hand, and nothing asks for it any more; no run deletes it"
    stray = "was not generated, and lies in a generated folder"
    return (
        *(_finding(path, "output/foreign", foreign, f"move it away, {_COMMIT}") for path in drift.foreign),
        *(_finding(path, "output/kept", kept, f"delete it or move it away, {_COMMIT}") for path in drift.kept),
        *(_finding(path, "output/stray", stray, "delete it or move it away") for path in drift.stray),
    )


def _judge_ledger(text: str, wanted: str) -> tuple[Finding, ...]:
    if text == wanted:
        return ()
    line, difference = _first_difference(text.encode(), wanted.encode())
    message = f"differs from what 'chartroom charts' writes: {difference}"
    return (_finding(LEDGER_PATH, "output/ledger", message, _COMMIT, line),)


def _differs(root: Path, tree: Tree, path: str, rule: str, why: str, fix: str) -> Finding:
    line, difference = _first_difference(read_content(root, path) or b"", tree.entries[path])
    return _finding(path, rule, f"differs from what 'chartroom charts' writes ({why}): {difference}", fix, line)


def _finding(path: str, rule: str, message: str, fix: str, line: int = 1) -> Finding:
    return Finding(place=Place(shown(path), line), rule=rule, message=f"{shown(path)} {message}", fix=fix)


def _first_difference(found: Content, wanted: Content) -> tuple[int, str]:
    """Return the first line that differs, counted from 1, and both of its sides in words."""
    here, there = _lines(found), _lines(wanted)
    same = next((i for i, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), None)
    position = min(len(here), len(there)) if same is None else same
    if position == len(here):
        return position + 1, f"it ends where {_quote(there[position].strip())} belongs"
    if position == len(there):
        return position + 1, f"{_quote(here[position].strip())} stands where it should end"
    mine, theirs = here[position], there[position]
    if mine.strip() != theirs.strip():
        mine, theirs = mine.strip(), theirs.strip()
    return position + 1, f"{_quote(mine)} stands where {_quote(theirs)} belongs"


def _lines(content: Content) -> list[str]:
    if isinstance(content, Link):
        return [f"a link to {shown(content.target)}"]
    return content.decode(errors="backslashreplace").split("\n")


def _quote(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "...")
