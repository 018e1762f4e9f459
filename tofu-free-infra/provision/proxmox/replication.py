"""Replication jobs: a VM's disks copied to another host. ZFS only.

Source: facts provisioning-more.md 1.2. Deleting one only marks it; the host removes it at its next run.
"""

from typing import Any

from .api import Api, Value
from .errors import AbsentError, AnswerLostError, DigestError, PresentError
from .observed import ReplicationJob
from .pace import again


def jobs(api: Api) -> list[ReplicationJob]:
    """Return the jobs of the VMs that we may see."""
    return [_job(row) for row in api.get("cluster/replication", "list replication jobs")]


def _job(row: dict[str, Any]) -> ReplicationJob:
    return ReplicationJob(
        id=row["id"],
        vm_id=int(row["guest"]),
        target=row["target"],
        schedule=row.get("schedule", "*/15"),
        disabled=bool(int(row.get("disable", 0))),
        leaving="remove_job" in row,
        comment=row.get("comment", ""),
    )


def ensure(api: Api, vm_id: int, target: str, schedule: str, comment: str = "") -> bool:
    """Replicate a VM to a host at a calendar event; return whether anything was written.

    The job of a VM that has moved to its target points back to where it came from, so jobs are known by their target.
    """
    doing = f"replicate VM {vm_id} to {target}"

    def once(attempt: int) -> bool:
        rows = [row for row in api.get("cluster/replication", doing) if int(row["guest"]) == vm_id]
        there = next((row for row in rows if row["target"] == target and "remove_job" not in row), None)
        if there is not None and _fits(_job(there), schedule, comment):
            return attempt > 0
        _write(api, doing, rows, there, vm_id, target, {"schedule": schedule, "comment": comment or None})
        return True

    return again(api.pace, (DigestError, PresentError, AnswerLostError), once)


def _fits(job: ReplicationJob, schedule: str, comment: str) -> bool:
    return (job.schedule, job.comment, job.disabled) == (schedule, comment, False)


def _write(
    api: Api,
    doing: str,
    rows: list[dict[str, Any]],
    there: dict[str, Any] | None,
    vm_id: int,
    target: str,
    fields: dict[str, Value],
) -> None:
    if there is None:
        taken = {int(str(row["id"]).partition("-")[2]) for row in rows}
        number = next(n for n in range(len(taken) + 1) if n not in taken)
        made = {"id": f"{vm_id}-{number}", "target": target, "type": "local", **fields}
        api.write("post", "cluster/replication", doing, made)
        return
    digest = there.get("digest")
    gone = [name for name, is_on in (("disable", there.get("disable")), ("comment", not fields["comment"])) if is_on]
    delete = {"delete": ",".join(name for name in gone if there.get(name))} if any(map(there.get, gone)) else {}
    api.write("put", f"cluster/replication/{there['id']}", doing, {**fields, **delete, "digest": digest})


def delete(api: Api, job_id: str) -> None:
    """Mark a job for removal; one that is not there is no fault."""
    try:
        api.write("delete", f"cluster/replication/{job_id}", f"delete replication job {job_id}")
    except AbsentError:
        return
