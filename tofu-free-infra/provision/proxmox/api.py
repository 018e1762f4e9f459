"""Ask Proxmox: endpoints in order, who we are, whom we trust, and what a refusal means.

Blocking; share one `Api` between threads (each has connections of its own), and `watched_by` for each step.
"""

import copy
import io
import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import requests
import urllib3
from proxmoxer import ResourceException
from proxmoxer.backends.https import JsonSerializer, ProxmoxHttpSession
from proxmoxer.core import ProxmoxResource

from .credentials import (
    ApiToken,
    Credentials,
    Login,
    TicketAuth,
    first_ticket_fields,
    second_ticket_fields,
    token_auth,
)
from .errors import (
    AnswerLostError,
    CertificateError,
    LockedError,
    LoginError,
    ProxmoxError,
    UnreachableError,
)
from .pace import Pace, Silent, Watch, again
from .refusals import Refusal, explain
from .trust import Endpoint, Trust, TrustAdapter, endpoint

Value = str | int | float | bool | None
Fields = Mapping[str, Value]
_T = TypeVar("_T")

# What TLS says of a certificate, or of a port that speaks plain HTTP; anything else is a connection that broke.
_TRUST = re.compile(r"certificate|[Ff]ingerprint|WRONG_VERSION_NUMBER")
# proxmoxer writes whole answers to its log at DEBUG, a new token's secret among them.
logging.getLogger("proxmoxer.core").addFilter(lambda record: record.levelno >= logging.WARNING)


class Api:
    """A Proxmox cluster behind one or more endpoints."""

    def __init__(
        self,
        endpoints: Sequence[str],
        credentials: Credentials,
        trust: Trust,
        *,
        dial: Mapping[str, tuple[str, int]] | None = None,
        pace: Pace | None = None,
        timeout_s: float = 30.0,
    ) -> None:
        self._endpoints = [endpoint(url, dial or {}) for url in endpoints]
        self._credentials = credentials
        self._trust = trust
        self._timeout_s = timeout_s
        self._sessions = threading.local()
        self.pace = pace or Pace()
        self.watch: Watch = Silent()

    @property
    def who(self) -> str:
        """Return who we are, for messages."""
        return str(self._credentials)

    @property
    def token_id(self) -> str | None:
        """Return the id of the token that we use, or None for a login."""
        return self._credentials.id if isinstance(self._credentials, ApiToken) else None

    def watched_by(self, watch: Watch) -> "Api":
        """Return the same API, telling `watch` what goes on."""
        other = copy.copy(self)
        other.watch = watch
        return other

    def paced(self, pace: Pace) -> "Api":
        """Return the same API with another pace."""
        other = copy.copy(self)
        other.pace = pace
        return other

    def get(self, path: str, doing: str, fields: Fields | None = None) -> Any:
        """Read; tried again elsewhere and later where the connection fails.

        Raises:
            ProxmoxError: what the refusal means.
        """
        broken = (AnswerLostError, UnreachableError)
        return again(self.pace, broken, lambda _: self._ask("get", path, doing, fields))

    def write(self, verb: str, path: str, doing: str, fields: Fields | None = None) -> Any:
        """Change something (`post`, `put`, `delete`), waiting while it is locked.

        Raises:
            AnswerLostError: it may have happened or not; look before doing it again.
            ProxmoxError: what the refusal means.
        """
        return self._while_locked(doing, lambda: self._ask(verb, path, doing, fields))

    def upload(self, path: str, doing: str, fields: Mapping[str, str], name: str, content: bytes) -> Any:
        """Upload a file as the multipart field `filename`."""

        def once() -> Any:
            file = io.BytesIO(content)
            file.name = name
            return self._ask("post", path, doing, {**fields, "filename": file})

        return self._while_locked(doing, once)

    def _while_locked(self, doing: str, once: Callable[[], _T]) -> _T:
        start, pause = self.pace.clock(), self.pace.poll_s
        while True:
            try:
                return once()
            except LockedError as error:
                waited = self.pace.clock() - start
                if waited >= self.pace.lock_s:
                    raise
                self.watch.waiting(doing, error.what.partition(": ")[2], waited)
                self.pace.sleep(pause)
                pause = min(pause * 2, 10 * self.pace.poll_s)

    def _ask(self, verb: str, path: str, doing: str, fields: Mapping[str, Any] | None) -> Any:
        tried = []
        for where in self._endpoints:
            try:
                return self._ask_one(where, verb, path, doing, _plain(fields or {}))
            except requests.exceptions.RequestException as error:
                if isinstance(error, requests.exceptions.SSLError) and _TRUST.search(str(error)):
                    raise _certificate(where, self._trust, doing, error) from None
                if not _nothing_sent(error):
                    raise AnswerLostError(
                        f"{doing}: the connection to {where.url} broke before an answer came",
                        "run again: what was done is found and kept",
                    ) from None
                tried.append(f"{where.url} ({_cause(error)})")
        raise UnreachableError(
            f"{doing}: no endpoint of Proxmox can be reached: {', '.join(tried)}",
            "check the network and that pveproxy runs on the hosts",
        )

    def _ask_one(self, where: Endpoint, verb: str, path: str, doing: str, fields: dict[str, Any]) -> Any:
        resource = ProxmoxResource(
            base_url=f"{where.url}/api2/json", session=self._session(where), serializer=JsonSerializer()
        )
        try:
            return getattr(resource(path), verb)(**fields)
        except ResourceException as error:
            refusal = Refusal(error.status_code, error.content.partition(" - {")[0], error.errors or {})
            host = re.match(r"nodes/([^/]+)", path)
            explained = explain(refusal, self.who, doing, host[1] if host else None)
        # Out of the except block: proxmoxer's own error would show the whole request.
        raise explained

    def _session(self, where: Endpoint) -> ProxmoxHttpSession:
        known: dict[Endpoint, ProxmoxHttpSession] = self._sessions.__dict__.setdefault("known", {})
        if where not in known:
            session = ProxmoxHttpSession()
            session.trust_env = False
            session.headers["accept"] = JsonSerializer().get_accept_types()
            session.mount("https://", TrustAdapter(where, self._trust))
            session.auth = self._auth(where, session)
            known[where] = session
        return known[where]

    def _auth(self, where: Endpoint, session: ProxmoxHttpSession) -> Any:
        if isinstance(self._credentials, ApiToken):
            return token_auth(self._credentials, self._timeout_s)
        login = self._credentials
        answer = self._ticket(where, session, login, first_ticket_fields(login))
        if answer.get("NeedTFA"):
            answer = self._ticket(where, session, login, second_ticket_fields(login, answer))
        return TicketAuth(answer["ticket"], answer["CSRFPreventionToken"], self._timeout_s)

    def _ticket(self, where: Endpoint, session: Any, login: Login, fields: dict[str, str]) -> dict[str, Any]:
        url = f"{where.url}/api2/json/access/ticket"
        # The session's own `request` wants an auth object; this is the call that makes one.
        answer = requests.Session.request(session, "POST", url, data=fields, timeout=self._timeout_s)
        if answer.status_code != 200:
            raise LoginError(f"log in: Proxmox does not accept {login}: {answer.reason}")
        found: dict[str, Any] = answer.json()["data"]
        return found


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: int(value) if isinstance(value, bool) else value for name, value in fields.items() if value is not None
    }


def _nothing_sent(error: requests.exceptions.RequestException) -> bool:
    """Return whether the connection could not even be made."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = error.args[0] if error.args else None
    cause = getattr(reason, "reason", None)
    return isinstance(cause, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def _cause(error: requests.exceptions.RequestException) -> str:
    text = str(error)
    for known in ("Connection refused", "No route to host", "Name or service not known", "timed out"):
        if known in text:
            return known
    return type(error).__name__


def _certificate(where: Endpoint, trust: Trust, doing: str, error: Exception) -> ProxmoxError:
    text = str(error)
    if match := re.search(r'got "([0-9a-f]{64})"', text):
        shown = ":".join(match[1][n : n + 2].upper() for n in range(0, 64, 2))
        return CertificateError(
            f"{doing}: {where.url} shows the certificate {shown}, {trust} is expected",
            "if the host's certificate was renewed, write the new fingerprint into the inventory; "
            "if not, somebody stands between you and the host",
        )
    match = re.search(r"certificate verify failed: (.+?)(?: \(_ssl|'\)|$)", text)
    reason = match[1] if match else "no TLS"
    return CertificateError(
        f"{doing}: {where.url} shows a certificate that {trust} does not vouch for: {reason}",
        "check `proxmox.tls` in the inventory",
    )
