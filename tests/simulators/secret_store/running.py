"""Serve a store from a thread, with a certificate of an authority of its own."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from ..proxmox.certificates import Authority
from . import infisical, vault
from .state import State

_BUILD = {"infisical": infisical.build, "vault": vault.build}


@dataclass(slots=True)
class RunningStore:
    """A store that answers: its state, where it listens, and whom to trust."""

    state: State
    port: int
    ca_file: Path


@contextmanager
def serve(kind: str, host: str, folder: Path, state: State | None = None) -> Iterator[RunningStore]:
    """Serve a store that calls itself `host` until the block ends; `kind` is infisical or vault."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = Authority(folder)
    authority.write_ca()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.issue([host])[0])
    running = RunningStore(state or State(), 0, authority.ca_file)
    opened, close, loops = threading.Event(), asyncio.Event(), list[asyncio.AbstractEventLoop]()

    async def stay() -> None:
        runner = web.AppRunner(_BUILD[kind](running.state), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        running.port = runner.addresses[0][1]
        loops.append(asyncio.get_running_loop())
        opened.set()
        await close.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(stay()), name="secret-store-simulator", daemon=True)
    thread.start()
    if not opened.wait(30):
        raise RuntimeError("the simulated secret store did not open its port within 30 s")
    try:
        yield running
    finally:
        loops[0].call_soon_threadsafe(close.set)
        thread.join(10)
