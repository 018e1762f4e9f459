"""Private keys as Talos writes them and as OpenSSL and Python read them.

Talos labels an Ed25519 key `ED25519 PRIVATE KEY`, which neither `cryptography` nor `ssl` accepts; the bytes inside are
ordinary PKCS#8 (facts: siderolabs/crypto v0.6.4, x509/constants.go).
"""

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from provision.secrets.error import SecretsError

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey

_TALOS = b"ED25519 PRIVATE KEY"
_PLAIN = b"PRIVATE KEY"


def to_plain_label(key: bytes) -> bytes:
    """Return a key under the label that OpenSSL knows; any other key comes back unchanged."""
    return key.replace(b"-----BEGIN " + _TALOS, b"-----BEGIN " + _PLAIN).replace(
        b"-----END " + _TALOS, b"-----END " + _PLAIN
    )


def write_key(key: PrivateKey) -> bytes:
    """Write a private key as Talos does: Ed25519 as PKCS#8 under its own label, P-256 as SEC 1."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return pem.replace(b"-----BEGIN " + _PLAIN, b"-----BEGIN " + _TALOS).replace(
            b"-----END " + _PLAIN, b"-----END " + _TALOS
        )
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def read_key(pem: bytes) -> PrivateKey:
    """Read a private key under either label.

    Raises:
        SecretsError: it is no PEM key, or neither Ed25519 nor elliptic curve.
    """
    try:
        key = load_pem_private_key(to_plain_label(pem), password=None)
    except (ValueError, TypeError):
        raise SecretsError("a private key is not PEM, or is encrypted") from None  # the cause may quote the key
    if not isinstance(key, PrivateKey):
        raise SecretsError(f"a private key is of type {type(key).__name__}, expected Ed25519 or elliptic curve")
    return key
