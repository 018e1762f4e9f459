"""What a node is and does now: version, services, boot id, disks."""

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.empty_pb2 import Empty

from provision.talos.connection import Session, only_message
from provision.talos.proto.machine_grpc import MachineServiceStub
from provision.talos.proto.machine_pb2 import (
    ListRequest,
    ReadRequest,
    ServiceRestartRequest,
    ServiceStartRequest,
    ServiceStopRequest,
)
from provision.talos.proto.storage_grpc import StorageServiceStub


@dataclass(frozen=True, slots=True)
class Version:
    """What answers: `is_configured` is false in maintenance mode."""

    tag: str
    platform: str
    mode: str
    is_configured: bool


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the node; health is None while it is unknown."""

    name: str
    state: str
    healthy: bool | None
    message: str


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk as the node sees it."""

    device: str
    serial: str
    size: int
    is_system: bool


async def version(session: Session) -> Version:
    """Ask for the version; works in every stage from Talos 1.13 on."""
    async with session.asking("its version"):
        reply = await MachineServiceStub(session.channel).Version(Empty(), timeout=session.timeout_s)
        message = only_message(session.node, "its version", reply)
    return Version(
        tag=message.version.tag,
        platform=message.platform.name,
        mode=message.platform.mode,
        is_configured=message.HasField("features"),
    )


async def services(session: Session) -> Mapping[str, Service]:
    """List the services by name."""
    async with session.asking("its services"):
        reply = await MachineServiceStub(session.channel).ServiceList(Empty(), timeout=session.timeout_s)
        message = only_message(session.node, "its services", reply)
    return {
        entry.id: Service(
            name=entry.id,
            state=entry.state,
            healthy=None if entry.health.unknown else entry.health.healthy,
            message=entry.health.last_message,
        )
        for entry in message.services
    }


async def start_service(session: Session, name: str) -> None:
    """Start a service that was stopped."""
    async with session.asking(f"start of {name}"):
        request = ServiceStartRequest(id=name)
        await MachineServiceStub(session.channel).ServiceStart(request, timeout=session.timeout_s)


async def stop_service(session: Session, name: str) -> None:
    """Stop a service."""
    async with session.asking(f"stop of {name}"):
        request = ServiceStopRequest(id=name)
        await MachineServiceStub(session.channel).ServiceStop(request, timeout=session.timeout_s)


async def restart_service(session: Session, name: str) -> None:
    """Restart a service."""
    async with session.asking(f"restart of {name}"):
        request = ServiceRestartRequest(id=name)
        await MachineServiceStub(session.channel).ServiceRestart(request, timeout=session.timeout_s)


async def boot_id(session: Session) -> str:
    """Read the id of the current boot: it changes with every reboot, so it proves one."""
    async with session.asking("its boot id"):
        request = ReadRequest(path="/proc/sys/kernel/random/boot_id")
        parts = await MachineServiceStub(session.channel).Read(request, timeout=session.timeout_s)
    return b"".join(part.bytes for part in parts).decode().strip()


async def has_etcd_data(session: Session) -> bool:
    """Say whether etcd's data directory holds a member: the only proof that a cluster was made here."""
    async with session.asking("its etcd directory"):
        request = ListRequest(root="/var/lib/etcd")
        entries = await MachineServiceStub(session.channel).List(request, timeout=session.timeout_s)
    return any(entry.relative_name == "member" for entry in entries)


async def disks(session: Session) -> tuple[Disk, ...]:
    """List the disks."""
    async with session.asking("its disks"):
        reply = await StorageServiceStub(session.channel).Disks(Empty(), timeout=session.timeout_s)
        message = only_message(session.node, "its disks", reply)
    return tuple(Disk(d.device_name, d.serial, d.size, d.system_disk) for d in message.disks)
