"""A rendered chart as (source, document) pairs: the only form in which two Helms can be compared.

Raw streams differ between Helm 3, Helm 4 and the engine by order and blank lines; sorted pairs do
not (architecture.md 9).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

_BETWEEN = re.compile(r"^---[ \t]*$", re.MULTILINE)
_SOURCE = "# Source: "
# At the left margin a key belongs to the object itself.
_VERSION = re.compile(r"^apiVersion: \"?([^\s\"]+)", re.MULTILINE)
_KIND = re.compile(r"^kind: \"?([^\s\"]+)", re.MULTILINE)


class Pair(NamedTuple):
    """One document without the blanks around it, and the template that printed it (`<chart>/templates/…`)."""

    source: str
    document: str


Pairs = tuple[Pair, ...]


def pairs_of_files(rendered: Mapping[str, str]) -> Pairs:
    """Split what the engine returns: template -> everything that it printed."""
    return tuple(sorted(Pair(source, text) for source, printed in rendered.items() for text in documents_of(printed)))


def pairs_of_stream(stream: str) -> Pairs:
    """Split what `helm template` prints: every document starts with a line that names its template."""
    return tuple(sorted(_sourced(text) for text in documents_of(stream)))


def documents_of(text: str) -> list[str]:
    """Return documents that hold something. What a template prints is indented wherever it is a person's text."""
    return [document for part in _BETWEEN.split(text) if (document := part.strip())]


def _sourced(document: str) -> Pair:
    first, _, rest = document.partition("\n")
    return Pair(first.removeprefix(_SOURCE), rest.strip()) if first.startswith(_SOURCE) else Pair("", document)


def kinds_of(pairs: Pairs) -> frozenset[tuple[str, str]]:
    """API group and kind of every document, without parsing any."""
    found = set()
    for _, document in pairs:
        version, kind = _VERSION.search(document), _KIND.search(document)
        if version is not None and kind is not None:
            group, slash, _ = version.group(1).rpartition("/")
            found.add((group if slash else "", kind.group(1)))
    return frozenset(found)
