"""Where each final value of a service comes from."""

from collections.abc import Iterator
from dataclasses import dataclass

from generator.catalogue.service import MAIN, Component, Container, Service
from generator.catalogue.suggest import did_you_mean
from generator.finding import ChartroomError, Place
from generator.fleet import Fleet
from generator.pipeline.unstated import unstated
from generator.source import Map, Value, walk_leaves
from generator.source.tree import Path

_OUTSIDE = frozenset({"template", "components"})


class NotThere(ChartroomError):
    """The service or field that was asked for does not exist."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One final value: its dotted path, the value, and who gave it."""

    path: str
    value: object
    origin: str


def explain(fleet: Fleet, name: str, field: str | None = None) -> tuple[Explained, ...]:
    """Return every final value of a service, or those at and below `field`, in file order.

    Raises:
        NotThere: no such service in the environment, or no such field.
    """
    service = fleet.services.get(name) or fleet.off.get(name) or fleet.retired.get(name)
    if service is None:
        known = {*fleet.services, *fleet.off, *fleet.retired}
        raise NotThere(f"service {name!r} does not exist{did_you_mean(name, known)}")
    lines = tuple(_all(fleet, service))
    if field is None:
        return lines
    chosen = tuple(line for line in lines if line.path == field or line.path.startswith((f"{field}.", f"{field}[")))
    if not chosen:
        tops = {line.path.split(".", 1)[0] for line in lines} | {line.path for line in lines}
        raise NotThere(f"{name!r} has no value at {field!r}{did_you_mean(field, tops)}")
    return chosen


def _all(fleet: Fleet, service: Service) -> Iterator[Explained]:
    main = service.main
    finished = main.tree if main is not None else Map(service.place)
    yield from _leaves(service, main, _without(service.tree, {*finished, *_OUTSIDE}), ())
    yield from _leaves(service, main, finished, ())
    for component in service.components.values():
        prefix: Path = () if component.name == MAIN else ("components", component.name)
        if component.name != MAIN:
            yield from _leaves(service, component, component.tree, prefix)
    yield from (Explained(_dotted(path), value, origin) for path, value, origin in unstated(fleet, service))


def _without(tree: Map, keys: set[str]) -> Map:
    result = Map(tree.place)
    for key, value in tree.items():
        if key not in keys:
            result.put(key, value, *tree.marks[key])
    return result


def _leaves(service: Service, component: Component | None, tree: Map, prefix: Path) -> Iterator[Explained]:
    for path, value, place in walk_leaves(tree):
        yield Explained(_dotted((*prefix, *path)), _final(service, component, path, value), str(Place(*place)))


def _final(service: Service, component: Component | None, path: Path, value: Value) -> object:
    """The value with its references filled in, where there were any; a port outside that is the one inside."""
    if path[:2] == ("load_balancer", "ports") and value == 0 and (found := service.port(str(path[2]))):
        return found[1].number
    if not isinstance(value, str) or "${" not in value:
        return value
    container: Container | None = component.container if component else None
    if component is not None and path[:1] == ("initContainers",):
        container, path = component.init_containers.get(str(path[1])), path[2:]
    filled: object = None
    if container is not None and len(path) == 2:
        if path[0] == "env":
            filled = container.env.get(str(path[1]))
        elif path[0] in ("args", "command") and isinstance(path[1], int):
            filled = (getattr(container, path[0]) or ())[path[1]]
    if path[:2] == ("chart", "values") and service.chart is not None:
        filled = _dig(service.chart.values, path[2:])
    if path[:1] == ("objects",):
        filled = _dig(service.objects, path[1:])
    return value if filled is None else filled


def _dig(value: object, path: Path) -> object:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
        else:
            return None
    return value


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
