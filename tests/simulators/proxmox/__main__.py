"""Serve a site from a process of its own: `python -m tests.simulators.proxmox --folder DIR`.

Prints one line of JSON (url, control, ca, fingerprint) when it listens, and serves until SIGTERM or SIGINT. The
state stays in the process while its clients die; with --state it is read at the start, if it is there, and written
at the end.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from . import saved
from .running import prepare
from .sample import sample_site


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.proxmox", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where certificates are written")
    parser.add_argument("--state", type=Path, help="JSON file to load the site from and to save it to")
    parser.add_argument("--hosts", type=int, default=3, help="hosts of the sample site (default: 3)")
    parser.add_argument("--port", type=int, default=0, help="port of the API (default: a free one)")
    parser.add_argument("--rate", type=float, default=1.0, help="how fast simulated time runs (default: 1)")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    file = arguments.state
    site = saved.load(file.read_bytes()) if file and file.exists() else sample_site(arguments.hosts)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    running = prepare(site, arguments.folder, rate=arguments.rate)
    running.port = arguments.port
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runners = await running.listen()
    where = {"url": running.url, "control": f"http://127.0.0.1:{running.control_port}"}
    print(json.dumps({**where, "ca": str(running.ca_file), "fingerprint": running.fingerprint}), flush=True)
    await stop.wait()
    for runner in runners:
        await runner.cleanup()
    if file:
        file.write_bytes(saved.dump(running.site))


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
