"""What this package raises: one base, one class per thing that a caller does differently.

A text names the node, what was asked of it, and what came back.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A node as a client knows it: the name for people, the address for the connection."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} ({self.address})"


class TalosError(Exception):
    """Base of everything that a node, or the way to it, can do wrong."""


class Unreachable(TalosError):
    """No answer: refused, cut, or too late. What was asked may have happened: look before asking again."""


class Untrusted(TalosError):
    """The node's certificate is not of this cluster, or not the one that was expected."""


class NotReady(TalosError):
    """The node says that it cannot do this yet (FailedPrecondition, Unavailable)."""


class AlreadyThere(TalosError):
    """What was asked for is there already (AlreadyExists)."""


class Rejected(TalosError):
    """The node finds fault with what was sent (InvalidArgument)."""


class NotPermitted(TalosError):
    """The client certificate's roles do not reach (PermissionDenied)."""


class NotSupported(TalosError):
    """This version, or this kind of node, does not have the call (Unimplemented)."""


class NotFound(TalosError):
    """The node does not have what was asked for."""


class Damaged(TalosError):
    """What the node sent is incomplete or does not fit its checksum."""


class InstallFailed(TalosError):
    """The installer of an upgrade ended with an exit code that is not 0."""


class DeadlinePassed(TalosError):
    """What was waited for did not come in time."""
