"""Read the plain block style that charts render, line by line, several times as fast as libyaml.

A rendered fleet says the same lines over and over, so each distinct line is taken apart once.
The subset is small on purpose: `read_lines` returns NOT_PLAIN for whatever a line alone does not
settle (anchors, tags, folded texts, several lines of one scalar, duplicate keys, plain scalars
that readers disagree on, ...) and `reading.read_document` has the word. Where it answers, it
answers the same; a differential test says so.
"""

import json
import re
from typing import Any, Final

from generator.schema.reading import Unreadable, read_document
from generator.schema.scalar import as_json, is_ambiguous, plain

NOT_PLAIN: Final = object()

_NOTHING, _OPEN, _VALUE, _FLOW, _FLOW_ALONE, _TEXT = range(6)
_MOST_LINES_KEPT = 200_000
_KEY = re.compile(r"""([A-Za-z_](?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9])){0,200}|"[A-Za-z0-9_./ -]{1,200}"):(?: +|$)""")
_DOUBLE_QUOTED = re.compile(r'"(?:[^"\\]|\\["\\nrt]|\\u00[2-7][0-9a-fA-F])*"')
_SINGLE_QUOTED = re.compile(r"'(?:[^']|'')*'")

# indent, indent of an item's inner mapping (-1: no item), key (None: no key), kind, value
_Line = tuple[int, int, str | None, int, Any]
_known: dict[str, _Line] = {}


class _NotPlain(Exception):
    """A line, or the way lines follow each other, is outside of the subset."""


def read_lines(text: str) -> Any:
    """Return the value of a document, or NOT_PLAIN where only the whole reader may answer."""
    if not text.replace("\n", "").isprintable():
        return NOT_PLAIN
    try:
        return _read(text.split("\n"), ends_with_newline=text.endswith("\n"))
    except _NotPlain:
        return NOT_PLAIN


class _Tree:
    """The value as far as it is read, and where in it the next line belongs."""

    __slots__ = ("_indent", "_key", "_stack", "_top", "_waits", "root")

    def __init__(self) -> None:
        self.root: Any = None
        self._stack: list[tuple[int, Any]] = []
        self._indent = -1
        self._top: Any = None
        self._waits: dict[str, Any] | None = None
        self._key = ""

    def move(self, here: int, inner: int) -> int:
        """Go to the collection that a line belongs to, and return the indent of what it holds.

        An item that begins a mapping opens it: `- name: x` is a line of both.
        """
        is_item = inner >= 0
        if self._waits is not None and (here > self._indent or (is_item and here == self._indent)):
            self._push(here, [] if is_item else {})
            self._waits[self._key] = self._top
        elif self.root is None:
            if here:
                raise _NotPlain
            self._push(0, [] if is_item else {})
            self.root = self._top
        else:
            self._pop(here, is_item=is_item)
        self._waits = None
        if (self._top.__class__ is list) != is_item:
            raise _NotPlain
        return self._indent

    def nest(self, inner: int) -> None:
        """Open the mapping that an item consists of."""
        new: dict[str, Any] = {}
        self._top.append(new)
        self._push(inner, new)

    def put(self, key: str | None, value: Any, *, waits: bool) -> None:
        """Put a value in; one that `waits` may still turn out to be a collection."""
        top = self._top
        if key is None:
            top.append(value)
            return
        if key in top:
            raise _NotPlain
        top[key] = value
        if waits:
            self._waits, self._key = top, key

    def answer(self, here: int, value: Any) -> None:
        """Give the key above the value that stands on a line of its own."""
        if self._waits is None or here <= self._indent:
            raise _NotPlain
        self._waits[self._key] = value
        self._waits = None

    def _push(self, indent: int, new: Any) -> None:
        self._stack.append((self._indent, self._top))
        self._indent, self._top = indent, new

    def _pop(self, here: int, *, is_item: bool) -> None:
        while here < self._indent or (not is_item and here == self._indent and self._top.__class__ is list):
            self._indent, self._top = self._stack.pop()
        if here != self._indent:
            raise _NotPlain


def _read(lines: list[str], *, ends_with_newline: bool) -> Any:
    tree = _Tree()
    at, end = 0, len(lines)
    while at < end:
        line = lines[at]
        at += 1
        here, inner, key, kind, value = _known.get(line) or _take_apart(line)
        if kind == _NOTHING:
            continue
        if kind == _FLOW_ALONE:
            tree.answer(here, json.loads(value))
            continue
        indent = tree.move(here, inner)
        if inner >= 0 and key is not None:
            tree.nest(inner)
            indent = inner
        if kind == _FLOW:
            value = json.loads(value)
        elif kind == _TEXT:
            value, at = _block_text(lines, at, indent, strip=value == "|-", ends_with_newline=ends_with_newline)
        tree.put(key, value, waits=kind == _OPEN)
    return tree.root


def _take_apart(line: str) -> _Line:
    """Say what one line alone means, and remember it."""
    rest = line.lstrip(" ")
    here = len(line) - len(rest)
    if not rest or rest[0] == "#":
        return _remember(line, (here, -1, None, _NOTHING, None))
    inner = -1
    if rest.startswith("- "):
        item = rest[2:].lstrip(" ")
        inner = here + len(rest) - len(item)
        rest = item
    found = _KEY.match(rest)
    if found is None:
        if inner < 0 and rest[0] in "[{":
            return _remember(line, (here, inner, None, _FLOW_ALONE, _flow(rest)))
        if inner < 0 or not rest:
            raise _NotPlain
        kind, value = _value(rest)
        return _remember(line, (here, inner, None, kind, value))
    key = found[1].strip('"')
    if found[1][0] != '"' and (plain(key) != key or is_ambiguous(key)):
        raise _NotPlain
    kind, value = _value(rest[found.end() :])
    return _remember(line, (here, inner, key, kind, value))


def _remember(line: str, taken: _Line) -> _Line:
    if len(_known) >= _MOST_LINES_KEPT:
        _known.clear()
    _known[line] = taken
    return taken


def _value(text: str) -> tuple[int, Any]:
    if not text:
        return _OPEN, None
    first = text[0]
    if first == '"':
        if _DOUBLE_QUOTED.fullmatch(text):
            return _VALUE, json.loads(text)
    elif first == "'":
        if _SINGLE_QUOTED.fullmatch(text):
            return _VALUE, text[1:-1].replace("''", "'")
    elif first in "[{":
        return _FLOW, _flow(text)
    elif text in {"|", "|-"}:
        return _TEXT, text
    elif _is_plain(text) and not is_ambiguous(text):
        value = plain(text)
        return _VALUE, as_json(value) if isinstance(value, float) else value
    raise _NotPlain


def _is_plain(text: str) -> bool:
    """Return whether the text is one plain scalar and nothing else, in block context."""
    first = text[0]
    if not (first.isalnum() or first in "/._$(+~" or (first == "-" and text[1:2].isalnum())):
        return False
    return ": " not in text and " #" not in text and text[-1] not in ": "


def _flow(text: str) -> str:
    """Return a flow collection that stands whole on its line as JSON, to be copied from."""
    try:
        value, faults = read_document(text)
    except Unreadable as error:
        raise _NotPlain from error
    if faults or text.rstrip()[-1] not in "]}":
        raise _NotPlain
    return json.dumps(value)


def _block_text(lines: list[str], at: int, parent: int, *, strip: bool, ends_with_newline: bool) -> tuple[str, int]:
    """Return a literal block text and the number of the line after it."""
    start = at
    margin = 0
    last = at
    while at < len(lines):
        line = lines[at]
        content = line.lstrip(" ")
        if content:
            width = len(line) - len(content)
            if not margin:
                if width <= parent or at > start:
                    raise _NotPlain
                margin = width
            elif width < margin:
                break
            last = at + 1
        elif not margin or len(line) > margin:
            # Blank lines before the text, or blanks that belong to it: rare enough to hand over.
            raise _NotPlain
        at += 1
    if last == len(lines) and not ends_with_newline:
        # Without its line break the last line would have none in the value either.
        raise _NotPlain
    text = "\n".join([line[margin:] for line in lines[start:last]])
    return (text if strip else f"{text}\n"), last
