"""What stands on disk beside what should: one pass over the files, nothing changed."""

from dataclasses import dataclass, fields
from pathlib import Path

from generator.tree.disk import Listing, is_folder, list_scope, read_content
from generator.tree.ledger import Ledger, digest, read_written
from generator.tree.model import Content, Tree

Paths = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """The paths of each kind of difference, sorted.

    Wanted:   `unchanged`; `missing`; `stale`, as an earlier run wrote it; `edited`, ours but changed since by a
              person; `foreign`, something else stands there that no run wrote.
    Unwanted: `left_over`, as a run wrote it, by the ledger or by what this machine remembers; `kept`, ours but
              edited; `gone`, listed but no longer there; `stray`, in a generated folder and never generated;
              `unfinished`, temporary files of a dead run.
    """

    unchanged: Paths = ()
    missing: Paths = ()
    stale: Paths = ()
    edited: Paths = ()
    foreign: Paths = ()
    left_over: Paths = ()
    kept: Paths = ()
    gone: Paths = ()
    stray: Paths = ()
    unfinished: Paths = ()


def compare(root: Path, tree: Tree, ledger: Ledger) -> Drift:
    """Compare what stands below `root` with what should.

    Raises:
        TreeError: something cannot be read, or a folder on the way is a symbolic link.
    """
    listing = list_scope(root, tree.scope)
    kinds: dict[str, list[str]] = {kind.name: [] for kind in fields(Drift)}
    folders: set[str] = set(listing.folders)
    for path, wanted in tree.entries.items():
        kinds[_kind_of_wanted(root, path, wanted, ledger, listing, folders)].append(path)
    for path in ledger.digests:
        if path not in tree.entries:
            kinds[_kind_of_unwanted(root, path, ledger, folders)].append(path)
    strays = [path for path in listing.files if path not in tree.entries and path not in ledger.digests]
    ours = _written_here(root, strays)
    kinds["left_over"] += ours
    kinds["stray"] = [path for path in strays if path not in ours]
    kinds["unfinished"] = listing.leftovers
    return Drift(**{kind: tuple(sorted(paths)) for kind, paths in kinds.items()})


def _kind_of_wanted(root: Path, path: str, wanted: Content, ledger: Ledger, listing: Listing, folders: set[str]) -> str:
    if path not in listing.files:
        _look_at_folder(root, path, folders)
        return "missing"
    found = read_content(root, path)
    if found == wanted:
        return "unchanged"
    if found is None:
        return "missing"
    if path not in ledger.digests:
        return "foreign"
    return "stale" if ledger.owns(path, found) else "edited"


def _kind_of_unwanted(root: Path, path: str, ledger: Ledger, folders: set[str]) -> str:
    _look_at_folder(root, path, folders)
    found = read_content(root, path)
    if found is None:
        return "gone"
    return "left_over" if ledger.owns(path, found) else "kept"


def _written_here(root: Path, strays: list[str]) -> set[str]:
    """The strays that a run on this machine wrote just so: Git took the ledger back, and left the files."""
    if not strays:
        return set()
    written = read_written(root)
    contents = ((path, read_content(root, path)) for path in strays)
    return {path for path, content in contents if content is not None and written.owns(path, content)}


def _look_at_folder(root: Path, path: str, folders: set[str]) -> None:
    """Refuse a path whose folder is reached through a link; `folders` are those looked at already."""
    folder = path.rpartition("/")[0]
    if folder and folder not in folders:
        is_folder(root, folder)
        folders.add(folder)


def wanted_ledger(tree: Tree, drift: Drift, ledger: Ledger) -> Ledger:
    """Return the ledger after a run: what is wanted and ours, and what a person edited and nobody wants."""
    foreign = frozenset(drift.foreign)
    ours = {path: frozenset({digest(content)}) for path, content in tree.entries.items() if path not in foreign}
    return Ledger(ours | {path: ledger.digests[path] for path in drift.kept})
