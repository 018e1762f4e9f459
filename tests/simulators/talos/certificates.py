"""Make the certificates that a node makes: its API's, signed by the cluster's authority or by itself; an admin's."""

import os
import secrets
import ssl
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .machineconfig import Authority

_Key = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


def plain_key(pem: bytes) -> bytes:
    """Put an Ed25519 key under the label that OpenSSL reads."""
    return pem.replace(b"ED25519 PRIVATE KEY", b"PRIVATE KEY")


def self_signed(names: Iterable[str]) -> tuple[bytes, bytes]:
    """Make the certificate of maintenance mode: Ed25519, signed by itself, worth nothing."""
    key = ed25519.Ed25519PrivateKey.generate()
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "talos")])
    builder = _builder(subject, subject, key, timedelta(hours=24), names, ExtendedKeyUsageOID.SERVER_AUTH)
    return _pem(builder.sign(key, None)), _key_pem(key)


def signed(
    authority: Authority,
    names: Iterable[str] = (),
    *,
    common_name: str = "",
    organizations: Iterable[str] = (),
    lifetime: timedelta = timedelta(hours=24),
) -> tuple[bytes, bytes]:
    """Make a certificate under an authority: for a server where names are given, for a client otherwise."""
    issuer_key = serialization.load_pem_private_key(plain_key(authority.key), None)
    assert isinstance(issuer_key, _Key)
    issuer = x509.load_pem_x509_certificate(authority.certificate)
    is_ed25519 = isinstance(issuer_key, ed25519.Ed25519PrivateKey)
    key: _Key = ed25519.Ed25519PrivateKey.generate() if is_ed25519 else ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name) for name in organizations]
    if common_name:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    names = list(names)
    usage = ExtendedKeyUsageOID.SERVER_AUTH if names else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = _builder(x509.Name(attributes), issuer.subject, key, lifetime, names, usage)
    return _pem(builder.sign(issuer_key, None if is_ed25519 else hashes.SHA256())), _key_pem(key)


def server_context(certificate: bytes, key: bytes, authority: bytes | None, *, required: bool = True) -> ssl.SSLContext:
    """Build the server side; with an authority, clients are asked for a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"] if required else ["http/1.1"])
    handle, path = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(certificate + plain_key(key))
        context.load_cert_chain(path)
    finally:
        Path(path).unlink()
    if authority is not None:
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=authority.decode())
    return context


def roles_of(certificate: bytes) -> set[str]:
    """Return the roles of a client certificate: its organizations, if its extended usage is exactly clientAuth."""
    parsed = x509.load_der_x509_certificate(certificate)
    try:
        usages = list(parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return set()
    if usages != [ExtendedKeyUsageOID.CLIENT_AUTH]:
        return set()
    return {str(name.value) for name in parsed.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)}


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: _Key,
    lifetime: timedelta,
    names: Iterable[str],
    usage: x509.ObjectIdentifier,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(120) | 1)
        .not_valid_before(now - timedelta(seconds=10))
        .not_valid_after(now + lifetime)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    )
    alternatives = [_alternative(name) for name in dict.fromkeys(names)]
    return builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False) if alternatives else builder


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: _Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
