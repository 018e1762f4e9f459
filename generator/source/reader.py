"""Read one YAML file into a tree with places, refusing what readers disagree on.

The tree is built from parse events, so nesting and aliases are refused before anything grows.
"""

import re
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import yaml
from yaml import events as ev

from generator.finding import Finding, Place
from generator.source.scalar import is_ambiguous, resolve_plain
from generator.source.tree import Map, Seq, Value

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONGEST_SHOWN = 60
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read. `tree` holds what could be understood; `findings` what was refused."""

    path: str
    tree: Map
    findings: tuple[Finding, ...]


def read_file(root: FilePath, path: str) -> Document:
    """Read `root/path`, a mapping at its top. Faults come back as findings, also unreadable files."""
    place = Place(path)
    empty = Map(place)
    file = root / path
    try:
        if file.is_symlink():
            return Document(path, empty, (symbolic_link(place),))
        size = file.stat().st_size
        if size > MAX_BYTES:
            return Document(path, empty, (_too_big(place, size),))
        content = file.read_bytes()
    except OSError as error:
        message = f"{path!r} cannot be read: {error.strerror}"
        return Document(path, empty, (Finding(place, "source/unreadable", message, "make it a readable file"),))
    return read_bytes(path, content)


def read_bytes(path: str, content: bytes) -> Document:
    """Read the bytes of a file that is called `path` in places and messages."""
    place = Place(path)
    empty = Map(place)
    if len(content) > MAX_BYTES:
        return Document(path, empty, (_too_big(place, len(content)),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        finding = Finding(Place(path, line, column), "source/not-utf8", message, "save the file as UTF-8")
        return Document(path, empty, (finding,))
    if (letter := _UNPRINTABLE.search(text)) is not None:
        return Document(path, empty, (_unprintable(path, text, letter),))
    builder = _Builder(path)
    try:
        tree = builder.build(text)
    except _Stop:
        tree = None
    except yaml.MarkedYAMLError as error:
        builder.findings.append(_syntax(path, text, error))
        tree = None
    if tree is None:
        return Document(path, empty, tuple(builder.findings))
    if not isinstance(tree, Map):
        what = "is empty" if tree == "" else f"holds {_type_name(tree)} at its top, a mapping is expected"
        builder.findings.append(Finding(place, "source/not-a-mapping", f"{path!r} {what}", "write `key: value` lines"))
        tree = empty
    return Document(path, tree, tuple(builder.findings))


class _Stop(Exception):
    """Reading ends here; the finding is already noted."""


class _Frame:
    """A container being filled, the key that waits for its value, and that key's place."""

    __slots__ = ("container", "is_map", "key", "key_place")

    def __init__(self, container: Map | Seq, place: Place) -> None:
        self.container = container
        self.is_map = isinstance(container, Map)
        self.key: str | None = None
        self.key_place = place


class _Builder:
    """Turns the parse events of one file into a tree."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self._root: Value = ""
        self._documents = 0

    def build(self, text: str) -> Value:
        stack: list[_Frame] = []
        path = self.path
        parser: Any = _Loader(text)  # the stubs know neither the marks nor the tags that events carry
        next_event = parser.get_event
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is ev.ScalarEvent:
                mark = event.start_mark
                place = Place(path, mark.line + 1, mark.column + 1)
                if event.anchor is not None or event.tag is not None:
                    self._refuse_decoration(event, place)
                self._take(stack, event, place)
            elif kind is ev.MappingStartEvent or kind is ev.SequenceStartEvent:
                mark = event.start_mark
                place = Place(path, mark.line + 1, mark.column + 1)
                if event.anchor is not None or event.tag is not None:
                    self._refuse_decoration(event, place)
                if len(stack) >= MAX_DEPTH:
                    message = f"nesting is deeper than {MAX_DEPTH} levels"
                    self._stop(Finding(place, "source/too-deep", message, "flatten the file"))
                container: Map | Seq = Map(place) if kind is ev.MappingStartEvent else Seq(place)
                stack.append(_Frame(container, place))
            elif kind is ev.MappingEndEvent or kind is ev.SequenceEndEvent:
                container = stack.pop().container
                self._place_value(stack, container, container.place)
            elif kind is ev.AliasEvent:
                place = Place(path, event.start_mark.line + 1, event.start_mark.column + 1)
                self._stop(
                    _refused(
                        place, f"alias '*{event.anchor}'", "write the value out; shared text belongs in a template"
                    )
                )
            elif kind is ev.DocumentStartEvent:
                self._documents += 1
                if self._documents > 1:
                    place = Place(path, event.start_mark.line + 1, 1)
                    self._stop(_refused(place, "a second document", "keep one document in a file"))
                if event.version or event.tags:
                    place = Place(path, event.start_mark.line + 1, 1)
                    self._stop(_refused(place, "a directive", "remove the line that begins with %"))
        return self._root

    def _take(self, stack: list[_Frame], event: Any, place: Place) -> None:
        text: str = event.value
        style = event.style
        plain = not style and event.implicit[0]
        if style == '"':
            self._refuse_hidden(text, place)
        frame = stack[-1] if stack else None
        is_key = frame is not None and frame.is_map and frame.key is None
        if plain and is_key and text == "<<":
            self._stop(_refused(place, "merge key '<<'", "write the keys out; shared text belongs in a template"))
        if plain and is_ambiguous(text):
            self.findings.append(_ambiguous(place, text))
            plain = False
        if is_key and frame is not None:
            self._take_key(frame, text, place)
        else:
            self._place_value(stack, resolve_plain(text) if plain else text, place)

    def _refuse_hidden(self, text: str, place: Place) -> None:
        """Escapes can write letters that no reader of a manifest takes."""
        if (letter := _UNPRINTABLE.search(text)) is not None:
            message = f"character U+{ord(letter.group()):04X} is not printable"
            self._stop(Finding(place, "source/unprintable", message, "remove the escape"))

    def _take_key(self, frame: _Frame, text: str, place: Place) -> None:
        if text in frame.container:
            assert isinstance(frame.container, Map)
            first = frame.container.key_place(text)
            message = f"key {text!r} is written twice, first at line {first.line}"
            self.findings.append(Finding(place, "source/duplicate-key", message, "keep one of the two", also=(first,)))
        frame.key, frame.key_place = text, place

    def _place_value(self, stack: list[_Frame], value: Value, place: Place) -> None:
        if not stack:
            self._root = value if value is not None else ""
            return
        frame = stack[-1]
        container = frame.container
        if isinstance(container, Seq):
            container.add(value, place)
        elif frame.key is None:
            self._stop(_refused(place, f"{_type_name(value)} as a key", "use text as key"))
        else:
            container.put(frame.key, value, frame.key_place, place)
            frame.key = None

    def _refuse_decoration(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            what, fix = f"anchor '&{event.anchor}'", "remove it; shared text belongs in a template"
        else:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            what, fix = f"tag {tag!r}", "remove the tag; quote the value if it is text"
        self._stop(_refused(place, what, fix))

    def _stop(self, finding: Finding) -> None:
        self.findings.append(finding)
        raise _Stop


def symbolic_link(place: Place) -> Finding:
    """Say that a link is not followed."""
    message = f"{place.path!r} is a symbolic link, links are not followed here"
    return Finding(place, "source/symbolic-link", message, "put the file itself there")


def _refused(place: Place, what: str, fix: str) -> Finding:
    return Finding(place, "source/refused", f"{what} is not read here", fix)


def _ambiguous(place: Place, text: str) -> Finding:
    shown = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
    message = f"plain {shown!r} means different things to different YAML readers"
    return Finding(place, "source/ambiguous-scalar", message, f'quote it: "{shown}"', replacement=f'"{text}"')


def _too_big(place: Place, size: int) -> Finding:
    message = f"{place.path!r} has {size} bytes, at most {MAX_BYTES} are read"
    return Finding(place, "source/too-big", message, "split the file; large texts belong in files/")


def _unprintable(path: str, text: str, letter: re.Match[str]) -> Finding:
    line = text.count("\n", 0, letter.start()) + 1
    column = letter.start() - (text.rfind("\n", 0, letter.start()) + 1) + 1
    message = f"character U+{ord(letter.group()):04X} is not printable"
    return Finding(
        Place(path, line, column), "source/unprintable", message, "remove it, or write it as an escape in double quotes"
    )


def _syntax(path: str, text: str, error: yaml.MarkedYAMLError) -> Finding:
    problem = str(error.problem or error.context)
    mark = error.problem_mark or error.context_mark
    begun = error.context_mark
    if begun is not None and problem == "found unexpected end of stream":
        mark = begun  # the quote that nothing closes tells more than the end of the file
    message = f"not YAML: {problem}"
    if mark is not None and begun is not None and begun.line < mark.line:
        message += f" ({error.context} from line {begun.line + 1})"
    place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    return Finding(place, "source/syntax", message, _syntax_fix(problem, line, place.column))


def _syntax_fix(problem: str, line: str, column: int) -> str:
    at = line[column - 1 : column]
    if "mapping values are not allowed" in problem:
        return "quote the text that holds `: `, or correct the indentation"
    if "cannot start any token" in problem or "alphabetic or numeric character" in problem:
        if at == "\t":
            return "indent with spaces"
        first = at if "token" in problem else line[column - 2 : column - 1]
        return f"quote the text that begins with `{first}`"
    if "escape" in problem:
        return "use single quotes, or double the backslash"
    if "unexpected end of stream" in problem:
        return "close the quote"
    if "expected ',' or" in problem and "${" in line[:column]:
        return "quote the text that holds `${`, as flow style asks for"
    return "check quotes, brackets and indentation here and on the line above"


def _type_name(value: Value) -> str:
    match value:
        case Map():
            return "a mapping"
        case Seq():
            return "a list"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case None:
            return "null"
        case _:
            return "text"
