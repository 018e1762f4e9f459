"""Run the simulator in a thread of this process, or for `python -m`."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from . import control, server
from .certificates import Authority
from .engine import Engine
from .faults import Fault
from .state import Site

_T = TypeVar("_T")


@dataclass(slots=True)
class RunningProxmox:
    """A simulator that answers: where it listens, how to trust it, and its engine."""

    engine: Engine
    authority: Authority
    names: list[str]
    port: int = 0
    control_port: int = 0
    fingerprint: str = ""
    context: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        """Return the endpoint."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def ca_file(self) -> Path:
        """Return the certificate to trust."""
        return self.authority.ca_file

    @property
    def site(self) -> Site:
        """Return the cluster; change it only through `run`."""
        return self.engine.site

    def run(self, change: Callable[[Engine], _T]) -> _T:
        """Look at or change the engine between two calls."""

        async def carry_out() -> _T:
            return change(self.engine)

        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(carry_out(), self.loop).result()

    def fault(self, kind: str, **settings: object) -> None:
        """Switch a fault on; `times`, `after`, `match` as in `Fault`, the rest are its options."""
        own = {name: settings.pop(name) for name in ("times", "after", "match") if name in settings}
        fault = Fault(kind, options={name: str(value) for name, value in settings.items()}, **own)  # type: ignore[arg-type]  # the three have their own types
        self.run(lambda engine: engine.faults.active.append(fault))

    def rotate_certificate(self) -> str:
        """Use a new certificate of the same CA from the next connection on; return its fingerprint."""
        file, self.fingerprint = self.authority.issue(self.names)
        self.context.load_cert_chain(file)
        return self.fingerprint

    async def listen(self) -> list[web.AppRunner]:
        """Open both ports on loopback."""
        self.loop = asyncio.get_running_loop()
        api = web.AppRunner(server.build(self.engine), shutdown_timeout=0.2)
        steering = web.AppRunner(control.build(self.engine, self.rotate_certificate), shutdown_timeout=0.2)
        self.port = await _open(api, self.port, self.context)
        self.control_port = await _open(steering, self.control_port, None)
        return [api, steering]


async def _open(runner: web.AppRunner, port: int, context: ssl.SSLContext | None) -> int:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
    found: int = runner.addresses[0][1]
    return found


def prepare(site: Site, folder: Path, *, rate: float = 1.0) -> RunningProxmox:
    """Return a simulator that does not listen yet; its certificates go into `folder`."""
    engine = Engine(Site())
    engine.load(site)
    engine.clock.turn(rate)
    authority = Authority(folder)
    authority.write_ca()
    names = ["127.0.0.1", "localhost", *(node.address for node in site.nodes.values()), *site.nodes]
    running = RunningProxmox(engine, authority, names)
    running.rotate_certificate()
    return running


@contextmanager
def serve(site: Site, folder: Path, *, rate: float = 200.0) -> Iterator[RunningProxmox]:
    """Serve a site from a thread until the block ends; time runs `rate` times as fast."""
    running = prepare(site, folder, rate=rate)
    opened, close = threading.Event(), asyncio.Event()

    async def stay() -> None:
        runners = await running.listen()
        opened.set()
        await close.wait()
        await _each(runners)

    thread = threading.Thread(target=lambda: asyncio.run(stay()), name="proxmox-simulator", daemon=True)
    thread.start()
    if not opened.wait(30):
        raise RuntimeError("the Proxmox simulator did not open its port within 30 s")
    try:
        yield running
    finally:
        assert running.loop is not None
        running.loop.call_soon_threadsafe(close.set)
        thread.join(10)


async def _each(runners: list[web.AppRunner]) -> None:
    for runner in runners:
        cleanup: Awaitable[None] = runner.cleanup()
        await cleanup
