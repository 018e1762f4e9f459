"""Connections to nodes: one per node and use, each call translated into this package's errors."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grpclib.client import Channel
from grpclib.config import Configuration
from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError

from provision.secrets.access import TalosAccess
from provision.talos.error import Node, TalosError, Unreachable, Untrusted
from provision.talos.status import from_status
from provision.talos.tls import fingerprint, pinned_context, secure_context, seen_certificate

APID_PORT = 50000
Place = tuple[str, int]


def read_address_map(path: Path) -> dict[Place, Place]:
    """Read a map of addresses, `{"10.0.10.11:50000": "127.0.0.1:41234"}`: for tunnels and simulators.

    Raises:
        ValueError: it is not of this shape.
    """
    return parse_address_map(json.loads(path.read_text(encoding="utf-8")))


def parse_address_map(rows: Mapping[str, str]) -> dict[Place, Place]:
    """Take `address:port` → `address:port` apart.

    Raises:
        ValueError: a side has no port.
    """
    return {_place(left): _place(right) for left, right in rows.items()}


def _place(text: str) -> Place:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal():
        raise ValueError(f"{text!r} is not ADDRESS:PORT")
    return host, int(port)


@dataclass(frozen=True, slots=True)
class Session:
    """An open connection to one node. `is_secure` is false in maintenance mode."""

    node: Node
    channel: Channel
    is_secure: bool
    timeout_s: float

    @contextlib.asynccontextmanager
    async def asking(self, what: str) -> AsyncIterator[None]:
        """Translate whatever a call inside raises; `what` completes "… for".

        Raises:
            TalosError: of the class that fits.
        """
        try:
            yield
        except TalosError:
            raise
        except GRPCError as error:
            raise from_status(self.node, what, error) from error
        except _NO_ANSWER as error:
            raise unreachable(self.node, what, error) from error


_NO_ANSWER = (OSError, StreamTerminatedError, ProtocolError, asyncio.TimeoutError, AttributeError)
# grpclib raises AttributeError where a connection dies while a stream is being opened


def unreachable(node: Node, what: str, error: BaseException) -> TalosError:
    """Say why there is no answer; a certificate that does not fit is another matter than silence."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Untrusted(f"{node}: shows a certificate that does not count, {_distrust(node, error.verify_code)}")
    return Unreachable(f"{node}: gave no answer for {what}, {_reason(error)}")


def _distrust(node: Node, code: int) -> str:
    """Put OpenSSL's codes into words of our own: its texts differ between versions."""
    match code:
        case 9:
            return "it is not valid yet"
        case 10:
            return "it has expired"
        case 62 | 64:
            return f"it does not name {node.address}"
        case _:
            return "another authority signed it"


def _reason(error: BaseException) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return "no reply in time"
    if isinstance(error, ssl.SSLError):
        return f"TLS ended with {getattr(error, 'reason', None) or 'an error'}"
    return "connection cut"


@dataclass(frozen=True, slots=True)
class Talos:
    """How a cluster's nodes are reached. Without `access` only maintenance mode is open."""

    access: TalosAccess | None = None
    addresses: Mapping[Place, Place] = field(default_factory=dict)
    timeout_s: float = 20.0

    @contextlib.asynccontextmanager
    async def connect(self, node: Node) -> AsyncIterator[Session]:
        """Open a mutual TLS session; the certificate must name the node's address.

        Raises:
            Untrusted: there is no client certificate.
        """
        if self.access is None:
            raise Untrusted(f"{node}: cannot be asked without a client certificate")
        async with self._open(node, secure_context(self.access), is_secure=True) as session:
            yield session

    @contextlib.asynccontextmanager
    async def connect_maintenance(self, node: Node, expected: str | None = None) -> AsyncIterator[Session]:
        """Open a session to a node without a configuration, pinned to the certificate that it shows now.

        Raises:
            Untrusted: its fingerprint is not the expected one.
            Unreachable: there is no TLS server.
        """
        try:
            certificate = await asyncio.wait_for(seen_certificate(*self.real_place(node.address)), self.timeout_s)
        except (TimeoutError, OSError) as error:
            raise unreachable(node, "its certificate", error) from error
        found = fingerprint(certificate)
        if expected is not None and found != expected:
            raise Untrusted(f"{node}: shows the fingerprint {found}, expected {expected}")
        async with self._open(node, pinned_context(certificate), is_secure=False) as session:
            yield session

    def real_place(self, address: str, port: int = APID_PORT) -> Place:
        """Return where an address of the site is reached from here."""
        return self.addresses.get((address, port), (address, port))

    @contextlib.asynccontextmanager
    async def _open(self, node: Node, context: ssl.SSLContext, *, is_secure: bool) -> AsyncIterator[Session]:
        host, port = self.real_place(node.address)
        settings = Configuration(ssl_target_name_override=node.address)
        channel = Channel(host, port, ssl=context, config=settings)
        try:
            yield Session(node, channel, is_secure, self.timeout_s)
        finally:
            channel.close()


def only_message(node: Node, what: str, reply: Any) -> Any:
    """Return the one entry of a unary reply.

    Raises:
        TalosError: there is none, or it carries an error of the node behind it.
    """
    if not reply.messages:
        raise TalosError(f"{node}: answered {what} with nothing")
    message = reply.messages[0]
    if message.metadata.error:
        raise TalosError(f"{node}: answered {what} with {message.metadata.error!r}")
    return message
