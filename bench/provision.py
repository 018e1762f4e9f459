"""Measure `provision` on many nodes: planning, and an apply on the simulated site with bounded concurrency.

python -m bench provision [--nodes N] [--rate R]

The floor of the apply is the same steps at the pace of the fastest of their kind, side by side within the same limits:
what is above it is waiting for each other, the client and the simulators, which share this machine.
"""

import argparse
import asyncio
import heapq
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provision.apply.ground import Ground
from provision.apply.look import look
from provision.apply.perform import Run, perform
from provision.apply.schedule import Limits, places, startable
from provision.cli.settings import Settings
from provision.plan.build import plan
from provision.plan.step import Kind, Plan, Step
from provision.plan.wanted import Wanted
from provision.proxmox import Login, Secret, tokens
from provision.secrets.store import new_identity

_HERE = Path(__file__).parent.parent
_NODES_OF_A_HOST = 5
_PLAN_AIM_S = 1.0
_PARALLEL = {"host": 2, "storage": 2}
_ADMIN = ("root@pam", "simulated-root")
_FREE = [*range(11, 100), *range(160, 254)]  # of the last byte of dev's network; between them lies its pool


@dataclass(slots=True)
class Watcher:
    """Notes when each step ran, and how many ran at once."""

    limits: Limits
    spans: dict[str, tuple[float, float]] = field(default_factory=dict)
    peaks: Counter[str] = field(default_factory=Counter)
    _running: dict[str, Step] = field(default_factory=dict)

    def begun(self, step: Step) -> None:
        """Note a step that begins."""
        self._running[step.id] = step
        self.spans[step.id] = (time.perf_counter(), 0.0)
        busy = Counter(place for one in self._running.values() for place in places(one))
        self.peaks["all"] = max(self.peaks["all"], len(self._running))
        for kind in ("host", "storage"):
            most = max((count for place, count in busy.items() if place[0] == kind), default=0)
            self.peaks[kind] = max(self.peaks[kind], most)

    def waiting(self, step: Step, what: str, reason: str, waited_s: float) -> None:
        """Nothing to note."""

    def noted(self, step: Step, text: str) -> None:
        """Nothing to note."""

    def done(self, step: Step) -> None:
        """Note its end."""
        del self._running[step.id]
        self.spans[step.id] = (self.spans[step.id][0], time.perf_counter())

    def failed(self, step: Step, error: BaseException) -> None:
        """End the measurement."""
        raise SystemExit(f"{step.id}: {error}")


def floor_s(made: Plan, spans: Mapping[str, tuple[float, float]], limits: Limits) -> float:
    """Return how long the plan takes if each step takes as long as the fastest of its kind."""
    least: dict[Kind, float] = {}
    for step in made.steps:
        began, ended = spans[step.id]
        least[step.kind] = min(least.get(step.kind, ended - began), ended - began)
    now, done, running = 0.0, set[str](), list[tuple[float, str]]()
    while len(done) < len(made.steps):
        for step in startable(made.steps, done, [made.by_id[name] for _, name in running], limits):
            heapq.heappush(running, (now + least[step.kind], step.id))
        now, ended_id = heapq.heappop(running)
        done.add(ended_id)
    return now


def inventory_of(root: Path, nodes: int) -> None:
    """Write the values of a site with so many nodes of dev: three control planes, the rest workers, five to a host."""
    shutil.copytree(_HERE / "values/environments", root / "values/environments")
    shutil.copytree(_HERE / "values/inventory/files", root / "values/inventory/files")
    shutil.copy(_HERE / "values/site.yaml", root / "values/site.yaml")
    hosts = [f"pve-{number}" for number in range(1, -(-nodes // _NODES_OF_A_HOST) + 1)]
    network = {"vmbr0": {"networks": ["cluster", "lan"]}}
    shared: dict[str, Any] = {
        "proxmox": {
            "endpoints": ["https://10.0.10.21:8006"],
            "tls": {"ca": "files/pve-root-ca.pem"},
            "parallel": _PARALLEL,
        },
        "hosts": {
            name: {"address": f"10.0.10.{20 + number}", "cores": 64, "memory": "256Gi", "bridges": network}
            for number, name in enumerate(hosts, 1)
        },
        "storages": {
            "fast": {"kind": "zfs", "pool": "rpool/data", "size": "4Ti", "hosts": hosts},
            "images": {"kind": "nfs", "server": "nas", "export": "/mnt/tank/pve", "size": "1Ti"},
        },
        "images": {},
    }
    machines = {}
    for number in range(nodes):
        machines[f"node-{number + 1}"] = {
            "role": "controlplane" if number < 3 else "worker",
            "host": hosts[number % len(hosts)],
            "vm_id": 1000 + number,
            "mac": f"02:00:00:00:03:{number:02X}",
            "address": f"10.2.10.{_FREE[number]}",
            "cores": 4,
            "memory": "8Gi",
            "disks": {"system": {"size": "60Gi"}},
        }
    own: dict[str, Any] = {
        "vm_ids": "1000-1999",
        "proxmox": {"pool": "dev", "token": {"id": "chartroom@pve!dev", "secret": {"env": "PVE_TOKEN_SECRET"}}},
        "secrets": {"file": "dev.secrets.age", "identity": {"env": "CHARTROOM_AGE_IDENTITY"}},
        "operators": ["lan"],
        "talos": {
            "name": "dev",
            "version": "v1.13.9",
            "contract": "1.13",
            "schematic": {"customization": {}},
            "image_storage": "images",
        },
        "kubernetes": {"version": "1.36.3"},
        "defaults": {"nodes": {"network": "cluster", "storage": "fast", "cpu": "host"}},
        "nodes": machines,
    }
    for name, content in (("hosts", shared), ("dev", own)):
        (root / f"values/inventory/{name}.yaml").write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML


@contextmanager
def simulated(root: Path, rate: float) -> Iterator[dict[str, Any]]:
    """Serve the site from a process of its own until the block ends."""
    command = [sys.executable, "-m", "tests.simulators.together", "--values", str(root / "values")]
    command += ["--folder", str(root / "simulated"), "--rate", str(rate)]
    server = subprocess.Popen(command, cwd=_HERE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        facts: dict[str, Any] = json.loads(server.stdout.readline())
        shutil.copy(facts["ca"], root / "values/inventory/files/pve-root-ca.pem")
        yield facts
    finally:
        server.terminate()
        server.wait(10)


def ground_of(root: Path, facts: Mapping[str, Any], rate: float) -> Ground:
    """Return a client with a token of its own."""
    settings = Settings(root, "dev", facts["map"], factory=facts["factory"], rate=rate)
    inventory = settings.inventory()
    admin = settings.api(inventory, Login(_ADMIN[0], Secret(_ADMIN[1])))
    secret = tokens.create(admin, inventory.proxmox.token_id, Wanted(inventory).scope)
    os.environ |= {"PVE_TOKEN_SECRET": secret.reveal(), "CHARTROOM_AGE_IDENTITY": new_identity()}
    return settings.ground(inventory)


def best_s(work: Callable[[], object], runs: int = 3) -> float:
    """Return the least of several runs."""
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        prog="python -m bench provision", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=100)
    parser.add_argument("--rate", type=float, default=20.0, help="how much faster than real machines")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as folder:
        root = Path(folder)
        inventory_of(root, options.nodes)
        with simulated(root, options.rate) as facts:
            _measure(root, facts, options.nodes, options.rate)


def _measure(root: Path, facts: Mapping[str, Any], nodes: int, rate: float) -> None:
    ground = ground_of(root, facts, rate)
    inventory, limits = ground.wanted.inventory, Limits(_PARALLEL["host"], _PARALLEL["storage"])
    print(f"{nodes} nodes on {len(inventory.hosts)} hosts, machines {rate:g} times as fast as real ones;", end=" ")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    empty = asyncio.run(look(ground))
    _row("plan from nothing", best_s(lambda: plan(Wanted(inventory), empty)), _PLAN_AIM_S)
    watcher = Watcher(limits)
    began, processor = time.perf_counter(), time.process_time()
    made = asyncio.run(perform(ground, lambda seen: plan(ground.wanted, seen), Run(root / "journal", watcher)))
    wall_s, processor_s = time.perf_counter() - began, time.process_time() - processor
    least_s = floor_s(made, watcher.spans, limits)
    _row(f"apply, {len(made.steps)} steps", wall_s)
    _row("  floor: its fastest steps within the same limits", least_s)
    print(f"  {'times the floor':46}{wall_s / least_s:9.1f}")
    _row("  processor of the client", processor_s)
    most = ", ".join(f"{watcher.peaks[name]} of {limit}" for name, limit in _limits(limits))
    print(f"  at once: {most} (host, storage, all)")
    _row("look at all of it", best_s(lambda: asyncio.run(look(ground)), 1))
    standing = asyncio.run(look(ground))
    _row("plan again, empty", best_s(lambda: plan(Wanted(inventory), standing)), _PLAN_AIM_S)
    left = plan(Wanted(inventory), standing)
    if left.steps or any(watcher.peaks[name] > limit for name, limit in _limits(limits)):
        raise SystemExit(f"not as it should be: {[step.id for step in left.steps][:5]} left, at once {watcher.peaks}")


def _limits(limits: Limits) -> tuple[tuple[str, int], ...]:
    return (("host", limits.host), ("storage", limits.storage), ("all", limits.total))


def _row(what: str, seconds: float, aim_s: float | None = None) -> None:
    print(f"{what:48}{seconds:9.2f} s{f'   aim {aim_s:.2f} s' if aim_s is not None else ''}")


if __name__ == "__main__":
    main()
