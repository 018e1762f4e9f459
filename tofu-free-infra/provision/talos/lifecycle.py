"""Bring a node down and up again: reboot, roll back, reset, upgrade."""

from collections.abc import Sequence
from enum import Enum

from provision.talos.connection import Session, only_message
from provision.talos.error import InstallFailed, NotSupported
from provision.talos.proto.common_pb2 import CONTAINERD, NS_CRI, NS_SYSTEM, ContainerdInstance
from provision.talos.proto.image_grpc import ImageServiceStub
from provision.talos.proto.image_pb2 import ImageServicePullRequest
from provision.talos.proto.lifecycle_grpc import LifecycleServiceStub
from provision.talos.proto.lifecycle_pb2 import InstallArtifactsSource, LifecycleServiceUpgradeRequest
from provision.talos.proto.machine_grpc import MachineServiceStub
from provision.talos.proto.machine_pb2 import (
    RebootRequest,
    ResetPartitionSpec,
    ResetRequest,
    RollbackRequest,
    ShutdownRequest,
    UpgradeRequest,
)

INSTALL_TIMEOUT_S = 900.0  # our figure: a pull over a slow line and the writing of a boot slot
_SHOWN_LINES = 3


class Upgraded(Enum):
    """Which way an upgrade went, which says who reboots."""

    INSTALLED = "installed"  # the other boot slot is written: the caller reboots
    REBOOTING = "rebooting"  # the legacy call drains and reboots by itself


async def reboot(session: Session, *, power_cycle: bool = False) -> None:
    """Ask for a reboot; it goes on in the background, and only another boot id proves it."""
    mode = RebootRequest.POWERCYCLE if power_cycle else RebootRequest.DEFAULT
    async with session.asking("a reboot"):
        await MachineServiceStub(session.channel).Reboot(RebootRequest(mode=mode), timeout=session.timeout_s)


async def shutdown(session: Session) -> None:
    """Ask the node to go down."""
    async with session.asking("a shutdown"):
        await MachineServiceStub(session.channel).Shutdown(ShutdownRequest(), timeout=session.timeout_s)


async def rollback(session: Session) -> None:
    """Boot the version before; the configuration stays as it is.

    Raises:
        NotReady: there is no version before.
    """
    async with session.asking("a rollback"):
        await MachineServiceStub(session.channel).Rollback(RollbackRequest(), timeout=session.timeout_s)


async def reset(
    session: Session, *, graceful: bool, reboot_after: bool, partitions: Sequence[str] = ("STATE", "EPHEMERAL")
) -> None:
    """Wipe partitions, all of the disk where none is named; graceful leaves etcd first. Goes on in the background.

    Raises:
        NotReady: graceful, while it is etcd's last member or there is no quorum; or a partition is not there.
    """
    wipes = [ResetPartitionSpec(label=label, wipe=True) for label in partitions]
    request = ResetRequest(graceful=graceful, reboot=reboot_after, system_partitions_to_wipe=wipes)
    async with session.asking("a reset"):
        await MachineServiceStub(session.channel).Reset(request, timeout=session.timeout_s)


async def upgrade(session: Session, image: str, *, legacy: bool = False) -> Upgraded:
    """Install another version of Talos from its installer image.

    The new call does not look at etcd: whether the node may go down is the caller's question.

    Raises:
        InstallFailed: the installer ended with another exit code than 0; the node runs on as it was.
        NotReady: not installed yet, or busy.
    """
    if not legacy:
        try:
            await _pull(session, image)
            await _install(session, image)
        except NotSupported:
            pass  # before 1.13
        else:
            return Upgraded.INSTALLED
    async with session.asking("an upgrade"):
        reply = await MachineServiceStub(session.channel).Upgrade(
            UpgradeRequest(image=image, preserve=True), timeout=INSTALL_TIMEOUT_S
        )
        only_message(session.node, "an upgrade", reply)
    return Upgraded.REBOOTING


async def pull_image(session: Session, image: str, *, for_pods: bool = False) -> None:
    """Fetch an image ahead of its use: for pods into their namespace, otherwise into Talos' own.

    Raises:
        NotSupported: Talos before 1.13.
    """
    await _pull(session, image, for_pods=for_pods)


async def _pull(session: Session, image: str, *, for_pods: bool = False) -> None:
    request = ImageServicePullRequest(containerd=_containerd(for_pods=for_pods), image_ref=image)
    async with session.asking(f"to pull {image}"):
        await ImageServiceStub(session.channel).Pull(request, timeout=INSTALL_TIMEOUT_S)


async def _install(session: Session, image: str) -> None:
    request = LifecycleServiceUpgradeRequest(
        containerd=_containerd(for_pods=False), source=InstallArtifactsSource(image_name=image)
    )
    async with session.asking("an upgrade"):
        replies = await LifecycleServiceStub(session.channel).Upgrade(request, timeout=INSTALL_TIMEOUT_S)
    # the exit code is data: the call itself ends well even when the installer did not
    codes = [r.progress.exit_code for r in replies if r.progress.WhichOneof("response") == "exit_code"]
    if codes != [0]:
        lines = [r.progress.message for r in replies if r.progress.message][-_SHOWN_LINES:]
        ended = f"exit code {codes[0]}" if codes else "no exit code"
        raise InstallFailed(f"{session.node}: the installer of {image} ended with {ended}: {'; '.join(lines)}")


def _containerd(*, for_pods: bool) -> ContainerdInstance:
    return ContainerdInstance(driver=CONTAINERD, namespace=NS_CRI if for_pods else NS_SYSTEM)
