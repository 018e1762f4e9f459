"""One Talos node: its disk, its stages, and what it does as time goes by.

The node never waits by itself: the site calls `tick` again and again, and each stage has a time at which it is over.
"""

import re
import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import etcd_service, kubelet
from .etcd import EtcdCluster, Member
from .machineconfig import MachineConfig, understand

if TYPE_CHECKING:
    from .site import Site


@dataclass(slots=True)
class Disk:
    """What survives a power cut."""

    installed: str | None  # the version in the active boot slot; None: nothing that boots
    previous: str | None = None
    config: str | None = None
    staged: str | None = None
    etcd: EtcdCluster | None = None
    member_id: int = 0
    recovery: bytes | None = None
    falls_back: bool = False  # the active slot does not boot
    sick_version: str | None = None  # a version whose kubelet never gets healthy


@dataclass(slots=True)
class Service:
    """A service as ServiceList shows it."""

    state: str
    healthy: bool = False
    unknown: bool = True
    message: str = ""


@dataclass(slots=True)
class Node:
    """One machine. `stage` is one of Talos' own, or `off`."""

    site: "Site"
    name: str
    address: str
    disk: Disk
    platform: str = "nocloud"
    system_uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    stage: str = "off"
    until: float = 0.0
    after: str = ""  # the stage that follows
    boot_id: str = ""
    running: str = ""  # the version that runs
    config: MachineConfig | None = None
    started: float = 0.0
    services: dict[str, Service] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)  # of the COSI config resources
    pod_due: dict[str, float] = field(default_factory=dict)
    kubelet_due: float = 0.0
    try_until: float | None = None
    promote_at: float = 0.0
    generation: int = 0  # of its API's certificate
    reboot_required: bool = False
    pulled: set[str] = field(default_factory=set)

    @property
    def hostname(self) -> str:
        """The name it gives itself."""
        return self.config.hostname if self.config and self.config.hostname else self.name

    @property
    def is_control_plane(self) -> bool:
        """Whether its configuration makes it one."""
        return self.config is not None and self.config.is_control_plane

    @property
    def minor(self) -> tuple[int, int]:
        """Major and minor of the version that runs."""
        found = re.match(r"v(\d+)\.(\d+)", self.running)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    @property
    def serves(self) -> str | None:
        """How its API answers now: `maintenance`, `secure` or not at all."""
        if self.stage == "maintenance":
            return "maintenance"
        return "secure" if self.stage in ("running", "upgrading", "resetting") else None

    @property
    def member(self) -> Member | None:
        """Its place in etcd, if it has one."""
        return self.disk.etcd.members.get(self.disk.member_id) if self.disk.etcd else None

    # ── power ────────────────────────────────────────────────────────────────
    def power_on(self) -> None:
        """Start the machine."""
        if self.stage == "off":
            self._boot()

    def power_off(self) -> None:
        """Cut the power: whatever was under way is lost, the disk is not."""
        self._stop_members()
        self.stage, self.config, self.services = "off", None, {}
        self.generation += 1

    def reboot(self, first: str = "rebooting") -> None:
        """Go down and come up again."""
        self._go(first, self.site.timing.shutdown, "boot")

    def _boot(self) -> None:
        self._stop_members()
        self.config, self.services, self.try_until, self.reboot_required = None, {}, None, False
        if self.disk.installed is None or self.site.faults.take("never-boots", self.name):
            self.stage = "off"
            return
        if self.disk.falls_back and self.disk.previous:
            self.disk.installed, self.disk.previous, self.disk.falls_back = (
                self.disk.previous,
                self.disk.installed,
                False,
            )
        self.boot_id = str(uuid.uuid4())
        if self.disk.staged is not None:
            self.disk.config, self.disk.staged = self.disk.staged, None
        self._go("booting", self.site.timing.boot, "up")

    def _stop_members(self) -> None:
        if self.member is not None and self.disk.etcd is not None:
            self.member.is_started = False
            self.disk.etcd.elect()

    def _go(self, stage: str, seconds: float, after: str) -> None:
        self.stage, self.until, self.after = stage, self.site.clock.now() + seconds, after

    # ── time ─────────────────────────────────────────────────────────────────
    def tick(self, now: float) -> None:
        """Do whatever has become due."""
        if self.stage == "running":
            self._run(now)
        elif self.stage not in ("off", "maintenance") and now >= self.until:
            self._arrive()

    def _arrive(self) -> None:
        after = self.after
        if after == "boot":
            self._boot()
        elif after == "off":
            self.power_off()
        elif after == "reboot":
            self.reboot()
        elif after == "up":
            self._come_up()
        elif after == "wiped":
            self.reboot()

    def _come_up(self) -> None:
        self.running = self.disk.installed or ""
        self.generation += 1
        if self.disk.config is None:
            self.stage = "maintenance"
            return
        self._load(self.disk.config)
        self.stage, self.started = "running", self.site.clock.now()
        self.kubelet_due = self.started + self.site.timing.kubelet_start
        for name in ("apid", "machined", "containerd", "cri", "udevd"):
            self.services[name] = Service("Running", healthy=True, unknown=False)
        self.services["kubelet"] = Service("Preparing")
        if self.is_control_plane:
            self.services["trustd"] = Service("Running", healthy=True, unknown=False)
            self.services["etcd"] = Service("Preparing")

    def _load(self, text: str) -> None:
        new = understand(text, self.running)
        old = self.config
        now = self.site.clock.now()
        for name, image in new.images.items():
            if old is None or old.images.get(name) != image:
                self.versions[name] = self.versions.get(name, 0) + 1
                self.pod_due[name] = now + self.site.timing.static_pod
                if name == "kubelet":
                    self.kubelet_due = now + self.site.timing.kubelet_start
        self.config = new

    def _run(self, now: float) -> None:
        if self.try_until is not None and now >= self.try_until:
            self.try_until = None
            self._load(self.disk.config or "")
        if self.is_control_plane:
            etcd_service.run(self, now)
        kubelet.run(self, now)

    # ── configuration ────────────────────────────────────────────────────────
    def accept(self, text: str) -> None:
        """Take the first configuration, in maintenance mode: a disk image goes on, metal installs first."""
        self.disk.config = text
        if self.platform == "metal":
            self.disk.installed = self.running
            self._go("installing", self.site.timing.install, "reboot")
        else:
            self._go("booting", self.site.timing.boot / 3, "up")

    def replace(self, text: str, *, try_seconds: float | None = None) -> None:
        """Put another configuration into use, for good or for a while."""
        self._load(text)
        if try_seconds is None:
            self.disk.config, self.try_until = text, None
        else:
            self.try_until = self.site.clock.now() + try_seconds

    # ── etcd ─────────────────────────────────────────────────────────────────
    def bootstrap(self, cluster: EtcdCluster) -> None:
        """Become the first member of a cluster."""
        assert self.config is not None
        self.disk.etcd = cluster
        self.disk.member_id = cluster.add(self.hostname, self.address, is_learner=False).member_id
        self.disk.recovery = None
        self.started = self.site.clock.now()

    def leave_etcd(self) -> None:
        """Remove its own member and empty the data directory."""
        if self.disk.etcd is not None:
            self.disk.etcd.remove(self.disk.member_id)
        self.disk.etcd, self.disk.member_id = None, 0

    # ── Kubernetes ───────────────────────────────────────────────────────────
    def serves_kubernetes(self) -> bool:
        """Say whether an API server answers here."""
        if self.stage != "running" or not self.is_control_plane or self.disk.etcd is None or self.member is None:
            return False
        ready = self.started + self.site.timing.etcd_start + self.site.timing.api_start
        return self.disk.etcd.has_quorum() and not self.member.is_learner and self.site.clock.now() >= ready

    # ── life cycle ───────────────────────────────────────────────────────────
    def install_version(self, version: str) -> None:
        """Write another version into the other boot slot and make it the active one."""
        self.disk.previous, self.disk.installed = self.disk.installed, version
        if self.site.faults.take("upgrade-does-not-boot", self.name):
            self.disk.falls_back = True
        if self.site.faults.take("upgrade-node-unhealthy", self.name):
            self.disk.sick_version = version

    def rollback(self) -> None:
        """Flip the boot slots and reboot."""
        self.disk.installed, self.disk.previous = self.disk.previous, self.disk.installed
        self.reboot()

    def wipe(self, labels: set[str] | None) -> None:
        """Empty partitions, or the whole disk where no label is named."""
        if labels is None:
            self.disk = Disk(None)
            return
        if "STATE" in labels:
            self.disk.config = self.disk.staged = None
        if "EPHEMERAL" in labels or "ETCD" in labels:
            self.disk.etcd, self.disk.member_id, self.disk.recovery = None, 0, None

    def reset(self, labels: set[str] | None, *, reboot: bool) -> None:
        """Wipe, then come up again or stay down."""
        self._stop_members()
        self.wipe(labels)
        self._go("resetting", self.site.timing.reset, "wiped" if reboot else "off")

    def actor(self) -> str:
        """Make the id of something that goes on in the background."""
        return secrets.token_hex(8)
