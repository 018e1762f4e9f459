"""Which steps may begin now: what they need is done, and there is room on their host and storages. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from provision.plan.step import Kind, Step

# A cluster loses one node at a time, whatever the reason.
_TAKES_DOWN = frozenset(
    {Kind.VM_RESTART, Kind.CONFIG, Kind.DRAIN, Kind.LEAVE, Kind.TALOS_UPGRADE, Kind.COMPONENT, Kind.KUBELET}
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many steps at once: per host, per storage, and in all."""

    host: int = 2
    storage: int = 1
    total: int = 32


def places(step: Step) -> tuple[tuple[str, str], ...]:
    """Return what a step takes a turn on."""
    found = [("host", step.host)] if step.host else []
    found += [("storage", name) for name in step.storages]
    found += [("cluster", "one at a time")] if step.kind in _TAKES_DOWN else []
    return tuple(found)


def startable(
    steps: Sequence[Step], done: Collection[str], running: Collection[Step], limits: Limits
) -> tuple[Step, ...]:
    """Return the steps to begin now, in the plan's order; `done` are ids, `running` count for the limits."""
    known = {step.id for step in steps}
    busy = Counter(place for step in running for place in places(step))
    begun = {step.id for step in running}
    room = limits.total - len(running)
    most = {"host": limits.host, "storage": limits.storage, "cluster": 1}
    found: list[Step] = []
    for step in steps:
        if len(found) >= room:
            break
        if step.id in done or step.id in begun or any(need in known and need not in done for need in step.needs):
            continue
        wanted = places(step)
        if all(busy[place] < most[place[0]] for place in wanted):
            busy.update(wanted)
            found.append(step)
    return tuple(found)
