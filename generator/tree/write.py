"""Bring the disk to what the tree wants; at every moment each file is whole, and ours stays known as ours."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from generator.finding import Finding
from generator.tree.drift import Drift, Paths, compare, wanted_ledger
from generator.tree.error import TreeError
from generator.tree.judge import judge_what_stays
from generator.tree.ledger import (
    LEDGER_PATH,
    WRITTEN_PATH,
    Ledger,
    digest,
    parse_ledger,
    read_ledger_text,
    read_written,
)
from generator.tree.lock import Held
from generator.tree.model import TEMPORARY, Content, Tree
from generator.tree.place import make_folder, put, remove, remove_emptied_folders
from generator.tree.step import Step, no_step


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. `overwritten` are those of `written` that a person had edited."""

    written: Paths
    overwritten: Paths
    deleted: Paths
    unchanged: int
    findings: tuple[Finding, ...]


def write(held: Held, tree: Tree, *, step: Step = no_step) -> Report:
    """Write what differs, delete what a run wrote and nobody wants, and leave alone what people made.

    The order makes any end of the process harmless: before the first change the ledger names all that was ours and
    all that will be, after the last one what is. A file that is neither as we wrote it nor wanted is never deleted.
    Raises:
        TreeError: something cannot be read or written; what was done until then is sound.
    """
    root = held.root
    before = read_ledger_text(root)
    old = parse_ledger(before)
    drift = compare(root, tree, old)
    new = wanted_ledger(tree, drift, old)
    changed = tuple(sorted((*drift.missing, *drift.stale, *drift.edited)))
    _remove_unfinished(root, drift.unfinished)
    if changed:
        before = _put_ledger(root, before, old.union(new).union(_remembered(root, drift, old)).text(), step)
    for path in drift.left_over:
        step("delete", path)
        remove(root, path)
    for path in (*drift.left_over, *drift.gone):
        remove_emptied_folders(root, path)
    _put_entries(root, tree.entries, changed, step)
    _put_ledger(root, before, new.text(), step)
    return Report(changed, drift.edited, drift.left_over, len(drift.unchanged), judge_what_stays(drift))


def amend(held: Held, entries: Mapping[str, Content], *, step: Step = no_step) -> Paths:
    """Replace some files of a tree that stands exactly as its ledger says (`seal`); return those that differ.

    The order is that of `write`, and so is what any end of the process leaves.
    Raises:
        KeyError: an entry that the ledger does not list.
        TreeError: as `write`.
    """
    root = held.root
    before = read_ledger_text(root)
    old = parse_ledger(before)
    wanted = {path: frozenset({digest(content)}) for path, content in entries.items()}
    changed = tuple(sorted(path for path, digests in wanted.items() if old.digests[path] != digests))
    if changed:
        new = Ledger({**old.digests, **wanted})
        before = _put_ledger(root, before, old.union(new).text(), step)
        _put_entries(root, entries, changed, step)
        _put_ledger(root, before, new.text(), step)
    return changed


def _remembered(root: Path, drift: Drift, ledger: Ledger) -> Ledger:
    """What the ledger no longer lists, and what goes all the same: should the run end early, the next one knows it."""
    paths = [path for path in drift.left_over if path not in ledger.digests]
    written = read_written(root) if paths else ledger
    return Ledger({path: written.digests[path] for path in paths})


def _put_entries(root: Path, entries: Mapping[str, Content], paths: Paths, step: Step) -> None:
    known: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder not in known:
            make_folder(root, folder, known)
        put(root, path, entries[path], step)


def _put_ledger(root: Path, before: str, after: str, step: Step) -> str:
    if after != before:
        make_folder(root, LEDGER_PATH.rpartition("/")[0])
        put(root, LEDGER_PATH, after.encode(), step, durable=True)
        with suppress(TreeError):  # It only helps after Git took the ledger back.
            put(root, WRITTEN_PATH, after.encode(), no_step)
    return after


def _remove_unfinished(root: Path, paths: Paths) -> None:
    """Remove what a run that was killed left half-written; nobody else writes while we hold the lock."""
    for path in paths:
        remove(root, path)
    for leftover in (root / LEDGER_PATH).parent.glob(f"{TEMPORARY}*"):
        remove(root, str(leftover.relative_to(root)))
