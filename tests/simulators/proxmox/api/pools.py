"""Pools; making one is atomic, which makes an empty one a lock. Source: facts m 0.9, 1.2 (PM API2/Pool.pm)."""

from typing import Any

from .. import rights
from ..engine import Call
from ..refusal import refuse
from ..state import Pool


def _pool(call: Call) -> Pool:
    name = call.values["poolid"]
    if name not in call.site.pools:
        raise refuse("pool-absent", pool=name)
    return call.site.pools[name]


def index(call: Call) -> list[dict[str, Any]]:
    """List the pools, or one with its members."""
    if "poolid" in call.values:
        rights.need(call.site, call.who, f"/pool/{call.values['poolid']}", "Pool.Audit")
        pool = _pool(call)
        vms = [call.site.vms[vmid] for vmid in pool.vms if vmid in call.site.vms]
        members = [{"id": f"qemu/{vm.vmid}", "type": "qemu", "vmid": vm.vmid, "node": vm.node} for vm in vms]
        return [{"poolid": call.values["poolid"], "comment": pool.comment, "members": members}]
    return [
        {"poolid": name, "comment": pool.comment}
        for name, pool in sorted(call.site.pools.items())
        if rights.may(call.site, call.who, f"/pool/{name}", "Pool.Audit")
    ]


def create(call: Call) -> None:
    """Make a pool; refused if there is one of that name."""
    name = call.values["poolid"]
    if name in call.site.pools:
        raise refuse("pool-exists", pool=name)
    if "/" in name and name.rpartition("/")[0] not in call.site.pools:
        raise refuse("pool-absent", pool=name.rpartition("/")[0])
    call.site.pools[name] = Pool(call.values.get("comment", ""))


def change(call: Call) -> None:
    """Change a pool's comment or members."""
    pool = _pool(call)
    if "comment" in call.values:
        pool.comment = call.values["comment"]
    for text in [part for part in call.values.get("vms", "").split(",") if part]:
        _change_member(call, pool, int(text))


def _change_member(call: Call, pool: Pool, vmid: int) -> None:
    rights.need_any(call.site, call.who, f"/vms/{vmid}", "VM.Allocate", "Permissions.Modify")
    if call.flag("delete"):
        if vmid not in pool.vms:
            raise refuse("pool-not-member", vmid=vmid)
        pool.vms.remove(vmid)
        return
    if vmid in pool.vms:
        raise refuse("pool-member", vmid=vmid)
    for name, other in call.site.pools.items():
        if vmid in other.vms:
            if not call.flag("allow-move"):
                raise refuse("pool-other", vmid=vmid, pool=name)
            other.vms.remove(vmid)
    pool.vms.append(vmid)


def delete(call: Call) -> None:
    """Delete an empty pool, and with it the ACL rows on its path (AC delete_pool_acl)."""
    name, pool = call.values["poolid"], _pool(call)
    for vmid in pool.vms:
        if vmid in call.site.vms:
            raise refuse("pool-full", pool=name, vmid=vmid)
    del call.site.pools[name]
    call.site.acl = [row for row in call.site.acl if row.path != f"/pool/{name}"]
