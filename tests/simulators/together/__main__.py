"""Serve a whole site from a process of its own: `python -m tests.simulators.together --values values --folder DIR`.

Prints one line of JSON (map, ca, factory, controls) when it listens; serves until SIGTERM or SIGINT.
"""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from .site import build


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.together", description=__doc__)
    parser.add_argument("--values", type=Path, required=True, help="the folder `values` of a repository")
    parser.add_argument("--folder", type=Path, required=True, help="where certificates are written")
    parser.add_argument("--rate", type=float, default=1.0, help="how fast simulated time runs (default: 1)")
    return parser.parse_args()


async def _main(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with build(arguments.values, arguments.folder, rate=arguments.rate) as together:
        sys.stdout.write(json.dumps(together.facts) + "\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_main(_arguments()))
