"""From hits to findings: one fault is one finding, however many services it hits."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from generator.catalogue.service import Service
from generator.finding import Finding, Place
from generator.policy.hit import Hit
from generator.policy.place import Blame, Places, parse_place

_SHOWN = 3
# What no values file says and so many services get alike, the library chart does.
_LIBRARY_FROM = 3
_TEMPLATES = "values/templates/"
_NUMBERS = re.compile(r"\d+")
# The level that a pod needs follows from what it states, and the rules of the standard say where that stands.
_CONSEQUENCE, _CAUSES = "namespaces/pod-security", "Kubernetes Pod Security Standards"
_Key = tuple[Place | None, str, str, str]


def findings_of(hits: Iterable[Hit], places: Places) -> list[Finding]:
    """Return findings, one for each place and fault, with every object that it hits.

    Messages that differ only by the names of what was hit are one fault. What no values file says, in
    three services or more, is one fault of the library chart.
    """
    groups: dict[_Key, list[tuple[Hit, Blame]]] = {}
    several = list(hits)
    causes = _causes(several)
    for hit in several:
        cause = causes.get((hit.environment, hit.ids[0]), hit) if hit.rule.id == _CONSEQUENCE and hit.ids else hit
        blame = Blame(hit.finished.place) if hit.finished else places.blame(cause)
        where = blame.place if blame.written else None
        groups.setdefault((where, hit.rule.id, _shape(hit, written=blame.written), hit.fix), []).append((hit, blame))
    found: list[Finding] = []
    for (where, *_), group in groups.items():
        whole = [hit for hit, _ in group]
        if whole[0].finished:
            found.append(_as_written(whole))
        elif where is not None:
            found.append(_finding(where, whole, places))
        else:
            found += _unwritten(group, places)
    return found


def _causes(hits: Iterable[Hit]) -> dict[tuple[str, str], Hit]:
    """Return for each pod the first hit of the Pod Security Standards."""
    found: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        if hit.rule.reference.startswith(_CAUSES):
            for name in hit.ids:
                found.setdefault((hit.environment, name), hit)
    return found


def _shape(hit: Hit, *, written: bool) -> str:
    """The message without the names of what was hit, and without its numbers where nobody wrote them."""
    if hit.finished or not hit.objects:
        return hit.message
    _, namespace, name = (*hit.objects[0].split("/", 2), "", "")[:3]
    message = hit.message
    for word in sorted({name, hit.container or "", namespace} - {"", "-"}, key=len, reverse=True):
        message = message.replace(f"'{word}", "'*")
    return message if written else _NUMBERS.sub("#", message)


def _unwritten(group: Sequence[tuple[Hit, Blame]], places: Places) -> list[Finding]:
    """Findings about what no values file says: of the library if it is everywhere, else of each service."""
    printed = next((blame.printed for _, blame in group if blame.printed is not None), None)
    if printed is not None and (printed.sole or len({blame.place.path for _, blame in group}) >= _LIBRARY_FROM):
        return [_finding(printed.place, [hit for hit, _ in group], places)]
    apart: dict[tuple[Place, str], list[Hit]] = {}
    for hit, blame in group:
        apart.setdefault((blame.place, _shape(hit, written=True)), []).append(hit)
    return [_finding(place, hits, places) for (place, _), hits in apart.items()]


def _as_written(hits: list[Hit]) -> Finding:
    finding = hits[0].finished
    assert finding is not None
    return replace(finding, objects=_objects(hits))


def _objects(hits: Iterable[Hit]) -> tuple[str, ...]:
    return tuple(sorted({f"{hit.environment}: {name}" for hit in hits for name in hit.objects}))


def _finding(place: Place, hits: Sequence[Hit], places: Places) -> Finding:
    rule = hits[0].rule
    names = list(dict.fromkeys(name for hit in hits for name in hit.objects[:1]))
    environments = ", ".join(sorted({hit.environment for hit in hits}))
    others = ", ".join(names[1:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    likewise = f"; likewise {others}{more}" if others else ""
    stated = {parse_place(text) for hit in hits for text in hit.also}
    stated |= {other for hit in hits for other in places.others(hit)}
    paths = {place.path, *(other.path for other in stated)}
    doors = {_door(service, place) for hit in hits for service in places.services_of(hit)}
    also = stated | {door for door in doors if door.path not in paths}
    return Finding(
        place,
        rule.id,
        f"{names[0]}: {hits[0].message}{likewise} ({environments})",
        hits[0].fix,
        severity=rule.severity,
        also=tuple(sorted(also - {place})),
        objects=_objects(hits),
    )


def _door(service: Service, place: Place) -> Place:
    """Where a service lets a fault in: the line that takes the template, else its file."""
    if place.path.startswith(_TEMPLATES) and "template" in service.tree.marks:
        taken = service.tree.value_place("template")
        return taken if taken.path == service.path else service.place
    return service.place
