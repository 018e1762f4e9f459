"""The group of commands."""

import sys
from pathlib import Path

import click

from . import cluster_commands, demo, plan_commands, site_commands
from .examples import give_examples
from .settings import STATE, Settings, default_environment, read_map, terminal_width


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Folder that holds values/."
)
@click.option("--env", "-e", "environment", help="Environment; the site's default unless given.")
@click.option(
    "--address-map",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="CHARTROOM_ADDRESS_MAP",
    help="JSON of ADDRESS:PORT to ADDRESS:PORT, for tunnels and simulators.",
)
@click.option("--state", type=click.Path(path_type=Path), default=STATE, help="Where journal and kubeconfig are kept.")
@click.option("--colour/--no-colour", default=None, help="Colours; on in a terminal unless given.")
@click.option("--factory", envvar="CHARTROOM_FACTORY", default="https://factory.talos.dev", help="Image Factory.")
@click.option("--rate", type=float, default=1.0, hidden=True, help="How fast the clock of a simulator runs.")
@click.pass_context
def provision(
    context: click.Context,
    root: Path,
    environment: str | None,
    address_map: Path | None,
    state: Path,
    colour: bool | None,
    factory: str,
    rate: float,
) -> None:
    """Turn a site's inventory into virtual machines and a Talos cluster, by API and without a state file."""
    context.obj = Settings(
        root=root.resolve(),
        environment=environment or default_environment(root),
        map=read_map(address_map),
        state=state,
        colour=sys.stdout.isatty() if colour is None else colour,
        width=terminal_width(),
        factory=factory,
        rate=rate,
    )


for command in (*plan_commands.COMMANDS, *cluster_commands.COMMANDS, *site_commands.COMMANDS, demo.demo):
    provision.add_command(command)
give_examples(provision)


def main() -> None:
    """Run the command line."""
    provision(prog_name="provision")
