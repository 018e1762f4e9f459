"""Reboot, reset, roll back, upgrade: the calls that bring a node down."""

import re
from collections.abc import AsyncIterator
from typing import Any

from grpclib.const import Status

from .call import Call, refuse
from .wire import enum, make

_PROGRESS = "machine.ImageServicePullLayerProgressStatus.Status"
PARTITIONS = {"STATE", "EPHEMERAL"}  # ETCD only where it is a volume of its own, which nothing here makes it


async def reboot(call: Call) -> Any:
    """Reboot, in the background."""
    call.node.reboot()
    return call.reply("Reboot", actor_id=call.node.actor())


async def shutdown(call: Call) -> Any:
    """Go down for good."""
    call.node.stage = "running"
    call.node._go("shutting_down", call.node.site.timing.shutdown, "off")
    return call.reply("Shutdown", actor_id=call.node.actor())


async def reset(call: Call) -> Any:
    """Leave etcd where that is asked for, wipe, and reboot or halt; in the background."""
    node, request = call.node, call.request
    labels = {spec.label for spec in request.system_partitions_to_wipe if spec.wipe}
    for label in sorted(labels - PARTITIONS):
        raise refuse(Status.FAILED_PRECONDITION, f'failed to find partition with label "{label}"')
    if request.graceful and node.is_control_plane and node.disk.etcd is not None:
        if len(node.disk.etcd.voters()) == 1:
            raise refuse(Status.FAILED_PRECONDITION, "etcd: this is the last member, use graceful=false")
        if not node.disk.etcd.has_quorum():
            raise refuse(Status.FAILED_PRECONDITION, "etcd: the cluster has no quorum")
        node.leave_etcd()
    node.reset(labels or None, reboot=request.reboot)
    return call.reply("Reset", actor_id=node.actor())


async def rollback(call: Call) -> Any:
    """Flip the boot slots and reboot."""
    if call.node.disk.previous is None:
        raise refuse(Status.FAILED_PRECONDITION, "cannot rollback to the previous version, label does not exist")
    call.node.rollback()
    return call.reply("Rollback")


async def pull(call: Call) -> AsyncIterator[Any]:
    """Pull an image, with progress."""
    node = call.node
    for status in ("DOWNLOADING", "DOWNLOAD_COMPLETE", "EXTRACT_COMPLETE"):
        progress = make("machine.ImageServicePullLayerProgressStatus", status=enum(_PROGRESS, status))
        layer = make("machine.ImageServicePullLayerProgress", layer_id="layer-1", progress=progress)
        yield make("machine.ImageServicePullResponse", pull_progress=layer)
        await node.site.clock.sleep(node.site.timing.pull / 3)
    node.pulled.add(call.request.image_ref)
    yield make("machine.ImageServicePullResponse", name=call.request.image_ref)


async def upgrade(call: Call) -> AsyncIterator[Any]:
    """Run the installer of an image that was pulled; the exit code is data, the reboot is the client's."""
    node, image = call.node, call.request.source.image_name
    if image not in node.pulled:
        raise refuse(Status.NOT_FOUND, f"image {image!r} not found")
    version = _version(image)
    yield _progress(message=f"installing {version}")
    await node.site.clock.sleep(node.site.timing.install / 4)
    fault = node.site.faults.take("upgrade-exit-code", node.name)
    if fault is not None:
        yield _progress(message="failed to write the boot loader")
        yield _progress(exit_code=int(fault.options.get("code", 1)))
        return
    node.install_version(version)
    yield _progress(exit_code=0)


async def install(call: Call) -> AsyncIterator[Any]:
    """Refuse: what is installed is not installed again."""
    raise refuse(Status.FAILED_PRECONDITION, "Talos is already installed")
    yield


async def legacy_upgrade(call: Call) -> Any:
    """Upgrade the old way: looks at etcd, then reboots by itself."""
    node = call.node
    cluster = node.disk.etcd
    if cluster is not None and not call.request.force:
        if len(cluster.voters()) == 2:
            raise refuse(Status.FAILED_PRECONDITION, "etcd has 2 members: an upgrade would lose quorum")
        if any(not member.is_started for member in cluster.voters()):
            raise refuse(Status.FAILED_PRECONDITION, "etcd member is not started")
    version = _version(call.request.image)
    if node.site.faults.take("upgrade-exit-code", node.name) is None:
        node.install_version(version)
    node.reboot("upgrading")
    return call.reply("Upgrade", ack="Upgrade request received", actor_id=node.actor())


def _version(image: str) -> str:
    found = re.search(r":(v\d+\.\d+\.\d+\S*)$", image)
    if found is None:
        raise refuse(Status.INVALID_ARGUMENT, f"image {image!r} has no version")
    return found[1]


def _progress(**fields: Any) -> Any:
    return make(
        "machine.LifecycleServiceUpgradeResponse", progress=make("machine.LifecycleServiceInstallProgress", **fields)
    )


_M = "/machine.MachineService/"
ANSWERS = {
    _M + "Reboot": reboot,
    _M + "Shutdown": shutdown,
    _M + "Reset": reset,
    _M + "Rollback": rollback,
    _M + "Upgrade": legacy_upgrade,
    "/machine.ImageService/Pull": pull,
    "/machine.LifecycleService/Upgrade": upgrade,
    "/machine.LifecycleService/Install": install,
}
