"""The templates of the reports, compiled once. What is not `Ready` is escaped where a template prints it."""

from functools import lru_cache
from pathlib import Path

import jinja2

from generator.report.escape import markdown, visible

_TEMPLATES = Path(__file__).parent / "templates"
_TOO_MANY_BLANKS = "\n\n\n"


class Ready(str):
    """Markdown that needs no more escaping."""

    __slots__ = ()


def _finish_markdown(value: object) -> object:
    return markdown(value) if type(value) is str else value


def _finish_html(value: object) -> object:
    """Markup stays; of all else every letter that is not seen is written out, and autoescape does the rest."""
    return visible(value) if type(value) is str else value


@lru_cache(maxsize=1)
def _for_markdown() -> jinja2.Environment:
    return jinja2.Environment(  # noqa: S701  # Markdown, not HTML: `_finish_markdown` escapes
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        finalize=_finish_markdown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@lru_cache(maxsize=1)
def _for_html() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        finalize=_finish_html,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def markdown_template(name: str, **values: object) -> str:
    """Fill a Markdown template; runs of blank lines become one."""
    text = _for_markdown().get_template(f"{name}.md.j2").render(values)
    while _TOO_MANY_BLANKS in text:
        text = text.replace(_TOO_MANY_BLANKS, "\n\n")
    return f"{text.strip()}\n"


def html_template(name: str, **values: object) -> str:
    """Fill an HTML template."""
    return f"{_for_html().get_template(f'{name}.html.j2').render(values).strip()}\n"


def page_part(name: str) -> str:
    """Return a file that the page carries inside it: its style, its script."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")
