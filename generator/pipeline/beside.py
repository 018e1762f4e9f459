"""A second process that does part of the work: two cores write a large fleet in little more than half the time.

It only saves time. Wherever it cannot start, or does not end well, the work is done here, and what is wrong comes
to light here.
"""

import os
import pickle
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

Result = TypeVar("Result")
_CHUNK = 1 << 20
_FIRST_BEYOND_STANDARD = 3
_OPEN_AT_MOST = 1024


@contextmanager
def beside(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Begin `work` in a copy of this process; what comes back waits for its result.

    `work` must change nothing. Work that enters a Helm engine which this process has loaded is done here: the engine
    refuses a copy, for its threads are in none.
    """
    started = _start(work)
    if started is None:
        yield work
        return
    child, pipe = started
    status = None
    try:

        def result() -> Result:
            nonlocal status
            content = _read_all(pipe)
            status = os.waitpid(child, 0)[1]
            if status != 0:
                return work()
            found: Result = pickle.loads(content)  # noqa: S301  written by our own copy, into a pipe of ours
            return found

        yield result
    finally:
        os.close(pipe)
        if status is None:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _start(work: Callable[[], object]) -> tuple[int, int] | None:
    """Return the number of the copy and the pipe that it writes to; None where there can be none."""
    if not hasattr(os, "fork") or (os.cpu_count() or 1) == 1:
        return None
    ours, theirs = os.pipe()
    try:
        with warnings.catch_warnings():
            # Python 3.12 warns of other threads: ours, a timer, holds nothing that `work` asks for.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
    except OSError:
        os.close(ours)
        os.close(theirs)
        return None
    if child == 0:
        _work_and_end(work, theirs)
    os.close(theirs)
    return child, ours


def _work_and_end(work: Callable[[], object], pipe: int) -> None:
    """Live as the copy: write the result, and end without the clean-up that is the first process' own."""
    status = 1
    try:
        # The lock of the tree among them: whoever waits for a dead run shall not wait for its copy.
        os.closerange(_FIRST_BEYOND_STANDARD, pipe)
        os.closerange(pipe + 1, _OPEN_AT_MOST)
        content = memoryview(pickle.dumps(work(), pickle.HIGHEST_PROTOCOL))
        while content:
            content = content[os.write(pipe, content) :]
        status = 0
    finally:
        os._exit(status)


def _read_all(pipe: int) -> bytes:
    chunks = []
    while chunk := os.read(pipe, _CHUNK):
        chunks.append(chunk)
    return b"".join(chunks)
