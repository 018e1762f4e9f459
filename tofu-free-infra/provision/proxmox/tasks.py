"""Start tasks once, follow them to their end, and find them again after a break.

Source: facts provisioning.md 1.1 (UPID, end states), 1.4 (adopt what runs before starting again).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .api import Api, Fields
from .errors import AnswerLostError, HostOfflineError, ParametersError, ProxmoxError, TaskError, WaitError
from .pace import again

TAIL_LINES = 10


@dataclass(frozen=True, slots=True)
class Upid:
    """A task's id, taken apart."""

    text: str
    host: str
    started: int
    type: str
    subject: str
    user: str


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task as the host sees it; `exitstatus` is None while it runs."""

    upid: Upid
    exitstatus: str | None

    @property
    def running(self) -> bool:
        """Return whether it still runs."""
        return self.exitstatus is None


@dataclass(frozen=True, slots=True)
class TaskEnd:
    """How a task that succeeded ended; warnings are said in its log."""

    upid: Upid
    exitstatus: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """A call that starts a task, and how to know that task again.

    `whole` says that two tasks of these types on one subject do the same (make, start, delete it), so one that runs is
    taken for ours; a change of some options is not such, so one that runs is waited for and ours follows.
    """

    verb: str
    path: str
    host: str
    subject: str
    types: tuple[str, ...]
    doing: str
    fields: Fields
    whole: bool = True


def parse_upid(text: str) -> Upid:
    """Take a UPID apart.

    Raises:
        ProxmoxError: it is none.
    """
    parts = text.split(":")
    if len(parts) < 9 or parts[0] != "UPID":
        raise ProxmoxError(f"'{text}' is not the id of a task")
    return Upid(text, parts[1], int(parts[4], 16), parts[5], parts[6], ":".join(parts[7:-1]))


def listed(api: Api, host: str, subject: str, doing: str, types: Sequence[str] = ()) -> list[TaskState]:
    """Return the tasks of a VM (or all, if `subject` is no VM id) on a host, newest first."""
    fields: dict[str, Any] = {"source": "all", "limit": 100}
    if subject.isdigit():
        fields["vmid"] = int(subject)
    rows = api.get(f"nodes/{host}/tasks", doing, fields)
    found = [TaskState(parse_upid(row["upid"]), row.get("status") if "endtime" in row else None) for row in rows]
    return [task for task in found if not types or task.upid.type in types]


def run(api: Api, work: Work) -> TaskEnd | None:
    """Carry out a call by its task; one that runs already is adopted. None: it was done without a task.

    Raises:
        TaskError: the task ended badly.
        ProxmoxError: the call was refused.
    """
    known = _of(api, work)
    running = [task for task in known if task.running]
    if running and work.whole:
        upid: str | None = running[0].upid.text
    else:
        _let_end(api, work, running)
        upid = _dispatch(api, work, {task.upid.text for task in known})
    if upid is None:
        return None
    api.watch.dispatched(upid, work.doing)
    return follow(api, upid, work.doing)


def _of(api: Api, work: Work) -> list[TaskState]:
    found = listed(api, work.host, work.subject, work.doing, work.types)
    return [task for task in found if task.upid.subject == work.subject]


def _let_end(api: Api, work: Work, running: list[TaskState]) -> None:
    for task in running:
        try:
            follow(api, task.upid.text, work.doing)
        except TaskError:
            continue  # somebody else's, or an earlier run's: ours is what counts


def _dispatch(api: Api, work: Work, known: set[str]) -> str | None:
    def once(attempt: int) -> str | None:
        # After a lost answer it may have been started: then a task that was not there before is it.
        new = [task for task in _of(api, work) if task.upid.text not in known] if attempt else []
        if new and work.whole:
            return new[0].upid.text
        _let_end(api, work, [task for task in new if task.running])
        answer: str | None = api.write(work.verb, work.path, work.doing, work.fields)
        return answer

    return again(api.pace, (AnswerLostError,), once)


def follow(api: Api, upid: str, doing: str) -> TaskEnd:
    """Wait until a task has ended.

    Raises:
        TaskError: it ended badly; the tail of its log is in the text.
        WaitError: it runs longer than the pace allows; it is left running.
    """
    task, start = parse_upid(upid), api.pace.clock()
    while True:
        state = _state(api, task, doing)
        waited = api.pace.clock() - start
        if state is not None and state != "":
            return _ended(api, task, state, doing)
        if waited >= api.pace.task_s:
            raise WaitError(
                f"{doing}: task has run for {waited:.0f} s and still does ({upid})",
                "look at its log in Proxmox; running again goes on waiting for it",
            )
        reason = f"task {task.type} runs on {task.host}" if state is None else f"host {task.host} does not answer"
        api.watch.waiting(doing, reason, waited)
        api.pace.sleep(api.pace.poll_s)


def _state(api: Api, task: Upid, doing: str) -> str | None:
    """Return the end status; None while it runs, empty while its host does not answer."""
    try:
        row = api.get(f"nodes/{task.host}/tasks/{task.text}/status", doing)
    except ParametersError:
        return None  # right after the start the host may not know it yet
    except HostOfflineError:
        return ""
    return str(row.get("exitstatus") or "unknown") if row["status"] == "stopped" else None


def _ended(api: Api, task: Upid, exitstatus: str, doing: str) -> TaskEnd:
    if exitstatus == "OK":
        return TaskEnd(task, exitstatus)
    lines = log(api, task.text, doing)
    if exitstatus.startswith("WARNINGS:"):
        return TaskEnd(task, exitstatus, tuple(line for line in lines if line.startswith("WARN")))
    raise TaskError(doing, task.text, exitstatus, lines[-TAIL_LINES:])


def log(api: Api, upid: str, doing: str) -> list[str]:
    """Return the lines of a task's log."""
    rows = api.get(f"nodes/{parse_upid(upid).host}/tasks/{upid}/log", doing, {"start": 0, "limit": 5000})
    return [str(row["t"]) for row in rows]
