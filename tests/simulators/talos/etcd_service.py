"""The etcd service of a node: it waits for a bootstrap, joins as a learner, and is promoted."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .node import Node


def run(node: "Node", now: float) -> None:
    """Start, join, promote or fail, as the member list says."""
    service = node.services["etcd"]
    if service.state in ("Finished", "Failed"):
        return
    if node.disk.etcd is None:
        service.state, service.healthy, service.unknown = "Preparing", False, True
        _join(node, now)
        return
    member = node.member
    if member is None:
        service.state, service.message = "Failed", "the member has been permanently removed from the cluster"
        service.healthy, service.unknown = False, False
        return
    if now < node.started + node.site.timing.etcd_start:
        return
    if not member.is_started:
        member.is_started = True
    node.disk.etcd.elect()
    if member.is_learner and now >= node.promote_at and node.disk.etcd.has_quorum():
        member.is_learner = False
    healthy = node.disk.etcd.has_quorum() and node.site.faults.take("etcd-unhealthy", node.name) is None
    service.state, service.healthy, service.unknown = "Running", healthy, False
    node.disk.etcd.index += 1


def _join(node: "Node", now: float) -> None:
    assert node.config is not None
    cluster = node.site.etcd_to_join(node.config.cluster_id)
    if cluster is None or now < node.started + node.site.timing.etcd_start:
        return
    if cluster.has_quorum() and not cluster.has_learner():
        node.disk.etcd = cluster
        node.disk.member_id = cluster.add(node.hostname, node.address, is_learner=True).member_id
        node.promote_at = now + node.site.timing.etcd_promote
