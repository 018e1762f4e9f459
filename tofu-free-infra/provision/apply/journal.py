"""Write down what is about to be done and what was: for people, for going on, and for the lock of a run that died.

It is local and only saves time: whoever has no journal finds the same out from tags, task ids and what is there.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from provision.proxmox.env_lock import Holder


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal of the last run says. `finished` is false where it broke off, or is still at work."""

    holder: Holder | None = None
    pid: int = 0
    held: bool = False
    plan: str | None = None
    finished: bool = True
    done: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()
    tasks: Mapping[str, str] = field(default_factory=dict)

    @property
    def goes_on(self) -> bool:
        """Return whether that run is still at work on this machine."""
        return self.holder is not None and not self.finished and self.held

    @property
    def broke_off(self) -> bool:
        """Return whether the run ended without saying so, and its process is gone."""
        return self.holder is not None and not self.finished and not self.held


def _is_held(stream: TextIO) -> bool:
    """Return whether a run is at work: the kernel knows, while a process id may be another's by now."""
    try:
        fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def read(path: Path) -> Past:
    """Read a journal; a last line that was cut by a crash is left out."""
    try:
        with path.open(encoding="utf-8") as stream:
            held, lines = _is_held(stream), stream.read().splitlines()
    except OSError:
        return Past()
    entries = []
    for line in lines:
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return _past(entries, held=held)


def _past(entries: list[dict[str, Any]], *, held: bool) -> Past:
    starts = [index for index, entry in enumerate(entries) if entry.get("event") == "begin"]
    if not starts:
        return Past()
    begin, *rest = entries[starts[-1] :]
    return Past(
        holder=Holder(**begin["holder"]),
        pid=int(begin["pid"]),
        held=held,
        plan=begin.get("plan"),
        finished=any(entry["event"] == "end" for entry in rest),
        done=tuple(entry["step"] for entry in rest if entry["event"] == "done"),
        begun=tuple(entry["step"] for entry in rest if entry["event"] == "start"),
        tasks={entry["step"]: entry["upid"] for entry in rest if entry["event"] == "task"},
    )


class Journal:
    """The journal of one run; every line is on the disk before anything else happens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: TextIO | None = None
        self.written = 0

    def begin(self, holder: Holder, plan: str | None) -> None:
        """Begin a run; the journals of earlier ones are no longer needed.

        Raises:
            BlockingIOError: another run has it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        stream = self._path.open("a", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
            raise
        self._held = stream  # until the run ends, however it ends
        stream.truncate(0)
        names = {"name": holder.name, "host": holder.host, "started": holder.started, "nonce": holder.nonce}
        self._write({"event": "begin", "holder": names, "pid": os.getpid(), "plan": plan})

    def start(self, step: str) -> None:
        """Note a step that is about to begin."""
        self._write({"event": "start", "step": step})

    def task(self, step: str, upid: str) -> None:
        """Note a task of Proxmox that was started for a step."""
        self._write({"event": "task", "step": step, "upid": upid})

    def done(self, step: str) -> None:
        """Note a step that is done."""
        self._write({"event": "done", "step": step})

    def failed(self, step: str, reason: str) -> None:
        """Note a step that failed."""
        self._write({"event": "failed", "step": step, "reason": reason})

    def end(self) -> None:
        """Note that the run ended by itself, well or not."""
        self._write({"event": "end"})
        if self._held is not None:
            self._held.close()
            self._held = None

    def _write(self, entry: Mapping[str, object]) -> None:
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        self.written += 1
