"""Find out who calls: an API token, or a ticket with its CSRF token on writes.

Source: facts p 1.1, m 1.6.
"""

import hmac
import re

from .refusal import refuse
from .state import Site
from .tables import Method


def identify(site: Site, method: Method, verb: str, headers: dict[str, str], now: float) -> str:
    """Return the user or token id behind the headers; empty for a call that the world may make.

    Raises:
        RefusalError: 401 without valid credentials, 403 for a token where none is allowed.
    """
    authorization = headers.get("authorization", "")
    if authorization:
        if not method.token:
            raise refuse("token-not-allowed")
        return _token(site, authorization, now)
    if method.rights == "world":
        return ""
    return _ticket(site, verb, headers)


def _token(site: Site, authorization: str, now: float) -> str:
    match = re.fullmatch(r"PVEAPIToken=([^!]+)!([^=]+)=(.+)", authorization)
    if match is None:
        raise refuse("no-ticket")
    user, name, secret = match.groups()
    token = site.users[user].tokens.get(name) if user in site.users else None
    if token is None:
        raise refuse("no-such-token", token=name, user=user)
    if token.expire and token.expire < now:
        raise refuse("token-expired")
    if not hmac.compare_digest(token.secret, secret):
        raise refuse("bad-token")
    return f"{user}!{name}"


def _ticket(site: Site, verb: str, headers: dict[str, str]) -> str:
    match = re.search(r"PVEAuthCookie=([^;]+)", headers.get("cookie", ""))
    if match is None:
        raise refuse("no-ticket")
    user = site.tickets.get(match[1])
    if user is None:
        raise refuse("bad-ticket")
    if verb != "GET" and headers.get("csrfpreventiontoken") != csrf(match[1]):
        raise refuse("csrf")
    return user


def csrf(ticket: str) -> str:
    """Return the token against forged requests that belongs to a ticket."""
    return f"csrf-{ticket[-8:]}"
