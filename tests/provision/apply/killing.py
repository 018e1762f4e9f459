"""Kill an apply at a point of its journal, go on, and compare where it ends: `python -m tests.provision.apply.killing`.

A program of its own without threads, so that it can fork: the simulated site is one child, every run of the client is
another, killed by a real SIGKILL. Prints one JSON object per point.
"""

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from provision.apply.ground import Deadlines, Ground
from provision.apply.journal import Journal
from provision.apply.perform import Planner, Run, perform
from provision.inventory import Inventory
from provision.plan.build import plan
from provision.plan.wanted import Wanted
from provision.proxmox import Api, ApiToken, CaFile, Login, Pace, Secret, env_lock, tokens
from provision.secrets.store import AgeFile, new_identity
from provision.talos.connection import parse_address_map
from provision.talos.wait import RealClock
from tests.provision.apply.kill_scenarios import SCENARIOS, applying, small, ten
from tests.provision.apply.simulated import MORE, Told
from tests.provision.inventory.inventory_files import ROOT
from tests.simulators.proxmox.sample import ADMIN, ADMIN_PASSWORD
from tests.simulators.together import build

RATE = 1000.0
PACE = Pace(poll_s=0.004, lock_s=3.0, task_s=20.0, state_s=20.0)


@dataclass(slots=True)
class Site:
    """A simulated site in a process of its own."""

    facts: dict[str, Any]
    pid: int
    folder: Path
    identity: str = field(default_factory=new_identity)
    secret: str = ""
    tidy: bool = False

    def ground(self, inventory: Inventory) -> Ground:
        """Return a client."""
        trust = CaFile(Path(self.facts["ca"]))
        dial = {
            place.removesuffix(":8006"): (real.partition(":")[0], int(real.partition(":")[2]))
            for place, real in self.facts["map"].items()
            if place.endswith(":8006")
        }
        proxmox = inventory.proxmox
        if not self.secret:
            admin = Api(proxmox.endpoints, Login(ADMIN, Secret(ADMIN_PASSWORD)), trust, dial=dial, pace=PACE)
            self.secret = tokens.create(admin, proxmox.token_id, _widest(inventory)).reveal()
        api = Api(proxmox.endpoints, ApiToken(proxmox.token_id, Secret(self.secret)), trust, dial=dial, pace=PACE)
        return Ground(
            Wanted(inventory, self.tidy),
            api,
            AgeFile(self.folder / "keys.age", self.identity),
            addresses=parse_address_map(self.facts["map"]),
            factory=self.facts["factory"],
            clock=RealClock(RATE),
            every_s=0.02 * RATE,
            deadlines=Deadlines(*[20_000.0] * 6),
        )

    def ask(self, which: str, path: str) -> Any:
        """Read something of a simulator through its control port."""
        with urllib.request.urlopen(f"{self.facts[which]}{path}", timeout=20) as answer:
            return json.loads(answer.read())

    def close(self) -> None:
        """End the process."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _widest(inventory: Inventory) -> Any:
    """Return the rights for the largest inventory on these hosts, so that one token serves all of a scenario."""
    scope = Wanted(small(), tidy=True).scope
    return replace(scope, hosts=frozenset(inventory.hosts))


def open_site(folder: Path, values: Path) -> Site:
    """Fork a site of this folder's hosts and wait until it listens."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        asyncio.run(_serve(folder, values, write_end))
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as stream:
        return Site(json.loads(stream.readline()), pid, folder)


async def _serve(folder: Path, values: Path, write_end: int) -> None:
    async with build(values, folder / "proxmox", rate=RATE, more=MORE) as together:
        os.write(write_end, json.dumps(together.facts).encode() + b"\n")
        await asyncio.Event().wait()


class Killed(Journal):
    """A journal that kills its process right after a line was written."""

    at = 0

    def _write(self, entry: Mapping[str, object]) -> None:
        super()._write(entry)
        if self.written == type(self).at:
            os.kill(os.getpid(), signal.SIGKILL)


def run_client(
    site: Site, inventory: Inventory, planner: Callable[[Ground], Planner], kill_at: int, agreed: Any
) -> int:
    """Fork a run of the client, killed after so many lines of its journal; return how it ended (-9: killed)."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = asyncio.run(_client(site, inventory, planner, kill_at, agreed))
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            sys.stderr.flush()
        finally:
            os._exit(code)
    status = os.waitpid(pid, 0)[1]
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


async def _client(site: Site, inventory: Inventory, planner: Any, kill_at: int, agreed: Any) -> int:
    ground = site.ground(inventory)
    Killed.at = kill_at
    await _unlock_if_forgotten(site, ground)
    run = Run(site.folder / "journal", Told(), agreed=agreed, make_journal=Killed)
    await perform(ground, planner(ground), run)
    return 0


async def _unlock_if_forgotten(site: Site, ground: Ground) -> None:
    """Do what a person does with --break-lock where no journal says that the lock is ours."""
    if not (site.folder / "journal").exists():
        held = await asyncio.to_thread(env_lock.read, ground.api, "dev")
        if held is not None:
            await asyncio.to_thread(env_lock.break_, ground.api, "dev", held)


def end_state(site: Site) -> dict[str, Any]:
    """Return everything that has to be the same, however often a run was killed."""
    proxmox, talos_state = site.ask("proxmox_control", "/site"), site.ask("talos_control", "/state")
    vms = {
        vm_id: {
            "node": vm["node"],
            "running": vm["running"],
            "config": {
                key: _without_numbers(text) for key, text in vm["config"].items() if key not in ("meta", "vmgenid")
            },
            "pending": vm["pending"],
            "firewall": vm["firewall"],
        }
        for vm_id, vm in proxmox["vms"].items()
    }
    return {
        "vms": vms,
        "pools": {name: sorted(pool["vms"]) for name, pool in proxmox["pools"].items()},
        "ha": {name: row["options"] for name, row in proxmox["ha"].items()},
        "rules": {name: (rule["type"], rule["options"]) for name, rule in proxmox["ha_rules"].items()},
        "replication": {row["target"]: row["remove"] for row in proxmox["replication"].values()},
        "backup": proxmox["backup"],
        "images": sorted(v["volid"] for s in proxmox["storages"].values() for v in s["volumes"] if v["vmid"] is None),
        "nodes": {
            address: (row["name"], row["stage"], row["running"], row["role"])
            for address, row in talos_state["nodes"].items()
        },
        "etcd": [sorted(c["members"]) for c in talos_state["clusters"] if c["members"]][:1] if vms else [],
        "kubernetes": sorted(talos_state["clusters"][0]["kubernetes"]["nodes"]) if vms else [],
        "closed": sorted(
            name
            for cluster in talos_state["clusters"][:1]
            for name, node in cluster["kubernetes"]["nodes"].items()
            if node["spec"].get("unschedulable") and vms
        ),
        "splits": talos_state["splits"],
    }


def _without_numbers(text: str) -> str:
    """Volumes are numbered as they come; what counts is how large and whose they are."""
    return re.sub(r"vm-(\d+)-disk-\d+", r"vm-\1-disk", text)


def play(name: str, kills: tuple[int, ...], *, forget: bool, folder: Path) -> dict[str, Any]:
    """Play a scenario, killed at these points one after the other, then to its end; return what came of it."""
    scenario = SCENARIOS[name]
    site = open_site(folder, (ten() if scenario.ten_hosts else ROOT) / "values")
    # makes the token, once, before anything is forked
    site.ground(scenario.after() if scenario.ten_hosts else small())
    try:
        for before in scenario.before:
            code = run_client(site, before(), applying, 0, None)
            assert code == 0, f"{name}: the state before could not be made"
        site.tidy = scenario.tidy
        ended = []
        inventory = scenario.after()
        for number, kill in enumerate(kills):
            first = number == 0
            planner = scenario.planner if first or scenario.resume is None else scenario.resume
            ended.append(run_client(site, inventory, planner, kill, scenario.agreed if first else None))
            if forget:
                (site.folder / "journal").unlink(missing_ok=True)
        planner = scenario.planner if not kills or scenario.resume is None else scenario.resume
        last = run_client(site, inventory, planner, 0, None if kills else scenario.agreed)
        lines = (site.folder / "journal").read_text().count("\n") if not kills else 0
        again = 0
        if name != "destroy":
            again = run_client(site, inventory, _nothing_left, 0, None)
        return {"kills": kills, "ended": ended, "last": last, "again": again, "lines": lines, "state": end_state(site)}
    finally:
        site.close()


class SomethingLeft(Exception):
    """A second apply was not empty."""


def _nothing_left(ground: Ground) -> Planner:
    def check(seen: Any) -> Any:
        made = plan(ground.wanted, seen)
        if made.steps:
            raise SomethingLeft(", ".join(step.id for step in made.steps))
        return made

    return check


def main() -> None:
    """Play a scenario undisturbed, then killed at each point."""
    parser = argparse.ArgumentParser(prog="python -m tests.provision.apply.killing", description=__doc__)
    parser.add_argument("scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--every", type=int, default=1, help="take every n-th point only")
    parser.add_argument("--first", type=int, default=1, help="begin at this point")
    parser.add_argument("--forget", action="store_true", help="delete the journal after each kill")
    parser.add_argument("--sample", type=int, default=0, help="take so many points, by chance")
    parser.add_argument("--seed", type=int, default=0, help="what chance begins with")
    parser.add_argument("--twice", type=int, default=0, help="kill the second run too, after so many lines")
    arguments = parser.parse_args()
    try:
        _play_all(arguments)
    finally:
        if SCENARIOS[arguments.scenario].ten_hosts:
            shutil.rmtree(ten().parent)


def _play_all(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        calm = play(arguments.scenario, (), forget=False, folder=Path(folder))
    _tell({"point": 0, **calm})
    points = list(range(arguments.first, calm["lines"] + 1, arguments.every))
    if arguments.sample:
        points = sorted(random.Random(arguments.seed).sample(points, min(arguments.sample, len(points))))
    for point in points:
        kills = (point, arguments.twice) if arguments.twice else (point,)
        with tempfile.TemporaryDirectory() as folder:
            _tell({"point": point, **play(arguments.scenario, kills, forget=arguments.forget, folder=Path(folder))})


def _tell(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
