"""Pools: the one that holds an environment's VMs.

Deleting a pool also deletes the rights granted on its path (facts provisioning-more.md 1.2; AC delete_pool_acl).
"""

from .api import Api, Value
from .errors import AbsentError, AnswerLostError, PresentError
from .observed import Pool


def read(api: Api, name: str) -> Pool | None:
    """Return a pool, or None if there is none."""
    try:
        rows = api.get("pools", f"read pool {name}", {"poolid": name})
    except AbsentError:
        return None
    members = frozenset(int(row["vmid"]) for row in rows[0].get("members", []) if "vmid" in row)
    return Pool(name, rows[0].get("comment") or "", members)


def names(api: Api) -> frozenset[str]:
    """Return the names of the pools that we may see."""
    return frozenset(row["poolid"] for row in api.get("pools", "list pools"))


def ensure(api: Api, name: str, comment: str = "") -> None:
    """Make a pool if it is not there."""
    try:
        api.write("post", "pools", f"create pool {name}", {"poolid": name, "comment": comment})
    except PresentError:
        return
    except AnswerLostError:
        if name not in names(api):
            raise


def ensure_member(api: Api, name: str, vm_id: int) -> None:
    """Put a VM into a pool, out of another if need be."""
    fields: dict[str, Value] = {"poolid": name, "vms": vm_id, "allow-move": True}
    try:
        api.write("put", "pools", f"put VM {vm_id} into pool {name}", fields)
    except PresentError:
        return


def delete(api: Api, name: str) -> None:
    """Delete an empty pool; one that is gone is no fault."""
    try:
        api.write("delete", "pools", f"delete pool {name}", {"poolid": name})
    except AbsentError:
        return
