"""One call to a node: what was asked, by whom, and the refusals that stand before any answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

import yaml
from google.protobuf.message import Message
from grpclib.const import Status
from grpclib.exceptions import GRPCError

from .certificates import roles_of
from .faults import TABLES
from .node import Node
from .wire import make, unknown_fields

# What a role may call beside what is below it. Which roles there are: provisioning.md §2.2.
_ALLOWS = {
    "os:admin": {"admin", "operator", "reader", "etcd:backup"},
    "os:operator": {"operator", "reader", "etcd:backup"},
    "os:reader": {"reader"},
    "os:etcd:backup": {"etcd:backup"},
}


@cache
def methods() -> dict[str, dict[str, Any]]:
    """Read the table of methods."""
    rows: dict[str, dict[str, Any]] = yaml.safe_load((TABLES / "methods.yaml").read_text(encoding="utf-8"))
    return rows


@cache
def unimplemented() -> list[str]:
    """Read the names of the methods that only say so."""
    names: list[str] = yaml.safe_load((TABLES / "unimplemented.yaml").read_text(encoding="utf-8"))
    return names


@dataclass(slots=True)
class Call:
    """A call that got past the refusals. `request` is a message, or a stream of them."""

    node: Node
    request: Any
    rights: frozenset[str]
    incoming: AsyncIterator[Any]
    transport: asyncio.Transport

    def reply(self, name: str, **fields: Any) -> Any:
        """Wrap the fields as Talos wraps every unary reply: one entry in `messages`."""
        return make(f"machine.{name}Response", messages=[make(f"machine.{name}", **fields)])

    def cut(self) -> None:
        """Cut the connection, as a node does that renumbers or reboots."""
        self.transport.abort()


class Cut(Exception):
    """The connection was cut; there is nobody left to answer."""


def refuse(status: Status, text: str) -> GRPCError:
    """Make the refusal that a node sends."""
    return GRPCError(status, text)


def rights_of(node: Node, transport: asyncio.Transport) -> frozenset[str]:
    """Return what the caller may do: in maintenance everybody reads, later the certificate's roles count."""
    if node.serves == "maintenance":
        return frozenset({"reader"})
    certificate = transport.get_extra_info("ssl_object").getpeercert(True)
    roles = roles_of(certificate) if certificate else set()
    return frozenset(right for role in roles for right in _ALLOWS.get(role, ()))


def admit(node: Node, method: str, request: Message | None, rights: frozenset[str]) -> None:
    """Judge a call by the tables.

    Raises:
        GRPCError: the node would refuse it.
    """
    row = methods()[method]
    if node.serves == "maintenance":
        if not row["maintenance"]:
            raise refuse(Status.PERMISSION_DENIED, "not authorized")
    elif row["role"] not in rights:
        raise refuse(Status.PERMISSION_DENIED, "not authorized")
    if row["where"] == "controlplane" and not node.is_control_plane:
        raise refuse(Status.UNIMPLEMENTED, f"{method.rpartition('/')[2]} is only available on control plane nodes")
    if method.startswith(("/machine.ImageService", "/machine.LifecycleService")) and node.minor < (1, 13):
        raise refuse(Status.UNIMPLEMENTED, f"unknown service {method.split('/')[1]}")
    for place in unknown_fields(request) if request is not None else ():
        raise refuse(Status.INVALID_ARGUMENT, place)


def is_reachable(node: Node) -> bool:
    """Say whether the node's ingress firewall lets the operator in."""
    subnets = node.config.apid_subnets if node.config and node.serves == "secure" else None
    return subnets is None or any(ip_address(node.site.operator) in ip_network(subnet) for subnet in subnets)
