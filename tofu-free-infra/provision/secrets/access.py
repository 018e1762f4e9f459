"""What an operator needs to reach a cluster: client certificates, talosconfig and kubeconfig.

Shapes: facts/provisioning.md §2.2, facts/provisioning-more.md §4.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import yaml

from provision.secrets.bundle import SecretsBundle
from provision.secrets.pki import CLIENT_LIFETIME, KeyPair, read_certificate, sign_client

ADMIN_ROLE = "os:admin"
RENEW_BEFORE = timedelta(days=90)  # our figure: a quarter of the year that a certificate lives


@dataclass(frozen=True, slots=True)
class TalosAccess:
    """Authority and client certificate for the Talos API, all PEM."""

    authority: bytes = field(repr=False)
    client: KeyPair = field(repr=False)

    def expires(self) -> datetime:
        """Return when the client certificate ends."""
        return self.client.load().not_valid_after_utc


def talos_access(
    bundle: SecretsBundle,
    now: datetime,
    *,
    roles: Sequence[str] = (ADMIN_ROLE,),
    lifetime: timedelta = CLIENT_LIFETIME,
) -> TalosAccess:
    """Sign a client certificate with the bundle's Talos authority; the roles are its organizations."""
    client = sign_client(bundle.talos, common_name=None, organizations=roles, now=now, lifetime=lifetime)
    return TalosAccess(bundle.talos.certificate, client)


def needs_renewal(certificate: bytes, now: datetime, *, before: timedelta = RENEW_BEFORE) -> bool:
    """Say whether a certificate has less than `before` to live."""
    return read_certificate(certificate).not_valid_after_utc - now < before


def talosconfig(name: str, access: TalosAccess, endpoints: Sequence[str], nodes: Sequence[str] = ()) -> str:
    """Write the client's own file; endpoints are nodes, never the VIP, which is down while etcd is."""
    context: dict[str, object] = {"endpoints": list(endpoints)}
    if nodes:
        context["nodes"] = list(nodes)
    context |= {
        "ca": _encode(access.authority),
        "crt": _encode(access.client.certificate),
        "key": _encode(access.client.key),
    }
    return yaml.safe_dump({"context": name, "contexts": {name: context}}, sort_keys=False)


def kubernetes_admin(bundle: SecretsBundle, now: datetime, *, lifetime: timedelta = CLIENT_LIFETIME) -> KeyPair:
    """Sign a certificate of the group `system:masters` with the bundle's Kubernetes authority."""
    return sign_client(
        bundle.kubernetes,
        common_name="admin",
        organizations=("system:masters",),
        now=now,
        lifetime=lifetime,
        key_encipherment=True,
    )


def kubeconfig(name: str, server: str, authority: bytes, client: KeyPair, *, tls_server_name: str | None = None) -> str:
    """Write a kubeconfig whose context and user are `admin@NAME`, as Talos names them.

    `tls_server_name` is for a server that is reached under another address than its certificate says.
    """
    cluster: dict[str, object] = {"server": server, "certificate-authority-data": _encode(authority)}
    if tls_server_name is not None:
        cluster["tls-server-name"] = tls_server_name
    user = f"admin@{name}"
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [
            {
                "name": user,
                "user": {
                    "client-certificate-data": _encode(client.certificate),
                    "client-key-data": _encode(client.key),
                },
            }
        ],
        "contexts": [{"name": user, "context": {"cluster": name, "namespace": "default", "user": user}}],
        "current-context": user,
    }
    return yaml.safe_dump(document, sort_keys=False)


def _encode(pem: bytes) -> str:
    return base64.b64encode(pem).decode()
