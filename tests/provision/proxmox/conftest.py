"""A simulated Proxmox of three hosts, an administrator's API and one with the least rights."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.proxmox import Api, tokens
from tests.provision.proxmox.desk import Desk
from tests.provision.proxmox.site import FULL_SCOPE, TOKEN, admin_of, token_api
from tests.simulators.proxmox import RunningProxmox, sample_site, serve


@pytest.fixture
def proxmox(tmp_path: Path) -> Iterator[RunningProxmox]:
    """A cluster without VMs, 500 times as fast as a real one."""
    with serve(sample_site(), tmp_path, rate=500.0) as running:
        yield running


@pytest.fixture
def admin(proxmox: RunningProxmox) -> Api:
    """The administrator's login."""
    return admin_of(proxmox)


@pytest.fixture
def api(proxmox: RunningProxmox, admin: Api) -> Api:
    """A token with exactly the rights that all features need."""
    return token_api(proxmox, tokens.create(admin, TOKEN, FULL_SCOPE))


@pytest.fixture
def desk() -> Desk:
    """A desk at an empty cluster whose time stands still."""
    return Desk()


@pytest.fixture
def vm(desk: Desk) -> Desk:
    """A desk with VM 100 on pve-1."""
    desk.done("POST /nodes/pve-1/qemu", vmid=100, name="a", cores=2, memory=512, scsi0="fast:10,serial=system")
    return desk
