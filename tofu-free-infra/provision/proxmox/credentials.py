"""Say who we are: by API token, or by an administrator's login, once, to make one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proxmoxer.backends.https import ProxmoxHTTPApiTokenAuth, ProxmoxHTTPAuthBase
from requests import PreparedRequest
from requests.cookies import RequestsCookieJar

from .errors import ProxmoxError
from .secret import Secret


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An API token: `user@realm!name` and its secret."""

    id: str
    secret: Secret

    def __post_init__(self) -> None:
        """Refuse an id of another form."""
        user, mark, name = self.id.partition("!")
        if not mark or not name or "@" not in user:
            raise ProxmoxError(f"token id '{self.id}' is not of the form user@realm!name")

    @property
    def user(self) -> str:
        """Return the user that the token belongs to."""
        return self.id.partition("!")[0]

    @property
    def name(self) -> str:
        """Return the token's own name."""
        return self.id.partition("!")[2]

    def __str__(self) -> str:
        return f"token '{self.id}'"


@dataclass(frozen=True, slots=True)
class Login:
    """A user with password and, if it has one, the present one-time code."""

    user: str
    password: Secret
    one_time_code: Secret | None = None

    def __str__(self) -> str:
        return f"user '{self.user}'"


Credentials = ApiToken | Login


class TicketAuth(ProxmoxHTTPAuthBase):  # type: ignore[misc]  # proxmoxer publishes no types
    """Sends a ticket as cookie, and with writes the token against forged requests."""

    def __init__(self, ticket: str, csrf: str, timeout: float) -> None:
        super().__init__(timeout=timeout, verify_ssl=True)
        self._ticket = ticket
        self._csrf = csrf

    def get_cookies(self) -> RequestsCookieJar:
        """Return the cookie of the ticket."""
        jar = RequestsCookieJar()
        jar.set("PVEAuthCookie", self._ticket)
        return jar

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Mark a write."""
        if request.method != "GET":
            request.headers["CSRFPreventionToken"] = self._csrf
        return request


def token_auth(token: ApiToken, timeout: float) -> Any:
    """Return what adds a token to each request."""
    return ProxmoxHTTPApiTokenAuth(
        token.user, token.name, token.secret.reveal(), verify_ssl=True, timeout=timeout, service="PVE"
    )


def first_ticket_fields(login: Login) -> dict[str, str]:
    """Return the fields of the first request for a ticket."""
    return {"username": login.user, "password": login.password.reveal()}


def second_ticket_fields(login: Login, answer: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that answer a challenge for the second factor.

    Raises:
        ProxmoxError: no code was given.
    """
    if login.one_time_code is None:
        raise ProxmoxError(f"{login} has a second factor: a one-time code is needed", "give the present code")
    code = f"totp:{login.one_time_code.reveal()}"
    return {"username": login.user, "tfa-challenge": str(answer["ticket"]), "password": code}
