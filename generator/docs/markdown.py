"""Text into Markdown that stays text: nothing from YAML can open a tag, a table cell or a template.

`Markdown` marks what is already written; everything else is escaped where it is put in, so that
forgetting to escape shows a backslash instead of opening a hole.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote

_KEPT = 1 << 15  # names, images and numbers come back thousands of times

# Controls, line separators and marks that turn the direction of text are never wanted on a page.
_UNSEEN = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
_ACTIVE = re.compile(
    r"[\\`*\[\]<&|~$@]"
    r"|:(?=//)|(?<=\bwww)\."  # addresses become links by themselves
    r"|(?<![A-Za-z0-9_])_+|_+(?![A-Za-z0-9_])"  # between letters an underscore is only that
    r"|(?<=\{)[{%#]"  # Jekyll fills in Liquid before it reads Markdown
    r"|(?<=--)>|(?<=--!)>"  # the end of a comment
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,;/()'\"=%?-]*\Z")
_AT_START = re.compile(r"[-+=#>]|\d+(?=[.)](?:\s|\Z))")
_ENTITIES = {"<": "&lt;", "&": "&amp;", "|": "&#124;", "@": "&#64;", ":": "&#58;", ".": "&#46;", ">": "&gt;"}
_UNFIT_FOR_SPAN = re.compile(r"[`|\\]|\{[{%#]")
_SIGN = re.compile(r"[^A-Za-z0-9 ,;/()'\"=.%?:-]|:(?=//)|(?<=www)\.")


class Markdown(str):
    """Finished Markdown, never escaped again."""

    __slots__ = ()


@lru_cache(maxsize=_KEPT)
def escape(text: str) -> Markdown:
    """Return one line of text that shows every letter of it and does nothing."""
    if _PLAIN.match(text):
        return Markdown(text.rstrip())
    line = _UNSEEN.sub(" ", text).strip()
    line = _ACTIVE.sub(_disarm, line)
    start = _AT_START.match(line)
    return Markdown(line if start is None else _held(start.group(), line))


def _disarm(match: re.Match[str]) -> str:
    signs = match.group()
    return _ENTITIES.get(signs) or "".join(f"\\{sign}" for sign in signs)


def _held(start: str, line: str) -> str:
    """Keep a line from starting a list or underlining a heading."""
    return f"{start}\\{line[len(start) :]}" if start.isdigit() else f"\\{line}"


@lru_cache(maxsize=_KEPT)
def code(text: str) -> Markdown:
    """Return text as code; the tag with entities serves where a code span could be left."""
    line = _UNSEEN.sub(" ", text).strip()
    if not line:
        return Markdown("")
    if not _UNFIT_FOR_SPAN.search(line):
        return Markdown(f"`{line}`")
    inside = _SIGN.sub(lambda match: f"&#{ord(match.group())};", line)
    return Markdown(f"<code>{inside}</code>")


@lru_cache(maxsize=_KEPT)
def link(text: str, target: str) -> Markdown:
    """Return a link. A target with a scheme other than https is shown as text."""
    if ":" in target and not target.startswith("https://"):
        return Markdown(f"{escape(text)} ({escape(target)})")
    # Percent signs that are already there stay what they are.
    return Markdown(f"[{escape(text)}]({quote(target, safe='/:#?&=%@+,;~.-_')})")


def join(parts: Iterable[str], separator: str = ", ") -> Markdown:
    """Return the parts in one line, each escaped unless it is Markdown."""
    return Markdown(separator.join([part if type(part) is Markdown else escape(part) for part in parts]))


def codes(texts: Iterable[str]) -> Markdown:
    return Markdown(", ".join([code(text) for text in texts]))


def row(cells: Sequence[str]) -> str:
    """Return one line of a table."""
    return f"| {' | '.join([cell if type(cell) is Markdown else escape(cell) for cell in cells])} |"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markdown:
    """Return a whole table; an empty text where there are no rows."""
    lines = [row(cells) for cells in rows]
    if not lines:
        return Markdown("")
    rule = f"|{'---|' * len(head)}"
    return Markdown("\n".join([row(head), rule, *lines]))
