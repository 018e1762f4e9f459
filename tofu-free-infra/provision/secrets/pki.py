"""Certificate authorities and the client certificates that they sign.

Shapes: facts/provisioning.md §2.2 and §3.1 (siderolabs/talos v1.14.0-rc.1, config/generate/secrets).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provision.secrets.error import SecretsError
from provision.secrets.pem import PrivateKey, read_key, write_key

CA_LIFETIME = timedelta(days=3650)
CLIENT_LIFETIME = timedelta(days=365)
CLOCK_SKEW = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate and its key, both PEM; the key stays out of every repr."""

    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)

    def load(self) -> x509.Certificate:
        """Parse the certificate.

        Raises:
            SecretsError: it is no PEM certificate.
        """
        return read_certificate(self.certificate)


def read_certificate(pem: bytes) -> x509.Certificate:
    """Parse one PEM certificate.

    Raises:
        SecretsError: it is none.
    """
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise SecretsError("a certificate is not PEM") from error


def new_ed25519() -> PrivateKey:
    """Make the key type of Talos' own API."""
    return ed25519.Ed25519PrivateKey.generate()


def new_p256() -> PrivateKey:
    """Make the key type of etcd and Kubernetes."""
    return ec.generate_private_key(ec.SECP256R1())


def make_authority(organization: str | None, key: PrivateKey, now: datetime) -> KeyPair:
    """Make a self-signed authority of ten years; without an organization its subject is empty."""
    subject = _name(organization=organization)
    unsigned = _certificate(subject, subject, key, now, now + CA_LIFETIME)
    for extension, critical in (
        (_key_usage(certificate_sign=True), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (x509.SubjectKeyIdentifier(secrets.token_bytes(20)), False),
    ):
        unsigned = unsigned.add_extension(extension, critical=critical)
    return KeyPair(_pem(unsigned.sign(key, _digest(key))), write_key(key))


def sign_client(
    authority: KeyPair,
    *,
    common_name: str | None,
    organizations: Sequence[str],
    now: datetime,
    lifetime: timedelta = CLIENT_LIFETIME,
    key_encipherment: bool = False,
) -> KeyPair:
    """Sign a certificate for a client; its key has the authority's type.

    The extended usage is clientAuth alone: Talos refuses a certificate that also allows serverAuth.

    Raises:
        SecretsError: authority cannot be read, or its key does not belong to its certificate.
    """
    issuer_key, issuer = read_key(authority.key), authority.load()
    if issuer_key.public_key() != issuer.public_key():
        raise SecretsError("the authority's key does not belong to its certificate")
    key = new_ed25519() if isinstance(issuer_key, ed25519.Ed25519PrivateKey) else new_p256()
    subject = _name(common_name=common_name, organizations=organizations)
    unsigned = _certificate(subject, issuer.subject, key, now - CLOCK_SKEW, now + lifetime)
    for extension, critical in (
        (_key_usage(key_encipherment=key_encipherment), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(_subject_key_id(issuer)), False),
    ):
        unsigned = unsigned.add_extension(extension, critical=critical)
    return KeyPair(_pem(unsigned.sign(issuer_key, _digest(issuer_key))), write_key(key))


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(127) | 1)  # positive and below 2^128, as RFC 5280 asks
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _name(
    *, common_name: str | None = None, organization: str | None = None, organizations: Sequence[str] = ()
) -> x509.Name:
    wanted = [organization] if organization else list(organizations)
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name) for name in wanted]
    if common_name:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    return x509.Name(attributes)


def _key_usage(*, certificate_sign: bool = False, key_encipherment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificate_sign,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _subject_key_id(issuer: x509.Certificate) -> x509.SubjectKeyIdentifier:
    try:
        return issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound as error:
        raise SecretsError("the authority's certificate has no subject key identifier") from error


def _digest(key: PrivateKey) -> hashes.SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
