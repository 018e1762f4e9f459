"""plan, apply, replace, upgrade, destroy: what changes machines, or says how it would."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import click

from provision.apply import replacing
from provision.apply.ground import Ground
from provision.apply.look import look
from provision.plan import file as plan_file
from provision.plan.build import plan
from provision.plan.destroy import plan_destroy
from provision.plan.file import PlanFile, PlanFileError
from provision.plan.seen import Seen
from provision.plan.show import as_json, as_text
from provision.plan.step import Kind, Plan
from provision.plan.upgrade import plan_upgrade
from provision.talos.error import Damaged
from provision.talos.snapshot import check_snapshot

from .carry import Choice, carry_out, telling, told
from .kubeconfigs import write_kubeconfig
from .refused import Refused
from .settings import Settings

_YES = click.option("--yes", is_flag=True, help="Do not ask.")
_BREAK = click.option("--break-lock", is_flag=True, help="Show who holds the lock, and break it.")
_TIDY = click.option("--tidy", is_flag=True, help="Remove images and seeds of ours that nobody wants any more.")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("plan", short_help="Show what is to be done.")
@click.option("--out", type=_FILE, help="Write the plan to a file that `apply FILE` carries out.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
@click.option("--drift", is_flag=True, help="Exit 1 if there is anything to do.")
@_TIDY
@click.pass_obj
def plan_command(settings: Settings, out: Path | None, is_json: bool, drift: bool, tidy: bool) -> None:
    """Show what is to be done, and do nothing."""
    ground = settings.ground(tidy=tidy)
    seen = told(look(ground))
    made = plan(ground.wanted, seen)
    if is_json:
        click.echo(json.dumps(as_json(made), indent=1))
    else:
        click.echo(as_text(made, ground.wanted, colour=settings.colour, width=settings.width))
    if out is not None and not made.blockers:
        with telling():
            out.write_text(plan_file.write(made, ground.wanted, seen), encoding="utf-8")
        click.echo(f"written to {out}; `provision apply {out}` carries out exactly this", err=True)
    if made.blockers:
        raise SystemExit(2)
    if drift and (made.steps or made.deferred):
        raise SystemExit(1)


@click.command("apply", short_help="Bring everything to what the inventory says.")
@click.argument("file", type=_FILE, required=False)
@_YES
@_BREAK
@click.option("--recover-from", type=_FILE, help="Bootstrap etcd from this snapshot.")
@click.option("--skip-hash", is_flag=True, help="The snapshot is a copy of a database, which has no hash.")
@_TIDY
@click.pass_obj
def apply_command(
    settings: Settings,
    file: Path | None,
    yes: bool,
    break_lock: bool,
    recover_from: Path | None,
    skip_hash: bool,
    tidy: bool,
) -> None:
    """Bring everything to what the inventory says; with FILE, carry out that plan and nothing else."""
    choice = Choice(yes, break_lock=break_lock)
    if file is not None:
        choice.approved, choice.plan_name = _approved(file)
        tidy = any(f"/{Kind.DROP_FILE.value}" in step for step in choice.approved.steps)
    ground = settings.ground(tidy=tidy)
    if recover_from is not None:
        _check(recover_from, skip_hash=skip_hash)
        ground.snapshot, ground.skip_hash = recover_from, skip_hash
    done = carry_out(settings, ground, lambda seen: plan(ground.wanted, seen), choice)
    if recover_from is not None and all(step.kind is not Kind.BOOTSTRAP for step in done.steps):
        text = f"{recover_from}: was not used, etcd is there already; a snapshot goes into empty control planes only"
        if not done.steps:
            raise Refused(f"{text}, see docs/operations/runbooks/lost-quorum.md")
        click.echo(text, err=True)  # an apply that broke off after it was used goes on here
    if ground.wanted.nodes:
        write_kubeconfig(settings, ground)


def _check(snapshot: Path, *, skip_hash: bool) -> None:
    try:
        with snapshot.open("rb"):
            pass
        if not skip_hash:
            check_snapshot(snapshot)
    except OSError as error:
        raise Refused(f"{snapshot}: cannot be read, {error.strerror}") from error
    except Damaged as error:
        raise Refused(f"{snapshot}: {error}") from error


def _approved(file: Path) -> tuple[PlanFile, str]:
    try:
        text = file.read_text(encoding="utf-8")
        return plan_file.read(text), hashlib.sha256(text.encode()).hexdigest()
    except OSError as error:
        raise Refused(f"{file}: cannot be read, {error.strerror}") from error
    except PlanFileError as error:
        raise Refused(f"{file}: {error}") from error


@click.command("replace", short_help="Make nodes anew, one by one.")
@click.argument("nodes", nargs=-1)
@click.option("--due", is_flag=True, help="Replace every node with a difference that only this closes, one by one.")
@_YES
@_BREAK
@click.pass_obj
def replace_command(settings: Settings, nodes: Sequence[str], due: bool, yes: bool, break_lock: bool) -> None:
    """Take nodes away and make them anew: drain, leave etcd, delete, create, join."""
    ground = settings.ground()
    if due:
        seen = told(look(ground))
        nodes = replacing.due(ground.wanted, seen)
    if not nodes:
        raise Refused("name a node, or say --due" if not due else "no node is due for a replacement")
    planner, choice = replacing.planner(ground, nodes), Choice(yes, break_lock=break_lock)
    carry_out(settings, ground, planner, choice, marked=replacing.marker(nodes))


@click.command("upgrade", short_help="Roll Talos, then Kubernetes, node by node.")
@click.option("--plan", "only_plan", is_flag=True, help="Show the steps, and do nothing.")
@click.option("--force", is_flag=True, help="Also one of two control planes: the API is away meanwhile.")
@_YES
@_BREAK
@click.pass_obj
def upgrade_command(settings: Settings, only_plan: bool, force: bool, yes: bool, break_lock: bool) -> None:
    """Roll Talos, then Kubernetes, to the versions of the inventory, node by node."""
    ground = settings.ground()
    ground.force = force
    if only_plan:
        _show(settings, ground, plan_upgrade(ground.wanted, told(look(ground))))
        return
    carry_out(settings, ground, lambda seen: plan_upgrade(ground.wanted, seen), Choice(yes, break_lock=break_lock))


@click.command("destroy", short_help="Remove every machine of an environment.")
@click.option("--name", help="The cluster's name, to say that you mean it.")
@click.option("--plan", "only_plan", is_flag=True, help="Show the steps, and do nothing.")
@click.option("--no-drain", is_flag=True, help="Do not wait for pods to move.")
@click.option("--with-pool", is_flag=True, help="The pool too, and with it the rights that the token has on it.")
@_BREAK
@click.pass_obj
def destroy_command(
    settings: Settings, name: str | None, only_plan: bool, no_drain: bool, with_pool: bool, break_lock: bool
) -> None:
    """Remove every machine of an environment; asks for the cluster's name, refuses protected VMs."""
    ground = settings.ground()

    def planner(seen: Seen) -> Plan:
        return plan_destroy(ground.wanted, seen, drain=not no_drain, pool=with_pool)

    if only_plan:
        _show(settings, ground, planner(told(look(ground))))
        return
    wanted = ground.wanted.inventory.talos.name

    def confirm(_: Plan) -> bool:
        return (name or click.prompt("type the cluster's name to destroy it", default="", show_default=False)) == wanted

    if name is not None and name != wanted:
        raise Refused(f"the cluster is called {wanted!r}, not {name!r}: nothing was done")
    # Who gives the name has said it all, so nothing is asked, not even of a lock.
    carry_out(settings, ground, planner, Choice(yes=name is not None, break_lock=break_lock, confirm=confirm))


def _show(settings: Settings, ground: Ground, made: Plan) -> None:
    click.echo(as_text(made, ground.wanted, colour=settings.colour, width=settings.width))
    if made.blockers:
        raise SystemExit(2)


COMMANDS = (plan_command, apply_command, replace_command, upgrade_command, destroy_command)
