"""Work out what a user or token may do.

Source: facts m 1.5 and 1.6 (AC AccessControl.pm roles, RPCEnvironment.pm permissions): a deeper row replaces what
comes from above, NoAccess wins, members of a pool inherit its roles, a separated token has the intersection.
"""

import re

from . import tables
from .refusal import RefusalError, refuse
from .state import Site

ROOT = "root@pam"
_NAME = r"[A-Za-z0-9._-]+"
_PATH = re.compile(
    rf"/|/access(/groups(/{_NAME})?|/realm(/{_NAME})?)?|/nodes(/{_NAME})?|/pool(/{_NAME}){{0,3}}"
    rf"|/sdn(/zones(/{_NAME}(/{_NAME}(/[1-9][0-9]{{0,3}})?)?)?)?|/storage(/{_NAME})?|/vms(/[1-9][0-9]{{2,}})?"
    rf"|/mapping(/{_NAME}(/{_NAME})?)?"
)


def path_exists(path: str) -> bool:
    """Return whether `path` is one that an ACL row may name."""
    return bool(_PATH.fullmatch(path))


def privileges_of_role(site: Site, role: str) -> frozenset[str]:
    """Return what a built-in or own role holds; nothing for an unknown one."""
    return tables.roles().get(role, frozenset(site.roles.get(role, ())))


def _ancestors(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part]
    return ["/"] + ["/" + "/".join(parts[: n + 1]) for n in range(len(parts))]


def _roles(site: Site, who: str, path: str) -> dict[str, bool]:
    groups = {f"@{group}" for group in site.users[who].groups} if who in site.users else set()
    found: dict[str, bool] = {}
    for step in _ancestors(path):
        rows = [row for row in site.acl if row.path == step and (row.propagate or step == path)]
        own = {row.role: row.propagate for row in rows if row.who == who}
        own = own or {row.role: row.propagate for row in rows if row.who in groups}
        found = own or found
    return {"NoAccess": found["NoAccess"]} if "NoAccess" in found else found


def _inherited(site: Site, who: str, path: str) -> dict[str, bool]:
    roles = _roles(site, who, path)
    match = re.fullmatch(r"/vms/(\d+)", path)
    if match is None or "NoAccess" in roles:
        return roles
    for name, pool in site.pools.items():
        if int(match[1]) in pool.vms:
            for role in _roles(site, who, f"/pool/{name}"):
                roles.setdefault(role, False)
    return roles


def permissions(site: Site, who: str, path: str) -> dict[str, bool]:
    """Return the privileges of `who` on `path`, each with whether it propagates."""
    if who == ROOT:
        return dict.fromkeys(tables.roles()["Administrator"], True)
    held: dict[str, bool] = {}
    for role, propagate in _inherited(site, who, path).items():
        for privilege in privileges_of_role(site, role):
            held[privilege] = held.get(privilege, False) or propagate
    user, _, token = who.partition("!")
    if not token:
        return held
    of_user = permissions(site, user, path)
    if not site.users[user].tokens[token].privsep:
        return of_user
    return {name: spreads and of_user[name] for name, spreads in held.items() if name in of_user}


def may(site: Site, who: str, path: str, *privileges: str) -> bool:
    """Return whether `who` has one of the privileges on `path`."""
    held = permissions(site, who, path)
    return any(privilege in held for privilege in privileges)


def need(site: Site, who: str, path: str, *privileges: str) -> None:
    """Refuse unless `who` has every privilege on `path`; the first missing one is named."""
    held = permissions(site, who, path)
    for privilege in privileges:
        if privilege not in held:
            raise refuse("permission", path=path, privileges=privilege)


def need_any(site: Site, who: str, path: str, *privileges: str) -> None:
    """Refuse unless `who` has one of the privileges on `path`; all are named."""
    if not may(site, who, path, *privileges):
        raise refuse("permission", path=path, privileges="|".join(privileges))


def need_on_vm(site: Site, who: str, vmid: int, pool: str | None, *privileges: str, either: bool = False) -> None:
    """Refuse unless the pool or the VM gives the privileges; the VM's path is named."""
    wants = need_any if either else need
    if pool:
        try:
            return wants(site, who, f"/pool/{pool}", *privileges)
        except RefusalError:
            pass
    return wants(site, who, f"/vms/{vmid}", *privileges)


def need_modify(site: Site, who: str, path: str) -> None:
    """Refuse unless `who` may change the rights on `path`."""
    extra = {"storage": "Datastore.Allocate", "vms": "VM.Allocate", "pool": "Pool.Allocate"}
    area = re.fullmatch(r"/(storage|vms|pool)/.+", path)
    need_any(site, who, path, "Permissions.Modify", *([extra[area[1]]] if area else []))


def check(site: Site, who: str, rule: object, values: dict[str, str]) -> None:
    """Refuse unless the rights rule of a call, as the table writes it, is met."""
    if rule in ("any", "world"):
        return
    assert isinstance(rule, dict), rule
    ((kind, body),) = rule.items()
    if kind == "and":
        for part in body:
            check(site, who, part, values)
    elif kind == "or":
        _check_or(site, who, body, values)
    elif kind == "modify":
        need_modify(site, who, body.format_map(values))
    else:
        path, privileges = body
        (need if kind == "perm" else need_any)(site, who, path.format_map(values), *privileges)


def _check_or(site: Site, who: str, rules: list[object], values: dict[str, str]) -> None:
    for rule in rules:
        try:
            return check(site, who, rule, values)
        except RefusalError:
            continue
    raise refuse("permission-bare")
