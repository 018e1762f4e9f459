"""The few things that change the disk: put a file or link in place whole, remove one, make and remove folders."""

import os
from contextlib import suppress
from pathlib import Path

from generator.tree.disk import is_folder_itself
from generator.tree.error import cannot_write
from generator.tree.model import TEMPORARY, Content, Link
from generator.tree.step import Step

_OPEN_TO_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def make_folder(root: Path, folder: str, known: set[str] | None = None) -> None:
    """Make a folder and those above it, where they are missing.

    `known` are folders of which a caller of many has seen that they are there; it grows.
    Raises:
        TreeError: a file or a link is in the way, or the disk refuses.
    """
    known = set() if known is None else known
    names = folder.split("/")
    for way in ("/".join(names[: depth + 1]) for depth in range(len(names))):
        if way in known:
            continue
        if not is_folder_itself(root, way):
            try:
                (root / way).mkdir(exist_ok=True)  # Two runs may make the folder of the lock at once.
            except OSError as error:
                raise cannot_write(way, error) from error
        known.add(way)


def put(root: Path, path: str, content: Content, step: Step, *, durable: bool = False) -> None:
    """Put a file or link into an existing folder so that whoever looks sees the old one or the new one, whole.

    `durable` waits until the disk has it. Generated files go without (4,000 waits cost seconds): should the power
    fail, the next run compares bytes and writes again. The ledger is the one file that nothing can make again.
    Raises:
        TreeError: the disk refuses; the old entry is still there and no temporary file is left.
    """
    folder = path.rpartition("/")[0]
    temporary = f"{root}/{folder}/{TEMPORARY}{os.getpid()}"
    try:
        try:
            if isinstance(content, Link):
                Path(temporary).symlink_to(content.target)
            else:
                _write_new(temporary, path, content, step, durable=durable)
            step("replace", path)
            os.replace(temporary, f"{root}/{path}")  # noqa: PTH105  a Path costs 5 us, for 5,600 files
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
        if durable:
            _wait_for_folder(root / folder)
    except OSError as error:
        raise cannot_write(path, error) from error


def _write_new(temporary: str, path: str, content: bytes, step: Step, *, durable: bool) -> None:
    handle = os.open(temporary, _OPEN_TO_WRITE, 0o666)
    try:
        step("create", path)
        written = os.write(handle, content)
        while written < len(content):
            written += os.write(handle, memoryview(content)[written:])
        step("fill", path)
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)


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
