"""Bootstrap, and the etcd part of the machine service."""

from collections.abc import AsyncIterator
from typing import Any

from grpclib.const import Status

from .call import Call, Cut, refuse
from .etcd import EtcdCluster, Member, read_snapshot
from .kube import Kubernetes
from .machine_calls import chunks
from .wire import make


async def bootstrap(call: Call) -> Any:
    """Make a cluster of one, or one from an uploaded snapshot."""
    node, faults = call.node, call.node.site.faults
    if faults.take("time-not-in-sync", node.name):
        raise refuse(Status.FAILED_PRECONDITION, "time is not in sync yet")
    if faults.take("bootstrap-not-available", node.name) or "etcd" not in node.services:
        raise refuse(Status.FAILED_PRECONDITION, "bootstrap is not available yet")
    assert node.config is not None
    if node.config.etcd is None:
        raise refuse(Status.INVALID_ARGUMENT, "etcd CA is not set")
    if node.disk.etcd is not None or faults.take("bootstrap-already-exists", node.name):
        raise refuse(Status.ALREADY_EXISTS, "etcd data directory is not empty")
    kubernetes = _recovered(call) if call.request.recover_etcd else None
    node.bootstrap(node.site.new_cluster(node.config.cluster_id, kubernetes))
    if faults.take("bootstrap-connection-cut", node.name):
        call.cut()
        raise Cut
    return call.reply("Bootstrap")


def _recovered(call: Call) -> Kubernetes:
    node = call.node
    assert node.config is not None
    if node.disk.recovery is None:
        raise refuse(Status.FAILED_PRECONDITION, "no etcd snapshot found for recovery")
    try:
        content = read_snapshot(node.disk.recovery, skip_hash=call.request.recover_skip_hash_check)
    except ValueError as error:
        raise refuse(Status.INTERNAL, f"etcd recovery failed: {error}") from error
    if content["cluster"] != node.config.cluster_id:
        raise refuse(Status.INTERNAL, "the snapshot belongs to a cluster with another secrets bundle")
    return Kubernetes.load(content["kubernetes"])


async def recover(call: Call) -> Any:
    """Take an upload; what was cut off half-way is removed."""
    node = call.node
    service = node.services.get("etcd")
    if service is None or service.state != "Preparing" or node.site.faults.take("recover-not-ready", node.name):
        raise refuse(Status.FAILED_PRECONDITION, "etcd service is not ready for recovery yet")
    content = bytearray()
    async for part in call.incoming:
        content += part.bytes
    if node.site.faults.take("recover-connection-cut", node.name):
        call.cut()
        raise Cut
    node.disk.recovery = bytes(content)
    return call.reply("EtcdRecover")


async def member_list(call: Call) -> Any:
    """List the members as this node knows them."""
    cluster = _cluster(call)
    if not call.request.query_local and not cluster.has_quorum():
        raise refuse(Status.UNAVAILABLE, "etcdserver: request timed out, possibly due to connection lost")
    members = [
        make(
            "machine.EtcdMember",
            id=member.member_id,
            hostname=member.node,
            peer_urls=[f"https://{member.address}:2380"],
            client_urls=[f"https://{member.address}:2379"],
            is_learner=member.is_learner,
        )
        for member in cluster.members.values()
    ]
    return make("machine.EtcdMemberListResponse", messages=[make("machine.EtcdMembers", members=members)])


async def status(call: Call) -> Any:
    """Tell the state of this member."""
    cluster, member = _cluster(call), _own(call)
    size = len(cluster.snapshot())
    return call.reply(
        "EtcdStatus",
        member_status=make(
            "machine.EtcdMemberStatus",
            protocol_version="3.6.0",
            storage_version="3.6.0",
            db_size=size,
            db_size_in_use=size,
            leader=cluster.leader if cluster.has_quorum() else 0,
            raft_index=cluster.index,
            raft_term=cluster.term,
            raft_applied_index=cluster.index,
            errors=[] if cluster.has_quorum() else ["etcdserver: no leader"],
            is_learner=member.is_learner,
            member_id=member.member_id,
        ),
    )


async def snapshot(call: Call) -> AsyncIterator[Any]:
    """Stream the database and the hash of it."""
    cluster, node = _cluster(call), call.node
    content = cluster.snapshot()
    if node.site.faults.take("snapshot-damaged", node.name):
        content = bytes([content[0] ^ 1]) + content[1:]
    if node.site.faults.take("snapshot-truncated", node.name):
        content = content[:-100]
    for part in chunks(content):
        yield part


async def leave(call: Call) -> Any:
    """Remove this node's member, stop etcd, empty its directory."""
    cluster = _cluster(call)
    if len(cluster.voters()) == 1:
        raise refuse(Status.FAILED_PRECONDITION, "the last member of an etcd cluster cannot leave it")
    if not cluster.has_quorum():
        raise refuse(Status.UNAVAILABLE, "etcdserver: unhealthy cluster")
    call.node.leave_etcd()
    call.node.services["etcd"].state = "Finished"
    call.node.services["etcd"].healthy = False
    return call.reply("EtcdLeaveCluster")


async def forfeit(call: Call) -> Any:
    """Give the lead away."""
    cluster = _cluster(call)
    if len(cluster.voters()) == 1:
        raise refuse(Status.FAILED_PRECONDITION, "cannot forfeit leadership, only one member")
    if cluster.leader != call.node.disk.member_id:
        return call.reply("EtcdForfeitLeadership")
    return call.reply("EtcdForfeitLeadership", member=cluster.forfeit())


async def remove_member(call: Call) -> Any:
    """Remove a member whose machine is gone."""
    cluster = _cluster(call)
    if call.request.member_id not in cluster.members:
        raise refuse(Status.NOT_FOUND, f"etcdserver: member not found: {call.request.member_id:x}")
    if not cluster.has_quorum():
        raise refuse(Status.UNAVAILABLE, "etcdserver: unhealthy cluster")
    cluster.remove(call.request.member_id)
    return call.reply("EtcdRemoveMemberByID")


async def alarm_list(call: Call) -> Any:
    """List alarms: there are none."""
    _cluster(call)
    return make("machine.EtcdAlarmListResponse", messages=[make("machine.EtcdAlarm")])


async def maintain(call: Call) -> Any:
    """Defragment, or disarm alarms: both just succeed."""
    _cluster(call)
    return call.reply(call.node.site.calls[-1].rpartition("/")[2])


def _cluster(call: Call) -> EtcdCluster:
    cluster = call.node.disk.etcd
    if cluster is None or call.node.member is None or not call.node.member.is_started:
        raise refuse(Status.UNAVAILABLE, "etcd is not running")
    return cluster


def _own(call: Call) -> Member:
    member = call.node.member
    assert member is not None
    return member


_M = "/machine.MachineService/"
ANSWERS = {
    _M + "Bootstrap": bootstrap,
    _M + "EtcdRecover": recover,
    _M + "EtcdMemberList": member_list,
    _M + "EtcdStatus": status,
    _M + "EtcdSnapshot": snapshot,
    _M + "EtcdLeaveCluster": leave,
    _M + "EtcdForfeitLeadership": forfeit,
    _M + "EtcdRemoveMemberByID": remove_member,
    _M + "EtcdAlarmList": alarm_list,
    _M + "EtcdAlarmDisarm": maintain,
    _M + "EtcdDefragment": maintain,
}
