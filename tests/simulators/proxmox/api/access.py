"""Users, roles, tokens, rights. Source: facts m 1.6, 1.5."""

import hashlib
from typing import Any

from .. import login, rights, tables
from ..engine import Call
from ..refusal import refuse, refuse_parameters
from ..state import Grant, Token, User

_CHALLENGE = "PVE:!tfa!"


def ticket(call: Call) -> dict[str, str]:
    """Log a user in by password."""
    name = call.values["username"]
    if "realm" in call.values and "@" not in name:
        name = f"{name}@{call.values['realm']}"
    user = call.site.users.get(name)
    if user is None or not user.password or not _proves(user, call.values):
        raise refuse("login-failed")
    made = f"PVE:{name}:{hashlib.sha256(f'{name} {call.site.count()}'.encode()).hexdigest()[:32]}"
    if user.one_time_code and "tfa-challenge" not in call.values:
        # Not a login yet: the challenge that the second call must bring back.
        return {"username": name, "ticket": f"{_CHALLENGE}{made}", "CSRFPreventionToken": "", "NeedTFA": "1"}
    call.site.tickets[made] = name
    return {"username": name, "ticket": made, "CSRFPreventionToken": login.csrf(made), "clustername": "lab"}


def _proves(user: User, values: dict[str, str]) -> bool:
    if "tfa-challenge" in values:
        return values["tfa-challenge"].startswith(_CHALLENGE) and values["password"] == f"totp:{user.one_time_code}"
    return values["password"] == user.password


def permissions(call: Call) -> dict[str, dict[str, int]]:
    """Return the caller's own rights, by path."""
    who = call.values.get("userid", call.who)
    if who != call.who:
        rights.need(call.site, call.who, "/access", "Sys.Audit")
    if "path" in call.values:
        paths = {call.values["path"]}
    else:
        paths = {"/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"}
        paths |= {row.path for row in call.site.acl}
        paths |= {f"/vms/{vmid}" for pool in call.site.pools.values() for vmid in pool.vms}
    found = {path: rights.permissions(call.site, who, path) for path in sorted(paths)}
    return {
        path: {name: int(spreads) for name, spreads in sorted(held.items())} for path, held in found.items() if held
    }


def roles(call: Call) -> list[dict[str, Any]]:
    """List the roles."""
    built_in = [
        {"roleid": name, "special": 1, "privs": ",".join(sorted(held))} for name, held in tables.roles().items()
    ]
    return built_in + [
        {"roleid": name, "special": 0, "privs": ",".join(sorted(held))} for name, held in call.site.roles.items()
    ]


def _privileges(text: str) -> list[str]:
    found = [part for part in text.replace(";", ",").replace(" ", ",").split(",") if part]
    for privilege in found:
        if privilege not in tables.roles()["Administrator"]:
            raise refuse_parameters({"privs": f"invalid format - invalid privilege '{privilege}'"})
    return found


def add_role(call: Call) -> None:
    """Make a role."""
    name = call.values["roleid"]
    if name in call.site.roles or name in tables.roles():
        raise refuse("role-exists", role=name)
    call.site.roles[name] = _privileges(call.values.get("privs", ""))


def change_role(call: Call) -> None:
    """Set or add to a role's privileges."""
    name = call.names["roleid"]
    if name not in call.site.roles:
        raise refuse("role-absent", role=name)
    old = call.site.roles[name] if call.flag("append") else []
    call.site.roles[name] = sorted({*old, *_privileges(call.values.get("privs", ""))})


def add_user(call: Call) -> None:
    """Make a user."""
    name = call.values["userid"]
    if name in call.site.users:
        raise refuse("user-exists", user=name)
    call.site.users[name] = User(call.values.get("password", ""), call.values.get("comment", ""))


def _owner(call: Call) -> User:
    name = call.names["userid"]
    if call.who != name:
        rights.need(call.site, call.who, "/access/groups", "User.Modify")
    if name not in call.site.users:
        raise refuse("user-absent", user=name)
    return call.site.users[name]


def tokens(call: Call) -> list[dict[str, Any]]:
    """List a user's tokens, without their secrets."""
    return [
        {"tokenid": name, "privsep": int(token.privsep), "expire": token.expire, "comment": token.comment}
        for name, token in _owner(call).tokens.items()
    ]


def add_token(call: Call) -> dict[str, Any]:
    """Make a token; its secret is shown this once."""
    owner, name = _owner(call), call.names["tokenid"]
    if name in owner.tokens:
        raise refuse_parameters({"tokenid": "Token already exists."})
    digits = hashlib.sha256(f"{call.names['userid']} {name} {call.site.count()}".encode()).hexdigest()
    secret = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
    separated = call.values.get("privsep", "1") == "1"
    expire, comment = int(call.values.get("expire", "0")), call.values.get("comment", "")
    owner.tokens[name] = Token(secret, separated, expire, comment)
    return {"full-tokenid": f"{call.names['userid']}!{name}", "value": secret, "info": {"privsep": int(separated)}}


def remove_token(call: Call) -> None:
    """Delete a token with its rows in the ACL."""
    owner, name = _owner(call), call.names["tokenid"]
    if name not in owner.tokens:
        raise refuse("token-absent", token=name, user=call.names["userid"])
    del owner.tokens[name]
    full = f"{call.names['userid']}!{name}"
    call.site.acl = [row for row in call.site.acl if row.who != full]


def grant(call: Call) -> None:
    """Add to or remove from the access-control list."""
    path = call.values["path"]
    if not rights.path_exists(path):
        raise refuse_parameters({"path": f"invalid ACL path '{path}'"})
    who = [part for key in ("users", "tokens") for part in call.values.get(key, "").split(",") if part]
    who += [f"@{part}" for part in call.values.get("groups", "").split(",") if part]
    if not who:
        raise refuse_parameters({"users": "either 'users', 'groups' or 'tokens' is required."})
    for role in call.values["roles"].split(","):
        if role not in call.site.roles and role not in tables.roles():
            raise refuse("role-absent", role=role)
        for name in who:
            _grant_one(call, Grant(path, name, role, call.values.get("propagate", "1") == "1"))


def _grant_one(call: Call, row: Grant) -> None:
    user, _, token = row.who.partition("!")
    if not row.who.startswith("@"):
        if user not in call.site.users:
            raise refuse("user-absent", user=user)
        if token and token not in call.site.users[user].tokens:
            raise refuse("token-absent", token=token, user=user)
    same = (row.path, row.who, row.role)
    call.site.acl = [other for other in call.site.acl if (other.path, other.who, other.role) != same]
    if not call.flag("delete"):
        call.site.acl.append(row)
