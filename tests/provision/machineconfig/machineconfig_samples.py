"""One small site for the tests of this folder. Its secrets are words, so that a golden file can be read."""

from provision.machineconfig.model import Cluster, Contract, EncryptionKey, Node, Reserved, Role, Volume
from provision.secrets.bundle import SecretsBundle
from provision.secrets.pki import KeyPair


def pair(name: str) -> KeyPair:
    return KeyPair(
        f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n".encode(),
        f"-----BEGIN EC PRIVATE KEY-----\n{name}\n-----END EC PRIVATE KEY-----\n".encode(),
    )


SECRETS = SecretsBundle(
    cluster_id="cluster-id",
    cluster_secret="cluster-secret",
    bootstrap_token="abcdef.0123456789abcdef",
    secretbox_key="secretbox-key",
    trustd_token="fedcba.fedcba9876543210",
    etcd=pair("etcd"),
    kubernetes=pair("kubernetes"),
    aggregator=pair("aggregator"),
    service_account_key=b"-----BEGIN EC PRIVATE KEY-----\nsa\n-----END EC PRIVATE KEY-----\n",
    talos=pair("talos"),
)


def cluster(contract: Contract = Contract.V1_13, **changes: object) -> Cluster:
    fields: dict[str, object] = {
        "name": "prod",
        "contract": contract,
        "talos_version": "v1.13.9" if contract is Contract.V1_13 else "v1.14.1",
        "kubernetes_version": "1.36.3",
        "endpoint_address": "10.0.10.10",
        "vip": "10.0.10.10",
        "control_planes": {"talos-1": "10.0.10.11", "talos-2": "10.0.10.12"},
        "node_subnet": "10.0.10.0/24",
        "pod_subnets": ("10.244.0.0/16",),
        "service_subnets": ("10.96.0.0/12",),
        "installer_image": "factory.talos.dev/nocloud-installer/abc:v1.13.9",
        "cert_sans": ("api.home.example.net", "10.0.10.10"),
        "encryption": {"STATE": EncryptionKey.NODE_ID, "EPHEMERAL": EncryptionKey.NODE_ID},
        "operators": ("10.0.20.0/24",),
        "between_nodes": ("4240/tcp", "8000-8009/udp"),
    }
    return Cluster(**(fields | changes))  # type: ignore[arg-type]  # a table of fields has no single type


def control_plane(**changes: object) -> Node:
    fields: dict[str, object] = {
        "name": "talos-1",
        "role": Role.CONTROL_PLANE,
        "mac": "02:00:00:00:01:0A",
        "address": "10.0.10.11/24",
        "gateway": "10.0.10.1",
        "nameservers": ("10.0.10.1",),
        "search_domains": ("home.example.net",),
        "time_servers": ("10.0.10.1",),
        "mtu": 9000,
        "reserved": Reserved(cpu="500m"),
    }
    return Node(**(fields | changes))  # type: ignore[arg-type]  # see above


def worker(**changes: object) -> Node:
    fields: dict[str, object] = {
        "name": "talos-4",
        "role": Role.WORKER,
        "mac": "02:00:00:00:01:03",
        "address": "10.0.10.14/24",
        "gateway": "10.0.10.1",
        "nameservers": ("10.0.10.1",),
        "labels": {"zone": "a", "example.net/gpu": ""},
        "taints": {"example.net/gpu": "yes:NoSchedule"},
        "volumes": (Volume("longhorn", encryption=EncryptionKey.NODE_ID),),
    }
    return Node(**(fields | changes))  # type: ignore[arg-type]  # see above
