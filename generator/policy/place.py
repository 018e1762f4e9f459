"""From a hit to the line that a person wrote."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.catalogue.service import Component, Service
from generator.finding import Place
from generator.fleet import Fleet
from generator.policy.document import Entry
from generator.policy.hit import Hit, name_of
from generator.policy.library import Library, Printed
from generator.policy.origin import COMPONENT, NAME, named, origins, reached, tree_of
from generator.policy.relate import short_name
from generator.policy.trace import at as node_at
from generator.policy.trace import pod_path, values_path
from generator.source import Path, place_at

Body = Mapping[str, Any]
Locate = Callable[[Hit, Body], Path]
_DOMAIN = "app.kubernetes.io/part-of"
_QUOTAS = frozenset({"ResourceQuota", "LimitRange"})
# Objects that the site file makes: the field of it, below which their name stands.
_SITE: Mapping[str, Path] = {
    "StorageClass": ("storage", "classes"),
    "Gateway": ("gateways",),
    "Certificate": ("gateways",),
    "ClusterIssuer": ("issuers",),
    "IPAddressPool": ("address_pools",),
    "L2Advertisement": ("address_pools",),
    "BGPAdvertisement": ("address_pools",),
    "CiliumLoadBalancerIPPool": ("address_pools",),
    "PriorityClass": ("priority_classes",),
    "ClusterSecretStore": ("secret_store",),
    "Schedule": ("backup", "tiers"),
    "BackupStorageLocation": ("backup", "destinations"),
}


_OF_THE_POD = (("initContainers",), ("storage",), ("exceptions",))
_NOWHERE = Place("values/site.yaml")
# What a service file cannot say but by an exception: the hardening of the library.
_HARDENING = frozenset({"securityContext", "exceptions"})


@dataclass(frozen=True, slots=True)
class Blame:
    """The line to change. Where no values file says anything, `printed` is the library's line for it."""

    place: Place
    printed: Printed | None = None
    written: bool = True


class Places:
    """Finds the values behind rendered objects."""

    def __init__(
        self,
        fleets: Mapping[str, Fleet],
        document: Mapping[str, Any],
        *,
        entries: Iterable[Entry] = (),
        library: Library | None = None,
        locate: Locate | None = None,
    ) -> None:
        """Take what was judged; with whole objects (`entries`) and `locate`, fields are found to the letter."""
        self._fleets = fleets
        self._document = document
        self._entries = tuple(entries) if locate is not None else ()
        self._library = library
        self._locate = locate
        self._bodies: dict[tuple[str, str], Body] | None = None

    def of(self, hit: Hit) -> Place:
        """Return where a person changes what the hit is about; the rendered file where nobody wrote it."""
        return self.blame(hit).place

    def blame(self, hit: Hit) -> Blame:
        """Return the line to change, and whether any values file says it."""
        if hit.place:
            return Blame(parse_place(hit.place))
        item = self._document["objects"].get(hit.ids[0]) if hit.ids else None
        fleet = self._fleets.get(hit.environment)
        if item is None or fleet is None:
            return Blame(Place(item["path"]) if item else _NOWHERE)
        body = self._body(hit)
        at = self._field(hit, body)
        service = fleet.services.get(item["labels"].get(NAME, ""))
        if service is None:
            place = place_of(fleet, item["labels"], hit.values or hit.rule.values, item=item)
            return Blame(place, printed := self._printed(item["kind"], at), written=printed is None or not printed.sole)
        return self._in_service(fleet, service, item, hit, body, at)

    def _field(self, hit: Hit, body: Body | None) -> Path:
        """Return the path in the whole object that a hit is about; empty where objects are not known."""
        if body is None or self._locate is None:
            return ()
        own = (*pod_path(body), *hit.values)
        return own if hit.values and node_at(body, own) is not None else self._locate(hit, body)

    def _in_service(self, fleet: Fleet, service: Service, item: Body, hit: Hit, body: Body | None, at: Path) -> Blame:
        component = component_of(service, item["labels"].get(COMPONENT))
        stated = _stated(service, f"{item['kind']}/{item['name']}", hit, body, at)
        if stated is not None:
            return Blame(stated)
        path = hit.values or hit.rule.values
        place = _written(service, component, path, hit.container)
        if (
            body is not None
            and at != ("metadata", "name")
            and not pod_path(body)
            and (found := next(origins(fleet, service, component, body, at), None))
        ):
            return Blame(found)
        # What a rule names to the letter, and nobody wrote, is as hard as what nobody can write.
        unnamed = len(hit.values) > 1 and place is not None and not _reaches(service, component, hit.values)
        hard = unnamed or (bool(path) and path[0] in _HARDENING and body is not None)
        exact = _exception(component, body, at) if hard and component is not None and body is not None else None
        if exact is not None or (place is not None and not hard):
            return Blame(exact or _deeper(service, component, body, at, path) or place or service.place)
        patched = service.tree.child("patch").marks.get(f"{item['kind']}/{item['name']}")
        near = place if place is not None and place.path == service.path else None
        top = patched[0] if patched else near or _top(service, component, hit.container)
        return Blame(top, self._printed(item["kind"], at), written=False)

    def _printed(self, kind: str, path: Path) -> Printed | None:
        return self._library.printed(kind, path) if self._library is not None and path else None

    def _body(self, hit: Hit) -> Body | None:
        if self._bodies is None:
            self._bodies = {(entry.environment, short_name(entry.body)): entry.body for entry in self._entries}
        return self._bodies.get((hit.environment, hit.objects[0])) if hit.objects else None

    def others(self, hit: Hit) -> list[Place]:
        """Return the places of the further objects that a hit names."""
        rest = [name for name in hit.ids if name_of(name) not in hit.objects[:1] or name != hit.ids[0]]
        hits = (replace(hit, ids=(name,), objects=(name_of(name),), place=None) for name in rest)
        places = (self.blame(other).place for other in hits)
        return [place for place in places if place != _NOWHERE]

    def services_of(self, hit: Hit) -> list[Service]:
        """Return the services whose objects were hit."""
        fleet = self._fleets.get(hit.environment)
        items = [self._document["objects"][name] for name in hit.ids] if fleet else []
        names = dict.fromkeys(item["labels"].get(NAME, "") for item in items)
        return [fleet.services[name] for name in names if fleet and name in fleet.services]


def trace(fleet: Fleet, body: Body, path: Path, library: Library | None = None) -> Place:
    """Return where a leaf of a rendered object comes from: a values file, else the library, else the service."""
    labels = (body.get("metadata") or {}).get("labels") or {}
    # An upstream chart's Application is named by its service.
    own = str((body.get("metadata") or {}).get("name")) if body.get("kind") == "Application" else ""
    service = fleet.services.get(labels.get(NAME, own))
    if service is None:
        return place_of(fleet, labels, (), item={"kind": body.get("kind"), **(body.get("metadata") or {})})
    component = component_of(service, labels.get(COMPONENT))
    place = next(origins(fleet, service, component, body, path), None)
    if place is None and library is not None and (printed := library.printed(str(body.get("kind")), path)):
        place = printed.place
    return place or _top(service, component)


def _stated(service: Service, key: str, hit: Hit, body: Body | None, at: Path) -> Place | None:
    """The place in `objects` or in a `patch`, where the field of a hit stands in one of them."""
    objects, patches = service.tree.child("objects"), service.tree.child("patch")
    if key in objects:
        return next(reached(objects.child(key), at, 1), objects.key_place(key))
    if key not in patches or body is None:
        return None
    merge, here = patches.child(key).child("merge"), named(body, at)
    fields = [field[:1] for field in (*hit.rule.manifest, hit.values or hit.rule.values) if field]
    for steps in (here, *((*root, *field) for root in (here, pod_path(body)) for field in fields)):
        if found := next(reached(merge, steps, len(steps)), None):
            return found
    return None


def place_of(
    fleet: Fleet, labels: Mapping[str, str], path: Path, container: str | None = None, *, item: Body | None = None
) -> Place:
    """Return the place of a field of the service, else of the domain, else of the site, that made an object."""
    service = fleet.services.get(labels.get(NAME, ""))
    if service is not None:
        component = component_of(service, labels.get(COMPONENT))
        return _written(service, component, path, container) or _top(service, component)
    kind, name = (str(item["kind"]), str(item["name"])) if item else ("", "")
    domain = fleet.domains.get(labels.get(_DOMAIN, ""))
    if domain is not None:
        path = ("budget",) if kind in _QUOTAS else path
        return place_at(domain.tree, path) if path and path[0] in domain.tree.marks else domain.place
    if not path or path[0] not in fleet.site.tree.marks:
        path = (*_SITE.get(kind, ()), name) if kind in _SITE else ()
    return place_at(fleet.site.tree, path) if path else _NOWHERE


def component_of(service: Service, name: str | None) -> Component | None:
    """Return the component that an object's label names, else the main one."""
    return service.components.get(name or "main") or service.main


def _reaches(service: Service, component: Component | None, path: Path) -> bool:
    return next(reached(tree_of(service, component, path), path, 2), None) is not None


def _deeper(service: Service, component: Component | None, body: Body | None, at: Path, path: Path) -> Place | None:
    """The place of the very field, where it stands below the one that the rule names."""
    whole, container = values_path(body, at) if body is not None else ((), None)
    if component is None or whole[: len(path)] != path or len(whole) <= len(path):
        return None
    head = ("initContainers", str(container)) if container in component.init_containers else ()
    steps = (*head, *whole)
    return next(reached(tree_of(service, component, steps), steps, len(steps)), None)


def _exception(component: Component, body: Body, at: Path) -> Place | None:
    """The place of a hardened field that a person wrote after all: one that the format has, or an exception."""
    path, container = values_path(body, at)
    head = ("initContainers", str(container)) if container in component.init_containers else ()
    steps = (*head, *path)
    if len(path) > 1 and str(node_at(component.tree, steps)) == str(node_at(body, at)):
        return next(reached(component.tree, steps, len(steps)), None)
    main = component.container.name if component.container is not None else ""
    for grant in component.grants.values():
        owner = main if grant.container in ("main", component.name) else grant.container
        if path and path[-1] in grant.allow and container in (None, owner):
            return next(reached(component.tree, ("exceptions", grant.name, "allow", path[-1]), 4), None)
    return None


def _written(service: Service, component: Component | None, path: Path, container: str | None) -> Place | None:
    """The place of a field, or of the last thing on the way to it; None where nobody began to write it."""
    inside = component is not None and container in component.init_containers
    if component is not None and inside and path[:1] not in _OF_THE_POD:
        return next(reached(component.tree, ("initContainers", str(container), *path), 3), None)
    if service.postgres is not None and path and path[0] in service.tree.child("postgres").marks:
        return place_at(service.tree, ("postgres", *path))
    tree = tree_of(service, component, path)
    return place_at(tree, path) if path and path[0] in tree.marks else None


def _top(service: Service, component: Component | None, container: str | None = None) -> Place:
    """Where a field that is missing would stand: the container's or component's block, else the first line."""
    if component is not None and container in component.tree.child("initContainers"):
        return component.tree.child("initContainers").key_place(str(container))
    if component is not None and component.name in service.tree.child("components"):
        return service.tree.child("components").key_place(component.name)
    return service.tree.key_place("summary") if "summary" in service.tree.marks else service.place


def parse_place(text: str) -> Place:
    """Return the place that `path:line:column` says."""
    path, line, column = text.rsplit(":", 2)
    return Place(path, int(line), int(column))
