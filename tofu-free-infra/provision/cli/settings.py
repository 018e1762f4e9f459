"""What every command is told, and the ground that comes of it."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import yaml

from generator.finding import Severity, format_finding
from provision.apply.ground import Deadlines, Ground
from provision.inventory import Inventory, environments, load
from provision.plan.judge import judge
from provision.plan.wanted import Wanted
from provision.proxmox import Api, ApiToken, CaFile, Fingerprint, Pace, Secret
from provision.proxmox.credentials import Credentials
from provision.proxmox.trust import Trust
from provision.talos.connection import parse_address_map
from provision.talos.wait import RealClock

from .refused import Refused
from .secret_places import SecretPlaces

STATE = Path(".cache/provision")


@dataclass(slots=True)
class Settings:
    """What stands before the command: repository, environment, how to reach the site."""

    root: Path
    environment: str
    map: Mapping[str, str] = field(default_factory=dict)
    state: Path = STATE
    colour: bool = False
    width: int | None = None  # of the terminal; None where there is none
    factory: str = "https://factory.talos.dev"
    rate: float = 1.0

    @property
    def folder(self) -> Path:
        """Return where the journal and the kubeconfig are kept."""
        base = self.state if self.state.is_absolute() else self.root / self.state
        return base / self.environment

    @property
    def journal(self) -> Path:
        """Return the journal's file."""
        return self.folder / "journal.jsonl"

    def inventory(self) -> Inventory:
        """Load the inventory, telling its findings.

        Raises:
            Refused: it cannot be worked with.
        """
        known = environments(self.root)
        if self.environment not in known:
            raise Refused(f"there is no inventory of {self.environment!r}; there are: {', '.join(known) or 'none'}")
        found = load(self.root, self.environment)
        findings = found.findings if found.inventory is None else judge(Wanted(found.inventory))
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        if found.inventory is None or errors:
            for finding in findings:
                click.echo(format_finding(finding, self.root), err=True)
            raise Refused(f"the inventory of {self.environment!r} has {errors} error{'s' if errors > 1 else ''}")
        return found.inventory

    def ground(self, inventory: Inventory | None = None, *, tidy: bool = False) -> Ground:
        """Return the ground of an environment; `tidy` is for removing what is left over.

        Raises:
            Refused: a secret is not where the inventory says.
        """
        inventory = inventory or self.inventory()
        places = self.secret_places(inventory)
        token = ApiToken(inventory.proxmox.token_id, Secret(places.read(inventory.proxmox.token_secret)))
        return Ground(
            Wanted(inventory, tidy),
            self.api(inventory, token),
            places.bundle(),
            addresses=parse_address_map(self.map),
            factory=self.factory,
            clock=RealClock(self.rate),
            deadlines=Deadlines.at(self.rate),
            every_s=max(2.0, 0.05 * self.rate),
        )

    def secret_places(self, inventory: Inventory) -> SecretPlaces:
        """Return the places where the inventory keeps its secrets."""
        return SecretPlaces(inventory, self.root, parse_address_map(self.map), os.environ)

    def api(self, inventory: Inventory, credentials: Credentials) -> Api:
        """Return Proxmox' API for these credentials."""
        dial = {
            place.rpartition(":")[0]: (real.rpartition(":")[0], int(real.rpartition(":")[2]))
            for place, real in self.map.items()
            if place.endswith(":8006")
        }
        pace = Pace() if self.rate == 1.0 else Pace(poll_s=max(0.01, 1.0 / self.rate))
        return Api(inventory.proxmox.endpoints, credentials, trust(inventory), dial=dial, pace=pace)


def trust(inventory: Inventory) -> Trust:
    """Return how Proxmox' certificate is known."""
    if inventory.proxmox.fingerprint is not None:
        return Fingerprint(inventory.proxmox.fingerprint)
    assert inventory.proxmox.ca is not None
    return CaFile(inventory.proxmox.ca)


def terminal_width() -> int | None:
    """Return how wide the terminal is; None where the output goes to a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def default_environment(root: Path) -> str:
    """Return the environment that the site file calls the default."""
    try:
        found = yaml.safe_load((root / "values/site.yaml").read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return "prod"
    return str(found.get("default_environment", "prod")) if isinstance(found, dict) else "prod"


def read_map(path: Path | None) -> Mapping[str, str]:
    """Read the map of addresses, if one is named.

    Raises:
        Refused: it is none.
    """
    if path is None:
        return {}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        parse_address_map(rows)
    except (OSError, ValueError, AttributeError) as error:
        raise Refused(f'{path}: is no map of addresses such as {{"10.0.10.11:50000": "127.0.0.1:41000"}}') from error
    return dict(rows)
