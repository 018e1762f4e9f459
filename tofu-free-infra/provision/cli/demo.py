"""demo: a whole simulated site in the terminal, from an empty Proxmox to a cluster that answers."""

import asyncio
import contextlib
import importlib
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from provision.apply.kubernetes_access import kubernetes
from provision.apply.look import look
from provision.inventory import load
from provision.plan.build import plan
from provision.plan.show import as_text
from provision.plan.wanted import Wanted
from provision.proxmox import Login, Secret, tokens
from provision.secrets.store import new_identity
from provision.talos.kubernetes.drain import nodes

from .carry import Choice, carry_out, told
from .refused import Refused
from .settings import Settings, terminal_width

CHECKOUT = Path(__file__).parents[3]
RATE = 40.0
_ADMIN = ("root@pam", "simulated-root")


@click.command("demo", short_help="Build a whole site, simulated, in this terminal.")
@click.option("--env", "environment", default="prod", show_default=True, help="Whose inventory to build.")
@click.option("--rate", default=RATE, show_default=True, help="How much faster than real machines.")
def demo(environment: str, rate: float) -> None:
    """Build the shipped inventory on a simulated Proxmox with simulated Talos nodes: nothing real is touched."""
    if not (CHECKOUT / "tests/simulators/together").is_dir():
        raise Refused("the simulators are part of the repository, not of the package: run the demo from a checkout")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="provision-demo-") as name, _site(Path(name), rate) as site:
        _run(site, environment, rate)
    click.echo("\nOn hosts of your own: docs/operations/guides/empty-proxmox-host-to-kubectl.md")
    click.echo(f"That took {time.monotonic() - began:.0f} s. Nothing real was touched, and nothing is left.")


@dataclass(slots=True)
class _Site:
    root: Path
    facts: dict[str, Any]


@contextlib.contextmanager
def _site(folder: Path, rate: float) -> Iterator[_Site]:
    """Bring up the simulators beside a copy of the inventories, in a thread of their own."""
    root = folder / "repository"
    for part in ("site.yaml", "environments", "inventory"):
        source, target = CHECKOUT / "values" / part, root / "values" / part
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    sys.path.insert(0, str(CHECKOUT))
    try:
        together = importlib.import_module("tests.simulators.together")
    except ModuleNotFoundError as error:
        raise Refused(f"the simulators need {error.name!r}, which the tests bring: run `make demo`") from error
    opened, loop_of, facts = threading.Event(), [], {}

    async def stay() -> None:
        closing = asyncio.Event()
        async with together.build(root / "values", folder / "proxmox", rate=rate) as running:
            facts.update(running.facts)
            loop_of.append((asyncio.get_running_loop(), closing))
            opened.set()
            await closing.wait()

    thread = threading.Thread(target=lambda: asyncio.run(stay()), name="simulated-site", daemon=True)
    thread.start()
    if not opened.wait(20):
        raise Refused("the simulated site did not come up within 20 s")
    shutil.copy(facts["ca"], root / "values/inventory/files/pve-root-ca.pem")
    try:
        yield _Site(root, facts)
    finally:
        loop, closing = loop_of[0]
        loop.call_soon_threadsafe(closing.set)
        thread.join(5)


def _run(site: _Site, environment: str, rate: float) -> None:
    inventory = load(site.root, environment).inventory
    if inventory is None:
        raise Refused(f"there is no sound inventory of {environment!r}")
    settings = Settings(
        site.root,
        environment,
        site.facts["map"],
        colour=sys.stdout.isatty(),
        width=terminal_width(),
        factory=site.facts["factory"],
        rate=rate,
    )
    click.echo(f"A simulated Proxmox of {len(inventory.hosts)} hosts is up, {rate:g} times as fast as a real one.")
    _say("1. A token with the least rights, made with an administrator's login")
    admin = settings.api(inventory, Login(_ADMIN[0], Secret(_ADMIN[1])))
    secret = tokens.create(admin, inventory.proxmox.token_id, Wanted(inventory).scope)
    click.echo(f"  {inventory.proxmox.token_id}; `provision validate --role` lists what it may do")
    os.environ[inventory.proxmox.token_secret.name] = secret.reveal()
    if inventory.secrets.identity is not None:
        os.environ[inventory.secrets.identity.name] = new_identity()
    ground = settings.ground(inventory)
    _say("2. The plan, and its execution")
    carry_out(settings, ground, lambda seen: plan(ground.wanted, seen), Choice(yes=True))
    _say("3. What answers now")
    api = kubernetes(ground)
    click.echo(f"  Kubernetes {told(api.version())} at {api.server}")
    for name, node in sorted(told(nodes(api)).items()):
        ready = "waits for its network, which comes from Git" if not _is_ready(node) else "ready"
        click.echo(f"  {name}: kubelet {node['status']['nodeInfo']['kubeletVersion']}, {ready}")
    _say("4. The plan again")
    click.echo(
        as_text(plan(ground.wanted, told(look(ground))), ground.wanted, colour=settings.colour, width=settings.width)
    )


def _is_ready(node: dict[str, Any]) -> bool:
    return any(entry["status"] == "True" for entry in node["status"].get("conditions", ()))


def _say(text: str) -> None:
    click.echo(f"\n{click.style(text, bold=True) if sys.stdout.isatty() else text}")
