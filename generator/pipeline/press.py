"""Processes of their own that render charts and judge what they print, while this one generates.

They are started anew, not copied: Go reads how often to collect only at the start of a process, and the threads of an
engine that this process loads would be in no copy of it. It only saves time. Wherever one cannot start, or does not
end well, the work is done here, and what is wrong comes to light here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from generator.pipeline.printing import Finished, Outcome, Printer, Sheet

# From so many charts on, a second process pays for its start.
WORTH_ANOTHER = 60
_SIZE_BYTES = 8
# Of what is to be done, a process has one piece before it and one behind.
_AT_ONCE = 2
# An engine throws away nearly all that it allocates, so it collects when so much has piled up, not before.
_GO = {"GOGC": "off", "GOMEMLIMIT": "192MiB"}
_PROGRAM = "import sys; sys.path[:] = {path!r}; from generator.pipeline.presswork import serve; serve({root!r})"
_Process = subprocess.Popen[bytes]
# The number of a job, and what came of it; None: a process has ended.
_Found = tuple[int, bytes] | None


class Press:
    """Takes charts and texts in, and gives back what each came to, in their order."""

    def __init__(self, root: Path, processes: list[_Process]) -> None:
        self._root = root
        self._processes = processes
        self._versions: Mapping[str, str] = {}
        self._running = 0
        self._printer: Printer | None = None
        self._jobs: list[bytes] = []
        self._waiting: SimpleQueue[int | None] = SimpleQueue()
        self._found: SimpleQueue[_Found] = SimpleQueue()

    def begin(self, versions: Mapping[str, str], charts: int = 0) -> None:
        """Say which Kubernetes each environment runs, and how many charts will come."""
        self._versions = versions
        if self._processes and charts >= WORTH_ANOTHER:
            self._processes += filter(None, [_start(self._root)])
        content = pickle.dumps(versions, pickle.HIGHEST_PROTOCOL)
        self._running = len(self._processes)
        for process in self._processes:
            sent: SimpleQueue[int] = SimpleQueue()
            room = Semaphore(_AT_ONCE)
            Thread(target=self._feed, args=(process.stdin, content, sent, room), daemon=True).start()
            Thread(target=self._collect, args=(process.stdout, sent, room), daemon=True).start()

    def send(self, job: Sheet | Finished) -> None:
        """Hand a job over; it waits here as bytes, which are a fraction of it."""
        self._jobs.append(pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
        self._waiting.put(len(self._jobs) - 1)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what each job came to; after this there are no more jobs.

        Raises:
            HelmError, SchemaError: a chart cannot be rendered, or judged.
        """
        for _ in self._processes:
            self._waiting.put(None)
        known: dict[int, Outcome] = {}
        for number in range(len(self._jobs)):
            while number not in known and self._running:
                self._take(known)
            yield known.pop(number) if number in known else self._here(number)

    def _take(self, known: dict[int, Outcome]) -> None:
        found = self._found.get()
        if found is None:
            self._running -= 1
            return
        number, content = found
        known[number] = pickle.loads(content)  # noqa: S301  written by our own program, into a pipe of ours
        self._jobs[number] = b""

    def _here(self, number: int) -> Outcome:
        from generator.pipeline.printing import Printer

        if self._printer is None:
            self._printer = Printer(self._root)
            self._printer.begin(self._versions)
        return self._printer.print(pickle.loads(self._jobs[number]))  # noqa: S301  written by this process

    def _feed(self, stream: IO[bytes], versions: bytes, sent: SimpleQueue[int], room: Semaphore) -> None:
        with suppress(OSError), stream:
            write_frame(stream, versions)
            while room.acquire() and (number := self._waiting.get()) is not None:
                sent.put(number)
                write_frame(stream, self._jobs[number])

    def _collect(self, stream: IO[bytes], sent: SimpleQueue[int], room: Semaphore) -> None:
        with suppress(OSError):
            while (content := read_frame(stream)) is not None:
                self._found.put((sent.get(), content))
                room.release()
        room.release()
        self._found.put(None)


@contextmanager
def start_press(root: Path) -> Iterator[Press]:
    """Start a press for a repository; it ends with the block."""
    processes = list(filter(None, [_start(root)]))
    try:
        yield Press(root, processes)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _start(root: Path) -> _Process | None:
    if not sys.executable or (os.cpu_count() or 1) == 1:
        return None
    program = _PROGRAM.format(path=sys.path, root=str(root.absolute()))
    try:
        return subprocess.Popen(
            (sys.executable, "-c", program), env={**_GO, **os.environ},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """Write some bytes so that whoever reads knows where they end."""
    stream.write(len(content).to_bytes(_SIZE_BYTES, "little"))
    stream.write(content)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Read what `write_frame` wrote; None where the stream ends."""
    size = int.from_bytes(stream.read(_SIZE_BYTES), "little")
    content = stream.read(size)
    return content if size and len(content) == size else None
