"""What a whole run hands on to the next one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generator.catalogue.service import Service
from generator.chart import Scopes
from generator.docs import Kept
from generator.fleet import Fleet
from generator.pipeline.memo.store import Known


@dataclass(frozen=True, slots=True)
class Handed:
    """What the fleets of a run come to, without their services."""

    services: dict[str, Known]
    environments: tuple[str, ...]
    operators: dict[str, tuple[str, ...]]
    steps: dict[str, dict[str, int]]
    near: dict[str, tuple[str, ...]]
    kept: Kept


def hand_on(scopes: Scopes, kept: Kept) -> Handed:
    """Return what the next run may start from."""
    fleets = {environment: scope.fleet for environment, scope in scopes.items()}
    return Handed(
        services=_services(fleets.values()),
        environments=tuple(fleets),
        operators={environment: tuple(sorted(scope.operators)) for environment, scope in scopes.items()},
        steps={
            environment: {name: step for name, step in fleet.steps.items() if step}
            for environment, fleet in fleets.items()
        },
        near=_near(fleets),
        kept=kept,
    )


def _services(fleets: Iterable[Fleet]) -> dict[str, Known]:
    states: dict[str, list[str]] = {}
    paths: dict[str, str] = {}
    for fleet in fleets:
        for state, group in (("r", fleet.services), ("o", fleet.off), ("t", fleet.retired)):
            for name, service in group.items():
                states.setdefault(name, []).append(state)
                paths[name] = service.path
    return {name: Known(paths[name], "".join(states[name])) for name in sorted(states)}


def _near(fleets: Mapping[str, Fleet]) -> dict[str, tuple[str, ...]]:
    """Of each domain, the services of others that its own name: they fill in references, or hold what is needed."""
    found: dict[str, dict[str, None]] = {}
    for fleet in fleets.values():
        site = fleet.site
        gateways = [gateway.service for gateway in site.gateways.values()]
        everywhere = [site.monitoring.prober, *site.providers.values(), *gateways]
        for group in (fleet.services, fleet.off, fleet.retired):
            for service in group.values():
                own = found.setdefault(service.domain, {})
                own.update(dict.fromkeys(name for name in (*everywhere, *_named_by(service)) if name is not None))
        for database in fleet.databases:
            cluster = fleet.services.get(database.cluster)
            if cluster is not None:
                found[cluster.domain][database.service] = None
    return {domain: tuple(sorted(names)) for domain, names in sorted(found.items())}


def _named_by(service: Service) -> Iterable[str | None]:
    for component in service.components.values():
        yield from (call.service for call in component.talks_to.services)
        yield from (need.provider for need in component.needs.values())
