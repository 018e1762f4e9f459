"""Serve a site of Talos nodes from a process of its own: `python -m tests.simulators.talos --nodes FILE`.

FILE is JSON: `{"nodes": [{"name", "address", "version", "platform", "on"}], "reserve": ["10.0.10.10"]}`. Prints one
line of JSON (control, map) when it listens, and serves until SIGTERM or SIGINT; the nodes live on while clients die.
"""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from aiohttp import web

from .clock import Clock
from .control import build
from .site import Site


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.talos", description=__doc__)
    parser.add_argument("--nodes", type=Path, help="JSON file with the machines (default: none, add them by control)")
    parser.add_argument("--rate", type=float, default=1.0, help="how fast simulated time runs (default: 1)")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    site = Site(clock=Clock(arguments.rate))
    wanted = json.loads(arguments.nodes.read_text(encoding="utf-8")) if arguments.nodes else {}
    for address in wanted.get("reserve", ()):
        site.reserve(address)
    for row in wanted.get("nodes", ()):
        is_on = row.pop("on", True)
        node = site.add_node(**row)
        if is_on:
            node.power_on()
    async with site:
        runner = web.AppRunner(build(site), access_log=None)
        await runner.setup()
        listener = web.TCPSite(runner, "127.0.0.1", 0)
        await listener.start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        sys.stdout.write(json.dumps({"control": address, "map": site.ports.table()}) + "\n")
        sys.stdout.flush()
        await stop.wait()
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
