"""Fetch a kubeconfig and keep it for its owner alone."""

from pathlib import Path

import click

from provision.apply.ground import Ground
from provision.secrets.files import write_private
from provision.talos.error import TalosError
from provision.talos.kubeconfig import Kubeconfig, fetch_kubeconfig

from .carry import told
from .refused import Refused
from .settings import Settings


def write_kubeconfig(settings: Settings, ground: Ground, out: Path | None = None) -> Path:
    """Fetch a kubeconfig from a control plane that answers, and write it, mode 0600.

    Raises:
        Refused: no control plane gives one.
    """
    path = out or settings.folder / "kubeconfig"
    found = told(_fetch(ground))
    endpoint = f"{ground.wanted.cluster.endpoint_address}:6443"
    if endpoint in settings.map:
        # Through a tunnel the address is another one, and the certificate's name is not.
        found = found.through(f"https://{settings.map[endpoint]}", ground.wanted.cluster.endpoint_address)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, found.text.encode())
    click.echo(f"kubeconfig: {path}", err=True)
    return path


async def _fetch(ground: Ground) -> Kubeconfig:
    problems = []
    for node in ground.control_planes:
        try:
            async with ground.talos().connect(node) as session:
                return await fetch_kubeconfig(session)
        except TalosError as error:
            problems.append(str(error))
    raise Refused("no control plane gives a kubeconfig:\n  " + "\n  ".join(problems))
