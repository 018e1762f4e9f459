"""Backup jobs, one per tier. Whole VMs: a disk is left out by its own `backup=0`.

Source: facts provisioning.md 1.2, provisioning-more.md 0.5, 1.2.
"""

from typing import Any

from . import properties
from .api import Api, Value
from .errors import AbsentError, AnswerLostError, PresentError
from .observed import BackupJob
from .pace import again


def jobs(api: Api) -> dict[str, BackupJob]:
    """Return the jobs that name their VMs; those by pool or for all are not ours."""
    rows = api.get("cluster/backup", "list backup jobs")
    return {row["id"]: _job(row) for row in rows if "vmid" in row}


def _job(row: dict[str, Any]) -> BackupJob:
    prune = row.get("prune-backups") or ""
    return BackupJob(
        id=row["id"],
        storage=row.get("storage", ""),
        schedule=row.get("schedule", ""),
        vm_ids=frozenset(int(part) for part in str(row["vmid"]).split(",") if part),
        prune={key: str(value) for key, value in prune.items()} if isinstance(prune, dict) else _prune(prune),
        mode=row.get("mode", "snapshot"),
        compress=str(row.get("compress", "0")),
        enabled=bool(int(row.get("enabled", 1))),
    )


def _prune(text: str) -> dict[str, str]:
    return properties.parse(text) if text else {}


def ensure(api: Api, wanted: BackupJob) -> bool:
    """Make or change a backup job; return whether anything was written."""
    doing = f"set backup job {wanted.id}"

    def once(attempt: int) -> bool:
        there = jobs(api).get(wanted.id)
        if there == wanted:
            return attempt > 0
        if there is None:
            api.write("post", "cluster/backup", doing, {"id": wanted.id, **_fields(wanted)})
        else:
            gone = {"delete": "prune-backups"} if there.prune and not wanted.prune else {}
            api.write("put", f"cluster/backup/{wanted.id}", doing, {**_fields(wanted), **gone})
        return True

    return again(api.pace, (PresentError, AnswerLostError), once)


def _fields(job: BackupJob) -> dict[str, Value]:
    return {
        "storage": job.storage,
        "schedule": job.schedule,
        "vmid": ",".join(str(vm_id) for vm_id in sorted(job.vm_ids)),
        "prune-backups": properties.join(dict(sorted(job.prune.items()))) or None,
        "mode": job.mode,
        "compress": job.compress,
        "enabled": job.enabled,
    }


def delete(api: Api, job_id: str) -> None:
    """Delete a backup job; one that is not there is no fault."""
    try:
        api.write("delete", f"cluster/backup/{job_id}", f"delete backup job {job_id}")
    except AbsentError:
        return


def uncovered(api: Api) -> frozenset[int]:
    """Return the VMs that no job takes."""
    rows = api.get("cluster/backup-info/not-backed-up", "list what no backup job takes")
    return frozenset(int(row["vmid"]) for row in rows)
