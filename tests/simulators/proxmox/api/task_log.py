"""Tasks: list, status, log, stop. Source: facts p 1.1, 1.2."""

from typing import Any

from .. import rights, work
from ..engine import Call
from ..refusal import refuse
from ..state import Task


def _owns(call: Call, task: Task) -> bool:
    return task.user == call.who or task.user.partition("!")[0] == call.who


def _row(task: Task) -> dict[str, Any]:
    _, node, pid, pstart, start, kind, subject, user, _ = task.upid.split(":", 8)
    row: dict[str, Any] = {"upid": task.upid, "node": node, "type": kind, "id": subject, "user": user.rstrip(":")}
    row.update(pid=int(pid, 16), pstart=int(pstart, 16), starttime=int(start, 16))
    return row


def index(call: Call) -> list[dict[str, Any]]:
    """List the caller's tasks of a host; everybody's with Sys.Audit."""
    all_of_them = rights.may(call.site, call.who, f"/nodes/{call.node}", "Sys.Audit")
    rows = []
    for task in reversed(call.site.tasks.values()):
        source = call.values.get("source", "archive")
        fits = (
            task.node == call.node
            and (all_of_them or _owns(call, task))
            and call.values.get("vmid") in (None, task.id)
            and call.values.get("typefilter") in (None, task.type)
            and task.start >= int(call.values.get("since", "0"))
            and source in ("all", "active" if task.status == "running" else "archive")
        )
        if fits:
            ended = {"endtime": int(task.end), "status": task.exitstatus} if task.status == "stopped" else {}
            rows.append({**_row(task), **ended})
    return rows[: int(call.values.get("limit", "50"))]


def _task(call: Call, privilege: str) -> Task:
    task = call.site.tasks.get(call.names["upid"])
    if task is None or task.node != call.node:
        raise refuse("no-task")
    if not _owns(call, task):
        rights.need(call.site, call.who, f"/nodes/{call.node}", privilege)
    return task


def status(call: Call) -> dict[str, Any]:
    """Return whether a task runs and how it ended."""
    task = _task(call, "Sys.Audit")
    ended = {"exitstatus": task.exitstatus} if task.status == "stopped" else {}
    return {**_row(task), "status": task.status, **ended}


def log(call: Call) -> list[dict[str, Any]]:
    """Return lines of a task's log."""
    task = _task(call, "Sys.Audit")
    first = int(call.values.get("start", "0"))
    lines = task.log[first : first + int(call.values.get("limit", "50"))]
    return [{"n": first + n, "t": text} for n, text in enumerate(lines, start=1)]


def stop(call: Call) -> None:
    """Stop a running task."""
    task = _task(call, "Sys.Modify")
    if task.status == "running":
        work.interrupt(call.engine, task)
