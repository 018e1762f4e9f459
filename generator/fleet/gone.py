"""Products that their makers have left: whoever adds one is told, with what took its place.

An entry is one line of data. `images` are names as they stand before the tag, one that ends in a slash for all
below it; `charts` are names of upstream charts.
"""

from dataclasses import dataclass

from generator.catalogue.read import Notes
from generator.catalogue.service import Chart, Image
from generator.fleet.model import is_stand_in_place
from generator.finding import Place


@dataclass(frozen=True, slots=True)
class Gone:
    """One product. `since` is how its end is told, `source` where that was read."""

    name: str
    since: str
    successor: str
    source: str
    images: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
