"""validate: the inventory, the token's rights, the hosts; and once, the token itself."""

import asyncio

import click

from generator.finding import format_finding
from provision.apply.look import look
from provision.inventory import load
from provision.inventory.model import Inventory
from provision.plan.build import plan
from provision.plan.wanted import Wanted
from provision.proxmox import Api, Login, ProxmoxError, Secret, tokens
from provision.proxmox import rights as rights_table
from provision.proxmox.validate import MissingRight, missing_rights

from .carry import told
from .refused import Refused
from .settings import Settings


@click.command("validate", short_help="Test inventory, rights and hosts; make the token.")
@click.option("--offline", is_flag=True, help="Judge the inventory alone.")
@click.option("--role", is_flag=True, help="Print the least rights that the token needs, and stop.")
@click.option("--create-token", is_flag=True, help="Ask for an administrator's login; make roles, user and token.")
@click.option("--rotate", is_flag=True, help="With --create-token: replace a token that is there.")
@click.option("--tidy", is_flag=True, help="With the right to remove what `apply --tidy` does.")
@click.pass_obj
def validate_command(
    settings: Settings, offline: bool, role: bool, create_token: bool, rotate: bool, tidy: bool
) -> None:
    """Test before anything is made: inventory, rights, hosts, storages, bridges, mappings."""
    inventory = settings.inventory()
    for finding in load(settings.root, settings.environment).findings:  # errors were told, and ended it
        click.echo(format_finding(finding, settings.root), err=True)
    wanted = Wanted(inventory, tidy)
    if role:
        _print_role(wanted, inventory)
        return
    if create_token:
        _create_token(settings, wanted, rotate=rotate)
        return
    if offline:
        click.echo(f"the inventory of {settings.environment!r} is sound")
        return
    ground = settings.ground(inventory, tidy=tidy)
    missing = told(_rights(ground.api, wanted))
    for right in missing:
        click.echo(f"missing: {right}")
    if missing:
        raise Refused("the token lacks rights; `provision validate --create-token` grants them")
    made = plan(wanted, told(look(ground)))
    for text in (*made.blockers, *(f"warning: {warning}" for warning in made.warnings)):
        click.echo(text)
    if made.blockers:
        raise SystemExit(2)
    click.echo(f"{settings.environment!r} is sound: inventory, rights, hosts, storages, bridges and mappings")


async def _rights(api: Api, wanted: Wanted) -> tuple[MissingRight, ...]:
    return await asyncio.to_thread(missing_rights, api, wanted.scope)


def _print_role(wanted: Wanted, inventory: Inventory) -> None:
    token = inventory.proxmox.token_id
    for grant in rights_table.grants(wanted.scope, tokens.prefix_of(token)):
        spread = "" if grant.propagate else ", not below"
        click.echo(f"{grant.path} ({grant.role}{spread})")
        click.echo(f"    {', '.join(grant.privileges)}")


def _create_token(settings: Settings, wanted: Wanted, *, rotate: bool) -> None:
    inventory = wanted.inventory
    user = click.prompt("administrator", default="root@pam")
    password = click.prompt(f"password of {user}", hide_input=True)
    code = click.prompt("one-time code, if it has one", default="", hide_input=True, show_default=False)
    login = Login(user, Secret(password), Secret(code) if code else None)
    api = settings.api(inventory, login)
    try:
        secret = tokens.create(api, inventory.proxmox.token_id, wanted.scope, rotate=rotate)
    except ProxmoxError as error:
        raise Refused(str(error)) from error
    ref = inventory.proxmox.token_secret
    try:
        where = settings.secret_places(inventory).write(ref, secret.reveal())
    except Refused as error:
        # Proxmox shows it once: lost here, it could only be made anew.
        click.echo(f"{error.message}\nits secret, once, put it into {ref} yourself:", err=True)
        click.echo(secret.reveal())
        raise SystemExit(2) from error
    if where is not None:
        click.echo(f"{inventory.proxmox.token_id}: made; its secret is in {where}, and nowhere else")
        return
    click.echo(f"{inventory.proxmox.token_id}: made; its secret is shown once, put it into {ref}:", err=True)
    click.echo(secret.reveal())


COMMANDS = (validate_command,)
