"""Our own judgement of nodes and etcd.

Talos' HealthCheck cannot pass before a CNI runs, trusts what discovery remembers, and the new upgrade call looks at
nothing. So each thing is asked where it is, and what is wrong is listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provision.talos.connection import Session, Talos
from provision.talos.error import Node, TalosError
from provision.talos.etcd import Member, MemberStatus, alarms, members, status
from provision.talos.machine import services
from provision.talos.resource import Stage, machine_status

RAFT_LAG = 1000  # our figure: entries that a member may be behind before it counts as lagging


@dataclass(frozen=True, slots=True)
class EtcdHealth:
    """etcd as all expected members see it; healthy where `problems` is empty."""

    members: tuple[Member, ...]
    leader: int
    problems: tuple[str, ...]

    @property
    def voters(self) -> int:
        """How many members vote."""
        return sum(not member.is_learner for member in self.members)


async def node_problems(session: Session) -> tuple[str, ...]:
    """List what keeps a node from being Talos-ready; Kubernetes' own readiness is another question."""
    found = await machine_status(session)
    problems = []
    if found.stage is not Stage.RUNNING:
        problems.append(f"{session.node}: is {found.stage.name.lower()}, not running")
    problems += [f"{session.node}: lacks {condition}" for condition in found.unmet]
    if found.stage is Stage.RUNNING:
        for service in (await services(session)).values():
            if service.healthy is False:
                detail = f", {service.message}" if service.message else ""
                problems.append(f"{session.node}: service {service.name} is {service.state} and not healthy{detail}")
    if not found.ready and not problems:
        problems.append(f"{session.node}: is not ready and does not say why")
    return tuple(problems)


@dataclass(frozen=True, slots=True)
class _View:
    members: tuple[Member, ...]
    status: MemberStatus
    alarms: tuple[str, ...]
    service_healthy: bool


async def etcd_health(talos: Talos, control_planes: Sequence[Node]) -> EtcdHealth:
    """Ask every control plane, and compare what they say."""
    views: dict[Node, _View] = {}
    problems: list[str] = []
    for node in control_planes:
        try:
            async with talos.connect(node) as session:
                etcd = (await services(session)).get("etcd")
                views[node] = _View(
                    await members(session),
                    await status(session),
                    await alarms(session),
                    etcd is not None and etcd.healthy is True,
                )
        except TalosError as error:
            problems.append(str(error))
    for node, view in views.items():
        problems += _own_problems(node, view)
    problems += _disagreements(views, control_planes)
    first = next(iter(views.values()), None)
    known = first.members if first else ()
    return EtcdHealth(known, first.status.leader if first else 0, tuple(dict.fromkeys(problems)))


def _own_problems(node: Node, view: _View) -> list[str]:
    problems = [f"{node}: etcd says {error!r}" for error in view.status.errors]
    problems += [f"{node}: etcd raises {alarm}" for alarm in view.alarms]
    if view.status.is_learner:
        problems.append(f"{node}: is a learner and does not vote yet")
    if view.status.leader == 0:
        problems.append(f"{node}: knows no leader")
    if not view.service_healthy:
        problems.append(f"{node}: service etcd is not healthy")
    return problems


def _disagreements(views: Mapping[Node, _View], control_planes: Sequence[Node]) -> list[str]:
    problems = []
    lists = {tuple(sorted(member.member_id for member in view.members)) for view in views.values()}
    if len(lists) > 1:
        problems.append("the control planes know different etcd members")
    leaders = {view.status.leader for view in views.values()} - {0}
    if len(leaders) > 1:
        problems.append("the control planes follow different etcd leaders")
    names = {node.name for node in control_planes}
    known = {member.node for view in views.values() for member in view.members}
    problems += [f"etcd has the member {name!r}, which no control plane is" for name in sorted(known - names)]
    if views:
        problems += [f"{name!r} is not a member of etcd" for name in sorted(names - known)]
        newest = max(view.status.raft_index for view in views.values())
        problems += [
            f"{node}: is {newest - view.status.raft_index} entries behind"
            for node, view in views.items()
            if newest - view.status.raft_index > RAFT_LAG
        ]
    return problems


def refuses_to_take_down(health: EtcdHealth, *, force: bool = False) -> str | None:
    """Say why no control plane may go down now, or None where one may.

    The one rule for upgrade, reboot and replace: everybody there, healthy, and never one of two, unless `force` takes
    that outage. A single member has no quorum to lose: its outage was chosen with one control plane.
    """
    if health.problems:
        return f"etcd is not healthy: {'; '.join(health.problems)}"
    if health.voters == 2 and not force:
        return "etcd has two members: without one of them it has no quorum"
    return None
