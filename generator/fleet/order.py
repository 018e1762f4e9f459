"""Order by dependency, and the circles that make one impossible."""

from collections.abc import Mapping

from generator.catalogue.read import Notes
from generator.catalogue.service import Call, Service
from generator.catalogue.suggest import did_you_mean


def dependencies(
    services: Mapping[str, Service],
    off: Mapping[str, Service],
    retired: Mapping[str, Service],
    needed: Mapping[str, tuple[Call, ...]],
    notes: Notes,
) -> dict[str, tuple[str, ...]]:
    """What each running service comes after: `depends_on` and the providers of its `needs`."""
    known = {*services, *off, *retired}
    result: dict[str, tuple[str, ...]] = {}
    for service in services.values():
        names = []
        for call in (*service.depends_on, *needed.get(service.name, ())):
            if call.service in services:
                names.append(call.service)
            elif call.service in off or call.service in retired:
                state = "off in this environment" if call.service in off else "retired"
                message = f"{service.name!r} depends on {call.service!r}, which is {state}"
                fix = f"switch {call.service!r} on, or {service.name!r} off"
                if call.service in retired:
                    fix = "name what came after it, or remove it"
                notes.error(call.place, "fleet/depends-on-off", message, fix)
            elif call.service not in notes.unread:
                guess = did_you_mean(call.service, known)
                message = f"{service.name!r} depends on {call.service!r}, which does not exist{guess}"
                notes.error(call.place, "fleet/unknown-service", message, "name a service that exists")
        result[service.name] = tuple(sorted(set(names)))
    return result


def steps(depends: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """The length of the longest chain below each service; a circle counts as it was met."""
    found: dict[str, int] = {}
    for start in sorted(depends):
        stack = [(start, iter(depends[start]))]
        open_ = {start}
        while stack:
            name, rest = stack[-1]
            nxt = next((item for item in rest if item not in found and item not in open_), None)
            if nxt is None:
                below = [found[item] + 1 for item in depends.get(name, ()) if item in found]
                found[name] = max(below, default=0)
                open_.discard(name)
                stack.pop()
            else:
                open_.add(nxt)
                stack.append((nxt, iter(depends.get(nxt, ()))))
    return found


def order(found: Mapping[str, int]) -> tuple[str, ...]:
    """Services so that each comes after what it depends on; by name within a step."""
    return tuple(sorted(found, key=lambda name: (found[name], name)))


def note_cycles(
    services: Mapping[str, Service],
    depends: Mapping[str, tuple[str, ...]],
    needed: Mapping[str, tuple[Call, ...]],
    notes: Notes,
) -> None:
    """Note each circle once, printed from its first name."""
    seen: set[frozenset[str]] = set()
    for start in sorted(depends):
        circle = _circle_through(start, depends)
        if circle is None or frozenset(circle) in seen:
            continue
        seen.add(frozenset(circle))
        first = min(circle)
        at = circle.index(first)
        turned = [*circle[at:], *circle[:at], first]
        service = services[first]
        calls = (*service.depends_on, *needed.get(first, ()))
        place = next((call.place for call in calls if call.service == turned[1]), service.place)
        message = f"dependencies lead back to where they began: {' -> '.join(turned)}"
        notes.error(place, "fleet/dependency-cycle", message, "remove one `depends_on` or `needs` of the circle")


def _circle_through(start: str, depends: Mapping[str, tuple[str, ...]]) -> list[str] | None:
    """The shortest way from `start` back to itself."""
    came: dict[str, str] = {}
    queue: list[str] = [start]
    for name in queue:
        for nxt in depends.get(name, ()):
            if nxt == start:
                path = [name]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            if nxt not in came:
                came[nxt] = name
                queue.append(nxt)
    return None
