"""One digest of many input files: did anything that people wrote change since last time?"""

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from generator.tree.disk import read_content
from generator.tree.error import cannot_read
from generator.tree.model import Link


def fingerprint(root: Path, paths: Iterable[str]) -> str:
    """Digest the names and contents of files below `root`, and of all files below the folders among `paths`.

    Independent of the order of `paths` and of the disk. A link counts by its target, a path where nothing is by
    its absence.
    Raises:
        TreeError: something cannot be read.
    """
    total = sha256()
    for path in sorted({file for given in paths for file in _files(root, given)}):
        content = read_content(root, path)
        match content:
            case None:
                kind, data = b"absent", b""
            case Link():
                kind, data = b"link", os.fsencode(content.target)
            case _:
                kind, data = b"file", content
        name = os.fsencode(path)
        # Lengths first, so that no two sets of files run together into the same bytes.
        total.update(b"%s %d %d\n%s%s" % (kind, len(name), len(data), name, data))
    return total.hexdigest()


def _files(root: Path, path: str) -> Iterator[str]:
    if not (root / path).is_dir() or (root / path).is_symlink():
        yield path
        return
    pending = [path]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    inner = f"{folder}/{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(inner)
                    else:
                        yield inner
        except OSError as error:
            raise cannot_read(folder, error) from error
