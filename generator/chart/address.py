"""What an end of an edge is called in a policy: pods, address blocks, or names that only Cilium knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from generator.catalogue.service import Json
from generator.fleet.model import ApiServer, EdgePort, Endpoint, Fleet, Internet, Nodes, Pods, Range

EVERYWHERE = "0.0.0.0/0"
# Never the internet: private, shared, loopback and link-local blocks, and what is not routed at all.
_NOT_PUBLIC = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/4",
    "240.0.0.0/4",
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The address blocks of one environment that policies name."""

    nodes: tuple[str, ...]
    api: tuple[str, ...]
    public: Json


def addresses_of(fleet: Fleet) -> Addresses:
    """Nodes; the API's address with the control planes behind it; and everything that is public."""
    nodes = fleet.inventory.nodes.values()
    planes = [f"{node.address}/32" for node in nodes if node.role == "controlplane"]
    return Addresses(
        nodes=tuple(f"{node.address}/32" for node in nodes),
        api=tuple(dict.fromkeys([f"{fleet.site.kubernetes.api}/32", *planes])),
        public=_public(fleet),
    )


def _public(fleet: Fleet) -> Json:
    """All addresses without the private blocks and the networks of the site."""
    kept = [IPv4Network(block) for block in _NOT_PUBLIC]
    own = [network.subnet for network in fleet.site.networks.values()]
    for block in (fleet.site.kubernetes.pods, fleet.site.kubernetes.services, *own):
        if not any(block.subnet_of(wide) for wide in kept):
            kept.append(block)
    return {"cidr": EVERYWHERE, "except": [str(block) for block in kept]}


def peers_of(endpoint: Endpoint, addresses: Addresses) -> Iterator[tuple[str, Json]]:
    """The peers that a plain NetworkPolicy has for an end, each with the text that it is sorted by."""
    match endpoint:
        case Pods(host_network=True) | Nodes():
            for block in addresses.nodes:
                yield block, {"cidr": block}
        case Pods(namespace=namespace, service=service, component=component, labels=labels):
            peer = {"namespace": namespace, "pods": dict(labels)} if labels else {"namespace": namespace}
            yield f"{namespace} {service} {component}", peer
        case Internet():
            yield EVERYWHERE, addresses.public
        case Range(cidr=cidr):
            yield cidr, {"cidr": cidr}
        case ApiServer():
            for block in addresses.api:
                yield block, {"cidr": block}


def plain_port(port: EdgePort) -> Json:
    return {"protocol": port.protocol, "port": port.number} if port.number is not None else {"protocol": port.protocol}


def cilium_port(port: EdgePort) -> Json:
    """Cilium wants texts, and "0" for every port."""
    return {"port": str(port.number or 0), "protocol": port.protocol}


def entities_of(endpoint: Endpoint) -> list[str] | None:
    """What Cilium calls an end that has no address of its own; None where an address or a label does."""
    match endpoint:
        case ApiServer():
            return ["kube-apiserver"]
        case Nodes() | Pods(host_network=True):
            return ["host", "remote-node"]
        case _:
            return None
