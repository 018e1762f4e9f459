"""Build a tool set into the user's cache, once, and link it into the clone."""

from collections.abc import Callable, Mapping
from pathlib import Path

from toolchain.environment import machine
from toolchain.fault import SetupFault
from toolchain.go import Go, go_environ
from toolchain.places import Places
from toolchain.program import Arguments, ask, run
from toolchain.progress import Progress
from toolchain.store import entry, fingerprint, link
from toolchain.toolset import Tool, Toolset

FLAGS = ("-trimpath", "-buildvcs=false")


def provide(toolset: Toolset, go: Go, *, places: Places, progress: Progress, environ: Mapping[str, str]) -> None:
    """Link the set's tools into `.tools/bin`, from the cache or newly built."""
    folder = places.cache / "tools" / f"{toolset.name}-{cache_key(toolset, go)}"
    entry(folder, progress, lambda partial: build(toolset, go, partial, progress=progress, environ=environ))
    for tool in toolset.tools:
        link(folder / tool.name, places.bin / tool.name)


def cache_key(toolset: Toolset, go: Go) -> str:
    """Hash all that shapes the binaries."""
    names = [f"{tool.name}={tool.package}" for tool in toolset.tools]
    return fingerprint(toolset.module, go.version, machine(), *FLAGS, toolset.link_flags, *names)


def build(toolset: Toolset, go: Go, folder: Path, *, progress: Progress, environ: Mapping[str, str]) -> None:
    """Compile every tool of the set and ask each for its version."""
    binary = go.locate()
    environ = go_environ(environ)
    for number, tool in enumerate(toolset.tools, start=1):
        position = f"{toolset.name} {number}/{len(toolset.tools)}"
        progress.step(f"building {tool.name} ({position}, {go.version}; once per user)")
        command: Arguments = [
            binary,
            "build",
            "-v",
            *FLAGS,
            "-ldflags",
            toolset.link_flags,
            "-o",
            folder / tool.name,
            tool.package,
        ]
        run(
            command,
            what=f"building {tool.name}",
            progress=progress,
            environ=environ,
            folder=toolset.folder,
            describe=count_packages(),
        )
        require_version(tool, folder / tool.name, environ)


def require_version(tool: Tool, binary: Path, environ: Mapping[str, str]) -> None:
    """Raise where the new binary does not say the version that was asked for."""
    said = ask([binary, *tool.ask], environ=environ)
    if tool.answer not in said:
        asked = " ".join([tool.name, *tool.ask])
        raise SetupFault(f"`{asked}` should say {tool.answer!r}, it says {said[:200]!r}")


def count_packages() -> Callable[[str], str | None]:
    """Describe Go's output: what it fetches, and how many packages it has compiled."""
    compiled = 0

    def describe(line: str) -> str | None:
        nonlocal compiled
        if line.startswith("go: "):
            return line.removeprefix("go: ")
        compiled += 1
        return f"{compiled} packages compiled, {line}"

    return describe
