"""Certificates of the bundle, judged by the `openssl` command and not by the library that made them."""

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from provision.secrets import access, bundle, pem, pki
from provision.secrets.error import SecretsError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BUNDLE = bundle.generate(NOW)


def openssl(*arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=False)
    return (done.stdout + done.stderr).decode()


def described(certificate: bytes) -> str:
    return openssl("x509", "-noout", "-text", stdin=certificate)


@pytest.mark.parametrize(
    ("pair", "subject", "algorithm"),
    [
        (BUNDLE.talos, "O = talos", "ED25519"),
        (BUNDLE.etcd, "O = etcd", "id-ecPublicKey"),
        (BUNDLE.kubernetes, "O = kubernetes", "id-ecPublicKey"),
        (BUNDLE.aggregator, "", "id-ecPublicKey"),
    ],
    ids=["talos", "etcd", "kubernetes", "aggregator"],
)
def test_authority_has_the_shape_of_talos(pair: pki.KeyPair, subject: str, algorithm: str) -> None:
    text = described(pair.certificate)
    assert f"Subject: {subject}\n" in text
    assert f"Public Key Algorithm: {algorithm}\n" in text
    assert "CA:TRUE" in text
    assert "Digital Signature, Certificate Sign" in text
    assert "TLS Web Server Authentication, TLS Web Client Authentication" in text
    assert ("NIST CURVE: P-256" in text) is (algorithm != "ED25519")
    assert pair.load().not_valid_after_utc == NOW + timedelta(days=3650)
    assert pair.load().not_valid_before_utc == NOW


def test_talos_client_is_accepted_as_a_client_only(tmp_path: Path) -> None:
    client = access.talos_access(BUNDLE, NOW)
    (tmp_path / "ca.pem").write_bytes(client.authority)
    (tmp_path / "client.pem").write_bytes(client.client.certificate)

    def verify(purpose: str) -> str:
        moment = str(int(NOW.timestamp()) + 60)
        flags = ["-attime", moment, "-purpose", purpose, "-CAfile", str(tmp_path / "ca.pem")]
        return openssl("verify", *flags, str(tmp_path / "client.pem"))

    assert verify("sslclient") == f"{tmp_path}/client.pem: OK\n"
    assert "unsuitable certificate purpose" in verify("sslserver")
    text = described(client.client.certificate)
    assert "Subject: O = os:admin\n" in text
    assert "X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n" in text
    assert "X509v3 Key Usage: critical\n                Digital Signature\n" in text
    assert client.expires() == NOW + timedelta(days=365)


def test_kubernetes_admin_has_the_group_of_masters(tmp_path: Path) -> None:
    admin = access.kubernetes_admin(BUNDLE, NOW)
    (tmp_path / "ca.pem").write_bytes(BUNDLE.kubernetes.certificate)
    (tmp_path / "admin.pem").write_bytes(admin.certificate)
    moment = str(int(NOW.timestamp()) + 60)
    answer = openssl(
        "verify",
        "-attime",
        moment,
        "-purpose",
        "sslclient",
        "-CAfile",
        str(tmp_path / "ca.pem"),
        str(tmp_path / "admin.pem"),
    )
    assert answer == f"{tmp_path}/admin.pem: OK\n"
    text = described(admin.certificate)
    assert "Subject: O = system:masters, CN = admin\n" in text
    assert "Digital Signature, Key Encipherment" in text


def test_keys_are_written_under_the_labels_of_talos_and_read_by_openssl() -> None:
    assert BUNDLE.talos.key.startswith(b"-----BEGIN ED25519 PRIVATE KEY-----\n")
    assert BUNDLE.service_account_key.startswith(b"-----BEGIN EC PRIVATE KEY-----\n")
    assert "ED25519 Private-Key" in openssl("pkey", "-noout", "-text", stdin=pem.to_plain_label(BUNDLE.talos.key))
    assert "NIST CURVE: P-256" in openssl("pkey", "-noout", "-text", stdin=BUNDLE.service_account_key)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"SEEDED-MARKER", "a private key is not PEM, or is encrypted"),
        (
            subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout,
            "a private key is of type RSAPrivateKey, expected Ed25519 or elliptic curve",
        ),
    ],
    ids=["no-pem", "rsa"],
)
def test_other_keys_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(SecretsError) as caught:
        pem.read_key(content)
    assert str(caught.value) == message


def test_signing_refuses_what_is_no_authority() -> None:
    for pair, message in (
        (pki.KeyPair(b"x", BUNDLE.talos.key), "a certificate is not PEM"),
        (
            pki.KeyPair(BUNDLE.etcd.certificate, BUNDLE.talos.key),
            "the authority's key does not belong to its certificate",
        ),
        (access.talos_access(BUNDLE, NOW).client, "the authority's certificate has no subject key identifier"),
    ):
        with pytest.raises(SecretsError) as caught:
            pki.sign_client(pair, common_name=None, organizations=["os:admin"], now=NOW)
        assert str(caught.value) == message


def test_renewal_is_asked_for_in_the_last_quarter() -> None:
    certificate = access.talos_access(BUNDLE, NOW).client.certificate
    assert not access.needs_renewal(certificate, NOW + timedelta(days=274))
    assert access.needs_renewal(certificate, NOW + timedelta(days=276))
    renewed = access.talos_access(BUNDLE, NOW + timedelta(days=276)).client.certificate
    assert renewed != certificate
    assert not access.needs_renewal(renewed, NOW + timedelta(days=276))


def test_talosconfig_is_the_clients_own_shape() -> None:
    made = access.talos_access(BUNDLE, NOW)
    text = access.talosconfig("prod", made, ["10.0.10.11", "10.0.10.12"], ["10.0.10.11"])
    document = yaml.safe_load(text)
    context = document["contexts"]["prod"]
    assert document["context"] == "prod"
    assert list(context) == ["endpoints", "nodes", "ca", "crt", "key"]
    assert base64.b64decode(context["key"]) == made.client.key
    assert "nodes" not in yaml.safe_load(access.talosconfig("prod", made, []))["contexts"]["prod"]


def test_kubeconfig_names_context_and_user_as_talos_does() -> None:
    admin = access.kubernetes_admin(BUNDLE, NOW)
    document = yaml.safe_load(
        access.kubeconfig(
            "prod", "https://127.0.0.1:7", BUNDLE.kubernetes.certificate, admin, tls_server_name="10.0.10.10"
        )
    )
    assert document["current-context"] == "admin@prod"
    assert document["clusters"][0]["cluster"]["tls-server-name"] == "10.0.10.10"
    plain = yaml.safe_load(access.kubeconfig("prod", "https://x", b"", admin))
    assert plain["clusters"] == [{"name": "prod", "cluster": {"server": "https://x", "certificate-authority-data": ""}}]
