"""A site of simulated nodes: it lets time go by and keeps the right servers open."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from .clock import Clock
from .etcd import EtcdCluster
from .faults import Faults
from .kube import Kubernetes
from .machineconfig import Authority, MachineConfig
from .node import Disk, Node
from .ports import Place, Ports
from .timing import Timing

APID, API_SERVER = 50000, 6443
_STEP_S = 0.02  # real seconds between two looks at all nodes


class Opened(Protocol):
    """A server that runs."""

    async def close(self) -> None:
        """Stop it and cut its connections."""
        ...


@dataclass(slots=True)
class Site:
    """Nodes, their clusters, the clock and the faults. Use as an asynchronous context manager."""

    clock: Clock = field(default_factory=Clock)
    timing: Timing = field(default_factory=Timing)
    faults: Faults = field(default_factory=Faults)
    ports: Ports = field(default_factory=Ports)
    nodes: dict[str, Node] = field(default_factory=dict)  # by address
    clusters: list[EtcdCluster] = field(default_factory=list)
    operator: str = "127.0.0.1"  # the address from which calls seem to come, for the ingress firewall
    latency: float = 0.0  # simulated seconds before each answer
    calls: list[str] = field(default_factory=list)
    more_manifests: list[dict[str, Any]] = field(default_factory=list)  # beside those of the version
    _servers: dict[Place, tuple[object, Opened]] = field(default_factory=dict)
    _loop: asyncio.Task[None] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # servers are opened and closed by one at a time

    # ── machines ─────────────────────────────────────────────────────────────
    def add_node(self, name: str, address: str, *, version: str = "v1.13.9", platform: str = "nocloud") -> Node:
        """Put a machine with an installed disk image (or, metal, a booted installer) into the site, switched off."""
        node = Node(self, name, address, Disk(version), platform=platform)
        self.nodes[address] = node
        self.ports.hold((address, APID))
        self.ports.hold((address, API_SERVER))
        return node

    def remove_node(self, address: str) -> None:
        """Take a machine away, disk and all."""
        node = self.nodes.pop(address)
        node.power_off()

    def reserve(self, address: str) -> None:
        """Hold the ports of an address before a machine has it, the VIP above all."""
        self.ports.hold((address, APID))
        self.ports.hold((address, API_SERVER))

    def talos_authority(self, config: MachineConfig) -> Authority | None:
        """Return a node's authority with its key: for a worker, trustd of a control plane that runs signs."""
        if config.talos.key:
            return config.talos
        for node in self.nodes.values():
            other = node.config if node.is_control_plane and node.stage == "running" else None
            if other is not None and other.talos.certificate == config.talos.certificate:
                return other.talos
        return None

    # ── etcd ─────────────────────────────────────────────────────────────────
    def new_cluster(self, cluster_id: str, kubernetes: Kubernetes | None = None) -> EtcdCluster:
        """Start an etcd cluster. Two that live with one id are a split brain, which `splits` tells."""
        cluster = EtcdCluster(cluster_id, kubernetes or Kubernetes())
        self.clusters.append(cluster)
        return cluster

    def living(self, cluster_id: str) -> list[EtcdCluster]:
        """List the clusters of this id that are still on somebody's disk."""
        held = [node.disk.etcd for node in self.nodes.values() if node.disk.etcd is not None]
        return [c for c in self.clusters if c.cluster_id == cluster_id and any(c is other for other in held)]

    def etcd_to_join(self, cluster_id: str) -> EtcdCluster | None:
        """Return the cluster that a new member would find, or None."""
        living = self.living(cluster_id)
        return living[0] if living else None

    def splits(self) -> list[str]:
        """List the cluster ids that were bootstrapped twice and live twice: must be empty after any test."""
        ids = {cluster.cluster_id for cluster in self.clusters}
        return sorted(name for name in ids if len(self.living(name)) > 1)

    def api_answers(self, cluster: EtcdCluster) -> bool:
        """Say whether any API server of a cluster answers."""
        return any(n.disk.etcd is cluster and n.serves_kubernetes() for n in self.nodes.values())

    def api_node(self, address: str) -> Node | None:
        """Return the node that answers for the API server at an address: its own, or the VIP's holder."""
        own = self.nodes.get(address)
        if own is not None:
            return own if own.serves_kubernetes() else None
        holders = [n for n in self.nodes.values() if n.config and n.config.vip == address and n.serves_kubernetes()]
        return holders[0] if holders else None

    # ── time and servers ─────────────────────────────────────────────────────
    async def __aenter__(self) -> Self:
        """Let time go by."""
        self._loop = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop everything and let the ports go."""
        if self._loop is not None:
            self._loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._loop
        for _reason, opened in self._servers.values():
            await opened.close()
        self._servers.clear()
        self.ports.close()

    async def _run(self) -> None:
        while True:
            await self.step()
            await asyncio.sleep(_STEP_S)

    async def step(self) -> None:
        """Let every node do what is due, then open and close servers accordingly."""
        async with self._turn:
            now = self.clock.now()
            for node in list(self.nodes.values()):
                node.tick(now)
            await self._serve()

    async def _serve(self) -> None:
        wanted = self._wanted()
        for place, (held, running) in list(self._servers.items()):
            if wanted.get(place) != held:
                del self._servers[place]
                await running.close()
        for place, reason in wanted.items():
            if place not in self._servers:
                opened = await self._open(place)
                if opened is not None:
                    self._servers[place] = (reason, opened)

    def _wanted(self) -> dict[Place, object]:
        wanted: dict[Place, object] = {}
        for address, node in self.nodes.items():
            if node.serves is not None:
                wanted[(address, APID)] = (node.serves, node.generation)
        for address, port in self.ports.held:
            holder = self.api_node(address) if port == API_SERVER else None
            if holder is not None:
                wanted[(address, port)] = (holder.address, holder.generation)
        return wanted

    async def _open(self, place: Place) -> Opened | None:
        from . import apid, kube_api  # they know the site; at the top this would be a circle

        address, port = place
        if port == APID:
            return await apid.serve(self, self.nodes[address])
        return await kube_api.serve(self, address)
