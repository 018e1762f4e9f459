"""A simulated site beside a client, both in one process: the site in a thread with its own loop."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provision.apply.ground import Deadlines, Ground
from provision.apply.look import look
from provision.apply.perform import Run, perform
from provision.inventory import Inventory
from provision.plan.build import plan
from provision.plan.step import Plan, Step
from provision.plan.wanted import Wanted
from provision.proxmox import Api, ApiToken, CaFile, Login, Pace, Secret, tokens
from provision.secrets.store import AgeFile, new_identity
from provision.talos.connection import parse_address_map
from provision.talos.wait import RealClock
from tests.simulators.proxmox.sample import ADMIN, ADMIN_PASSWORD
from tests.simulators.together import Together, build

RATE = 600.0
MORE = tuple(f"10.2.10.{n}" for n in range(11, 40))
QUICK = Pace(poll_s=0.005, lock_s=3.0, task_s=20.0, state_s=20.0)


@dataclass(slots=True)
class Simulated:
    """A site that runs, and where its client keeps its things."""

    together: Together
    folder: Path
    loop: asyncio.AbstractEventLoop
    facts: dict[str, Any]
    identity: str = field(default_factory=new_identity)
    secret: Secret | None = None

    def call(self, change: Any) -> Any:
        """Look at or change the simulators between two of their steps."""

        async def carry_out() -> Any:
            return change(self.together)

        return asyncio.run_coroutine_threadsafe(carry_out(), self.loop).result()

    def dial(self) -> dict[str, tuple[str, int]]:
        found = {}
        for place, real in self.facts["map"].items():
            if place.endswith(":8006"):
                host, port = real.split(":")
                found[place.removesuffix(":8006")] = (host, int(port))
        return found

    def ground(self, inventory: Inventory, **settings: Any) -> Ground:
        """Return a client with the least rights that this inventory needs."""
        wanted, grant = Wanted(inventory), settings.pop("grant", True)
        trust = CaFile(Path(self.facts["ca"]))
        endpoints = inventory.proxmox.endpoints
        token = inventory.proxmox.token_id
        admin = Api(endpoints, Login(ADMIN, Secret(ADMIN_PASSWORD)), trust, dial=self.dial(), pace=QUICK)
        if self.secret is None:
            self.secret = tokens.create(admin, token, wanted.scope)
        elif grant:
            self.secret = tokens.create(admin, token, wanted.scope, rotate=True)
        api = Api(endpoints, ApiToken(token, self.secret), trust, dial=self.dial(), pace=QUICK)
        return Ground(
            wanted,
            api,
            AgeFile(self.folder / f"{inventory.environment}.age", self.identity),
            addresses=parse_address_map(self.facts["map"]),
            factory=self.facts["factory"],
            clock=RealClock(RATE),
            every_s=0.03 * RATE,
            deadlines=Deadlines(*[15_000.0] * 6),
            **settings,
        )


@contextlib.contextmanager
def simulated(values: Path, folder: Path, *, rate: float = RATE) -> Iterator[Simulated]:
    """Bring up the site of an inventory."""
    opened, closing = threading.Event(), asyncio.Event()
    found: dict[str, Any] = {}

    async def stay() -> None:
        async with build(values, folder / "proxmox", rate=rate, more=MORE) as together:
            found["together"], found["loop"] = together, asyncio.get_running_loop()
            opened.set()
            await closing.wait()

    thread = threading.Thread(target=lambda: asyncio.run(stay()), name="simulated-site", daemon=True)
    thread.start()
    assert opened.wait(30)
    together, loop = found["together"], found["loop"]
    try:
        yield Simulated(together, folder, loop, together.facts)
    finally:
        loop.call_soon_threadsafe(closing.set)
        thread.join(10)


@dataclass(slots=True)
class Told:
    """Remembers what was told."""

    done_steps: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def begun(self, step: Step) -> None:
        """Nothing to remember."""

    def waiting(self, step: Step, what: str, reason: str, waited_s: float) -> None:
        self.waits.append(f"{step.id}: {what}: {reason}")

    def noted(self, step: Step, text: str) -> None:
        self.notes.append(f"{step.id}: {text}")

    def done(self, step: Step) -> None:
        self.done_steps.append(step.id)

    def failed(self, step: Step, error: BaseException) -> None:
        self.failures.append(f"{step.id}: {error}")


def ids(steps: Sequence[Step]) -> list[str]:
    """Return the ids of steps."""
    return [step.id for step in steps]


def applied(ground: Ground, folder: Path, planner: Any = None, **run: Any) -> tuple[Plan, Told]:
    """Carry out a plan, that of an apply unless another is given; return it and what was told."""
    told = Told()
    made = asyncio.run(
        perform(ground, planner or (lambda seen: plan(ground.wanted, seen)), Run(folder / "journal", told, **run))
    )
    return made, told


def planned(ground: Ground) -> Plan:
    """Look, and plan an apply."""
    return plan(ground.wanted, asyncio.run(look(ground)))
