"""Rules about the machine and its cluster: role, authorities, endpoint, install target, network, labels."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from provision.machineconfig.judged import Config, Fault
from provision.machineconfig.kinds import CONTROL_PLANE_KINDS
from provision.machineconfig.model import Role

_NAME_PART = re.compile(r"^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def machine_type(config: Config) -> Iterator[Fault]:
    """A machine is a control plane or a worker."""
    found = config.get("machine.type")
    if found not in {role.value for role in Role}:
        yield Fault(f"machine type {found!r}, expected controlplane or worker", "set the node's role")


def talos_authority(config: Config) -> Iterator[Fault]:
    """A control plane holds Talos' authority whole, a worker its certificate alone."""
    certificate, key = config.get("machine.ca.crt"), config.get("machine.ca.key")
    if config.is_worker:
        if key:
            yield Fault("the key of Talos' authority on a worker", "leave `machine.ca.key` empty on workers")
        if not certificate and not config.get("machine.acceptedCAs"):
            yield Fault("no Talos authority to trust", "set `machine.ca.crt`")
    elif not certificate or not key:
        yield Fault("no complete Talos authority", "set `machine.ca.crt` and `machine.ca.key` on control planes")


def worker_secrets(config: Config) -> Iterator[Fault]:
    """A worker knows nothing that only control planes may know."""
    if not config.is_worker:
        return
    for path in ("cluster.ca.key", "cluster.etcd", "cluster.aggregatorCA", "cluster.serviceAccount"):
        if config.get(path):
            yield Fault(f"{path} on a worker", f"leave `{path}` to control planes")
    if config.get("cluster.secretboxEncryptionSecret"):
        yield Fault("the key of etcd's encryption on a worker", "leave `secretboxEncryptionSecret` to control planes")
    for document in config.others:
        if document["kind"] in CONTROL_PLANE_KINDS:
            yield Fault(f"{document['kind']} on a worker", f"leave {document['kind']} to control planes")
        if document["kind"] == "KubeAPIServerCAConfig" and "issuingCA" in document:
            yield Fault("the issuing Kubernetes authority on a worker", "give workers `acceptedCAs` only")


def endpoint(config: Config) -> Iterator[Fault]:
    """The cluster endpoint is an https URL."""
    url = config.setting("cluster.controlPlane.endpoint", "KubeClusterConfig", "endpoint")
    parts = urlsplit(str(url or ""))
    if parts.scheme != "https" or not parts.hostname:
        yield Fault(f"the cluster endpoint {url!r}, expected https://ADDRESS:6443", "set the API server's address")


def persist(config: Config) -> Iterator[Fault]:
    """A configuration is always kept on disk."""
    if config.main.get("persist") is False:
        yield Fault("`persist: false`, which Talos no longer takes", "remove `persist` or set it to true")


def install(config: Config) -> Iterator[Fault]:
    """Metal names its install disk, and kernel arguments have one home."""
    section = config.get("machine.install") or {}
    if section.get("extraKernelArgs") and section.get("grubUseUKICmdline"):
        yield Fault("`extraKernelArgs` beside `grubUseUKICmdline`", "put the arguments into the schematic")
    chosen = section.get("disk") or section.get("diskSelector") or any(config.of_kind("UnattendedInstallConfig"))
    if config.metal and not chosen:
        yield Fault("no install disk, which a metal machine needs", "set `metal.disk` of the node")


def host_dns(config: Config) -> Iterator[Fault]:
    """Forwarding to the host's DNS needs that DNS."""
    dns = config.setting("machine.features.hostDNS", "ResolverConfig", "hostDNS") or {}
    if dns.get("forwardKubeDNSToHost") and not dns.get("enabled"):
        yield Fault("`forwardKubeDNSToHost` without host DNS", "set `hostDNS.enabled` to true")


def cni(config: Config) -> Iterator[Fault]:
    """The CNI is one that Talos knows."""
    section = config.get("cluster.network.cni") or {}
    name = section.get("name", "flannel")
    if name not in ("flannel", "custom", "none"):
        yield Fault(f"the CNI {name!r}, expected flannel, custom or none", "set `cni: none` and install it from Git")
    if section.get("urls") and name != "custom":
        yield Fault(f"`cni.urls` beside the CNI {name!r}", "remove the URLs or set the name to custom")


def discovery(config: Config) -> Iterator[Fault]:
    """Discovery needs an identity to discover by."""
    on = config.get("cluster.discovery.enabled") or any(config.of_kind("DiscoveryServiceConfig"))
    identity = config.setting("cluster.id", "DiscoveryIdentityConfig", "clusterID")
    secret = config.setting("cluster.secret", "DiscoveryIdentityConfig", "clusterSecret")
    if on and not (identity and secret):
        yield Fault("discovery without cluster id and secret", "take both from the secrets bundle")


def labels(config: Config) -> Iterator[Fault]:
    """Labels are those of Kubernetes."""
    for key, value in (config.setting("machine.nodeLabels", "KubeNodeConfig", "labels") or {}).items():
        if not _is_key(key):
            yield Fault(f"the label {key!r}, which is no Kubernetes label", "write it as `prefix.example/name`")
        elif value and not _NAME_PART.match(value):
            yield Fault(f"the label {key}={value!r}, whose value is none", "use letters, digits, `-`, `_`, `.`")


def taints(config: Config) -> Iterator[Fault]:
    """Taints are a Kubernetes name and [VALUE:]EFFECT."""
    for key, value in (config.setting("machine.nodeTaints", "KubeNodeConfig", "taints") or {}).items():
        effect = str(value).rpartition(":")[2]
        if not _is_key(key):
            yield Fault(f"the taint {key!r}, which is no Kubernetes name", "write it as `prefix.example/name`")
        elif effect not in _EFFECTS:
            yield Fault(f"the taint {key}={value!r}, expected [VALUE:]EFFECT", f"use one of {', '.join(_EFFECTS)}")


def _is_key(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    return bool(_NAME_PART.match(name)) and (not slash or bool(_NAME_PART.match(prefix.replace(".", "-"))))
