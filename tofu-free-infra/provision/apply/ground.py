"""What every step works with: the ways in, the keys, the pace."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from provision.plan.seen import Seen, address_of
from provision.plan.wanted import Wanted
from provision.proxmox import Api, Watch
from provision.proxmox.pace import Silent
from provision.secrets.access import TalosAccess, talos_access
from provision.secrets.bundle import SecretsBundle, generate
from provision.secrets.store import BundleStore
from provision.talos.connection import Place, Talos
from provision.talos.error import Node
from provision.talos.wait import Clock, Progress, RealClock, Waiter


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long to wait at most, in seconds. Our figures: slow disks and slow lines are no faults."""

    answer_s: float = 900.0
    join_s: float = 900.0
    drain_s: float = 900.0
    reboot_s: float = 900.0
    rollout_s: float = 600.0
    foreign_s: float = 120.0

    @classmethod
    def at(cls, rate: float) -> Self:
        """Return the deadlines for a simulator: a busy machine is given a real minute, however fast its clock runs."""
        usual, longer = cls(), max(1.0, rate / 15)
        return cls(*(getattr(usual, one.name) * longer for one in fields(cls)))


class NoKeysError(Exception):
    """The cluster's keys are not there, and this needs them."""

    def __init__(self) -> None:
        super().__init__("the cluster's keys are not where the inventory says, and without them no node can be asked")


@dataclass(slots=True)
class Ground:
    """An environment within reach. `bundle` is filled in by the step that makes the keys."""

    wanted: Wanted
    api: Api
    store: BundleStore
    addresses: Mapping[Place, Place] = field(default_factory=dict)
    factory: str = "https://factory.talos.dev"
    snapshot: Path | None = None
    skip_hash: bool = False
    force: bool = False  # take a control plane of two down
    deadlines: Deadlines = field(default_factory=Deadlines)
    clock: Clock = field(default_factory=RealClock)
    every_s: float = 2.0
    timeout_s: float = 20.0
    seen: Seen | None = None
    bundle: SecretsBundle | None = field(default=None, repr=False)
    _access: TalosAccess | None = field(default=None, repr=False)

    def load_keys(self) -> SecretsBundle | None:
        """Read the bundle, if there is one."""
        if self.bundle is None:
            self.bundle = self.store.load()
        return self.bundle

    def make_keys(self) -> None:
        """Make and keep the bundle unless there is one: never over an existing one."""
        if self.load_keys() is None:
            self.store.save(generate(datetime.now(UTC)))
            self.bundle = self.store.load()

    @property
    def keys(self) -> SecretsBundle:
        """Return the bundle.

        Raises:
            NoKeysError: there is none.
        """
        found = self.load_keys()
        if found is None:
            raise NoKeysError
        return found

    def talos(self, timeout_s: float | None = None) -> Talos:
        """Return the way to the nodes; without keys only maintenance mode is open."""
        if self._access is None and self.load_keys() is not None:
            self._access = talos_access(self.keys, datetime.now(UTC))
        return Talos(self._access, self.addresses, timeout_s or self.timeout_s)

    def node(self, name: str, address: str = "") -> Node:
        """Return a node of the inventory, or one that leaves, by the address that it was made with."""
        known = self.wanted.inventory.nodes.get(name)
        if known is not None and not address:
            return Node(name, str(known.address))
        return Node(name, address or self._made_with(name))

    def _made_with(self, name: str) -> str:
        vms = self.seen.ours(self.wanted.environment).values() if self.seen else ()
        return next((address_of(vm) for vm in vms if vm.name == name), "")

    @property
    def control_planes(self) -> tuple[Node, ...]:
        """Return the control planes of the inventory."""
        return tuple(self.node(node.name) for node in self.wanted.inventory.control_planes)

    def waiter(self, watch: Watch | None = None) -> Waiter:
        """Return how to wait, telling `watch`."""
        listener = watch or Silent()

        def tell(progress: Progress) -> None:
            listener.waiting(progress.what, progress.missing, progress.waited_s)

        return Waiter(self.clock, self.every_s, tell)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one step gets: the ground, and its own watch."""

    ground: Ground
    watch: Watch

    @property
    def api(self) -> Api:
        """Return Proxmox' API, telling this step's watch."""
        return self.ground.api.watched_by(self.watch)

    @property
    def waiter(self) -> Waiter:
        """Return how to wait, telling this step's watch."""
        return self.ground.waiter(self.watch)
