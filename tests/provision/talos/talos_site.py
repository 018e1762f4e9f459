"""A small simulated cluster for the tests of this folder: three control planes, one worker, fast time."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from provision.machineconfig import model
from provision.machineconfig.generate import machine_config
from provision.secrets.access import talos_access
from provision.secrets.bundle import SecretsBundle, generate
from provision.talos.bootstrap import bootstrap_once
from provision.talos.configuration import apply_configuration
from provision.talos.connection import Talos, parse_address_map
from provision.talos.error import Node
from provision.talos.probe import Presence
from provision.talos.wait import RealClock, Waiter
from provision.talos.waiting import wait_for_etcd, wait_for_presence
from tests.simulators.talos import Site
from tests.simulators.talos.clock import Clock

RATE = 1000.0
LONG = 30_000.0  # simulated seconds that nothing here needs: only a hang reaches it
START = datetime.now(UTC) - timedelta(minutes=5)
BUNDLE = generate(START)
CONTROL_PLANES = tuple(Node(f"talos-{n}", f"10.0.10.1{n}") for n in (1, 2, 3))
WORKER = Node("talos-4", "10.0.10.14")
VIP = "10.0.10.10"


@dataclass(slots=True)
class Cluster:
    """The simulated site and a client of it."""

    site: Site
    talos: Talos
    waiter: Waiter
    contract: model.Contract = model.Contract.V1_13
    control_planes: tuple[Node, ...] = CONTROL_PLANES
    secrets: SecretsBundle = field(default_factory=lambda: BUNDLE)

    def settings(self, **changes: object) -> model.Cluster:
        fields: dict[str, object] = {
            "name": "prod",
            "contract": self.contract,
            "talos_version": "v1.13.9" if self.contract is model.Contract.V1_13 else "v1.14.1",
            "kubernetes_version": "1.36.3",
            "endpoint_address": VIP,
            "vip": VIP,
            "control_planes": {node.name: node.address for node in self.control_planes},
            "node_subnet": "10.0.10.0/24",
            "pod_subnets": ("10.244.0.0/16",),
            "service_subnets": ("10.96.0.0/12",),
            "installer_image": "factory.talos.dev/nocloud-installer/abc:v1.13.9",
        }
        return model.Cluster(**(fields | changes))  # type: ignore[arg-type]  # a table of fields has no single type

    def config(self, node: Node, **changes: object) -> str:
        is_worker = node == WORKER
        machine = model.Node(
            name=node.name,
            role=model.Role.WORKER if is_worker else model.Role.CONTROL_PLANE,
            mac="02:00:00:00:01:00",
            address=f"{node.address}/24",
            gateway="10.0.10.1",
            nameservers=("10.0.10.1",),
            volumes=(model.Volume("longhorn"),) if is_worker else (),
        )
        return machine_config(self.settings(**changes), machine, self.secrets)

    async def configure(self, *nodes: Node) -> None:
        for node in nodes:
            await wait_for_presence(self.waiter, self.talos, node, [Presence.MAINTENANCE], LONG)
            async with self.talos.connect_maintenance(node) as session:
                await apply_configuration(session, self.config(node))
        for node in nodes:
            await wait_for_presence(self.waiter, self.talos, node, [Presence.CONFIGURED], LONG)

    async def power_off(self, *nodes: Node) -> None:
        for node in nodes:
            self.site.nodes[node.address].power_off()
        await self.site.step()  # their servers close with the next look, which is this one

    async def make(self) -> None:
        await self.configure(*self.control_planes)
        await bootstrap_once(self.talos, self.control_planes)
        await wait_for_etcd(self.waiter, self.talos, self.control_planes, LONG)


@contextlib.asynccontextmanager
async def running_site(
    contract: model.Contract = model.Contract.V1_13, *, control_planes: int = 3, rate: float = RATE
) -> AsyncIterator[Cluster]:
    """Start machines in maintenance mode; nothing is configured yet."""
    site = Site(clock=Clock(rate))
    site.reserve(VIP)
    members = CONTROL_PLANES[:control_planes]
    for node in (*members, WORKER):
        version = "v1.13.9" if contract is model.Contract.V1_13 else "v1.14.1"
        site.add_node(node.name, node.address, version=version).power_on()
    async with site:
        talos = Talos(talos_access(BUNDLE, START), parse_address_map(site.ports.table()), timeout_s=10)
        waiter = Waiter(RealClock(rate), every_s=0.02 * rate)
        yield Cluster(site, talos, waiter, contract, members)
    assert site.splits() == []
