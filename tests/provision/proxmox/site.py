"""What the tests of this folder share: names, a spec, and the ways in."""

import dataclasses
import hashlib

from provision.proxmox import Api, ApiToken, CaFile, Login, Pace, Secret
from provision.proxmox.rights import Feature, Scope
from provision.proxmox.vm_spec import CloudInitSpec, DiskSpec, NicSpec, VmSpec
from tests.simulators.proxmox import RunningProxmox
from tests.simulators.proxmox.sample import ADMIN, ADMIN_PASSWORD, TALOS_URL

TOKEN = "chartroom@pve!prod"
IMAGE_URL = TALOS_URL
IMAGE_SHA512 = "a" * 128
FULL_SCOPE = Scope(
    pool="prod",
    lock_pool="prod-lock",
    hosts=frozenset({"pve-1", "pve-2", "pve-3"}),
    disk_storages=frozenset({"fast"}),
    image_storages=frozenset({"images"}),
    bridges=frozenset({("vmbr0", 10), ("vmbr0", 20), ("vmbr0", None)}),
    backup_storages=frozenset({"backups"}),
    mappings=frozenset({"gpu-ollama"}),
    features=frozenset(Feature),
)
QUICK = Pace(poll_s=0.004, lock_s=2.0, task_s=10.0, state_s=10.0)


def admin_of(proxmox: RunningProxmox, **settings: object) -> Api:
    """Return the API for the administrator's login."""
    login = Login(ADMIN, Secret(ADMIN_PASSWORD))
    return Api([proxmox.url], login, CaFile(proxmox.ca_file), pace=QUICK, **settings)  # type: ignore[arg-type]  # tests give what fits


def token_api(proxmox: RunningProxmox, secret: Secret, pace: Pace = QUICK) -> Api:
    """Return the API for the token."""
    return Api([proxmox.url], ApiToken(TOKEN, secret), CaFile(proxmox.ca_file), pace=pace, timeout_s=5)


def talos_spec(**changes: object) -> VmSpec:
    """Return a Talos node with a system disk from the image and an empty one."""
    image = "images:import/talos.qcow2"
    spec = VmSpec(
        vm_id=100,
        name="talos-1",
        host="pve-1",
        pool="prod",
        cores=4,
        memory_mib=8192,
        disks=(
            DiskSpec("scsi0", "fast", 100, "system", image=image, backup=False),
            DiskSpec("scsi1", "fast", 200, "longhorn", backup=False),
        ),
        nic=NicSpec("02:00:00:00:01:00", "vmbr0", 10),
        firmware_storage="fast",
        uuid="5f0c7f6e-1b0a-4d4b-9a3c-000000000100",
        tags=("chartroom", "env-prod"),
        description="talos-1 of prod, made by Chartroom",
        cloud_init=CloudInitSpec("fast", "10.0.10.11/24", "10.0.10.1", "10.0.10.1", "home.example.net"),
    )
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]  # tests give what fits


def sha512(content: bytes) -> str:
    """Return the checksum that a storage compares."""
    return hashlib.sha512(content).hexdigest()


class Diary:
    """A watch that remembers."""

    def __init__(self) -> None:
        self.tasks: list[str] = []
        self.waits: list[str] = []

    def dispatched(self, upid: str, doing: str) -> None:
        """Remember a task's type and what for."""
        self.tasks.append(f"{upid.split(':')[5]} {doing}")

    def waiting(self, doing: str, reason: str, waited_s: float) -> None:
        """Remember why we wait, once."""
        if reason not in self.waits:
            self.waits.append(reason)

    def noted(self, text: str) -> None:
        """Nothing of Proxmox notes anything."""
