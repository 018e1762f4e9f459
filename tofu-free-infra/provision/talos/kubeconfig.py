"""Fetch the kubeconfig that a control plane makes."""

from dataclasses import dataclass, field

import yaml
from google.protobuf.empty_pb2 import Empty

from provision.talos.archive import unpack
from provision.talos.connection import Session
from provision.talos.error import Damaged
from provision.talos.proto.machine_grpc import MachineServiceStub

MEMBER = "kubeconfig"


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """A kubeconfig's text. Its key is new at every fetch, so two of them are never compared."""

    text: str = field(repr=False)

    def through(self, server: str, tls_server_name: str) -> "Kubeconfig":
        """Return one that goes to another address while it still checks the certificate's name."""
        document = yaml.safe_load(self.text)
        for entry in document["clusters"]:
            entry["cluster"] |= {"server": server, "tls-server-name": tls_server_name}
        return Kubeconfig(yaml.safe_dump(document, sort_keys=False))


async def fetch_kubeconfig(session: Session) -> Kubeconfig:
    """Ask a control plane for a kubeconfig with an admin's certificate of one year.

    Raises:
        Damaged: the stream ended before the file did.
        NotSupported: the node is a worker.
    """
    async with session.asking("a kubeconfig"):
        parts = await MachineServiceStub(session.channel).Kubeconfig(Empty(), timeout=session.timeout_s)
    content = unpack(b"".join(part.bytes for part in parts), member=MEMBER)
    if content is None:
        raise Damaged(f"{session.node}: sent a kubeconfig that ends early")
    return Kubeconfig(content.decode())
