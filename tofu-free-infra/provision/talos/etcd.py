"""etcd as its members tell of it, and the ways in and out."""

from dataclasses import dataclass

from google.protobuf.empty_pb2 import Empty

from provision.talos.connection import Session, only_message
from provision.talos.error import NotFound
from provision.talos.proto.machine_grpc import MachineServiceStub
from provision.talos.proto.machine_pb2 import (
    EtcdForfeitLeadershipRequest,
    EtcdLeaveClusterRequest,
    EtcdMemberAlarm,
    EtcdMemberListRequest,
    EtcdRemoveMemberByIDRequest,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A member; a learner copies and does not vote."""

    member_id: int
    node: str
    is_learner: bool


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """What a member says of itself; `leader` 0 means that it knows none."""

    member_id: int
    leader: int
    is_learner: bool
    raft_term: int
    raft_index: int
    db_size: int
    errors: tuple[str, ...]


async def members(session: Session, *, local: bool = False) -> tuple[Member, ...]:
    """List the members, by quorum, or as this one remembers them.

    Raises:
        NotReady: etcd does not run here, or there is no quorum.
    """
    async with session.asking("its etcd members"):
        request = EtcdMemberListRequest(query_local=local)
        reply = await MachineServiceStub(session.channel).EtcdMemberList(request, timeout=session.timeout_s)
        message = only_message(session.node, "its etcd members", reply)
    return tuple(Member(entry.id, entry.hostname, entry.is_learner) for entry in message.members)


async def status(session: Session) -> MemberStatus:
    """Ask this member how it is.

    Raises:
        NotReady: etcd does not run here.
    """
    async with session.asking("its etcd status"):
        reply = await MachineServiceStub(session.channel).EtcdStatus(Empty(), timeout=session.timeout_s)
        found = only_message(session.node, "its etcd status", reply).member_status
    return MemberStatus(
        member_id=found.member_id,
        leader=found.leader,
        is_learner=found.is_learner,
        raft_term=found.raft_term,
        raft_index=found.raft_index,
        db_size=found.db_size,
        errors=tuple(found.errors),
    )


async def alarms(session: Session) -> tuple[str, ...]:
    """List the alarms that are raised: NOSPACE or CORRUPT, with the member's id."""
    async with session.asking("its etcd alarms"):
        reply = await MachineServiceStub(session.channel).EtcdAlarmList(Empty(), timeout=session.timeout_s)
        message = only_message(session.node, "its etcd alarms", reply)
    names = EtcdMemberAlarm.AlarmType
    raised = [alarm for alarm in message.member_alarms if alarm.alarm != EtcdMemberAlarm.NONE]
    return tuple(f"{names.Name(alarm.alarm)} on member {alarm.member_id:x}" for alarm in raised)


async def forfeit_leadership(session: Session) -> str | None:
    """Hand the lead to another member and return its node; None where this one does not lead.

    Raises:
        NotReady: it is the only member.
    """
    async with session.asking("to hand over the lead of etcd"):
        request = EtcdForfeitLeadershipRequest()
        reply = await MachineServiceStub(session.channel).EtcdForfeitLeadership(request, timeout=session.timeout_s)
        member: str = only_message(session.node, "to hand over the lead of etcd", reply).member
    return member or None


async def leave(session: Session) -> None:
    """Take this node out of etcd: member removed, etcd stopped, data directory emptied.

    Raises:
        NotReady: there is no quorum, or it is the last member.
    """
    async with session.asking("to leave etcd"):
        request = EtcdLeaveClusterRequest()
        await MachineServiceStub(session.channel).EtcdLeaveCluster(request, timeout=session.timeout_s)


async def remove_member(session: Session, member_id: int) -> bool:
    """Remove the member of a machine that is gone; False where it was gone already."""
    try:
        async with session.asking(f"to remove etcd member {member_id:x}"):
            request = EtcdRemoveMemberByIDRequest(member_id=member_id)
            await MachineServiceStub(session.channel).EtcdRemoveMemberByID(request, timeout=session.timeout_s)
    except NotFound:
        return False
    return True


async def defragment(session: Session) -> None:
    """Give disk space back; one member at a time."""
    async with session.asking("to defragment etcd"):
        await MachineServiceStub(session.channel).EtcdDefragment(Empty(), timeout=session.timeout_s)
