"""Ask an HTTPS server by the standard library, at another address than its certificate names where we are told so.

No proxy, no log, no retry: a request may hold a secret.
"""

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from provision.secrets.error import SecretsError

Place = tuple[str, int]


class Connection(http.client.HTTPSConnection):
    """A connection whose certificate must name one host while the bytes go to another address."""

    def __init__(self, name: str, place: Place, context: ssl.SSLContext, timeout_s: float) -> None:
        super().__init__(name, place[1], context=context, timeout=timeout_s)
        self._place, self._tls = place, context

    def connect(self) -> None:
        """Connect to the place, and check the name."""
        plain = socket.create_connection(self._place, self.timeout)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: its status and, where it is JSON, the object."""

    status: int
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server by its URL; `addresses` maps host and port to where they are reached instead.

    Raises:
        SecretsError: the URL is not https.
    """

    url: str
    addresses: Mapping[Place, Place] = field(default_factory=dict, repr=False)
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme != "https" or not self.host:
            raise SecretsError(f"{self.url}: is not of the form https://HOST")

    @property
    def host(self) -> str:
        """Return the host's name."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Return the port."""
        return urlsplit(self.url).port or 443

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: object = None) -> Answer:
        """Send one request; the certificate is checked against the machine's authorities (`SSL_CERT_FILE` adds one).

        Raises:
            SecretsError: no answer, or one that is not JSON.
        """
        wanted = (self.host, self.port)
        context = ssl.create_default_context()
        connection = Connection(self.host, self.addresses.get(wanted, wanted), context, self.timeout_s)
        try:
            text = None if body is None else json.dumps(body)
            path = urlsplit(self.url).path.rstrip("/") + path
            connection.request(method, path, text, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return Answer(response.status, _read(response.read()))
        except ssl.SSLCertVerificationError as error:
            raise SecretsError(
                f"{self.url}: shows a certificate that does not count: {error.verify_message}; "
                "name the authority's file in SSL_CERT_FILE"
            ) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise SecretsError(f"{self.url}: gave no answer, {reason}") from None
        finally:
            connection.close()


def _read(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
