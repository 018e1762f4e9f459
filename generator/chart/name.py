"""Names that the library may print bare."""

from functools import lru_cache

from generator.chart.error import ChartError
from generator.source.scalar import is_ambiguous, resolve_plain


@lru_cache(maxsize=65536)
def check_name(name: str) -> None:
    """Refuse a name that some YAML reader takes for something else than text.

    Raises:
        ChartError: it is such a name.
    """
    if is_ambiguous(name) or not isinstance(resolve_plain(name), str):
        raise ChartError(f"nothing can be called {name!r}: YAML readers take it for something else than text")
