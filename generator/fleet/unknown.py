"""The sentences about a name that leads nowhere."""

from collections.abc import Iterable

from generator.catalogue.read import Notes
from generator.catalogue.service import Port, Service
from generator.catalogue.suggest import did_you_mean
from generator.finding import Place

_MOST_LISTED = 8


def note_unknown(
    notes: Notes,
    place: Place,
    what: str,
    name: str,
    known: Iterable[str],
    fix: str,
    owner: str = "the site",
    *,
    lacks: tuple[str, ...],
) -> None:
    """Note that `owner` has no `what` called `name`, with a guess, or else with what it has.

    `lacks` are the owner and the fields in which it would stand, as `Notes.error` takes them.
    """
    listed = sorted(set(known))
    rest = did_you_mean(name, listed)
    if not rest and len(listed) <= _MOST_LISTED:
        rest = f", {owner} has {', '.join(listed) or 'none'}"
    rule, message = f"fleet/unknown-{what.replace(' ', '-')}", f"{what} {name!r} does not exist{rest}"
    notes.error(place, rule, message, fix, lacks=lacks)


def note_chart_service(notes: Notes, place: Place, said: str, target: Service, port: Port) -> None:
    """Note that somebody leads to a port of an upstream chart, whose Service has a name that we cannot know."""
    message = f"{said} of {target.name!r}, and nothing says what the chart calls its Service"
    fix = f"add `service: <name>` to `ports.{port.name}` of {target.name!r}"
    notes.error(place, "fleet/chart-service", message, fix, also=(port.place,), lacks=(target.name, "ports"))
