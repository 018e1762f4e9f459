"""What a domain's chart renders, as far as a project and an Application need to know it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

# What our library prints, nearly always; anything else is looked for field by field.
_USUAL = re.compile(
    r"\s*(?:---\n)?(?:# .*\n)*apiVersion: (?:([\w.-]+)/)?\w+\nkind: (\w+)\n"
    r"metadata:\n  name: ([\w.-]+)\n  namespace: ([\w.-]+)\n"
)
_BETWEEN = "\n---"
_METADATA = "\nmetadata:\n"
_NAME = re.compile(r"\n  name: (.+)")
_NAMESPACE = re.compile(r"\n  namespace: (.+)")
_NEXT_FIELD = re.compile(r"\n[A-Za-z]")


class GroupKind(NamedTuple):
    """A kind the way projects name it. Kubernetes' first API has the empty group."""

    group: str
    kind: str


class ClusterObject(NamedTuple):
    """An object without a namespace, by name."""

    group: str
    kind: str
    name: str


class Seen(NamedTuple):
    """One rendered object. `namespace` None is a cluster-scoped one: every other states its own."""

    group: str
    kind: str
    namespace: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one chart renders in one environment."""

    kinds: frozenset[GroupKind] = frozenset()
    cluster: frozenset[ClusterObject] = frozenset()
    namespaces: frozenset[str] = frozenset()
    objects: int = 0


def survey(objects: Iterable[Seen]) -> Rendered:
    """Sum up the objects of one chart."""
    placed: set[tuple[str, str, str]] = set()
    cluster: set[ClusterObject] = set()
    count = 0
    for group, kind, namespace, name in objects:
        count += 1
        if namespace is None:
            cluster.add(ClusterObject(group, kind, name))
        else:
            placed.add((group, kind, namespace))
    kinds = frozenset(GroupKind(group, kind) for group, kind, _ in placed)
    return Rendered(kinds, frozenset(cluster), frozenset(namespace for _, _, namespace in placed), count)


def scan(text: str) -> Iterator[Seen]:
    """Find the objects of rendered manifests by their lines: parsing costs a hundred times this.

    It reads what our library prints: block style, fields of an object in the first column.
    """
    for document in text.split(_BETWEEN) if _BETWEEN in text else (text,):
        usual = _USUAL.match(document)
        if usual:
            group, kind, name, namespace = usual.groups()
            yield Seen(group or "", kind, namespace, name)
        else:
            yield from _scan_fields("\n" + document)


def _scan_fields(document: str) -> Iterator[Seen]:
    at = document.find(_METADATA)
    kind = _first(document, "\nkind: ")
    if at < 0 or not kind:
        return
    end = _NEXT_FIELD.search(document, at + len(_METADATA))
    metadata = document[at : end.start() if end else len(document)]
    name, namespace = _NAME.search(metadata), _NAMESPACE.search(metadata)
    group = _first(document, "\napiVersion: ").rpartition("/")[0]
    yield Seen(group, kind, _plain(namespace[1]) if namespace else None, _plain(name[1]) if name else "")


def _first(document: str, field: str) -> str:
    start = document.find(field)
    return _plain(document[start + len(field) :].partition("\n")[0]) if start >= 0 else ""


def _plain(scalar: str) -> str:
    return scalar.strip().strip("\"'")
