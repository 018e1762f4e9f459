"""Find out what stands at an address: nothing, a bare machine, one of ours, or one of another cluster."""

from dataclasses import dataclass
from enum import Enum

from provision.talos.connection import Talos
from provision.talos.error import Node, Unreachable, Untrusted
from provision.talos.machine import version
from provision.talos.resource import MachineStatus, machine_status


class Presence(Enum):
    """What answers at a node's address."""

    SILENT = "silent"
    MAINTENANCE = "maintenance"
    CONFIGURED = "configured"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; version and status where it could be asked."""

    presence: Presence
    version: str | None = None
    status: MachineStatus | None = None


async def probe(talos: Talos, node: Node) -> Found:
    """Look at a node, first with the cluster's keys, then as if it had no configuration yet."""
    if talos.access is not None:
        try:
            async with talos.connect(node) as session:
                return Found(Presence.CONFIGURED, (await version(session)).tag, await machine_status(session))
        except Unreachable:
            return Found(Presence.SILENT)
        except Untrusted:
            pass  # maintenance mode, or another cluster: only the next question tells
    try:
        async with talos.connect_maintenance(node) as session:
            found = await version(session)
            if not found.is_configured:
                return Found(Presence.MAINTENANCE, found.tag, await machine_status(session))
    except Unreachable:
        # a configured node ends the handshake when no client certificate comes
        return Found(Presence.FOREIGN if await _shows_a_certificate(talos, node) else Presence.SILENT)
    return Found(Presence.FOREIGN, found.tag)  # configured, and yet it asked for no client certificate


async def _shows_a_certificate(talos: Talos, node: Node) -> bool:
    try:
        async with talos.connect_maintenance(node):
            return True
    except Unreachable:
        return False
