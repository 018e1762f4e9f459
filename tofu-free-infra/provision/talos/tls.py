"""TLS towards a node: mutual with the cluster's keys, or pinned to the one certificate of maintenance mode."""

import asyncio
import base64
import contextlib
import hashlib
import os
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provision.secrets.access import TalosAccess
from provision.secrets.pem import to_plain_label


def secure_context(access: TalosAccess) -> ssl.SSLContext:
    """Trust the cluster's authority alone, and show the client certificate."""
    context = _context()
    context.load_verify_locations(cadata=access.authority.decode())
    with _as_file(access.client.certificate + to_plain_label(access.client.key)) as path:
        context.load_cert_chain(path)
    return context


def client_context(authority: bytes, certificate: bytes, key: bytes) -> ssl.SSLContext:
    """Trust one authority and show a client certificate, for a server that speaks plain HTTP inside."""
    context = _context()
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(cadata=authority.decode())
    with _as_file(certificate + to_plain_label(key)) as path:
        context.load_cert_chain(path)
    return context


def pinned_context(certificate: bytes) -> ssl.SSLContext:
    """Trust exactly one certificate, whoever signed it; its names do not count."""
    context = _context()
    context.check_hostname = False
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(certificate))
    return context


async def seen_certificate(host: str, port: int) -> bytes:
    """Return the certificate (DER) that a server shows, trusting nothing and sending nothing.

    Raises:
        OSError, ssl.SSLError, asyncio.TimeoutError: there is no TLS server.
    """
    context = _context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _, writer = await asyncio.open_connection(host, port, ssl=context)
    try:
        certificate: bytes | None = writer.get_extra_info("ssl_object").getpeercert(True)
    finally:
        writer.transport.abort()
    if certificate is None:  # cannot happen with a TLS server; ssl's types allow it
        raise ssl.SSLError("the server showed no certificate")
    return certificate


def fingerprint(certificate: bytes) -> str:
    """Return what Talos prints on its console: base64 of the SHA-256 of the public key."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return base64.b64encode(
        hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    ).decode()


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    return context


@contextlib.contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """Lend a secret to OpenSSL, which reads files only: in memory where the system can, else 0600 and at once gone."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("chartroom", os.MFD_CLOEXEC)
        try:
            os.write(handle, content)
            yield f"/proc/self/fd/{handle}"
        finally:
            os.close(handle)
    else:
        handle, name = tempfile.mkstemp()
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            yield name
        finally:
            Path(name).unlink()
