"""Documents for host name, link, VIP, name servers and time."""

from provision.machineconfig.model import Cluster, Contract, Document, Node

LINK = "net0"  # an alias, since the kernel's name of a NIC differs between platforms


def network_documents(cluster: Cluster, node: Node) -> list[Document]:
    """List the node's network documents; both contracts have the same, but for host DNS."""
    documents = [_hostname(node), _alias(node), _link(node)]
    if cluster.vip is not None and node.is_control_plane:
        documents.append({"apiVersion": "v1alpha1", "kind": "Layer2VIPConfig", "name": cluster.vip, "link": LINK})
    documents.append(_resolver(cluster, node))
    if node.time_servers:
        ntp = {"servers": list(node.time_servers)}
        documents.append({"apiVersion": "v1alpha1", "kind": "TimeSyncConfig", "ntp": ntp})
    return documents


def _hostname(node: Node) -> Document:
    return {"apiVersion": "v1alpha1", "kind": "HostnameConfig", "hostname": node.name, "auto": "off"}


def _alias(node: Node) -> Document:
    match = f'mac(link.permanent_addr) == "{node.mac.lower()}"'
    return {"apiVersion": "v1alpha1", "kind": "LinkAliasConfig", "name": LINK, "selector": {"match": match}}


def _link(node: Node) -> Document:
    document: Document = {"apiVersion": "v1alpha1", "kind": "LinkConfig", "name": LINK, "up": True}
    if node.mtu is not None:
        document["mtu"] = node.mtu
    document["addresses"] = [{"address": node.address}]
    document["routes"] = [{"gateway": node.gateway}]
    return document


def _resolver(cluster: Cluster, node: Node) -> Document:
    document: Document = {
        "apiVersion": "v1alpha1",
        "kind": "ResolverConfig",
        "nameservers": [{"address": address} for address in node.nameservers],
    }
    if node.search_domains:
        document["searchDomains"] = {"domains": list(node.search_domains)}
    if cluster.contract is Contract.V1_14:
        document["hostDNS"] = {"enabled": True, "forwardKubeDNSToHost": True}
    return document
