"""What stands on disk, read without following a link and without changing a thing."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from generator.finding import shown
from generator.tree.error import TreeError, cannot_read
from generator.tree.model import TEMPORARY, Content, Link, Scope

# What editors and file managers drop; no cluster and no Helm reads it.
_DROPPINGS = (".DS_Store", "~", ".swp")
_OPEN_TO_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands in a scope: paths of files and links, of folders, and of temporary files left by a dead run."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    leftovers: list[str] = field(default_factory=list)


def list_scope(root: Path, scope: Scope) -> Listing:
    """List everything in the scope, in no particular order; symbolic links are not followed.

    Raises:
        TreeError: a folder that cannot be listed, or one of the scope that is reached through a link.
    """
    listing = Listing()
    pending = [folder for folder in scope.folders if is_folder(root, folder)]
    while pending:
        folder = pending.pop()
        listing.folders.add(folder)
        pending += _list_folder(root, folder, scope, listing)
    return listing


def _list_folder(root: Path, folder: str, scope: Scope, listing: Listing) -> Iterator[str]:
    try:
        with os.scandir(root / folder) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}"
                if entry.name.startswith(TEMPORARY):
                    listing.leftovers.append(path)
                elif scope.by_people and scope.is_by_people(path):
                    continue
                elif entry.is_dir(follow_symlinks=False):
                    yield path
                elif not entry.name.endswith(_DROPPINGS):
                    listing.files.add(path)
    except OSError as error:
        raise cannot_read(folder, error) from error


def read_content(root: Path, path: str) -> Content | None:
    """Return the bytes of a file or the target of a link; None where there is neither.

    Raises:
        TreeError: it cannot be read.
    """
    place = f"{root}/{path}"
    try:
        handle = os.open(place, _OPEN_TO_READ)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        with suppress(OSError):
            return Link(os.readlink(place))  # noqa: PTH115 - a Path would drop a leading ./
        raise cannot_read(path, error) from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return None
        chunks = [os.read(handle, status.st_size + 1)]
        if len(chunks[0]) == status.st_size:
            return chunks[0]
        while chunks[-1]:  # It grows while we read.
            chunks.append(os.read(handle, 1 << 20))
        return b"".join(chunks)
    except OSError as error:
        raise cannot_read(path, error) from error
    finally:
        os.close(handle)


def is_folder(root: Path, folder: str) -> bool:
    """Tell whether `folder` exists, having looked at each folder on the way.

    Raises:
        TreeError: one of them is a symbolic link, which may lead anywhere.
    """
    names = folder.split("/")
    return all(is_folder_itself(root, "/".join(names[: depth + 1])) for depth in range(len(names)))


def is_folder_itself(root: Path, folder: str) -> bool:
    """Tell whether `folder` exists, whatever lies on the way.

    Raises:
        TreeError: it is a symbolic link.
    """
    place = f"{root}/{folder}"
    try:
        mode = os.lstat(place).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise cannot_read(folder, error) from error
    if stat.S_ISLNK(mode):
        target = shown(str(Path(place).readlink()))
        raise TreeError(
            f"{folder}: is a symbolic link to {target}, a folder is needed; nothing is written through links"
        )
    return stat.S_ISDIR(mode)
