"""Where the library chart prints a field: the line to blame for what no values file says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as File
from typing import NamedTuple

from generator.finding import Place
from generator.source import Path

FOLDER = "charts/common/templates"
_DEFINE = re.compile(r'^\{\{-?\s*define\s+"([^"]+)"')
_END = re.compile(r"^\{\{-?\s*end\s*-?\}\}\s*$")
_INCLUDE = re.compile(r'^(?P<margin>\s*)\{\{-?\s*include\s+"(?P<name>[^"]+)"(?P<rest>.*)\}\}')
_NINDENT = re.compile(r"nindent\s+(\d+)")
_KEY = re.compile(r"^(?P<margin>\s*)(?P<dashes>(?:- )*)(?P<key>\"?[A-Za-z][\w./-]*\"?|\{\{.*?\}\}):(?:\s|$)")
_DEEPEST = 12


@dataclass(slots=True)
class _Line:
    """A line of a Helm template that prints a key; `key` is None where the values name it."""

    margin: int
    key: str | None
    place: Place
    literal: bool = False
    below: list["_Line"] = field(default_factory=list)


class Printed(NamedTuple):
    """The line that prints a field, or what it would stand in; `sole` if it says the value by itself."""

    place: Place
    sole: bool


class Library:
    """The Helm templates of the library chart, read as the YAML that they print."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take the text of each template by its path in the repository."""
        self._defines: dict[str, list[tuple[int, str, Place]]] = {}
        for path, text in sorted(texts.items()):
            self._read(path, text)
        self._printed: dict[str, _Line] = {}

    def _read(self, path: str, text: str) -> None:
        name = None
        for number, line in enumerate(text.splitlines(), start=1):
            start = _DEFINE.match(line)
            if start:
                name = start[1]
                self._defines[name] = []
            elif name is not None:
                self._defines[name].append((number, line, Place(path, number, len(line) - len(line.lstrip()) + 1)))

    def printed(self, kind: str, path: Path) -> Printed | None:
        """Return the line that prints a field of a kind, or the last one on the way to it that there is."""
        name = f"common.kind.{kind.lower()}"
        if name not in self._defines:
            return None
        if name not in self._printed:
            top = _Line(-1, kind, self._defines[name][0][2] if self._defines[name] else Place(FOLDER))
            self._grow([top], name, 0, 0)
            self._printed[name] = top
        line = self._printed[name]
        whole = True
        for step in path:
            if isinstance(step, int):
                continue
            named = [child for child in line.below if child.key == step]
            open_ = [child for child in line.below if child.key is None]
            if not named and not open_:
                whole = False
                break
            line = (named or open_)[0]
        return Printed(line.place, whole and line.literal)

    def _grow(self, stack: list[_Line], name: str, margin: int, depth: int) -> None:
        """Append the lines of a define, those that it includes in their place."""
        for _, text, place in self._defines.get(name, ()) if depth < _DEEPEST else ():
            included = _INCLUDE.match(text)
            if included:
                step = _NINDENT.search(included["rest"])
                self._grow(stack, included["name"], margin + (int(step[1]) if step else 0), depth + 1)
                continue
            found = _KEY.match(text)
            if found is None:
                continue
            indent = margin + len(found["margin"])
            key = None if found["key"].startswith("{{") else found["key"].strip('"')
            here = indent + len(found["dashes"])
            column = len(found["margin"] + found["dashes"]) + 1
            line = _Line(here, key, place._replace(column=column), literal="{{" not in text and not text.endswith(":"))
            while stack[-1].margin >= here:
                stack.pop()
            stack[-1].below.append(line)
            stack.append(line)


def library_of(folder: File) -> Library:
    """Return the library in a folder of templates, as it is now; an empty one where there is none."""
    files = sorted(folder.glob("*.tpl"))
    return _read_library(folder, tuple((file.name, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=4)
def _read_library(folder: File, state: tuple[tuple[str, int], ...]) -> Library:
    return Library({f"{FOLDER}/{name}": (folder / name).read_text(encoding="utf-8") for name, _ in state})
