"""What is, as far as a plan needs it: Proxmox, the nodes, the cluster, and whether its keys are there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provision.proxmox.observed import Observed, Vm
from provision.secrets.bundle import SecretsBundle
from provision.talos.probe import Presence

from .vm_specs import REPLACE_TAG, TAG, env_tag


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """A node as it was seen. `config` is a secret; what could not be asked is None or empty."""

    name: str
    address: str
    presence: Presence
    version: str | None = None
    config: str | None = field(default=None, repr=False)
    has_etcd_data: bool | None = None
    encrypted: Mapping[str, bool] = field(default_factory=dict)
    kubelet: str | None = None

    @property
    def answers(self) -> bool:
        """Return whether it is a configured node of this cluster that can be asked."""
        return self.presence is Presence.CONFIGURED


@dataclass(frozen=True, slots=True)
class KubernetesNode:
    """A Node object; `ours` says that we cordoned it and have to open it again."""

    ready: bool
    unschedulable: bool = False
    ours: bool = False
    kubelet: str = ""


@dataclass(frozen=True, slots=True)
class ClusterSeen:
    """etcd's members (name → is a learner), and Kubernetes if its API answers."""

    members: Mapping[str, bool] = field(default_factory=dict)
    api_ready: bool = False
    nodes: Mapping[str, KubernetesNode] = field(default_factory=dict)

    @property
    def voters(self) -> frozenset[str]:
        """Return the members that vote."""
        return frozenset(name for name, is_learner in self.members.items() if not is_learner)


@dataclass(frozen=True, slots=True)
class Seen:
    """All of it. `volumes` are (host, volume), with an empty host on a shared storage."""

    site: Observed
    volumes: frozenset[tuple[str, str]] = frozenset()
    nodes: Mapping[str, NodeSeen] = field(default_factory=dict)
    cluster: ClusterSeen = field(default_factory=ClusterSeen)
    bundle: SecretsBundle | None = field(default=None, repr=False)

    def ours(self, environment: str) -> Mapping[int, Vm]:
        """Return the VMs that bear our tags, by id."""
        tags = {TAG, env_tag(environment)}
        return {vm_id: vm for vm_id, vm in self.site.vms.items() if vm.tags >= tags}


def is_node(vm: Vm) -> bool:
    """Return whether a VM of ours is a Talos node: those alone get their address by cloud-init."""
    return "ipconfig0" in vm.options


def address_of(vm: Vm) -> str:
    """Return the address that a node was made with."""
    parts = dict(part.partition("=")[::2] for part in vm.options.get("ipconfig0", "").split(","))
    return parts.get("ip", "").partition("/")[0]


def to_replace(vm: Vm) -> bool:
    """Return whether a VM was marked to be replaced."""
    return REPLACE_TAG in vm.tags
