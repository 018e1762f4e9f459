"""Make the role, user and token that an inventory needs, once, with an administrator's login.

Source: facts provisioning-more.md 1.6. A separated token has the intersection of its own rights and its user's, so
both are granted the same.
"""

from . import rights
from .api import Api, Value
from .credentials import ApiToken
from .errors import AnswerLostError, PresentError
from .rights import Scope
from .secret import Secret


def prefix_of(token_id: str) -> str:
    """Return what the roles of a token are called by: `chartroom@pve!prod` has `chartroom-prod-…`."""
    user, _, name = token_id.partition("!")
    return f"{user.partition('@')[0]}-{name}"


def create(admin: Api, token_id: str, scope: Scope, *, rotate: bool = False) -> Secret:
    """Make roles, user and token, grant both, and return the token's secret, which Proxmox shows only now.

    What is there already is brought up to date; with `rotate` a token that is there is made anew.

    Raises:
        PresentError: the token is there already.
        PermissionMissingError: the login is not an administrator's.
    """
    token = ApiToken(token_id, Secret(""))
    wanted = rights.grants(scope, prefix_of(token_id))
    for grant in wanted:
        _ensure_role(admin, grant.role, ",".join(grant.privileges))
    _ensure_user(admin, token.user)
    secret = _create_token(admin, token, rotate=rotate)
    for grant in wanted:
        fields: dict[str, Value] = {"path": grant.path, "roles": grant.role, "propagate": grant.propagate}
        fields.update(users=token.user, tokens=token.id)
        admin.write("put", "access/acl", f"grant {grant.role} on {grant.path}", fields)
    return secret


def _ensure_role(admin: Api, role: str, privileges: str) -> None:
    try:
        admin.write("post", "access/roles", f"create role {role}", {"roleid": role, "privs": privileges})
    except (PresentError, AnswerLostError):
        admin.write("put", f"access/roles/{role}", f"update role {role}", {"privs": privileges})


def _ensure_user(admin: Api, user: str) -> None:
    fields = {"userid": user, "comment": "Chartroom's provision"}
    try:
        admin.write("post", "access/users", f"create user {user}", fields)
    except PresentError:
        return


def _create_token(admin: Api, token: ApiToken, *, rotate: bool) -> Secret:
    path, doing = f"access/users/{token.user}/token/{token.name}", f"create token {token.id}"
    known = admin.get(f"access/users/{token.user}/token", doing)
    if any(row["tokenid"] == token.name for row in known):
        if not rotate:
            raise PresentError(
                f"{doing}: it exists, and its secret cannot be read again",
                "use the secret that was printed, or run again with --rotate to replace it",
            )
        admin.write("delete", path, f"delete token {token.id}")
    try:
        answer = admin.write("post", path, doing, {"privsep": True, "expire": 0, "comment": "Chartroom's provision"})
    except AnswerLostError as error:
        raise AnswerLostError(
            f"{doing}: the answer with its secret was lost", "run again with --rotate: that makes it anew"
        ) from error
    return Secret(answer["value"])
