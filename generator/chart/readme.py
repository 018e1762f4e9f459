"""The README of a chart."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATE = "readme.md.j2"
SHARED = "shared-config"


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701  Markdown, not HTML
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=False,
    )
    environment.filters["cell"] = cell
    return environment.get_template(_TEMPLATE)


def cell(text: str) -> str:
    """A text that cannot end its table cell."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def readme_text(
    name: str,
    summary: str,
    source: str,
    default: str,
    environments: tuple[str, ...],
    rows: tuple[Mapping[str, str], ...],
) -> str:
    """Write the page: what the chart holds, and what its values mean."""
    return _template().render(
        name=name,
        summary=summary.rstrip("."),
        source=source,
        default=default,
        others=[environment for environment in environments if environment != default],
        has_services=name != SHARED,
        rows=[{key: cell(text) for key, text in row.items()} for row in rows],
    )
