"""Serve a node's API: grpclib over real TLS, every method registered."""

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from grpclib.const import Cardinality, Handler, Status
from grpclib.exceptions import GRPCError
from grpclib.server import Server

from . import cosi_calls, etcd_calls, lifecycle_calls, machine_calls
from .call import Call, Cut, admit, is_reachable, methods, rights_of, unimplemented
from .certificates import self_signed, server_context, signed
from .node import Node
from .site import APID, Site
from .wire import message

_CARDINALITY = {
    "unary": Cardinality.UNARY_UNARY,
    "server": Cardinality.UNARY_STREAM,
    "client": Cardinality.STREAM_UNARY,
}
ANSWERS: dict[str, Any] = {
    **machine_calls.ANSWERS,
    **etcd_calls.ANSWERS,
    **lifecycle_calls.ANSWERS,
    **cosi_calls.ANSWERS,
}


@dataclass(slots=True)
class _Apid:
    """The handlers of one node and the connections that they came by."""

    site: Site
    node: Node
    generation: int
    mode: str | None
    transports: "weakref.WeakSet[asyncio.Transport]" = field(default_factory=weakref.WeakSet)
    server: Server | None = None

    def __mapping__(self) -> dict[str, Handler]:
        known = {
            name: Handler(self._answer(name), _CARDINALITY[row["kind"]], message(row["request"]), message(row["reply"]))
            for name, row in methods().items()
        }
        empty = message("google.protobuf.Empty")
        rest = {name: Handler(_say_unimplemented, Cardinality.UNARY_UNARY, empty, empty) for name in unimplemented()}
        return known | rest

    def _answer(self, method: str) -> Any:
        async def handler(stream: Any) -> None:
            transport = stream.peer._transport  # grpclib shows only the parsed certificate, without its usages
            self.transports.add(transport)
            with contextlib.suppress(Cut):
                await self._meet(method, stream, transport)

        return handler

    async def _meet(self, method: str, stream: Any, transport: asyncio.Transport) -> None:
        node, site = self.node, self.site
        if site.faults.take("certificate-rotation", node.name):
            node.generation += 1
        stale = (node.generation, node.serves) != (self.generation, self.mode) or not is_reachable(node)
        if stale or site.faults.take("connection-refused", node.name):
            transport.abort()
            raise Cut
        site.calls.append(f"{node.name} {method}")
        if site.latency:
            await site.clock.sleep(site.latency)
        row = methods()[method]
        request = await stream.recv_message() if row["kind"] != "client" else None
        rights = rights_of(node, transport)
        admit(node, method, request, rights)
        call = Call(node, request, rights, _incoming(stream), transport)
        if row["kind"] == "server":
            async for part in ANSWERS[method](call):
                await stream.send_message(part)
        else:
            await stream.send_message(await ANSWERS[method](call))

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        for transport in list(self.transports):
            with contextlib.suppress(AttributeError):  # 3.11.2: a lost connection has no abort
                transport.abort()
        if self.server is not None:
            self.server.close()


async def serve(site: Site, node: Node) -> _Apid | None:
    """Open a node's API as its stage asks for."""
    apid = _Apid(site, node, node.generation, node.serves)
    if node.serves == "maintenance":
        context = server_context(*self_signed([node.address, "127.0.0.1"]), None)
    else:
        assert node.config is not None
        names = [node.address, node.hostname, "127.0.0.1", *node.config.cert_sans]
        authority = site.talos_authority(node.config)
        if authority is None:
            return None  # a worker without a control plane: nobody signs its certificate
        context = server_context(*signed(authority, names), node.config.talos.certificate)
    apid.server = Server([apid])
    await apid.server.start(sock=site.ports.listen((node.address, APID)), ssl=context)
    return apid


async def _say_unimplemented(stream: Any) -> None:
    raise GRPCError(Status.UNIMPLEMENTED, "the simulator does not have this method")


async def _incoming(stream: Any) -> AsyncIterator[Any]:
    while (part := await stream.recv_message()) is not None:
        yield part
