"""Renew the client certificate: by the cluster itself, with one that still works."""

from collections.abc import Sequence
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration

from provision.secrets.access import ADMIN_ROLE, TalosAccess
from provision.secrets.pki import CLIENT_LIFETIME, KeyPair
from provision.talos.connection import Session, only_message
from provision.talos.proto.machine_grpc import MachineServiceStub
from provision.talos.proto.machine_pb2 import GenerateClientConfigurationRequest


async def renew_access(
    session: Session, *, roles: Sequence[str] = (ADMIN_ROLE,), lifetime: timedelta = CLIENT_LIFETIME
) -> TalosAccess:
    """Have a control plane sign a new client certificate.

    With the secrets bundle at hand `provision.secrets.access.talos_access` does the same without asking anybody.

    Raises:
        Rejected: the lifetime is not positive.
        NotSupported: the node is a worker.
    """
    request = GenerateClientConfigurationRequest(roles=roles, crt_ttl=Duration(seconds=int(lifetime.total_seconds())))
    what = "a client certificate"
    async with session.asking(what):
        stub = MachineServiceStub(session.channel)
        reply = await stub.GenerateClientConfiguration(request, timeout=session.timeout_s)
        message = only_message(session.node, what, reply)
    return TalosAccess(message.ca, KeyPair(message.crt, message.key))
