"""What a plan is made of: steps with dependencies and marks, and what is left for another command."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from graphlib import CycleError, TopologicalSorter


class Mark(StrEnum):
    """What a step does to what is there."""

    CREATE = "+"
    CHANGE = "~"
    RESTART = "!"
    DESTROY = "-"
    WAIT = "."


class Kind(StrEnum):
    """Every kind of step; the value is the last part of its id and the word that people read."""

    SECRETS = "make keys"
    POOL = "make pool"
    SCHEMATIC = "post schematic"
    IMAGE = "download"
    SEED = "upload seed"
    VM_CREATE = "create"
    VM_CHANGE = "change"
    VM_MIGRATE = "migrate"
    VM_FIREWALL = "firewall"
    VM_START = "start"
    VM_RESTART = "restart"
    VM_STOP = "stop"
    VM_DELETE = "delete"
    REPLICATE = "replicate"
    UNREPLICATE = "end replication"
    HA = "ha"
    UN_HA = "leave ha"
    HA_RULE = "ha rule"
    UN_HA_RULE = "drop ha rule"
    BACKUP = "backup"
    UN_BACKUP = "drop backup"
    CONFIGURE = "configure"
    CONFIG = "change config"
    BOOTSTRAP = "bootstrap"
    READY = "api ready"
    JOIN = "join"
    DRAIN = "drain"
    LEAVE = "leave etcd"
    FORGET = "forget node"
    UNCORDON = "uncordon"
    TALOS_UPGRADE = "upgrade talos"
    COMPONENT = "upgrade component"
    KUBELET = "upgrade kubelet"
    MANIFESTS = "apply manifests"
    UN_POOL = "remove pool"
    DROP_FILE = "remove file"


@dataclass(frozen=True, slots=True)
class Detail:
    """One difference that a step closes."""

    what: str
    actual: str | None
    desired: str | None
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do. `subject` names the machine or object; `argument` is what its kind needs beside that.

    `vm_id` is the VM that a step on Proxmox is about; `host` and `storages` are what it takes a turn on.
    """

    kind: Kind
    subject: str
    mark: Mark
    needs: frozenset[str] = frozenset()
    argument: str = ""
    vm_id: int | None = None
    host: str | None = None
    storages: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()

    @property
    def id(self) -> str:
        """Return what the journal and other steps call it."""
        if self.kind in _LEAVING:
            return f"{self.subject}#{self.vm_id}/{self.kind.value}"
        return f"{self.subject}/{self.kind.value}" + (f"/{self.argument}" if self.argument else "")


# An old and a new machine of one name can be in one plan, so those that leave are told apart by their VM id.
_LEAVING = frozenset({Kind.VM_STOP, Kind.VM_DELETE, Kind.UN_HA, Kind.DRAIN, Kind.LEAVE, Kind.FORGET})


@dataclass(frozen=True, slots=True)
class Deferred:
    """A difference that this plan leaves: what, and by which command or hand it goes."""

    subject: str
    what: str
    by: str


class PlanError(Exception):
    """The steps cannot be put in an order."""


@dataclass(frozen=True)
class Plan:
    """Steps in an order that keeps every dependency, what is deferred, and what is in the way.

    A plan with `blockers` is shown and not carried out.
    """

    environment: str
    steps: tuple[Step, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    warnings: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    title: str = "plan"

    def __bool__(self) -> bool:
        return bool(self.steps)

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """Return the steps by id."""
        return {step.id: step for step in self.steps}


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return steps so that each comes after what it needs; needs that no step meets are met already.

    Raises:
        PlanError: two steps have one id, or the needs go round in a circle.
    """
    listed = list(steps)
    known = {step.id: step for step in listed}
    if len(known) != len(listed):
        twice = sorted(step.id for step in listed if known[step.id] is not step)
        raise PlanError(f"steps stand twice: {', '.join(twice)}")
    place = {step.id: index for index, step in enumerate(listed)}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for step in listed:
        sorter.add(step.id, *sorted(step.needs & known.keys()))
    try:
        sorter.prepare()
    except CycleError as error:
        raise PlanError(f"steps need each other: {' → '.join(error.args[1])}") from error
    found: list[Step] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        found += [known[name] for name in ready]
        sorter.done(*ready)
    return tuple(found)
