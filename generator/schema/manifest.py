"""Cut a rendered text into objects, each with the template that made it and its line."""

import re
from dataclasses import dataclass
from typing import Any

from generator.schema.fault import IDENTITY, UNREADABLE, Fault
from generator.schema.lines import NOT_PLAIN, read_lines
from generator.schema.reading import Unreadable, read_document

_SEPARATOR = re.compile(r"^---(.*)$", re.MULTILINE)
_SOURCE = re.compile(r"^# Source: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of a rendered text. `line` is where its document begins, `source` its template."""

    source: str
    object: dict[str, Any]
    line: int

    @property
    def name(self) -> str:
        """Return Kind/name, as findings call the object."""
        metadata = self.object.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return f"{self.object.get('kind')}/{name}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text holds: its objects, and what was wrong while reading them."""

    manifests: tuple[Manifest, ...]
    faults: tuple[Fault, ...]


def read_manifests(text: str) -> Reading:
    """Return every object of a multi-document text; a document that cannot be read is a fault.

    Documents are cut as Kubernetes cuts them, at lines that begin with `---`. Empty documents are
    left out, a `v1 List` counts as its items.
    """
    manifests: list[Manifest] = []
    faults: list[Fault] = []
    for document, line, fault in _documents(text):
        if fault is not None:
            faults.append(fault)
            continue
        try:
            value, doubts = _value(document, line)
        except Unreadable as error:
            faults.append(error.fault)
            continue
        faults += doubts
        found = _SOURCE.search(document) if document.startswith(("#", "\n")) else None
        source = found[1].strip() if found else ""
        for item in _items(value):
            if isinstance(item, dict):
                manifests.append(Manifest(source, item, line))
            else:
                faults.append(_no_object(item, line))
    return Reading(tuple(manifests), tuple(faults))


def _documents(text: str) -> list[tuple[str, int, Fault | None]]:
    """Return each document with the number of its first line."""
    documents: list[tuple[str, int, Fault | None]] = []
    start, line = 0, 1
    for found in _SEPARATOR.finditer(text):
        documents.append((text[start : found.start()], line, None))
        line += text.count("\n", start, found.start()) + 1
        trailing = found[1].strip()
        if trailing and not trailing.startswith("#"):
            documents.append(("", line - 1, _bad_separator(found[0], line - 1)))
        start = found.end() + 1
    documents.append((text[start:], line, None))
    return documents


def _value(document: str, line: int) -> tuple[Any, list[Fault]]:
    value = read_lines(document)
    return read_document(document, line) if value is NOT_PLAIN else (value, [])


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, dict) and (value.get("apiVersion"), value.get("kind")) == ("v1", "List"):
        items = value.get("items")
        return items if isinstance(items, list) else [value]
    return [value]


def _bad_separator(separator: str, line: int) -> Fault:
    message = f"the line {separator!r} begins like a separator of documents, Kubernetes refuses the rest of it"
    return Fault(UNREADABLE, (), message, "write '---' alone on its line", line=line)


def _no_object(item: Any, line: int) -> Fault:
    kind = {list: "a list", str: "a text", bool: "true or false"}.get(type(item), "a number")
    return Fault(IDENTITY, (), f"the document is {kind}, an object is expected", "write one object", line=line)
