"""What is known of a service beyond its file: facts that were left out, and warnings answered.

Source: `tests/facts/*.yaml`, whose README.md has their shape. Pages are written without them too.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.finding import ChartroomError
from generator.source import Map, Seq, Value, read_bytes

_NOT_ANSWERED = "not answered"


class FactsError(ChartroomError):
    """A file of facts cannot be used."""


@dataclass(frozen=True, slots=True)
class Gotcha:
    """A warning of the catalogue. `answer` is the text that meets it, None where nothing does."""

    fact: str
    answer: str | None
    file: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One row of a catalogue as a service page shows it."""

    row: str
    path: str
    omitted: Mapping[str, str]
    gotchas: tuple[Gotcha, ...]


def read_facts(root: Path, folder: str = "tests/facts", *, only: str | None = None) -> dict[str, tuple[Facts, ...]]:
    """Read the facts below `root/folder` by service; none where the folder is absent.

    `only` is a service whose name an unread file would have to hold.

    Raises: FactsError with the first fault of a file.
    """
    found: dict[str, list[Facts]] = defaultdict(list)
    here = root / folder
    names = sorted(entry.name for entry in here.iterdir() if entry.suffix == ".yaml") if here.is_dir() else []
    for name in names:
        content = (here / name).read_bytes()
        if only is not None and only.encode() not in content and name != f"{only}.yaml":
            continue
        service, facts = _read(f"{folder}/{name}", content)
        found[service].append(facts)
    # The row that has the service's own name comes first.
    return {
        service: tuple(sorted(rows, key=lambda facts: (facts.row != service, facts.row)))
        for service, rows in sorted(found.items())
    }


def _read(path: str, content: bytes) -> tuple[str, Facts]:
    document = read_bytes(path, _without_row(content))
    if document.findings:
        fault = document.findings[0]
        raise FactsError(f"{fault.place}: {fault.message}")
    tree = document.tree
    name = Path(path).stem
    service = tree.get("service")
    gotchas = tree.get("gotchas")
    facts = Facts(
        row=name,
        path=path,
        omitted={key: str(reason) for key, reason in tree.child("omitted").items()},
        gotchas=tuple(_gotcha(item) for item in gotchas if isinstance(item, Map)) if isinstance(gotchas, Seq) else (),
    )
    return (service if isinstance(service, str) else name), facts


def _gotcha(item: Map) -> Gotcha:
    answer = _text(item.get("answer"))
    return Gotcha(
        fact=_text(item.get("fact")) or "",
        answer=None if answer == _NOT_ANSWERED else answer,
        file=_text(item.get("file")),
        why=_text(item.get("why")),
    )


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _without_row(content: bytes) -> bytes:
    """Leave out `row` and `digests`, most of a file, which no page shows; lines keep their numbers."""
    kept = []
    skipping = False
    for line in content.splitlines():
        if line[:1].isalpha():
            skipping = line.startswith((b"row:", b"digests:"))
        kept.append(b"" if skipping else line)
    return b"\n".join(kept)
