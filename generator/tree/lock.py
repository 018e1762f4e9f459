"""One run at a time: whoever writes below a root holds its lock, from before the inputs are read."""

import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.finding import shown
from generator.tree.error import TreeError, cannot_read, cannot_write
from generator.tree.place import make_folder

LOCK_PATH = ".chartroom/lock"
_POLL_S = 0.05
_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class Held:
    """A root that this process alone may write below. Made by `hold` only."""

    root: Path


@contextmanager
def hold(root: Path, *, wait_s: float = 30.0, on_wait: Callable[[str], None] | None = None) -> Iterator[Held]:
    """Take the lock of `root` for the length of a `with` block; the kernel frees it if the process dies.

    Take it before reading the inputs: whoever waited then works on what the other run left.
    `on_wait` is told once who is waited for.
    Raises:
        TreeError: another run still holds it after `wait_s`, or the folder cannot be written to.
    """
    root = root.resolve()
    if not root.is_dir():
        raise TreeError(f"{shown(str(root))}: is no folder, so nothing can be generated there")
    make_folder(root, ".chartroom")
    try:
        handle = os.open(root / LOCK_PATH, os.O_RDWR | os.O_CREAT | _FLAGS, 0o666)
    except OSError as error:
        raise cannot_write(LOCK_PATH, error) from error
    try:
        _take(handle, fcntl.LOCK_EX, wait_s, on_wait)
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        except OSError as error:
            raise cannot_write(LOCK_PATH, error) from error
        yield Held(root)
    finally:
        os.close(handle)


@contextmanager
def hold_to_read(root: Path, *, wait_s: float) -> Iterator[None]:
    """Keep writers out while reading. Writes nothing: where no run ever wrote, there is nothing to wait for.

    Raises:
        TreeError: a run still writes after `wait_s`.
    """
    try:
        handle = os.open(root.resolve() / LOCK_PATH, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        yield
        return
    except OSError as error:
        raise cannot_read(LOCK_PATH, error) from error
    try:
        _take(handle, fcntl.LOCK_SH, wait_s, None)
        yield
    finally:
        os.close(handle)


def _take(handle: int, kind: int, wait_s: float, on_wait: Callable[[str], None] | None) -> None:
    end = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 200, 0).decode(errors="backslashreplace").strip() or "another process"
            if time.monotonic() >= end:
                raise TreeError(
                    f"{LOCK_PATH}: held by {holder}, which writes here now; run again when it has ended"
                ) from None
            if on_wait is not None:
                on_wait(f"waiting for {holder}, which writes here now")
                on_wait = None
            time.sleep(_POLL_S)
        except OSError as error:
            raise cannot_write(LOCK_PATH, error) from error
        else:
            return
