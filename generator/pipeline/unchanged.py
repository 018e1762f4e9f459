"""The verdict of the last check, for as long as nothing that it depends on has changed.

It only saves time (docs/architecture/decisions/0031): without it, with a damaged one, or after any
change, everything is judged. What is kept was made by a run whose canary failed as it must, from
inputs that were the same before and after that run.
"""

import os
import pickle
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum, EnumType
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from generator.finding import ChartroomError, Finding
from generator.pipeline.carried import library_folder, rule_folders
from generator.pipeline.check import Choice
from generator.pipeline.generate import TOOLS
from generator.pipeline.state import CACHE, INPUTS, SCOPE, read_inputs
from generator.policy import find_conftest
from generator.report import Report
from generator.schema import schema_folder
from generator.tree import LEDGER_PATH, fingerprint

FOLDER = f"{CACHE}/verdicts"
_FIRST_LINE = b"chartroom verdict 1"
_MOST_KEPT = 8
_OUTPUTS = (*SCOPE.folders, LEDGER_PATH, "tests/frozen")
_OURS = frozenset({"generator.finding", "generator.report.model"})
_ALSO = frozenset({("datetime", "datetime"), (__name__, "Kept")})


@dataclass(frozen=True, slots=True)
class Kept:
    """A report without marks of a baseline, the problems of waivers, and when it was judged."""

    report: Report
    problems: tuple[Finding, ...]
    at: datetime
    recalled: bool = False


def fresh(report: Report, problems: tuple[Finding, ...]) -> Kept:
    """Return a verdict of now."""
    return Kept(report, problems, datetime.now())  # noqa: DTZ005 -- shown to whoever runs this


def key_of(root: Path, choice: Choice, today: date, conftest: Path) -> str:
    """Digest everything that a verdict depends on.

    That is: this program, Python and the packages beside it, values, facts, rules and cases (`read_inputs`);
    every generated file and whatever else lies beside them; waivers, frozen fields, the library that comes
    with the package; the day; what the run is narrowed to; conftest, helm, the schemas of Kubernetes.

    Raises:
        TreeError, PolicyUsage, SchemaError: something of it cannot be read.
    """
    folders = rule_folders(root)
    carried = [
        folder for folder in (folders.policies, folders.cases, library_folder(root)) if not _is_read(root, folder)
    ]
    parts = [
        read_inputs(root).digest,
        fingerprint(root, _OUTPUTS),
        *(f"{folder} {fingerprint(folder, ('.',))}" for folder in carried),
        f"{today.isoformat()} {choice.environment} {choice.rules} {choice.services}",
        *map(_state, (conftest, root / TOOLS / "helm", Path(shutil.which("helm") or "-"), *_schemas())),
    ]
    return sha256("\n".join(parts).encode()).hexdigest()


def _is_read(root: Path, folder: Path) -> bool:
    """Say whether a folder is among the inputs, which are digested anyhow."""
    return any(folder == root / path for path in INPUTS)


def _schemas() -> list[Path]:
    return sorted(schema_folder().glob("*-strict/_definitions.json"))


def _state(path: Path) -> str:
    """What changes whenever somebody writes or replaces a file that is too large to read each time."""
    try:
        found = path.stat()
    except OSError:
        return f"{path} is absent"
    return f"{path.resolve()} {found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def verdict(root: Path, choice: Choice, today: date, judge: Callable[[], tuple[Report, tuple[Finding, ...]]]) -> Kept:
    """Return the verdict of the same inputs; where there is none, judge.

    Raises:
        ChartroomError: whatever `judge` raises.
    """
    before = _key(root, choice, today)
    known = recall(root, before) if before is not None else None
    if known is not None:
        return replace(known, recalled=True)
    made = fresh(*judge())
    if before is not None and _key(root, choice, today) == before:
        remember(root, before, made)
    return made


def _key(root: Path, choice: Choice, today: date) -> str | None:
    """Return the key; None where judging will say better what is wrong with the inputs."""
    try:
        return key_of(root, choice, today, find_conftest(root / TOOLS))
    except ChartroomError:
        return None


def recall(root: Path, key: str) -> Kept | None:
    """Return the verdict of the very same inputs; None where there is none, or none that can be read."""
    try:
        first, digest, payload = (root / FOLDER / key).read_bytes().split(b"\n", 2)
        if first != _FIRST_LINE or digest.decode() != _seal(key, payload):
            return None
        kept = _Reader(BytesIO(payload)).load()
    except (OSError, ValueError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, IndexError, TypeError):
        return None
    return kept if isinstance(kept, Kept) else None


def remember(root: Path, key: str, kept: Kept) -> None:
    """Keep a verdict; say nothing where that cannot be done, for it only saves time."""
    payload = pickle.dumps(kept, pickle.HIGHEST_PROTOCOL)
    folder = root / FOLDER
    part = folder / f"{key}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(b"\n".join((_FIRST_LINE, _seal(key, payload).encode(), payload)))
        part.replace(folder / key)
        _forget(folder.iterdir())
    except OSError:
        with suppress(OSError):
            part.unlink()


def _forget(files: Iterable[Path]) -> None:
    """Delete all but the newest: each change leaves a verdict that nobody will ask for again."""
    for path in sorted(files, key=lambda path: path.stat().st_mtime_ns)[:-_MOST_KEPT]:
        path.unlink(missing_ok=True)


def _seal(key: str, payload: bytes) -> str:
    return sha256(key.encode() + payload).hexdigest()


class _Reader(pickle.Unpickler):
    """Takes back the parts of a report and nothing else: a file in a cache is not trusted to run anything."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "getattr"):
            return _member
        if module not in _OURS and (module, name) not in _ALSO:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a verdict")
        return super().find_class(module, name)


def _member(kind: object, name: str) -> Enum:
    """Up to Python 3.11.3 a member of an enumeration is kept as an attribute; no other attribute is looked up."""
    if not isinstance(kind, EnumType) or name not in kind.__members__:
        raise pickle.UnpicklingError(f"{name!r} of something is no part of a verdict")
    member: Enum = kind[name]
    return member
