"""What is called a leaf is read by nobody but the service itself and what the short way of a run does anew.

Every leaf of every service (or of every second one) is replaced by something that cannot be touched; then everything
else that looks at services is run, and comes to the same as before.
"""

import importlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pytest

from generator import argocd, chart, docs
from generator.catalogue import Catalogue, Resolver
from generator.catalogue.read import Notes
from generator.catalogue.service import Image, Postgres, Service
from generator.chart.service import service_values
from generator.docs.build import shared_pages
from generator.docs.namespaces_page import namespace_tables
from generator.fleet import Fleet, check_environments, edges, resolve
from generator.fleet.fill import fill_service
from generator.fleet.needs import Filled, fill_needs
from generator.fleet.reference import References
from generator.fleet.resolve import reachable
from generator.pipeline.memo.around import pack
from generator.pipeline.memo.keep import hand_on
from generator.pipeline.memo.leaf import LEAVES, differs_in_leaves_only
from generator.pipeline.share import remarks_of
from generator.pipeline.workspace import Workspace, open_workspace

ROOT = Path(__file__).parents[2]
Resolved = TypeVar("Resolved", Fleet, Catalogue)


class Untouchable:
    """Whoever looks at it fails."""

    def _fail(self, *given: object, **named: object) -> NoReturn:
        raise AssertionError("a leaf was read")

    __bool__ = __len__ = __iter__ = __getitem__ = __contains__ = __str__ = __repr__ = _fail
    __lt__ = __call__ = __or__ = __ror__ = __add__ = _fail
    __eq__ = __hash__ = _fail

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError("a leaf was read")


def _without_leaves(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Postgres):
            return value
        leaves = LEAVES.get(type(value), frozenset())
        changed = {
            field.name: Untouchable() if field.name in leaves else _without_leaves(getattr(value, field.name))
            for field in fields(value)
        }
        return replace(value, **changed)
    if type(value) is dict:
        return {key: _without_leaves(item) for key, item in value.items()}
    if type(value) is tuple:
        return tuple(_without_leaves(item) for item in value)
    return value


def _blind(fleet: Resolved, names: frozenset[str]) -> Resolved:
    """The fleet, or what its files state, in which the leaves of some services cannot be touched."""

    def blind(group: Mapping[str, Service]) -> dict[str, Service]:
        return {name: _without_leaves(item) if name in names else item for name, item in group.items()}

    return replace(fleet, services=blind(fleet.services), off=blind(fleet.off), retired=blind(fleet.retired))


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    found = open_workspace(ROOT)
    found.require_usable()
    return found


@pytest.fixture
def _probes_are_compared(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who compares two versions compares what the prober asks as well: a leaf decides on it."""
    ask = edges.probe_target
    known = {name: service for fleet in workspace.fleets.values() for name, service in fleet.services.items()}

    def asked(site: Any, service: Service, component: Any) -> object:
        return ask(site, known[service.name], known[service.name].components[component.name])

    monkeypatch.setattr(edges, "probe_target", asked)


def _every(fleet: Fleet) -> frozenset[str]:
    return frozenset({**fleet.services, **fleet.off, **fleet.retired})


@pytest.fixture
def _alone(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out of resolving what is done for each service alone, and the sums: the short way does those anew."""
    steps = importlib.import_module("generator.fleet.resolve")
    fill_needs, pieces_of = steps.fill_needs, steps.pieces_of
    fleets = workspace.fleets

    def fill(services: Mapping[str, Service], known: object, site: object, notes: Notes) -> Filled:
        fleet = next(fleet for fleet in fleets.values() if fleet.site.zone == getattr(site, "zone", None))
        # Variables are given to the service itself; what it calls, and what is made for it, are no leaves.
        filled: Filled = fill_needs(fleet.services, {**fleet.services, **fleet.off}, site, Notes())
        filled.services = dict(services)
        return filled

    def pieces(services: Mapping[str, Service], inventory: Any, site: Any) -> object:
        fleet = next(fleet for fleet in fleets.values() if fleet.services.keys() == services.keys())
        return pieces_of(fleet.services, inventory, site)

    monkeypatch.setattr(steps, "fill_needs", fill)
    monkeypatch.setattr(steps, "fill_service", lambda service, references, depth: service)
    monkeypatch.setattr(steps, "check_service_pods", lambda *given: None)
    monkeypatch.setattr(steps, "pieces_of", pieces)


@pytest.mark.usefixtures("_probes_are_compared", "_alone")
def test_nothing_that_is_resolved_for_all_reads_a_leaf(workspace: Workspace) -> None:
    resolver = Resolver(workspace.sources)
    for name, fleet in workspace.fleets.items():
        stated = resolver.resolve(name)
        assert stated is not None
        blind, seeing = resolve(_blind(stated, _every(fleet))), resolve(stated)
        shown = [field.name for field in fields(Fleet) if field.name not in ("services", "off", "retired")]
        assert [getattr(blind, field) for field in shown] == [getattr(seeing, field) for field in shown]
        assert (blind.edges, blind.claims, blind.probes) == (fleet.edges, fleet.claims, fleet.probes)
        assert check_environments([blind]) == check_environments([fleet])


@pytest.mark.parametrize("half", [0, 1])
def test_no_service_reads_a_leaf_of_another(workspace: Workspace, half: int) -> None:
    for fleet in workspace.fleets.values():
        others = frozenset(sorted(_every(fleet))[half::2])
        blind = _blind(fleet, others)
        own = {name: service for name, service in blind.services.items() if name not in others}
        notes = Notes()
        needed = fill_needs(own, {**blind.services, **blind.off}, fleet.site, notes)
        every = {**blind.services, **blind.off, **blind.retired}
        reach = reachable(needed.services, needed.calls)
        references = References(fleet.site, fleet.environment.name, every, reach, notes)
        for name, service in needed.services.items():
            fill_service(service, references, fleet.steps[name])
        scope, seeing = chart.scope_of(blind), chart.scope_of(fleet)
        for service in own.values():
            assert service_values(scope, service) == service_values(seeing, service)


def test_no_chart_or_application_of_all_reads_a_leaf(workspace: Workspace) -> None:
    fleets = workspace.fleets
    blind = chart.scopes_of({name: _blind(fleet, _every(fleet)) for name, fleet in fleets.items()})
    seeing = chart.scopes_of(fleets)
    shared = chart.chart_values(chart.SHARED, seeing)
    assert chart.chart_values(chart.SHARED, blind) == shared
    for name, scope in blind.items():
        rendered = argocd.survey(chart.seen_in(shared[name]))
        here, there = (argocd.build_environment(fleet, rendered) for fleet in (scope.fleet, fleets[name]))
        assert here == there
        assert argocd.check(scope.fleet, {chart.SHARED: rendered}) == ()


def test_what_is_kept_of_all_reads_no_leaf(workspace: Workspace) -> None:
    fleets = workspace.fleets
    blind = {name: _blind(fleet, _every(fleet)) for name, fleet in fleets.items()}
    kept = docs.keep(_reference(workspace, fleets))
    assert hand_on(chart.scopes_of(blind), kept) == hand_on(chart.scopes_of(fleets), kept)
    assert pack(blind.values()) == pack(fleets.values())


def test_no_page_of_all_reads_a_leaf(workspace: Workspace) -> None:
    blind = _reference(workspace, {name: _blind(fleet, _every(fleet)) for name, fleet in workspace.fleets.items()})
    seeing = _reference(workspace, workspace.fleets)
    kept = docs.keep(seeing)
    assert shared_pages(blind, kept) == shared_pages(seeing, kept)
    assert docs.KEPT_PAGES == ("services", "images", "namespaces")
    assert namespace_tables(blind) == namespace_tables(seeing)


def test_the_image_of_a_postgres_cluster_is_no_leaf(workspace: Workspace) -> None:
    fleet = next(iter(workspace.fleets.values()))
    old = fleet.services["postgres"]
    assert old.postgres is not None
    image = replace(old.postgres.image, tag="1", text="x:1")
    new = replace(old, postgres=replace(old.postgres, image=image))
    assert not differs_in_leaves_only(old, new, fleet.site)


@pytest.mark.parametrize("half", [0, 1])
def test_no_page_of_a_service_reads_a_leaf_of_another(workspace: Workspace, half: int) -> None:
    fleets = workspace.fleets
    others = frozenset(sorted({name for fleet in fleets.values() for name in _every(fleet)})[half::2])
    blind = _reference(workspace, {name: _blind(fleet, others) for name, fleet in fleets.items()})
    seeing = _reference(workspace, fleets)
    for name, service in seeing.services.items():
        if name not in others:
            assert docs.service_page(blind, service) == docs.service_page(seeing, service), name


def _reference(workspace: Workspace, fleets: Mapping[str, Fleet]) -> docs.Reference:
    return docs.look(fleets, docs.read_facts(ROOT), remarks_of(workspace))


def test_a_leaf_may_change_and_nothing_else_may(workspace: Workspace) -> None:
    fleet = next(iter(workspace.fleets.values()))
    old = fleet.services["sonarr"]
    main = old.components["main"]
    assert main.container is not None

    def with_container(**changed: Any) -> Service:
        assert main.container is not None
        return replace(old, components={"main": replace(main, container=replace(main.container, **changed))})

    image = main.container.image
    bumped = Image("x", image.repository, "9", None, image.place)
    leaves = (replace(old, summary="x"), with_container(image=bumped), with_container(env={"A": "b"}))
    others = (
        replace(old, category="x"),
        replace(old, components={**old.components, "more": main}),
        replace(old, components={"main": replace(main, replicas=2)}),
        replace(old, components={"main": replace(main, volumes={})}),
        with_container(image=replace(bumped, repository="other")),
        with_container(secrets={}),
        with_container(devices={"gpu": 1}),
        with_container(sidecar=True),
        with_container(probes={}),  # the prober asks otherwise
    )
    assert all(differs_in_leaves_only(old, new, fleet.site) for new in (old, *leaves))
    assert not any(differs_in_leaves_only(old, new, fleet.site) for new in others)


def test_two_places_may_not_become_one(workspace: Workspace) -> None:
    fleet = next(iter(workspace.fleets.values()))
    old = fleet.services["sonarr"]
    calls = old.components["main"].talks_to.services
    one = replace(calls[1], place=calls[0].place)
    talks = replace(old.components["main"].talks_to, services=(calls[0], one, *calls[2:]))
    new = replace(old, components={"main": replace(old.components["main"], talks_to=talks)})
    assert not differs_in_leaves_only(old, new, fleet.site)
