"""Names that the library may print bare."""

from functools import lru_cache

from generator.chart.error import ChartError
from generator.source.scalar import is_plain_text


@lru_cache(maxsize=65536)
def check_name(name: str) -> None:
    """Refuse a name that some YAML reader takes for something else than text.

    Raises:
        ChartError: it is such a name.
    """
    if not is_plain_text(name):
        raise ChartError(f"nothing can be called {name!r}: YAML readers take it for something else than text")
