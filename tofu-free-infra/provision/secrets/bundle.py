"""The secrets bundle: everything that makes two clusters different, in `talosctl gen secrets`' own file shape."""

import base64
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

from provision.secrets.error import SecretsError
from provision.secrets.pem import write_key
from provision.secrets.pki import KeyPair, make_authority, new_ed25519, new_p256

_TOKEN_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class SecretsBundle:
    """One cluster's keys. Its repr names no field: a bundle in a log line must not be worth reading."""

    cluster_id: str = field(repr=False)
    cluster_secret: str = field(repr=False)
    bootstrap_token: str = field(repr=False)
    secretbox_key: str = field(repr=False)
    trustd_token: str = field(repr=False)
    etcd: KeyPair = field(repr=False)
    kubernetes: KeyPair = field(repr=False)
    aggregator: KeyPair = field(repr=False)
    service_account_key: bytes = field(repr=False)
    talos: KeyPair = field(repr=False)


def generate(now: datetime) -> SecretsBundle:
    """Make a new bundle for contract 1.13 or 1.14.

    Source: facts/provisioning.md §3.1; the service account's key is P-256 in both contracts.
    """
    return SecretsBundle(
        cluster_id=_random_base64(),
        cluster_secret=_random_base64(),
        bootstrap_token=_token(),
        secretbox_key=_random_base64(),
        trustd_token=_token(),
        etcd=make_authority("etcd", new_p256(), now),
        kubernetes=make_authority("kubernetes", new_p256(), now),
        aggregator=make_authority(None, new_p256(), now),
        service_account_key=write_key(new_p256()),
        talos=make_authority("talos", new_ed25519(), now),
    )


def to_yaml(bundle: SecretsBundle) -> str:
    """Write a bundle as talosctl does: PEMs in base64, keys in lower case."""
    document = {
        "cluster": {"id": bundle.cluster_id, "secret": bundle.cluster_secret},
        "secrets": {
            "bootstraptoken": bundle.bootstrap_token,
            "secretboxencryptionsecret": bundle.secretbox_key,
        },
        "trustdinfo": {"token": bundle.trustd_token},
        "certs": {
            "etcd": _pair_out(bundle.etcd),
            "k8s": _pair_out(bundle.kubernetes),
            "k8saggregator": _pair_out(bundle.aggregator),
            "k8sserviceaccount": {"key": _encode(bundle.service_account_key)},
            "os": _pair_out(bundle.talos),
        },
    }
    return yaml.safe_dump(document, sort_keys=False)


def from_yaml(text: str) -> SecretsBundle:
    """Read a bundle; identifiers are kept as they stand, since older ones are URL-safe base64.

    Raises:
        SecretsError: a field is missing or not of its shape; the text names the field, never its value.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        raise SecretsError("the secrets bundle is not YAML") from None  # the cause quotes the text
    if not isinstance(document, dict):
        raise SecretsError("the secrets bundle is not a mapping")
    return SecretsBundle(
        cluster_id=_text(document, "cluster", "id"),
        cluster_secret=_text(document, "cluster", "secret"),
        bootstrap_token=_text(document, "secrets", "bootstraptoken"),
        secretbox_key=_text(document, "secrets", "secretboxencryptionsecret"),
        trustd_token=_text(document, "trustdinfo", "token"),
        etcd=_pair_in(document, "etcd"),
        kubernetes=_pair_in(document, "k8s"),
        aggregator=_pair_in(document, "k8saggregator"),
        service_account_key=_pem_in(document, "k8sserviceaccount", "key"),
        talos=_pair_in(document, "os"),
    )


def _random_base64() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _token() -> str:
    def part(length: int) -> str:
        return "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(length))

    return f"{part(6)}.{part(16)}"


def _encode(pem: bytes) -> str:
    return base64.b64encode(pem).decode()


def _pair_out(pair: KeyPair) -> dict[str, str]:
    return {"crt": _encode(pair.certificate), "key": _encode(pair.key)}


def _pair_in(document: Mapping[str, Any], name: str) -> KeyPair:
    return KeyPair(_pem_in(document, name, "crt"), _pem_in(document, name, "key"))


def _pem_in(document: Mapping[str, Any], name: str, part: str) -> bytes:
    text = _text(document, "certs", name, part)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error is one; text beyond ASCII raises the plain one
        raise SecretsError(f"certs.{name}.{part} of the secrets bundle is not base64") from None


def _text(document: Mapping[str, Any], *path: str) -> str:
    value: Any = document
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value:
        raise SecretsError(f"{'.'.join(path)} of the secrets bundle is missing")
    return value
