"""Make a cluster exactly once.

Bootstrap on a second node whose etcd directory is empty makes a second cluster beside the first. Talos cannot know
better, so we look at every control plane's directory first, and do nothing while one of them cannot be asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from provision.talos.connection import Session, Talos
from provision.talos.error import AlreadyThere, NotReady
from provision.talos.error import Node as TalosNode
from provision.talos.machine import has_etcd_data
from provision.talos.proto.machine_grpc import MachineServiceStub
from provision.talos.proto.machine_pb2 import BootstrapRequest
from provision.talos.snapshot import check_snapshot, upload_snapshot


class Outcome(Enum):
    """What was done."""

    MADE = "made"
    THERE = "there"


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """What was done, and the node on which etcd's data lies."""

    outcome: Outcome
    node: TalosNode


async def bootstrap_once(
    talos: Talos, control_planes: Sequence[TalosNode], *, snapshot: Path | None = None, skip_hash: bool = False
) -> Bootstrapped:
    """Bootstrap the first control plane, from a snapshot where one is given, unless any has etcd data already.

    Recovery counts as that once. A copy of a database has no hash: `skip_hash` is for it alone.

    Raises:
        Unreachable: a control plane cannot be asked, so nobody knows whether there is a cluster.
        NotReady: the node cannot yet; ask again.
        Damaged: the snapshot is no good; nothing was sent.
    """
    if snapshot is not None and not skip_hash:
        check_snapshot(snapshot)
    for node in control_planes:
        async with talos.connect(node) as session:
            if await has_etcd_data(session):
                return Bootstrapped(Outcome.THERE, node)
    first = control_planes[0]
    async with talos.connect(first) as session:
        if snapshot is not None:
            await upload_snapshot(session, snapshot)
        made = await _bootstrap(session, recover=snapshot is not None, skip_hash=skip_hash)
    return Bootstrapped(Outcome.MADE if made else Outcome.THERE, first)


async def _bootstrap(session: Session, *, recover: bool, skip_hash: bool) -> bool:
    request = BootstrapRequest(recover_etcd=recover, recover_skip_hash_check=skip_hash)
    try:
        async with session.asking("to bootstrap etcd"):
            await MachineServiceStub(session.channel).Bootstrap(request, timeout=session.timeout_s)
    except AlreadyThere as error:
        if await has_etcd_data(session):
            return False  # an earlier call got through
        raise NotReady(f"{session.node}: has etcd data, it says, but shows none") from error
    return True
