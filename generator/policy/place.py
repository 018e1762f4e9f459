"""From a hit to the line that a person wrote, and from hits to findings."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from generator.catalogue.service import Component, Service
from generator.finding import Finding, Place
from generator.fleet import Fleet
from generator.policy.hit import Hit
from generator.source import Path, place_at

_NAME, _COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"
_DOMAIN = "app.kubernetes.io/part-of"
_SHOWN = 3


class Places:
    """Finds the values behind rendered objects."""

    def __init__(self, fleets: Mapping[str, Fleet], document: Mapping[str, Any]) -> None:
        self._fleets = fleets
        self._document = document

    def of(self, hit: Hit) -> Place:
        """Return where a person changes what the hit is about; the rendered file where nobody wrote it."""
        if hit.place:
            return parse_place(hit.place)
        body = self._document["objects"].get(hit.ids[0]) if hit.ids else None
        fleet = self._fleets.get(hit.environment)
        if body is None or fleet is None:
            return Place(body["path"]) if body else Place("values/site.yaml")
        return place_of(fleet, body["labels"], hit.values or hit.rule.values, hit.container)

    def service_of(self, hit: Hit) -> Service | None:
        """Return the service whose object was hit."""
        body = self._document["objects"].get(hit.ids[0]) if hit.ids else None
        fleet = self._fleets.get(hit.environment)
        return fleet.services.get(body["labels"].get(_NAME, "")) if body and fleet else None


def place_of(fleet: Fleet, labels: Mapping[str, str], path: Path, container: str | None = None) -> Place:
    """Return the place of a field of the service, else of the domain, else of the site, that made an object."""
    service = fleet.services.get(labels.get(_NAME, ""))
    if service is not None:
        return _in_service(service, labels.get(_COMPONENT), path, container)
    domain = fleet.domains.get(labels.get(_DOMAIN, ""))
    if domain is not None:
        return place_at(domain.tree, path) if path and path[0] in domain.tree.marks else domain.place
    return place_at(fleet.site.tree, path)


def _in_service(service: Service, name: str | None, path: Path, container: str | None) -> Place:
    component = service.components.get(name or "main") or service.main
    tree = component.tree if component is not None and component.tree.marks else service.tree
    if component is not None and container in component.init_containers and path[:1] != ("initContainers",):
        path = ("initContainers", str(container), *path)
    first = path[0] if path else ""
    if service.postgres is not None and first in service.tree.child("postgres").marks:
        path, first, tree = ("postgres", *path), "postgres", service.tree
    if first not in tree.marks and first in service.tree.marks:
        tree = service.tree
    return place_at(tree, path) if first in tree.marks else _top(service, component)


def _top(service: Service, component: Component | None) -> Place:
    """Where a field that is missing would stand: the component's block, else the service's first line."""
    if component is not None and component.name in service.tree.child("components"):
        return service.tree.child("components").key_place(component.name)
    return service.tree.key_place("summary") if "summary" in service.tree.marks else service.place


def parse_place(text: str) -> Place:
    """Return the place that `path:line:column` says."""
    path, line, column = text.rsplit(":", 2)
    return Place(path, int(line), int(column))


def findings_of(hits: Iterable[Hit], places: Places) -> list[Finding]:
    """Return findings, one for each place and fault, with every object that it hits."""
    groups: dict[tuple[Place, str, str, str], list[Hit]] = {}
    for hit in hits:
        place = hit.finished.place if hit.finished else places.of(hit)
        groups.setdefault((place, hit.rule.id, hit.message, hit.fix), []).append(hit)
    return [
        _as_written(group) if group[0].finished else _finding(place, group, places)
        for (place, _, _, _), group in groups.items()
    ]


def _as_written(hits: list[Hit]) -> Finding:
    finding = hits[0].finished
    assert finding is not None
    objects = sorted({f"{hit.environment}: {name}" for hit in hits for name in hit.objects})
    return replace(finding, objects=tuple(objects))


def _finding(place: Place, hits: list[Hit], places: Places) -> Finding:
    rule = hits[0].rule
    objects = sorted({f"{hit.environment}: {name}" for hit in hits for name in hit.objects})
    names = list(dict.fromkeys(name for hit in hits for name in hit.objects[:1]))
    environments = sorted({hit.environment for hit in hits})
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    services = [places.service_of(hit) for hit in hits]
    touched = {service.place for service in services if service is not None and service.place.path != place.path}
    also = {parse_place(text) for hit in hits for text in hit.also} | touched
    return Finding(
        place,
        rule.id,
        f"{shown}: {hits[0].message} ({', '.join(environments)})",
        hits[0].fix,
        severity=rule.severity,
        also=tuple(sorted(also - {place})),
        objects=tuple(objects),
    )
