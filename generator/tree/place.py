"""The few things that change the disk: put a file or link in place whole, remove one, make and remove folders."""

import os
from contextlib import suppress
from pathlib import Path

from generator.tree.disk import is_folder
from generator.tree.error import cannot_write
from generator.tree.model import TEMPORARY, Content, Link
from generator.tree.step import Step

_OPEN_TO_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def make_folder(root: Path, folder: str) -> None:
    """Make a folder and those above it, where they are missing.

    Raises:
        TreeError: a file or a link is in the way, or the disk refuses.
    """
    if is_folder(root, folder):
        return
    names = folder.split("/")
    for way in ("/".join(names[: depth + 1]) for depth in range(len(names))):
        if not is_folder(root, way):
            try:
                (root / way).mkdir(exist_ok=True)  # Two runs may make the folder of the lock at once.
            except OSError as error:
                raise cannot_write(way, error) from error


def put(root: Path, path: str, content: Content, step: Step, *, durable: bool = False) -> None:
    """Put a file or link into an existing folder so that whoever looks sees the old one or the new one, whole.

    `durable` waits until the disk has it. Generated files go without (4,000 waits cost seconds): should the power
    fail, the next run compares bytes and writes again. The ledger is the one file that nothing can make again.
    Raises:
        TreeError: the disk refuses; the old entry is still there and no temporary file is left.
    """
    place = root / path
    temporary = place.with_name(f"{TEMPORARY}{os.getpid()}")
    try:
        try:
            if isinstance(content, Link):
                temporary.symlink_to(content.target)
            else:
                _write_new(temporary, path, content, step, durable=durable)
            step("replace", path)
            temporary.replace(place)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        if durable:
            _wait_for_folder(place.parent)
    except OSError as error:
        raise cannot_write(path, error) from error


def _write_new(temporary: Path, path: str, content: bytes, step: Step, *, durable: bool) -> None:
    with os.fdopen(os.open(temporary, _OPEN_TO_WRITE, 0o666), "wb", buffering=0) as stream:
        step("create", path)
        rest = memoryview(content)
        while rest:
            rest = rest[stream.write(rest) :]
        step("fill", path)
        if durable:
            os.fsync(stream.fileno())


def _wait_for_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(root: Path, path: str) -> None:
    """Remove a file or link; gone already is as good.

    Raises:
        TreeError: the disk refuses.
    """
    try:
        (root / path).unlink(missing_ok=True)
    except NotADirectoryError:
        return
    except OSError as error:
        raise cannot_write(path, error) from error


def remove_emptied_folders(root: Path, path: str) -> None:
    """Remove the folders above a removed file that have nothing in them any more."""
    folder, _, _ = path.rpartition("/")
    while folder:
        try:
            (root / folder).rmdir()
        except FileNotFoundError:
            pass  # Removed with an earlier file: what lies above may be empty now.
        except OSError:
            return
        folder, _, _ = folder.rpartition("/")
