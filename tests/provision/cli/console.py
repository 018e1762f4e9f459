"""A copy of the repository beside a simulated site, and the command line in front of it."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provision.cli.main import provision
from provision.secrets.store import new_identity
from tests.provision.apply.simulated import RATE, Simulated, simulated
from tests.provision.inventory.inventory_files import copied
from tests.simulators.proxmox.sample import ADMIN, ADMIN_PASSWORD

ENVIRONMENTS = ("dev", "staging", "prod")


@dataclass(slots=True)
class Console:
    """Runs commands; everything that was ever printed is kept."""

    root: Path
    site: Simulated
    runner: CliRunner = field(default_factory=CliRunner)
    printed: list[str] = field(default_factory=list)

    def run(self, environment: str, *arguments: str, entered: str | None = None) -> Result:
        """Run a command."""
        options = ["--root", str(self.root), "--env", environment, "--address-map", str(self.root / "map.json")]
        options += ["--factory", self.site.facts["factory"], "--rate", str(RATE), "--no-colour"]
        result = self.runner.invoke(provision, [*options, *arguments], input=entered)
        self.printed.append(result.output)
        return result

    def done(self, environment: str, *arguments: str, entered: str | None = None) -> str:
        """Run a command that must succeed, and return what it printed."""
        result = self.run(environment, *arguments, entered=entered)
        assert result.exit_code == 0, (arguments, result.output, result.exception)
        return result.output

    def refused(self, environment: str, *arguments: str, code: int = 2, entered: str | None = None) -> str:
        """Run a command that must be refused, and return what it printed."""
        result = self.run(environment, *arguments, entered=entered)
        assert result.exit_code == code, (arguments, result.exit_code, result.output, result.exception)
        return result.output

    def log_in(self, environment: str, monkeypatch: pytest.MonkeyPatch) -> str:
        """Make the token as a person does, and put it where the inventory says; return its secret."""
        printed = self.done(environment, "validate", "--create-token", entered=f"{ADMIN}\n{ADMIN_PASSWORD}\n\n")
        secret = printed.strip().splitlines()[-1]
        monkeypatch.setenv("PVE_TOKEN_SECRET", secret)
        monkeypatch.setenv("CHARTROOM_AGE_IDENTITY", new_identity())
        return secret

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a file of the inventory."""
        path = self.root / "values/inventory" / file
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new, 1))


@contextlib.contextmanager
def console(folder: Path) -> Iterator[Console]:
    """Bring up the site and copy the repository."""
    root = copied(folder / "repository")
    with simulated(root / "values", folder) as site:
        (root / "values/inventory/files/pve-root-ca.pem").write_bytes(Path(site.facts["ca"]).read_bytes())
        (root / "map.json").write_text(json.dumps(site.facts["map"]))
        yield Console(root, site)
        assert site.call(lambda together: together.talos.splits()) == []
