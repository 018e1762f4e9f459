"""The templates, compiled once. What is no `Markdown` yet is escaped where a template prints it."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from generator.docs.markdown import Markdown, code, escape, link

if TYPE_CHECKING:
    import jinja2

_TEMPLATES = Path(__file__).parent / "templates"
_TOO_MANY_BLANKS = "\n\n\n"


def _finish(value: object) -> object:
    if type(value) is Markdown:
        return value
    if isinstance(value, str):
        return escape(value)
    return value


@lru_cache(maxsize=1)
def _environment() -> "jinja2.Environment":
    import jinja2  # the process that writes the charts may do so while another imports this

    environment = jinja2.Environment(  # noqa: S701  # Markdown, not HTML: `_finish` escapes
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        finalize=_finish,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        optimized=True,
        auto_reload=False,
    )
    environment.filters["code"] = code
    environment.globals["link"] = link
    return environment


@lru_cache(maxsize=32)
def _template(name: str) -> "jinja2.Template":
    return _environment().get_template(f"{name}.md.j2")


def write(template: str, values: dict[str, object]) -> str:
    """Fill a template; runs of blank lines, left by what a page does not have, become one."""
    text = _template(template).render(values)
    while _TOO_MANY_BLANKS in text:
        text = text.replace(_TOO_MANY_BLANKS, "\n\n")
    return f"{text.rstrip()}\n"
