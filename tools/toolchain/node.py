"""Node modules: installed from an npm lock into the user's cache, linked beside the lock."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from toolchain.environment import machine
from toolchain.places import Places
from toolchain.program import Arguments, run
from toolchain.progress import Progress
from toolchain.store import entry, fingerprint, link

MANIFESTS = ("package.json", "package-lock.json")


def provide_modules(folder: Path, *, places: Places, progress: Progress, environ: Mapping[str, str]) -> None:
    """Link `node_modules` beside the lock, from the cache or newly installed."""
    manifests = [(folder / name).read_bytes() for name in MANIFESTS]
    cached = places.cache / "node" / f"{folder.name}-{fingerprint(*manifests, machine())}"

    def install(partial: Path) -> None:
        progress.step(f"installing the Node modules of {folder.name}")
        for name in MANIFESTS:
            shutil.copyfile(folder / name, partial / name)
        node = places.venv / "bin"
        # No install script runs: what the lock names is unpacked, nothing else happens.
        command: Arguments = [
            node / "npm",
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
        ]
        path = {"PATH": f"{node}:{environ.get('PATH', '')}"}
        run(command, what=f"npm ci of {folder.name}", progress=progress, environ={**environ, **path}, folder=partial)

    entry(cached, progress, install)
    link(cached / "node_modules", folder / "node_modules")
