"""The ledger: which files were generated, and what was written into each.

One line per file, sorted, in the form that `sha256sum --check` reads; committed, so that a fresh
clone knows what is ours. A path may have several lines: a run writes the union of old and new
before it touches a file, and Git's `union` merge keeps the lines of both sides. Each of them
counts as ours, and the next finished run leaves one.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from generator.tree.disk import read_content
from generator.tree.error import TreeError
from generator.tree.model import Content, Link, check_path

LEDGER_PATH = ".chartroom/ledger"
# The same beside it, for this machine alone: Git takes the ledger back, and leaves files that it does not know.
WRITTEN_PATH = ".chartroom/written"
_HEADER = (
    "# Files that 'chartroom charts' wrote, each with the SHA-256 of its content (of its target for a link).\n"
    "# Commit this file. Several lines for one path come from a merge; the next run settles them.\n"
)
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
# What `git merge` leaves around two sides; the sides themselves are ordinary lines.
_CONFLICT_MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The digests that count as ours, by path."""

    digests: Mapping[str, frozenset[str]]

    def owns(self, path: str, content: Content) -> bool:
        """Tell whether this is what a run wrote at `path`."""
        return digest(content) in self.digests.get(path, ())

    def union(self, other: "Ledger") -> "Ledger":
        """Return the ledger by which everything of both is ours."""
        nothing: frozenset[str] = frozenset()
        paths = {**self.digests, **other.digests}
        return Ledger({path: self.digests.get(path, nothing) | other.digests.get(path, nothing) for path in paths})

    def text(self) -> str:
        """Return the ledger as it is written, sorted by path."""
        lines = [f"{one}  {path}\n" for path, digests in sorted(self.digests.items()) for one in sorted(digests)]
        return _HEADER + "".join(lines)


def digest(content: Content) -> str:
    """Return the digest of a file's bytes or of a link's target, never the same for both."""
    if isinstance(content, Link):
        return sha256(b"symbolic link to " + os.fsencode(content.target)).hexdigest()
    return sha256(content).hexdigest()


def read_ledger_text(root: Path) -> str:
    """Return the text of the ledger, empty where none is."""
    content = read_content(root, LEDGER_PATH)
    if content is None:
        return ""
    if isinstance(content, Link):
        raise TreeError(f"{LEDGER_PATH}: is a symbolic link, a file is expected")
    return content.decode(errors="backslashreplace")


def read_ledger(root: Path) -> Ledger:
    """Return the ledger, empty where none is.

    Raises:
        TreeError: it cannot be read, or is none.
    """
    return parse_ledger(read_ledger_text(root))


def read_written(root: Path) -> Ledger:
    """Return what runs wrote here last, whatever Git made of the ledger since; empty where that cannot be told."""
    try:
        content = read_content(root, WRITTEN_PATH)
        return parse_ledger(content.decode(errors="backslashreplace") if isinstance(content, bytes) else "")
    except TreeError:
        return Ledger({})


def parse_ledger(text: str) -> Ledger:
    """Take a ledger's text apart, conflict marks of a merge passed over.

    Raises:
        TreeError: a line that no run and no merge writes, or a path that leaves the root.
    """
    digests: dict[str, frozenset[str]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line[0] == "#" or line.startswith(_CONFLICT_MARKS):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise TreeError(
                f"{LEDGER_PATH}:{number}: {line[:80]!a} is no line of a ledger (a SHA-256, two blanks, a path); "
                f"take the file from Git: git checkout -- {LEDGER_PATH}"
            )
        one, path = match.groups()
        check_path(path)
        digests[path] = digests[path] | {one} if path in digests else frozenset({one})
    return Ledger(digests)
