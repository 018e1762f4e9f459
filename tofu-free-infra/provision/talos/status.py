"""gRPC statuses as this package's errors."""

from collections.abc import Mapping

from grpclib.const import Status
from grpclib.exceptions import GRPCError

from provision.talos.error import (
    AlreadyThere,
    Node,
    NotFound,
    NotPermitted,
    NotReady,
    NotSupported,
    Rejected,
    TalosError,
    Unreachable,
)

_CLASSES: Mapping[Status, type[TalosError]] = {
    Status.FAILED_PRECONDITION: NotReady,
    Status.UNAVAILABLE: NotReady,
    Status.RESOURCE_EXHAUSTED: NotReady,
    Status.ALREADY_EXISTS: AlreadyThere,
    Status.INVALID_ARGUMENT: Rejected,
    Status.PERMISSION_DENIED: NotPermitted,
    Status.UNAUTHENTICATED: NotPermitted,
    Status.UNIMPLEMENTED: NotSupported,
    Status.NOT_FOUND: NotFound,
    Status.DEADLINE_EXCEEDED: Unreachable,
}


def from_status(node: Node, what: str, error: GRPCError) -> TalosError:
    """Make the error that fits a status; a status without a class of its own is a plain TalosError."""
    words = error.status.name.lower().replace("_", " ")
    return _CLASSES.get(error.status, TalosError)(f"{node}: refused {what}, {words}: {error.message}")
