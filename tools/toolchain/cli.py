"""Bring up the parts that a make target names, in the order that they need each other."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolchain.build import provide
from toolchain.environment import Environment
from toolchain.fault import SetupFault
from toolchain.go import choose_go
from toolchain.node import provide_modules
from toolchain.places import Places, find_places
from toolchain.progress import Progress
from toolchain.store import alone
from toolchain.toolset import read_toolset

EXIT_TOOL_FAILED = 3
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
# Which locks stand below a lock.
LOCKS = {"run": ("run",), "test": ("run", "test")}


@dataclass(frozen=True, slots=True)
class Parts:
    """What was asked for, sorted by how it is set up."""

    locks: tuple[str, ...]
    toolsets: tuple[Path, ...]
    modules: tuple[Path, ...]


def main(arguments: Sequence[str]) -> int:
    """Set up each named part; an exit code."""
    progress = Progress(sys.stderr)
    try:
        places = find_places(os.environ)
        parts = read_parts(arguments, places.clone / "tools")
        with alone(places.clone / ".tools" / "setup.lock", progress):
            set_up(parts, places, progress, os.environ)
    except UsageFault as fault:
        return complain(progress, str(fault), EXIT_USAGE)
    except SetupFault as fault:
        return complain(progress, str(fault), EXIT_TOOL_FAILED)
    except OSError as error:
        return complain(progress, f"{error.filename}: {error.strerror}", EXIT_TOOL_FAILED)
    except KeyboardInterrupt:
        return complain(progress, "interrupted; the next run goes on from here", EXIT_INTERRUPTED)
    return 0


class UsageFault(SetupFault):
    """A part was asked for that does not exist."""


def read_parts(names: Sequence[str], tools: Path) -> Parts:
    """Sort the names: a lock, a folder with a Go module, a folder with an npm lock."""
    toolsets = {path.parent.name: path.parent for path in sorted(tools.glob("*/toolset.toml"))}
    modules = {path.parent.name: path.parent for path in sorted(tools.glob("*/package-lock.json"))}
    known = [*LOCKS, *toolsets, *modules]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise UsageFault(f"no part is called {unknown[0]!r}, " * bool(unknown) + f"the parts are: {', '.join(known)}")
    locks: tuple[str, ...] = max((LOCKS[name] for name in names if name in LOCKS), key=len, default=())
    if any(name in modules for name in names):
        locks = LOCKS["test"]
    return Parts(
        locks=locks,
        toolsets=tuple(toolsets[name] for name in names if name in toolsets),
        modules=tuple(modules[name] for name in names if name in modules),
    )


def set_up(parts: Parts, places: Places, progress: Progress, environ: Mapping[str, str]) -> None:
    """Bring everything up; what is there already costs a look."""
    environment = Environment(places, progress, environ)
    if parts.locks:
        environment.ensure(parts.locks)
    for folder in parts.modules:
        provide_modules(folder, places=places, progress=progress, environ=environ)
    toolsets = [read_toolset(folder) for folder in parts.toolsets]
    if toolsets:
        oldest = max((toolset.go for toolset in toolsets), key=lambda go: [int(number) for number in go.split(".")])
        go = choose_go(oldest, places=places, environment=environment, progress=progress, environ=environ)
        for toolset in toolsets:
            provide(toolset, go, places=places, progress=progress, environ=environ)


def complain(progress: Progress, text: str, code: int) -> int:
    """Write one line to standard error; the exit code."""
    progress.done()
    sys.stderr.write(f"set-up: {text}\n")
    return code
