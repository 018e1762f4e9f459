"""Diagrams that mermaid can read, whatever the names in them."""

import re
from functools import lru_cache

from generator.docs.markdown import Markdown

# Mermaid ends a label at a quote, reads `#…;` as an entity and backticks as Markdown, and its
# renderer keeps HTML; everything outside this set becomes an entity.
_OTHER = re.compile(r"[^A-Za-z0-9 .,:/_()*=+×…–-]")
# An empty label is a syntax error.
_NOTHING = "–"
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# Mermaid refuses 500 edges in one diagram; people give up earlier.
MOST_EDGES = 200


@lru_cache(maxsize=1 << 15)
def label(text: str) -> str:
    """Return a quoted label that shows `text`."""
    shown = _OTHER.sub(lambda match: f"#{ord(match.group())};", _BLANK.sub(" ", text).strip())
    return f'"{shown or _NOTHING}"'


class Flow:
    """A flow chart from left to right. Nodes are drawn once, however often they are named."""

    __slots__ = ("_edges", "_ids", "_lines")

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._lines: list[str] = []
        self._edges: dict[str, None] = {}

    def node(self, key: str, *lines: str, shape: str = "[]") -> str:
        """Draw the node `key`, labelled with the lines, unless it is there; return its id."""
        known = self._ids.get(key)
        if known is not None:
            return known
        name = self._ids[key] = f"n{len(self._ids)}"
        text = label(lines[0]) if len(lines) == 1 else f'"{"<br/>".join([label(line)[1:-1] for line in lines])}"'
        middle = len(shape) // 2
        self._lines.append(f"  {name}{shape[:middle]}{text}{shape[middle:]}")
        return name

    def edge(self, source: str, target: str, text: str = "") -> None:
        """Draw an arrow between two ids, once."""
        arrow = f" -- {label(text)} --> " if text else " --> "
        self._edges[f"  {source}{arrow}{target}"] = None

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def edges(self) -> int:
        return len(self._edges)

    def markdown(self) -> Markdown:
        """Return the diagram as a fenced block."""
        return Markdown("\n".join(["```mermaid", "flowchart LR", *self._lines, *self._edges, "```"]))
