"""What the kill loop plays: what is there before, what shall be, and which plan leads there."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from provision.apply import replacing
from provision.apply.ground import Ground
from provision.apply.perform import Planner
from provision.inventory import Inventory
from provision.plan.build import plan
from provision.plan.destroy import plan_destroy
from provision.plan.upgrade import plan_upgrade
from tests.provision.apply.varied import changed, cluster_of, shipped, talos, without
from tests.provision.inventory.both_ends import at_end, with_nodes


def small(planes: int = 1, workers: int = 1) -> Inventory:
    """Return a cluster with a plain VM beside it that has all that Proxmox offers."""
    dev, prod = cluster_of(planes, workers), without(shipped("prod"), "ollama-vm", "pbs", "sandbox")
    vm = replace(prod.vms["postgres-vm"], name="db", vm_id=150, protection=False)
    vm = replace(vm, address=dev.nodes["cp-1"].address + 50, mac="02:00:00:00:03:50")
    rule = replace(prod.ha_rules["postgres-home"], name="db-home", vms=("db",))
    return replace(dev, vms={"db": vm}, ha_rules={"db-home": rule}, backup_jobs=prod.backup_jobs)


def moved() -> Inventory:
    """Return the same with another plain VM in the first one's place: what it was made from is left over."""
    here = small()
    vm = here.vms["db"]
    vm = replace(vm, name="web", vm_id=151, address=vm.address + 1, mac="02:00:00:00:03:51", ha=None, replicate={})
    return replace(here, vms={"web": vm}, ha_rules={})


def _older() -> Inventory:
    return talos(small(), version="v1.13.8")


def upgraded(inventory: Inventory) -> Inventory:
    """Return the same with the next Talos and the next patch of Kubernetes."""
    return replace(talos(inventory, version="v1.13.10"), kubernetes="1.36.4")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is there before, what shall be, and which plan leads there."""

    after: Callable[[], Inventory]
    before: tuple[Callable[[], Inventory], ...] = ()
    planner: Callable[[Ground], Planner] = lambda ground: lambda seen: plan(ground.wanted, seen)
    resume: Callable[[Ground], Planner] | None = None
    agreed: Any = None
    ten_hosts: bool = False
    tidy: bool = False


def _upgrading(ground: Ground) -> Planner:
    return lambda seen: plan_upgrade(ground.wanted, seen)


def _destroying(ground: Ground) -> Planner:
    return lambda seen: plan_destroy(ground.wanted, seen)


def applying(ground: Ground) -> Planner:
    return lambda seen: plan(ground.wanted, seen)


SCENARIOS: Mapping[str, Scenario] = {
    "apply": Scenario(small),
    "grow": Scenario(lambda: cluster_of(3, 2), (lambda: cluster_of(1, 1),)),
    "shrink": Scenario(lambda: cluster_of(1, 1), (lambda: cluster_of(3, 2),)),
    "replace": Scenario(
        lambda: cluster_of(3, 1),
        (lambda: cluster_of(3, 1),),
        lambda ground: replacing.planner(ground, ["cp-2"]),
        applying,
        replacing.marker(["cp-2"]),
    ),
    "upgrade": Scenario(lambda: upgraded(cluster_of(1, 1)), (lambda: cluster_of(1, 1),), _upgrading),
    "destroy": Scenario(small, (small,), _destroying),
    "tidy": Scenario(lambda: changed(moved(), "web", cores=3), (_older, moved), tidy=True),
    "grow to 3+10": Scenario(lambda: _over_ten(3, 10), (lambda: _over_ten(1, 1),), ten_hosts=True),
    "shrink from 3+10": Scenario(lambda: _over_ten(1, 1), (lambda: _over_ten(3, 10),), ten_hosts=True),
}


@cache
def ten() -> Path:
    """Return a repository of ten hosts."""
    return at_end(Path(tempfile.mkdtemp(prefix="ten-hosts-")) / "repository", "ten-hosts")


def _over_ten(planes: int, workers: int) -> Inventory:
    return with_nodes(ten(), planes, workers)
