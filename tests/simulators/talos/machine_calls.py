"""The machine service: version, configuration, files, services, kubeconfig, client certificates."""

import base64
import difflib
import gzip
import io
import tarfile
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import yaml
from grpclib.const import Status

from .call import Call, Cut, refuse
from .certificates import signed
from .machineconfig import ConfigRefused, MachineConfig, understand
from .wire import enum, make

_MODE = "machine.ApplyConfigurationRequest.Mode"
_CHUNK = 32 * 1024
TRY_SECONDS = 60.0


async def version(call: Call) -> Any:
    """Answer in every stage; features are unset until there is a configuration."""
    node = call.node
    features = {"features": make("machine.FeaturesInfo", rbac=True)} if node.config else {}
    mode = "metal" if node.platform == "metal" else "cloud"
    return call.reply(
        "Version",
        version=make("machine.VersionInfo", tag=node.running, os="linux", arch="amd64"),
        platform=make("machine.PlatformInfo", name=node.platform, mode=mode),
        **features,
    )


async def apply_configuration(call: Call) -> Any:
    """Judge a configuration, then show the difference or put it into use."""
    node, request = call.node, call.request
    if node.site.faults.take("apply-busy", node.name):
        raise refuse(Status.FAILED_PRECONDITION, "another configuration apply is in progress")
    text = request.data.decode()
    try:
        new = understand(text, node.running)
    except ConfigRefused as error:
        raise refuse(Status.INVALID_ARGUMENT, f"configuration validation failed: {error}") from error
    if node.platform == "metal" and not new.install_disk and node.config is None:
        raise refuse(Status.INVALID_ARGUMENT, "either install disk or diskSelector should be defined")
    if node.reboot_required and not request.dry_run:
        raise refuse(Status.FAILED_PRECONDITION, "a reboot is pending after a previous configuration change")
    mode = enum(_MODE, request.mode)
    if node.config is None:
        return _apply_in_maintenance(call, text)
    return _apply_running(call, new, mode)


def _apply_in_maintenance(call: Call, text: str) -> Any:
    if call.request.dry_run:
        return _applied(
            call, "NO_REBOOT", "Dry run summary:\nNode is running in maintenance mode and does not have a config yet"
        )
    call.node.accept(text)
    _maybe_cut(call)
    return _applied(call, "NO_REBOOT", "Applied configuration")


def _apply_running(call: Call, new: MachineConfig, mode: str) -> Any:
    node = call.node
    assert node.config is not None
    is_1_14 = node.minor >= (1, 14)
    if mode == "REBOOT" and is_1_14:
        raise refuse(Status.UNIMPLEMENTED, "mode REBOOT is not supported anymore")
    if mode == "AUTO":
        mode = "REBOOT" if not is_1_14 and _needs_reboot(node.config, new) else "NO_REBOOT"
    if call.request.dry_run:
        return _applied(call, mode, _difference(node.config.text, new.text))
    if new.role != node.config.role:
        raise refuse(Status.INVALID_ARGUMENT, "machine type cannot be changed")
    if mode == "STAGED":
        node.disk.staged = new.text
    elif mode == "TRY":
        node.replace(new.text, try_seconds=call.request.try_mode_timeout.seconds or TRY_SECONDS)
    elif mode == "REBOOT":
        node.disk.staged, node.reboot_required = new.text, True
        node.reboot()
    else:
        node.replace(new.text)
    _maybe_cut(call)
    return _applied(call, mode, "Applied configuration")


def _applied(call: Call, mode: str, details: str) -> Any:
    return call.reply("ApplyConfiguration", mode=enum(_MODE, mode), mode_details=details)


def _maybe_cut(call: Call) -> None:
    if call.node.site.faults.take("apply-connection-cut", call.node.name):
        call.cut()
        raise Cut


def _needs_reboot(old: MachineConfig, new: MachineConfig) -> bool:
    return old.encrypted != new.encrypted  # our figure: the real comparison knows more fields


def _difference(old: str, new: str) -> str:
    before, after = ([line + "\n" for line in text.splitlines()] for text in (old, new))
    lines = list(difflib.unified_diff(before, after, "a", "b"))
    return "Dry run summary:\nConfig diff:\n\n" + ("".join(lines) if lines else "No changes.")


async def service_list(call: Call) -> Any:
    """List the services with state and health."""
    services = [
        make(
            "machine.ServiceInfo",
            id=name,
            state=service.state,
            health=make(
                "machine.ServiceHealth", unknown=service.unknown, healthy=service.healthy, last_message=service.message
            ),
        )
        for name, service in sorted(call.node.services.items())
    ]
    return call.reply("ServiceList", services=services)


async def hostname(call: Call) -> Any:
    """Tell the node's name."""
    return call.reply("Hostname", hostname=call.node.hostname)


async def read(call: Call) -> AsyncIterator[Any]:
    """Read a file: only the boot id is there."""
    if call.request.path != "/proc/sys/kernel/random/boot_id":
        raise refuse(Status.UNKNOWN, f"open {call.request.path}: no such file or directory")
    yield make("common.Data", bytes=call.node.boot_id.encode() + b"\n")


async def kubeconfig(call: Call) -> AsyncIterator[Any]:
    """Stream a gzip'd tar without the blocks that end one, with a fresh admin certificate each time."""
    node = call.node
    assert node.config is not None
    authority = node.config.kubernetes
    assert authority is not None
    name = node.config.cluster_name
    lifetime = timedelta(days=365)
    certificate, key = signed(authority, common_name="admin", organizations=["system:masters"], lifetime=lifetime)
    cluster = {"server": node.config.endpoint, "certificate-authority-data": _base64(authority.certificate)}
    user = {"client-certificate-data": _base64(certificate), "client-key-data": _base64(key)}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": f"admin@{name}", "user": user}],
        "contexts": [{"name": f"admin@{name}", "context": {"cluster": name, "user": f"admin@{name}"}}],
        "current-context": f"admin@{name}",
    }
    stream = _tar_without_end("kubeconfig", yaml.safe_dump(document).encode())
    if node.site.faults.take("kubeconfig-truncated", node.name):
        stream = stream[: len(stream) // 2]
    for part in chunks(stream):
        yield part


async def list_files(call: Call) -> AsyncIterator[Any]:
    """List a folder: only etcd's data directory is there, empty or with its `member`."""
    if call.request.root != "/var/lib/etcd":
        raise refuse(Status.UNKNOWN, f"lstat {call.request.root}: no such file or directory")
    yield make("machine.FileInfo", name="/var/lib/etcd", relative_name=".", is_dir=True)
    if call.node.disk.etcd is not None:
        yield make("machine.FileInfo", name="/var/lib/etcd/member", relative_name="member", is_dir=True)


async def copy(call: Call) -> AsyncIterator[Any]:
    """Copy the etcd database out, without a hash: what is left of a cluster without quorum."""
    node = call.node
    if call.request.root_path != "/var/lib/etcd/member/snap/db" or node.disk.etcd is None:
        raise refuse(Status.UNKNOWN, f"stat {call.request.root_path}: no such file or directory")
    stream = _tar_without_end("db", node.disk.etcd.snapshot()[:-32])
    if node.site.faults.take("database-truncated", node.name):
        stream = stream[: len(stream) // 2]
    for part in chunks(stream):
        yield part


async def generate_client_configuration(call: Call) -> Any:
    """Sign another client certificate with the cluster's authority."""
    node = call.node
    assert node.config is not None
    seconds = call.request.crt_ttl.seconds
    if seconds <= 0:
        raise refuse(Status.INVALID_ARGUMENT, "crt_ttl should be positive")
    certificate, key = signed(node.config.talos, organizations=call.request.roles, lifetime=timedelta(seconds=seconds))
    return call.reply("GenerateClientConfiguration", ca=node.config.talos.certificate, crt=certificate, key=key)


async def service_action(call: Call) -> Any:
    """Start, stop or restart a service."""
    name = type(call.request).DESCRIPTOR.name.removesuffix("Request")
    service = call.node.services.get(call.request.id)
    if service is None:
        raise refuse(Status.NOT_FOUND, f'service "{call.request.id}" is not registered')
    service.state = "Finished" if name == "ServiceStop" else "Preparing"
    service.healthy, service.unknown = False, True
    return call.reply(name, resp=f'Service "{call.request.id}" {name.removeprefix("Service").lower()}ed')


async def disks(call: Call) -> Any:
    """List the disks: the system's, and one per user volume."""
    names = ["system", *(call.node.config.volumes if call.node.config else ())]
    return make(
        "storage.DisksResponse",
        messages=[
            make(
                "storage.Disks",
                disks=[
                    make(
                        "storage.Disk",
                        size=100 << 30,
                        device_name=f"/dev/sd{chr(97 + i)}",
                        serial=n,
                        system_disk=i == 0,
                    )
                    for i, n in enumerate(names)
                ],
            )
        ],
    )


def chunks(content: bytes) -> list[Any]:
    """Cut bytes into the parts of a stream."""
    return [make("common.Data", bytes=content[i : i + _CHUNK]) for i in range(0, len(content), _CHUNK)]


def _tar_without_end(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    buffer.write(entry.tobuf(tarfile.PAX_FORMAT))
    buffer.write(content)
    return gzip.compress(buffer.getvalue())


def _base64(pem: bytes) -> str:
    return base64.b64encode(pem).decode()


_M = "/machine.MachineService/"
ANSWERS = {
    _M + "Version": version,
    _M + "ApplyConfiguration": apply_configuration,
    _M + "ServiceList": service_list,
    _M + "ServiceStart": service_action,
    _M + "ServiceStop": service_action,
    _M + "ServiceRestart": service_action,
    _M + "Hostname": hostname,
    _M + "Read": read,
    _M + "List": list_files,
    _M + "Copy": copy,
    _M + "Kubeconfig": kubeconfig,
    _M + "GenerateClientConfiguration": generate_client_configuration,
    "/storage.StorageService/Disks": disks,
}
