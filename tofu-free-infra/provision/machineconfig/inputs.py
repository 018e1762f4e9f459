"""What is wrong with a cluster or node before a configuration is made from it."""

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_interface, ip_network

from generator.finding import Finding, Place
from provision.machineconfig.install import is_expressible
from provision.machineconfig.model import Cluster, Contract, Node
from provision.machineconfig.support import minor_of, refuses_kubernetes
from provision.machineconfig.volume import SYSTEM_VOLUMES

_MAC = re.compile(r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$", re.IGNORECASE)
_HOSTNAME = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
_VOLUME = re.compile(r"^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$")  # 20 bytes: the name is the drive's serial
_AUDIT_LEVELS = ("None", "Metadata", "Request", "RequestResponse")

Fault = tuple[str, str, str]


def check_cluster(cluster: Cluster, place: Place) -> list[Finding]:
    """Judge what all nodes share."""
    return [Finding(place, rule, message, fix) for rule, message, fix in _cluster(cluster)]


def check_node(cluster: Cluster, node: Node, place: Place) -> list[Finding]:
    """Judge one node."""
    return [Finding(place, rule, f"{node.name!r} {message}", fix) for rule, message, fix in _node(cluster, node)]


def _cluster(cluster: Cluster) -> Iterator[Fault]:
    yield from _versions(cluster)
    if cluster.vip is not None:
        if cluster.vip in cluster.control_planes.values():
            holder = next(name for name, address in cluster.control_planes.items() if address == cluster.vip)
            yield ("provision/vip", f"the VIP {cluster.vip} is the address of {holder!r}", "choose a free address")
        if ip_address(cluster.vip) not in ip_network(cluster.node_subnet):
            where = f"the VIP {cluster.vip} is outside the control planes' network {cluster.node_subnet}"
            yield ("provision/vip", where, "choose an address of that network: it moves by ARP")
    ranges = [("nodes", cluster.node_subnet)]
    ranges += [("pods", subnet) for subnet in cluster.pod_subnets]
    ranges += [("services", subnet) for subnet in cluster.service_subnets]
    for index, (first, left) in enumerate(ranges):
        for second, right in ranges[index + 1 :]:
            if ip_network(left).version == ip_network(right).version and ip_network(left).overlaps(ip_network(right)):
                message = f"the range of {first} {left} overlaps that of {second} {right}"
                yield ("provision/ranges", message, "choose ranges that are apart")
    yield from _audit_policy(cluster)
    for name in cluster.encryption:
        if name not in SYSTEM_VOLUMES:
            message = f"encryption names the volume {name!r}, expected {' or '.join(SYSTEM_VOLUMES)}"
            yield ("provision/encryption", message, "encrypt a user volume at its disk")


def _audit_policy(cluster: Cluster) -> Iterator[Fault]:
    """Judge the policy: the API server does not start with one that it cannot read."""
    policy = cluster.audit_policy
    if policy.get("apiVersion") != "audit.k8s.io/v1" or policy.get("kind") != "Policy":
        message = "the audit policy is no Policy of audit.k8s.io/v1"
        yield ("provision/audit-policy", message, "write apiVersion: audit.k8s.io/v1 and kind: Policy")
    rules = policy.get("rules")
    if not isinstance(rules, list) or not rules:
        yield ("provision/audit-policy", "the audit policy has no list of rules", "add `rules: [{level: Metadata}]`")
        return
    for rule in rules:
        level = rule.get("level") if isinstance(rule, dict) else None
        if level not in _AUDIT_LEVELS:
            message = f"the audit policy has a rule of level {level!r}, expected {' or '.join(_AUDIT_LEVELS)}"
            yield ("provision/audit-policy", message, "correct the level")


def _versions(cluster: Cluster) -> Iterator[Fault]:
    talos = minor_of(cluster.talos_version)
    if talos is None:
        message = f"Talos {cluster.talos_version!r} is not a version, expected v1.13.9"
        yield ("provision/version", message, "write the whole version")
    elif talos < (minor_of(f"{cluster.contract}.0") or talos):
        message = f"contract {cluster.contract} is newer than Talos {cluster.talos_version}"
        yield ("provision/version", message, "keep the contract with which the cluster was made")
    if minor_of(cluster.kubernetes_version) is None:
        message = f"Kubernetes {cluster.kubernetes_version!r} is not a version, expected 1.36.3"
        yield ("provision/version", message, "write the whole version")
    elif refusal := refuses_kubernetes(cluster.talos_version, cluster.kubernetes_version):
        yield ("provision/version", refusal, "change one of the two versions")
    if cluster.workload_isolation is not None and cluster.contract is Contract.V1_13:
        message = "workloadIsolation is set, which contract 1.13 has not"
        yield ("provision/workload-isolation", message, "remove `workloadIsolation`")


def _node(cluster: Cluster, node: Node) -> Iterator[Fault]:
    if not _HOSTNAME.match(node.name):
        message = "is no host name, expected lower-case letters, digits and hyphens"
        yield ("provision/node-name", message, "rename the node")
    if not _MAC.match(node.mac):
        yield ("provision/mac", f"has the MAC {node.mac!r}, expected six pairs of hex digits", "quote and correct it")
    yield from _addresses(cluster, node)
    for volume in node.volumes:
        if not _VOLUME.match(volume.name):
            message = f"has the disk {volume.name!r}, expected at most 20 letters, digits and hyphens"
            yield ("provision/volume-name", message, "rename the disk")
    if node.install_disk is not None and not is_expressible(node.install_disk, cluster.contract):
        message = f"selects its disk by {node.install_disk!r}, which contract {cluster.contract} cannot say"
        fields = "dev_path, serial, model, wwid, uuid or modalias"
        yield ("provision/install-disk", message, f'compare one of {fields}: disk.serial == "…"')


def _addresses(cluster: Cluster, node: Node) -> Iterator[Fault]:
    subnet = ip_network(cluster.node_subnet)
    try:
        address = ip_interface(node.address).ip
    except ValueError:
        message = f"has the address {node.address!r}, expected ADDRESS/LENGTH"
        yield ("provision/address", message, "give the prefix length of its network")
        return
    if address not in subnet:
        yield ("provision/address", f"has {address}, outside its network {subnet}", "choose an address of the network")
    if cluster.vip is not None and address == ip_address(cluster.vip):
        yield ("provision/address", f"has {address}, which is the VIP", "choose another address")
    if ip_address(node.gateway) not in subnet:
        yield ("provision/gateway", f"has the router {node.gateway}, outside {subnet}", "take the network's router")
    expected = cluster.control_planes.get(node.name)
    if node.is_control_plane and expected != node.ip:
        message = f"has {node.ip}, while the cluster knows it under {expected}"
        yield ("provision/address", message, "list it among the control planes with this address")
