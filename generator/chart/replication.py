"""Volumes copied by VolSync: a source and its repository's Secret per claim."""

from collections.abc import Iterator

from generator.catalogue.service import Component, Json, Service
from generator.catalogue.site import BackupDestination, Tier
from generator.chart.database import ACCESS_KEYS
from generator.chart.scope import Body, Printed, Scope
from generator.chart.secret import external_secret, remote
from generator.fleet.copies import copied, copy_names
from generator.fleet.model import MOVER_RESOURCES

_IDENTITY = ("runAsUser", "runAsGroup", "fsGroup")
_PASSWORD = "RESTIC_PASSWORD"
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}


def build_replications(scope: Scope, service: Service) -> Iterator[Printed]:
    """What copies each volume of a tier with a schedule, where VolSync is the site's backend."""
    if scope.fleet.site.backends.backup != "volsync":
        return
    for item in copied(service, scope.fleet.site.tiers):
        for claim in item.claims:
            yield from _sources(scope, item.component, claim, item.tier)


def _sources(scope: Scope, component: Component, claim: str, tier: Tier) -> Iterator[Printed]:
    for name, source in zip(tier.destinations, copy_names(claim, tier.destinations), strict=True):
        destination = scope.fleet.site.destinations[name]
        secret = f"{source}-restic"
        yield "ExternalSecret", secret, _repository(scope, component, claim, destination)
        body: Body = {
            "component": component.name,
            "claim": claim,
            "schedule": tier.schedule,
            "repository": secret,
            "retain": {"within": within(tier.keep or "7d")},
            "security": _security(component),
            "resources": MOVER_RESOURCES,
        }
        yield "ReplicationSource", source, body


def within(keep: str) -> str:
    """How long copies stay, in restic's words: hours, days, months, years."""
    number, unit = int(keep[:-1]), keep[-1]
    return f"{number * _HOURS[unit] // 24}d" if unit == "w" else keep


def _security(component: Component) -> Json:
    stated = component.container.security if component.container else {}
    return {key: stated[key] for key in _IDENTITY if key in stated}


def _repository(scope: Scope, component: Component, claim: str, destination: BackupDestination) -> Body:
    keys = (*ACCESS_KEYS, _PASSWORD)
    data = [remote(scope, key, destination.secret, key) for key in keys]
    values = {
        "RESTIC_REPOSITORY": f"s3:{destination.endpoint}/{destination.bucket}/volsync/{claim}",
        _PASSWORD: "{{ .RESTIC_PASSWORD }}",
        "AWS_ACCESS_KEY_ID": "{{ .ACCESS_KEY_ID }}",
        "AWS_SECRET_ACCESS_KEY": "{{ .SECRET_ACCESS_KEY }}",
    }
    return {"component": component.name, **external_secret(scope, data, {"data": values})}
