"""Make sure that the endpoint is the one we mean: by CA or by SHA-256 fingerprint; there is no way to switch it off."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from .errors import CertificateError, ProxmoxError


@dataclass(frozen=True, slots=True)
class CaFile:
    """Trust what this CA signed for the endpoint's name or address."""

    path: Path

    def __str__(self) -> str:
        return f"the CA in {self.path}"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Trust this one certificate, by the SHA-256 that Proxmox shows (`AA:BB:…`)."""

    sha256: str

    def __post_init__(self) -> None:
        """Refuse anything that is not a SHA-256."""
        digits = self.sha256.replace(":", "")
        if len(digits) != 64 or set(digits.lower()) - set("0123456789abcdef"):
            raise CertificateError(
                f"fingerprint '{self.sha256}' is not a SHA-256: 32 bytes in hexadecimal are expected",
                "copy it from the host: `pvenode cert info`",
            )

    def __str__(self) -> str:
        return f"fingerprint {self.sha256}"


Trust = CaFile | Fingerprint


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An API server, and where to connect to reach it (the same, unless a test puts it on loopback)."""

    host: str
    port: int
    dial_host: str
    dial_port: int

    @property
    def url(self) -> str:
        """Return the address as the inventory has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}"


def endpoint(url: str, dial: Mapping[str, tuple[str, int]]) -> Endpoint:
    """Return the endpoint of a URL; `dial` maps a host to the address where it is reached instead.

    Raises:
        ProxmoxError: it is not https.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ProxmoxError(f"endpoint '{url}' is not of the form https://HOST:8006")
    port = parts.port or 8006
    dial_host, dial_port = dial.get(parts.hostname, (parts.hostname, port))
    return Endpoint(parts.hostname, port, dial_host, dial_port)


class TrustAdapter(HTTPAdapter):
    """Connects to one endpoint and checks its certificate before anything is sent."""

    def __init__(self, where: Endpoint, trust: Trust) -> None:
        self._where = where
        self._trust = trust
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Build the connections with our own idea of whom to trust."""
        if isinstance(self._trust, CaFile):
            try:
                kwargs["ssl_context"] = ssl.create_default_context(cafile=self._trust.path)
            except (OSError, ssl.SSLError) as error:
                raise CertificateError(
                    f"{self._trust.path} holds no CA certificate ({type(error).__name__})",
                    "copy /etc/pve/pve-root-ca.pem from a host",
                ) from error
            kwargs["server_hostname"] = self._where.host
        else:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE  # the fingerprint below is what is verified
            kwargs.update(ssl_context=context, assert_fingerprint=self._trust.sha256, server_hostname=self._where.host)
        super().init_poolmanager(*args, **kwargs)

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Return where to connect, without requests' own choice of a CA."""
        target = {"scheme": "https", "host": self._where.dial_host, "port": self._where.dial_port}
        return target, {"cert_reqs": "CERT_REQUIRED" if isinstance(self._trust, CaFile) else "CERT_NONE"}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the connection as it was built."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send a request, never through a proxy."""
        kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)
