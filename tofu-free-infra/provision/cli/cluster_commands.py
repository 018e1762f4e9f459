"""status, etcd, kubeconfig, secrets: what concerns the cluster and its keys."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from provision.apply.ground import Ground
from provision.apply.look import look
from provision.plan.seen import NodeSeen, Seen
from provision.secrets.access import needs_renewal, talos_access, talosconfig
from provision.secrets.files import write_private
from provision.secrets.store import new_identity
from provision.talos.error import TalosError
from provision.talos.health import etcd_health
from provision.talos.snapshot import Snapshot, copy_database, save_snapshot

from .carry import telling, told
from .kubeconfigs import write_kubeconfig
from .refused import Refused
from .settings import Settings

_OUT = click.Path(path_type=Path, dir_okay=False)


@click.command("status", short_help="Show machines, nodes and etcd as they are.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def status_command(settings: Settings, is_json: bool) -> None:
    """Show machines, nodes and etcd as they are; exits 1 where something is not well."""
    ground = settings.ground()
    seen, problems = told(_status(ground))
    rows = [_row(ground, seen, name) for name in (*ground.wanted.nodes, *ground.wanted.inventory.vms)]
    if is_json:
        members = {name: "learner" if learner else "voter" for name, learner in seen.cluster.members.items()}
        click.echo(json.dumps({"machines": rows, "etcd": members, "problems": list(problems)}, indent=1))
    else:
        for row in rows:
            click.echo("  ".join(f"{row[key]:<{width}}" for key, width in _COLUMNS).rstrip())
        click.echo(f"etcd: {', '.join(sorted(seen.cluster.voters)) or 'no members'}")
        click.echo(f"Kubernetes API: {'ready' if seen.cluster.api_ready else 'not ready'}")
        for problem in problems:
            click.echo(f"problem: {problem}")
    if problems or not all(row["vm"] == "running" for row in rows if row["vm"] != "metal"):
        raise SystemExit(1)


_COLUMNS = (("name", 14), ("vm", 8), ("talos", 12), ("version", 9), ("node", 10), ("kubelet", 8))


async def _status(ground: Ground) -> tuple[Seen, tuple[str, ...]]:
    seen = await look(ground)
    problems = [f"{name!r} does not answer" for name in ground.wanted.nodes if not _answers(seen, name)]
    if ground.wanted.nodes and not seen.cluster.api_ready:
        problems.append("the Kubernetes API is not ready")
    if seen.cluster.members:
        problems += (await etcd_health(ground.talos(), ground.control_planes)).problems
    return seen, tuple(problems)


def _answers(seen: Seen, name: str) -> bool:
    return name in seen.nodes and seen.nodes[name].answers


def _row(ground: Ground, seen: Seen, name: str) -> dict[str, Any]:
    machine = ground.wanted.inventory.nodes.get(name) or ground.wanted.inventory.vms[name]
    vm = seen.site.vms.get(machine.vm_id or 0)
    node: NodeSeen | None = seen.nodes.get(name)
    joined = seen.cluster.nodes.get(name)
    return {
        "name": name,
        "vm": "metal" if machine.host is None else "absent" if vm is None else "running" if vm.running else "stopped",
        "talos": "" if name not in ground.wanted.nodes else node.presence.value if node else "silent",
        "version": (node.version or "") if node else "",
        "node": "" if joined is None else "ready" if joined.ready else "not ready",
        "kubelet": joined.kubelet if joined else "",
    }


@click.group("etcd")
def etcd_command() -> None:
    """Look after etcd."""


@etcd_command.command("members", short_help="List the members, and what is wrong with them.")
@click.pass_obj
def etcd_members(settings: Settings) -> None:
    """List the members, and what is wrong with them; exits 1 where something is."""
    ground = settings.ground()
    health = told(etcd_health(ground.talos(), ground.control_planes))
    for member in health.members:
        state = "learner" if member.is_learner else "leader" if member.member_id == health.leader else "voter"
        click.echo(f"{member.node:<14} {member.member_id:x} {state}")
    for problem in health.problems:
        click.echo(f"problem: {problem}")
    if health.problems:
        raise SystemExit(1)


@etcd_command.command("snapshot", short_help="Save a snapshot, checked.")
@click.argument("file", type=_OUT)
@click.option("--without-quorum", is_flag=True, help="Copy a member's database; it has no hash to check.")
@click.pass_obj
def etcd_snapshot(settings: Settings, file: Path, without_quorum: bool) -> None:
    """Save a snapshot; FILE appears only once its SHA-256 fits."""
    ground = settings.ground()
    if without_quorum:
        size = told(_copy(ground, file))
        click.echo(f"{file}: {size} bytes, a copy of a database; recover from it with --skip-hash")
        return
    found = told(_snapshot(ground, file))
    click.echo(f"{file}: {found.size} bytes, SHA-256 {found.sha256}")


async def _snapshot(ground: Ground, file: Path) -> Snapshot:
    problems = []
    for node in ground.control_planes:
        try:
            async with ground.talos().connect(node) as session:
                return await save_snapshot(session, file)
        except TalosError as error:
            problems.append(str(error))
    raise Refused("no control plane gives a snapshot:\n  " + "\n  ".join(problems))


async def _copy(ground: Ground, file: Path) -> int:
    problems = []
    for node in ground.control_planes:
        try:
            async with ground.talos().connect(node) as session:
                return await copy_database(session, file)
        except TalosError as error:
            problems.append(str(error))
    raise Refused("no control plane gives its database:\n  " + "\n  ".join(problems))


@click.command("kubeconfig", short_help="Fetch an admin's kubeconfig.")
@click.option("--out", type=_OUT, help="Where to write it.")
@click.pass_obj
def kubeconfig_command(settings: Settings, out: Path | None) -> None:
    """Fetch a kubeconfig with an admin's certificate of one year."""
    click.echo(str(write_kubeconfig(settings, settings.ground(), out)))


@click.group("secrets", short_help="Look after the cluster's keys.")
def secrets_command() -> None:
    """Look after the cluster's keys; none is ever printed, but a new age identity."""


@secrets_command.command("identity", short_help="Print a new age identity, once.")
def secrets_identity() -> None:
    """Print a new age identity, once: it opens the file of the cluster's keys."""
    click.echo(new_identity())


@secrets_command.command("make", short_help="Make the cluster's keys, unless they are there.")
@click.pass_obj
def secrets_make(settings: Settings) -> None:
    """Make the cluster's keys, unless they are there; `apply` does it by itself."""
    ground = settings.ground()
    with telling():
        was_there = ground.load_keys() is not None
        ground.make_keys()
    click.echo(f"{ground.wanted.inventory.secrets}: {'was there already, and was left alone' if was_there else 'made'}")


@secrets_command.command("rotate", short_help="Renew the client certificate for Talos.")
@click.option("--if-due", is_flag=True, help="Only where the talosconfig has less than 90 days to live.")
@click.pass_obj
def secrets_rotate(settings: Settings, if_due: bool) -> None:
    """Sign a new client certificate for Talos, and write the talosconfig that holds it."""
    ground = settings.ground()
    path = settings.folder / "talosconfig"
    stamp = settings.folder / "talosconfig.crt"
    now = datetime.now(UTC)
    if if_due and stamp.exists() and not needs_renewal(stamp.read_bytes(), now):
        click.echo(f"{path}: is good for more than 90 days")
        return
    with telling():
        access = talos_access(ground.keys, now)
    nodes = [str(node.address) for node in ground.wanted.inventory.nodes.values()]
    planes = [node.address for node in ground.control_planes]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, talosconfig(ground.wanted.cluster.name, access, planes, nodes).encode())
    write_private(stamp, access.client.certificate)
    click.echo(f"{path}: good until {access.expires():%Y-%m-%d}")


COMMANDS = (status_command, etcd_command, kubeconfig_command, secrets_command)
