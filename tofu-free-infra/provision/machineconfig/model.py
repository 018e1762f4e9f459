"""What a machine configuration is made from: one cluster, one node, no file and no default that a site must know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Document = dict[str, Any]


class Contract(StrEnum):
    """The shape of the configuration, frozen when a cluster is made; not the version of the operating system."""

    V1_13 = "1.13"
    V1_14 = "1.14"


class Role(StrEnum):
    """Talos' own names of the two machine types."""

    CONTROL_PLANE = "controlplane"
    WORKER = "worker"


class EncryptionKey(StrEnum):
    """Where the key of an encrypted volume comes from."""

    NODE_ID = "nodeID"
    TPM = "tpm"


@dataclass(frozen=True, slots=True)
class Cluster:
    """What all nodes of one cluster share.

    `endpoint_address` is the VIP, or the address of the only control plane. `installer_image` is the schematic's
    installer with its tag. `encryption` maps a system volume (STATE, EPHEMERAL) to where its key comes from.
    `workload_isolation` None keeps the contract's own choice. `operators` are networks that may reach Talos and
    the API server; None leaves the ingress firewall off.
    """

    name: str
    contract: Contract
    talos_version: str
    kubernetes_version: str
    endpoint_address: str
    control_planes: Mapping[str, str]  # node → address
    node_subnet: str
    pod_subnets: tuple[str, ...]
    service_subnets: tuple[str, ...]
    installer_image: str
    vip: str | None = None
    dns_domain: str = "cluster.local"
    cert_sans: tuple[str, ...] = ()
    audit_policy: Mapping[str, Any] = field(
        default_factory=lambda: {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata"}]}
    )
    encryption: Mapping[str, EncryptionKey] = field(default_factory=dict)
    workload_isolation: bool | None = None
    operators: tuple[str, ...] | None = None
    overlay_port: int = 8472  # VXLAN of Cilium; Flannel and Calico take 4789
    between_nodes: tuple[str, ...] = ()  # more ports that nodes open to each other, `4240/tcp`
    schedule_on_control_planes: bool = False

    @property
    def endpoint(self) -> str:
        """The URL under which every client reaches the API server."""
        host = f"[{self.endpoint_address}]" if ":" in self.endpoint_address else self.endpoint_address
        return f"https://{host}:6443"


@dataclass(frozen=True, slots=True)
class Volume:
    """A disk of the VM that pods use: its name is the drive's serial and the mount `/var/mnt/<name>`."""

    name: str
    min_size: str = "1GiB"
    encryption: EncryptionKey | None = None


@dataclass(frozen=True, slots=True)
class Reserved:
    """What the kubelet keeps for the system, in Kubernetes quantities; None leaves Talos' own value."""

    cpu: str | None = None
    memory: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One machine. `install_disk` is a CEL expression, for metal only: a VM's disk image is installed already.

    `installer_image` is metal's too: what is installed there is another platform than the cluster's VMs have.
    """

    name: str
    role: Role
    mac: str
    address: str  # with its prefix length, 10.0.10.11/24
    gateway: str
    nameservers: tuple[str, ...]
    search_domains: tuple[str, ...] = ()
    time_servers: tuple[str, ...] = ()
    mtu: int | None = None
    install_disk: str | None = None
    installer_image: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Mapping[str, str] = field(default_factory=dict)
    reserved: Reserved | None = None
    volumes: tuple[Volume, ...] = ()

    @property
    def ip(self) -> str:
        """The address without its prefix length."""
        return self.address.partition("/")[0]

    @property
    def is_control_plane(self) -> bool:
        """Whether etcd and the API server run here."""
        return self.role is Role.CONTROL_PLANE
