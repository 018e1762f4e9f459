"""Where a memo lies: a text that names its parts, and beside it, in one file, what stands around each domain.

Both are replaced whole, the text last; each part carries its digest. Whatever does not hold up counts as absent.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from generator.docs import Kept, NamespaceTables, Part
from generator.docs.markdown import Markdown

FOLDER = ".cache/chartroom"
_TEXT = "memo.json"
_AROUND = "memo-around-"
_LARGEST = 1 << 28
_DIGEST_LETTERS = 64


@dataclass(frozen=True, slots=True)
class Known:
    """Of one service: its file, and of each environment whether it `r`uns there, is `o`ff or re`t`ired."""

    path: str
    states: str


@dataclass(frozen=True, slots=True)
class Memo:
    """What a good run knew. `inputs` are digests by path, `seal` is that of everything that it left.

    `texts` are the files of services, `near` the services whose own files say what those of a domain need to know,
    `parts` says where in the file beside it stands what is around a domain: offset, length, digest.
    """

    program: str
    inputs: Mapping[str, str]
    seal: str
    texts: Mapping[str, str]
    services: Mapping[str, Known]
    environments: tuple[str, ...]
    domains: int
    operators: Mapping[str, tuple[str, ...]]
    steps: Mapping[str, Mapping[str, int]]
    near: Mapping[str, tuple[str, ...]]
    kept: Kept
    warnings: tuple[Mapping[str, Any], ...]
    around: str = ""
    parts: Mapping[str, tuple[int, int, str]] | None = None

    def names(self, environment: str, states: str) -> frozenset[str]:
        """The services that are in one of some states in an environment."""
        at = self.environments.index(environment)
        return frozenset(name for name, known in self.services.items() if known.states[at] in states)


def save(root: Path, memo: Memo, around: Mapping[str, bytes]) -> None:
    """Keep a memo with what stands around every domain. A disk that refuses keeps none, which costs time only."""
    content = b"".join(around.values())
    name = f"{_AROUND}{sha256(content).hexdigest()[:16]}"
    parts, offset = {}, 0
    for domain, part in around.items():
        parts[domain] = (offset, len(part), sha256(part).hexdigest())
        offset += len(part)
    with suppress(OSError):
        _put(root, name, content)
        save_text(root, replace(memo, around=name, parts=parts))
        for other in (root / FOLDER).glob(f"{_AROUND}*"):
            if other.name != name:
                other.unlink(missing_ok=True)


def save_text(root: Path, memo: Memo) -> None:
    """Keep a memo beside which the file with everything around the domains stands already."""
    content = orjson.dumps(memo)
    with suppress(OSError):
        _put(root, _TEXT, sha256(content).hexdigest().encode() + b"\n" + content)


def _put(root: Path, name: str, content: bytes) -> None:
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.{os.getpid()}"
    try:
        part.write_bytes(content)
        part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)


def load(root: Path, program: str) -> Memo | None:
    """Return the memo that this very program kept; None where there is none, or what is there is damaged."""
    try:
        text = _read(root, _TEXT)
        digest, content = text[:_DIGEST_LETTERS], text[_DIGEST_LETTERS + 1 :]
        if sha256(content).hexdigest().encode() != digest:
            return None
        found = orjson.loads(content)
        return _memo(found) if found["program"] == program else None
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def load_around(root: Path, memo: Memo, domain: str) -> bytes | None:
    """Return what stands around the services of one domain; None where it is lost or damaged."""
    try:
        offset, length, digest = (memo.parts or {})[domain]
        with (root / FOLDER / Path(memo.around).name).open("rb") as file:
            file.seek(offset)
            part = file.read(length)
    except (OSError, KeyError):
        return None
    return part if sha256(part).hexdigest() == digest else None


def _read(root: Path, name: str) -> bytes:
    handle = os.open(root / FOLDER / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        return file.read(_LARGEST)


def _memo(found: dict[str, Any]) -> Memo:
    services = {name: Known(**known) for name, known in found.pop("services").items()}
    environments = tuple(found.pop("environments"))
    return Memo(**{**found, "services": services, "environments": environments, "kept": _kept(found.pop("kept"))})


def _kept(found: dict[str, Any]) -> Kept:
    tables = found["namespaces"]
    return Kept(
        found["pinned"],
        found["required"],
        [_part(part) for part in found["domains"]],
        found["count"],
        NamespaceTables(Markdown(tables["namespaces"]), Markdown(tables["exceptions"]), tables["quotas"]),
    )


def _part(part: dict[str, str]) -> Part:
    return {**part, "services": Markdown(part["services"]), "budget": Markdown(part["budget"])}
