"""One digest of many input files: did anything that people wrote change since last time?"""

import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from generator.tree.disk import read_content
from generator.tree.error import cannot_read
from generator.tree.model import Content, Link


def fingerprint(root: Path, paths: Iterable[str]) -> str:
    """Digest the names and contents of files below `root`, and of all files below the folders among `paths`.

    Independent of the order of `paths` and of the disk. A link counts by its target, a path where nothing is by
    its absence.
    Raises:
        TreeError: something cannot be read.
    """
    return fingerprint_of({path: digest_of(found) for path, found in read_contents(root, paths).items()})


def fingerprint_of(found: Mapping[str, str]) -> str:
    """Digest the digests of many files."""
    total = sha256()
    for path in sorted(found):
        name = os.fsencode(path)
        # The length first, so that no two sets of files run together into the same bytes.
        total.update(b"%d\n%s%s" % (len(name), name, found[path].encode()))
    return total.hexdigest()


def read_contents(root: Path, paths: Iterable[str]) -> dict[str, Content | None]:
    """Return what stands at each path, and in each file below those that are folders, in order.

    Raises:
        TreeError: something cannot be read.
    """
    return {path: read_content(root, path) for path in sorted({file for one in paths for file in _files(root, one)})}


def digest_of(content: Content | None) -> str:
    """Digest a file's bytes, a link's target or the absence of both, so that no two of them are the same."""
    match content:
        case None:
            return sha256(b"absent\n").hexdigest()
        case Link():
            return sha256(b"link\n" + os.fsencode(content.target)).hexdigest()
        case _:
            return sha256(b"file\n" + content).hexdigest()


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
