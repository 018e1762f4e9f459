"""The virtual environment: Python packages by hash, from wheels that stay in the user's cache."""

import importlib.util
import platform
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from toolchain.fault import SetupFault
from toolchain.places import Places
from toolchain.program import Arguments, run
from toolchain.progress import Progress
from toolchain.store import entry, fingerprint

# What would send an installation somewhere else than into the virtual environment.
ELSEWHERE = frozenset({"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"})
# The Python below: in an activated .venv, `sys.executable` would be what we may have to delete.
BASE_PYTHON: str = getattr(sys, "_base_executable", sys.executable)
PINNED = re.compile(r"^[A-Za-z0-9._-]+==", re.MULTILINE)


def pip_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Keep the user's mirror and certificates, drop what redirects an installation."""
    kept = {name: value for name, value in environ.items() if name not in ELSEWHERE}
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONUTF8": "1"}


def machine() -> str:
    """Name the platform as cache keys do."""
    return f"{sys.platform}-{platform.machine()}"


class Environment:
    """The `.venv` of a clone, brought up to one lock after the other."""

    def __init__(self, places: Places, progress: Progress, environ: Mapping[str, str]) -> None:
        self._places = places
        self._progress = progress
        self._environ = pip_environ(environ)
        self._interpreter = f"{sys.version} {machine()} {places.venv}"

    def ensure(self, locks: tuple[str, ...]) -> None:
        """Install these locks and the project itself; nothing happens where the stamps agree."""
        if self._places.venv.exists() and (not self._places.python.exists() or any(map(self._is_outdated, locks))):
            # A package that left a lock must leave the environment too: begin again, from cached wheels.
            shutil.rmtree(self._places.venv)
        for lock in locks:
            if not self._stamp(lock).exists():
                self.create()
                self._install_lock(lock)
                self._stamp(lock).write_text(self._lock_key(lock))
        key = fingerprint(self._interpreter, (self._places.clone / "pyproject.toml").read_bytes())
        if not self._agrees("project", key):
            self._install_project()
            self._stamp("project").write_text(key)

    @property
    def python_key(self) -> str:
        """The stamp of an empty environment."""
        return fingerprint(self._interpreter)

    def create(self) -> None:
        """Make an empty environment where there is none that starts."""
        if self._agrees("python", self.python_key) and self._places.python.exists():
            return
        require_venv_module()
        self._progress.step(f"making .venv with Python {platform.python_version()}")
        make: Arguments = [BASE_PYTHON, "-m", "venv", "--clear", self._places.venv]
        run(make, what="making .venv", progress=self._progress, environ=self._environ)
        self._stamp("python").write_text(self.python_key)

    def install_into(self, folder: Path, lock: str) -> None:
        """Install a lock into a folder of its own, beside the environment."""
        self.create()
        arguments = ["install", "--target", folder, *self._by_hash(lock)]
        self._pip(arguments, f"installing requirements/{lock}.txt", count("installing", self._total(lock)))

    def _install_lock(self, lock: str) -> None:
        pinned = fingerprint(self._places.lockfile(lock).read_bytes(), sys.version, machine())
        wheels = self._places.cache / "wheels" / f"{lock}-{pinned}"
        total = self._total(lock)
        if not wheels.is_dir():
            self._progress.step(f"downloading up to {total} Python packages ({lock})")
        entry(wheels, self._progress, lambda folder: self._download(lock, folder))
        self._progress.step(f"installing Python packages ({lock})")
        arguments: Arguments = ["install", "--no-index", "--find-links", wheels, *self._by_hash(lock)]
        self._pip(arguments, f"installing requirements/{lock}.txt", count("installing", total))

    def _download(self, lock: str, folder: Path) -> None:
        arguments = ["download", "--dest", folder, *self._by_hash(lock)]
        self._pip(arguments, f"downloading requirements/{lock}.txt", count("downloading", self._total(lock)))

    def _install_project(self) -> None:
        self._progress.step("installing chartroom itself, editable")
        offline = ["--no-index", "--no-deps", "--no-build-isolation"]
        arguments: Arguments = ["install", *offline, "--editable", self._places.clone]
        self._pip(arguments, "installing chartroom itself", lambda _: None)

    def _pip(self, arguments: Arguments, what: str, describe: Callable[[str], str | None]) -> None:
        command = [self._places.python, "-m", "pip", *arguments]
        run(command, what=what, progress=self._progress, environ=self._environ, describe=describe)

    def _by_hash(self, lock: str) -> Arguments:
        return ["--require-hashes", "--only-binary", ":all:", "--requirement", self._places.lockfile(lock)]

    def _total(self, lock: str) -> int:
        return len(PINNED.findall(self._places.lockfile(lock).read_text()))

    def _lock_key(self, lock: str) -> str:
        return fingerprint(self._interpreter, self._places.lockfile(lock).read_bytes())

    def _stamp(self, name: str) -> Path:
        return self._places.venv / f"chartroom-{name}.stamp"

    def _agrees(self, name: str, key: str) -> bool:
        stamp = self._stamp(name)
        return stamp.exists() and stamp.read_text() == key

    def _is_outdated(self, lock: str) -> bool:
        return self._stamp(lock).exists() and not self._agrees(lock, self._lock_key(lock))


def has_module(name: str) -> bool:
    """Say whether this Python has a module, without importing it."""
    return importlib.util.find_spec(name) is not None


def require_venv_module(has: Callable[[str], bool] = has_module) -> None:
    """Raise one line where this Python cannot make virtual environments; Debian splits both modules off."""
    if has("venv") and has("ensurepip"):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise SetupFault(
        f"{BASE_PYTHON} (Python {version}) has no venv module; "
        f"on Debian and Ubuntu: apt install python3-venv (or python{version}-venv)"
    )


def count(verb: str, total: int) -> Callable[[str], str | None]:
    """Describe pip's output as `<verb> 3 of 57: name`."""
    seen = 0

    def describe(line: str) -> str | None:
        nonlocal seen
        if not line.startswith("Collecting "):
            return verb if line.startswith("Installing collected packages") else None
        seen += 1
        return f"{verb} {seen} of {total}: {re.split('[ =;<>]', line)[1]}"

    return describe
