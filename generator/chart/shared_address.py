"""Pools of load-balancer addresses, and how the network learns of them."""

from collections.abc import Iterator

from generator.catalogue.site import AddressPool
from generator.chart.scope import Body, Printed, Scope, namespace_of

_BGP = "bgp"


def build_pools(scope: Scope) -> Iterator[Printed]:
    """Pools and announcements in the words of the site's load balancer."""
    pools = scope.fleet.site.address_pools.values()
    if scope.fleet.site.backends.load_balancer == "cilium":
        yield from _cilium(list(pools))
        return
    own: Body = {"namespace": namespace_of(scope, "metallb")}
    for pool in pools:
        yield "IPAddressPool", pool.name, own | {"range": str(pool.range)}
        if pool.announce == _BGP:
            yield "BGPAdvertisement", pool.name, own
            for number, peer in enumerate(pool.peers):
                spec = {"myASN": peer["my_asn"], "peerASN": peer["asn"], "peerAddress": str(peer["address"])}
                yield "BGPPeer", f"{pool.name}-{number}", own | {"spec": spec}
        else:
            yield "L2Advertisement", pool.name, own


def _cilium(pools: list[AddressPool]) -> Iterator[Printed]:
    """Cilium's announcements choose no pool: one of each kind is enough for all."""
    for pool in pools:
        block = {"first": str(pool.range.first), "last": str(pool.range.last)}
        yield "CiliumLoadBalancerIPPool", pool.name, block
    if any(pool.announce != _BGP for pool in pools):
        yield "CiliumL2AnnouncementPolicy", "load-balancers", {}
    if peers := [peer for pool in pools if pool.announce == _BGP for peer in pool.peers]:
        yield "CiliumBGPAdvertisement", "load-balancers", {}
        yield "CiliumBGPPeerConfig", "load-balancers", {}
        instances: dict[int, list[Body]] = {}
        for peer in peers:
            entry = {
                "name": f"peer-{peer['address']}".replace(".", "-"),
                "asn": peer["asn"],
                "address": str(peer["address"]),
            }
            instances.setdefault(peer["my_asn"], []).append(entry)
        body = {"instances": [{"asn": asn, "peers": found} for asn, found in sorted(instances.items())]}
        yield "CiliumBGPClusterConfig", "load-balancers", body
