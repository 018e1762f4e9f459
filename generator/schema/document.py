"""Builds the value of one YAML document, node by node, by the rules of Kubernetes' reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from generator.finding import Severity
from generator.schema.fault import AMBIGUOUS_SCALAR, DUPLICATE_KEY, UNREADABLE, Fault
from generator.schema.scalar import NoSuchValue, Scalar, as_json, is_ambiguous, key_text, plain, tagged

if TYPE_CHECKING:
    from yaml.events import Event, ScalarEvent

_YAML_TAG = "tag:yaml.org,2002:"
_MERGE = object()
# Far beyond any object, and within what Python can follow when the value is stored.
_DEEPEST = 300
# go-yaml gives up on a document of which nearly everything comes out of aliases.
_FEW_NODES, _MANY_NODES = 400_000, 4_000_000


class Unreadable(Exception):
    """Kubernetes would refuse the document."""

    def __init__(self, message: str, fix: str, line: int) -> None:
        super().__init__(message)
        self.fault = Fault(UNREADABLE, (), message, fix, line=line)


@dataclass(slots=True)
class _Open:
    """A collection that is being filled; `size` counts its nodes with aliases expanded."""

    value: dict[str, Any] | list[Any]
    anchor: str | None = None
    key: object = None
    waits_for_value: bool = False
    size: int = 1


@dataclass(slots=True)
class Document:
    """Builds one document. Values come in through `add`, in the order of the text."""

    first_line: int
    faults: list[Fault] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    root: Any = None
    nodes: int = 0
    nodes_of_aliases: int = 0

    def line(self, event: Event) -> int:
        mark = event.start_mark
        return self.first_line + (int(mark.line) if mark else 0)

    def refuse(self, event: Event, message: str, fix: str) -> Unreadable:
        return Unreadable(message, fix, self.line(event))

    def start(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        if self.waits_for_key():
            raise self.refuse(event, "a mapping key is a collection", "give the key as text")
        if len(self.open) >= _DEEPEST:
            raise self.refuse(event, f"the document nests deeper than {_DEEPEST} levels", "flatten the document")
        self.nodes += 1
        # An anchor is known from its start on, so that an alias inside of it is a loop.
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        self.open.append(_Open(value, event.anchor))

    def end(self, event: Event) -> None:
        done = self.open.pop()
        if done.anchor:
            self.anchors[done.anchor] = (done.value, done.size)
        self.add(event, done.value, done.size)

    def scalar(self, event: ScalarEvent) -> None:
        self.nodes += 1
        if self.waits_for_key() and _is_merge_key(event):
            self._report_ambiguity(event, "merges another mapping in")
            self.open[-1].key, self.open[-1].waits_for_value = _MERGE, True
            return
        value = self._scalar_value(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self.add(event, value, 1)

    def alias(self, event: Any) -> None:
        if any(open_.anchor == event.anchor for open_ in self.open):
            raise self.refuse(event, f"anchor {event.anchor!r} contains itself", "write the value out")
        if event.anchor not in self.anchors:
            raise self.refuse(event, f"alias {event.anchor!r} has no anchor", "write the value out")
        value, size = self.anchors[event.anchor]
        if isinstance(value, list) and self.open and self.open[-1].key is _MERGE and self.open[-1].waits_for_value:
            raise self.refuse(event, "'<<' names a list by an alias", "write the list where '<<' stands")
        self.nodes += 1 + size
        self.nodes_of_aliases += size
        if self.nodes_of_aliases > 100 and self.nodes > 1000 and self._share_is_excessive():
            raise self.refuse(event, "most of the document comes out of aliases", "write the values out")
        self.add(event, value, 1 + size)

    def add(self, event: Event, value: Any, size: int) -> None:
        """Put a finished value where the text has it."""
        if not self.open:
            self.root = _settled(value, self, event)
            return
        into = self.open[-1]
        into.size += size
        if isinstance(into.value, list):
            into.value.append(_settled(value, self, event))
        elif not into.waits_for_value:
            into.key, into.waits_for_value = self._key(event, value), True
        else:
            into.waits_for_value = False
            if into.key is _MERGE:
                self._merge(event, into.value, value)
            else:
                self._set(event, into.value, str(into.key), _settled(value, self, event))

    def waits_for_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].value, dict) and not self.open[-1].waits_for_value

    def _key(self, event: Event, value: Any) -> str:
        if isinstance(value, dict | list):
            raise self.refuse(event, "a mapping key is a collection", "give the key as text")
        try:
            return key_text(value)
        except NoSuchValue as error:
            raise self.refuse(event, f"the key {error}", "put the key in quotes") from error

    def _set(self, event: Event, into: dict[str, Any], key: str, value: Any) -> None:
        if key in into:
            self.faults.append(
                Fault(
                    DUPLICATE_KEY,
                    (),
                    f"the key {key!r} stands twice in one mapping, the last one wins",
                    f"keep one {key!r}",
                    line=self.line(event),
                )
            )
        into[key] = value

    def _merge(self, event: Event, into: dict[str, Any], value: Any) -> None:
        sources = value[::-1] if isinstance(value, list) else [value]
        for source in sources:
            if not isinstance(source, dict):
                raise self.refuse(event, "'<<' needs a mapping or a list of mappings", "write the values out")
            for key, merged in source.items():
                self._set(event, into, key, merged)

    def _scalar_value(self, event: ScalarEvent) -> Scalar:
        tag = event.tag
        if tag is None:
            if not event.implicit[0]:
                return event.value
            if is_ambiguous(event.value):
                self._report_ambiguity(event, f"is {_shown(plain(event.value))} to Kubernetes")
            return plain(event.value)
        if not tag.startswith(_YAML_TAG):
            return event.value
        try:
            short = tag.removeprefix(_YAML_TAG)
            return _decoded(event.value) if short == "binary" else tagged(short, event.value)
        except NoSuchValue as error:
            raise self.refuse(event, str(error), "drop the tag, or write a value of that type") from error

    def _report_ambiguity(self, event: ScalarEvent, reading: str) -> None:
        self.faults.append(
            Fault(
                AMBIGUOUS_SCALAR,
                (),
                f"the plain scalar {event.value!r} {reading} and something else to other YAML readers",
                f'write "{event.value}" if a text is meant, and the plain value if not',
                Severity.WARNING,
                self.line(event),
            )
        )

    def _share_is_excessive(self) -> bool:
        reached = min(max(self.nodes - _FEW_NODES, 0) / (_MANY_NODES - _FEW_NODES), 1.0)
        return self.nodes_of_aliases / self.nodes > 0.99 - 0.89 * reached


def _settled(value: Any, document: Document, event: Event) -> Any:
    """Return a value as it comes out of JSON, which knows neither infinity nor NaN."""
    if not isinstance(value, float):
        return value
    if not _is_finite(value):
        raise document.refuse(event, f"{value} has no place in JSON", "put it in quotes, or write a number")
    return as_json(value)


def _is_finite(value: float) -> bool:
    return value - value == 0


def _is_merge_key(event: ScalarEvent) -> bool:
    return event.value == "<<" and (event.implicit[0] or event.tag == f"{_YAML_TAG}merge")


def _decoded(value: str) -> str:
    from base64 import b64decode
    from binascii import Error

    try:
        data = b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
    except (Error, ValueError) as error:
        raise NoSuchValue(f"{value!r} is no base64 text") from error
    return data.decode("utf-8", errors="replace")


def _shown(value: Scalar) -> str:
    if isinstance(value, bool) or value is None:
        return str({True: "true", False: "false", None: "null"}[value])
    return f"the text {value!r}" if isinstance(value, str) else f"the number {_number_text(value)}"


def _number_text(value: float) -> str:
    return str(as_json(value)) if isinstance(value, float) and _is_finite(value) else str(value)
