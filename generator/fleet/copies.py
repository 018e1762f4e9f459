"""Where the copies of a service's volumes go."""

from collections.abc import Mapping

from generator.catalogue.service import Service
from generator.catalogue.site import Tier


def copied_to(service: Service, tier: Tier) -> tuple[str, ...]:
    """Return the destinations that get a copy. A Postgres cluster archives into one store: its tier's first."""
    return tier.destinations[:1] if service.form == "postgres" else tier.destinations


def archived_to(service: Service, tiers: Mapping[str, Tier]) -> tuple[str, ...]:
    """Return where a Postgres cluster archives to; nowhere if its tier copies nothing."""
    tier = tiers.get(service.postgres.storage.tier or "") if service.postgres is not None else None
    return copied_to(service, tier) if tier is not None and tier.schedule is not None else ()
