"""The sentence about a name that leads nowhere."""

from collections.abc import Iterable

from generator.catalogue.read import Notes
from generator.catalogue.suggest import did_you_mean
from generator.finding import Place

_MOST_LISTED = 8


def note_unknown(
    notes: Notes, place: Place, what: str, name: str, known: Iterable[str], fix: str, owner: str = "the site"
) -> None:
    """Note that `owner` has no `what` called `name`, with a guess, or else with what it has."""
    listed = sorted(set(known))
    rest = did_you_mean(name, listed)
    if not rest and len(listed) <= _MOST_LISTED:
        rest = f", {owner} has {', '.join(listed) or 'none'}"
    notes.error(place, f"fleet/unknown-{what.replace(' ', '-')}", f"{what} {name!r} does not exist{rest}", fix)
