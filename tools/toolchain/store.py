"""Folders that are made once, whole or not at all, and shared: the entries of the user's cache."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from toolchain.progress import Progress


def fingerprint(*parts: str | bytes) -> str:
    """Hash the parts, each with its length, so that no two lists of parts meet."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()[:20]


@contextmanager
def alone(lock: Path, progress: Progress) -> Iterator[None]:
    """Hold a lock file; wait, and say so, while another set-up holds it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.step(f"waiting for another set-up that holds {lock}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def entry(folder: Path, progress: Progress, fill: Callable[[Path], None]) -> Path:
    """Return the folder; where it is absent, fill it beside its place and move it there in one step."""
    if folder.is_dir():
        return folder
    with alone(folder.with_name(f"{folder.name}.lock"), progress):
        if folder.is_dir():
            return folder
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            fill(partial)
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return folder


def link(target: Path, place: Path) -> None:
    """Make `place` a symbolic link to `target`, in one step, and only where it is not that already."""
    if place.is_symlink() and place.readlink() == target:
        return
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.link")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(place)
