"""etcd's database out of a cluster and into one: never a file that only looks like a snapshot.

A snapshot ends with the SHA-256 of all that goes before it, and what goes before is whole pages of 512 bytes.
Source: etcd, server/etcdserver/api/v3rpc/maintenance.go, etcdutl/snapshot (facts/provisioning-more.md §3.1).
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provision.secrets.files import write_private
from provision.talos.archive import unpack
from provision.talos.connection import Session
from provision.talos.error import Damaged
from provision.talos.proto.common_pb2 import Data
from provision.talos.proto.machine_grpc import MachineServiceStub
from provision.talos.proto.machine_pb2 import CopyRequest, EtcdSnapshotRequest

DATABASE = "/var/lib/etcd/member/snap/db"
PAGE = 512
CHECKSUM = hashlib.sha256().digest_size
CHUNK = 32 * 1024
UPLOAD_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot on disk: its size and the SHA-256 that stands in it."""

    path: Path
    size: int
    sha256: str


async def save_snapshot(session: Session, path: Path, *, timeout_s: float = UPLOAD_TIMEOUT_S) -> Snapshot:
    """Stream a snapshot to a file beside `path`, check it, and only then give it its name.

    Raises:
        Damaged: it is incomplete or does not fit its hash; nothing stands at `path` then.
        NotReady: etcd does not run here.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            async with (
                session.asking("an etcd snapshot"),
                MachineServiceStub(session.channel).EtcdSnapshot.open(timeout=timeout_s) as call,
            ):
                await call.send_message(EtcdSnapshotRequest(), end=True)
                async for part in call:
                    stream.write(part.bytes)
            stream.flush()
            os.fsync(stream.fileno())
        found = check_snapshot(temporary)
        temporary.replace(path)
        return Snapshot(path, found.size, found.sha256)
    except Damaged as error:
        raise Damaged(f"{session.node}: sent an etcd snapshot that is no good, {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def check_snapshot(path: Path) -> Snapshot:
    """Check a snapshot's length and hash.

    Raises:
        Damaged: either is wrong.
    """
    size = path.stat().st_size
    if size % PAGE != CHECKSUM:
        raise Damaged(f"its length {size} is not whole pages and a hash")
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        left = size - CHECKSUM
        while left:
            part = stream.read(min(left, CHUNK))
            digest.update(part)
            left -= len(part)
        tail = stream.read()
    if digest.digest() != tail:
        raise Damaged("its SHA-256 does not fit its content")
    return Snapshot(path, size, tail.hex())


async def copy_database(session: Session, path: Path, *, timeout_s: float = UPLOAD_TIMEOUT_S) -> int:
    """Copy etcd's database file from a node without quorum, and return its size.

    It carries no hash: recover from it with `skip_hash`, and only when there is no snapshot.

    Raises:
        Damaged: the copy is incomplete; nothing stands at `path` then.
    """
    async with session.asking("a copy of etcd's database"):
        request = CopyRequest(root_path=DATABASE)
        parts = await MachineServiceStub(session.channel).Copy(request, timeout=timeout_s)
    content = unpack(b"".join(part.bytes for part in parts), member=Path(DATABASE).name)
    if content is None or len(content) % PAGE:
        raise Damaged(f"{session.node}: sent a copy of etcd's database that ends early")
    write_private(path, content)
    return len(content)


async def upload_snapshot(session: Session, path: Path, *, timeout_s: float = UPLOAD_TIMEOUT_S) -> None:
    """Send a snapshot to the node that will be bootstrapped from it.

    Raises:
        NotReady: the node's etcd does not wait for one, since it has data or does not run.
    """
    async with (
        session.asking("to take an etcd snapshot"),
        MachineServiceStub(session.channel).EtcdRecover.open(timeout=timeout_s) as call,
    ):
        for part in _parts(path):
            await call.send_message(Data(bytes=part))
        await call.end()
        await call.recv_message()
        await call.recv_trailing_metadata()


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while part := stream.read(CHUNK):
            yield part
