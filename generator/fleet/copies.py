"""Which claims of a service are copied, and where the copies go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.catalogue.service import Component, Service, Volume
from generator.catalogue.site import Tier


@dataclass(frozen=True, slots=True)
class Copied:
    """A volume of a tier with a schedule: each of its claims is copied to every destination of the tier."""

    component: Component
    volume: Volume
    tier: Tier
    claims: tuple[str, ...]


def copied(service: Service, tiers: Mapping[str, Tier]) -> Iterator[Copied]:
    """Yield the volumes whose claims are ours to copy."""
    for component in service.components.values():
        for volume in component.volumes.values():
            tier = tiers.get(volume.tier or "")
            if component.container is not None and volume.form == "size" and tier is not None and tier.schedule:
                yield Copied(component, volume, tier, claim_names(component, volume))


def copy_names(name: str, destinations: tuple[str, ...]) -> tuple[str, ...]:
    """What copies to the first destination has the plain name, further ones carry theirs."""
    return tuple(name if number == 0 else f"{name}-{where}" for number, where in enumerate(destinations))


def is_templated(component: Component) -> bool:
    """Say whether the claims are the StatefulSet's own: one per replica (architecture.md 27)."""
    return component.kind == "StatefulSet" and component.replicas > 1


def claim_names(component: Component, volume: Volume) -> tuple[str, ...]:
    """The claim of a volume with a size; of a template each replica's own, as the controller names it."""
    if is_templated(component):
        return tuple(f"{volume.name}-{component.workload}-{number}" for number in range(component.replicas))
    return (f"{component.workload}-{volume.name}",)


def copied_to(service: Service, tier: Tier) -> tuple[str, ...]:
    """Return the destinations that get a copy. A Postgres cluster archives into one store: its tier's first."""
    return tier.destinations[:1] if service.form == "postgres" else tier.destinations


def archived_to(service: Service, tiers: Mapping[str, Tier]) -> tuple[str, ...]:
    """Return where a Postgres cluster archives to; nowhere if its tier copies nothing."""
    tier = tiers.get(service.postgres.storage.tier or "") if service.postgres is not None else None
    return copied_to(service, tier) if tier is not None and tier.schedule is not None else ()
