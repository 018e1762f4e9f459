"""Velero: where copies go, and a schedule per tier and destination with what it leaves out."""

from collections.abc import Iterator

from generator.catalogue.service import Json
from generator.catalogue.site import BackupDestination, Tier
from generator.chart.database import ACCESS_KEYS
from generator.chart.scope import Body, Printed, Scope, namespace_of
from generator.chart.secret import external_secret, remote
from generator.chart.storage import TIER_LABEL
from generator.emitter import emit
from generator.fleet.copies import copy_names, is_templated
from generator.fleet.model import selector

_OPERATOR = "velero"
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}
_CLOUD_FILE = "[default]\naws_access_key_id={{ .ACCESS_KEY_ID }}\naws_secret_access_key={{ .SECRET_ACCESS_KEY }}\n"


def build_backup(scope: Scope) -> Iterator[Printed]:
    """Locations, schedules and resource policies, where Velero is the site's backend."""
    site = scope.fleet.site
    if site.backends.backup != _OPERATOR or not scope.has("velero.io"):
        return
    own: Body = {"namespace": namespace_of(scope, _OPERATOR)}
    for number, destination in enumerate(site.destinations.values()):
        yield from _location(scope, own, destination, is_default=number == 0)
    for tier in site.tiers.values():
        if tier.schedule is None or not tier.destinations:
            continue
        yield "ConfigMap", policy_name(tier), own | {"data": {"policy.yaml": emit(_policy(scope, tier))}}
        for name, destination_name in zip(copy_names(tier.name, tier.destinations), tier.destinations, strict=True):
            yield (
                "Schedule",
                name,
                own
                | {
                    "schedule": tier.schedule,
                    "location": destination_name,
                    "ttl": ttl(tier.keep or "7d"),
                    "policy": policy_name(tier),
                    "selectors": _selectors(scope, tier),
                },
            )


def policy_name(tier: Tier) -> str:
    return f"velero-{tier.name}"


def ttl(keep: str) -> str:
    """How long Velero keeps a copy: it counts in hours."""
    return f"{int(keep[:-1]) * _HOURS[keep[-1]]}h0m0s"


def _location(scope: Scope, own: Body, destination: BackupDestination, *, is_default: bool) -> Iterator[Printed]:
    secret = f"velero-{destination.name}"
    data = [remote(scope, key, destination.secret, key) for key in ACCESS_KEYS]
    yield "ExternalSecret", secret, own | external_secret(scope, data, {"data": {"cloud": _CLOUD_FILE}})
    config = {"region": destination.region or "us-east-1", "s3ForcePathStyle": "true", "s3Url": destination.endpoint}
    yield (
        "BackupStorageLocation",
        destination.name,
        own
        | {
            "default": is_default,
            "bucket": destination.bucket,
            "secret": secret,
            # Stores other than Amazon's refuse the newer checksums.
            "config": config | {"checksumAlgorithm": ""},
        },
    )


def _policy(scope: Scope, tier: Tier) -> Json:
    """First match wins: shares that Velero copies itself, no other NFS, no claim of another tier."""
    policies: list[Json] = []
    for share in scope.fleet.site.shares.values():
        if share.by == _OPERATOR and share.tier == tier.name:
            nfs = {"server": share.server, "path": share.path}
            policies.append({"conditions": {"nfs": nfs}, "action": {"type": "fs-backup"}})
    policies.append({"conditions": {"nfs": {}}, "action": {"type": "skip"}})
    policies += [
        {"conditions": {"pvcLabels": {TIER_LABEL: other}}, "action": {"type": "skip"}}
        for other in sorted(scope.fleet.site.tiers)
        if other != tier.name
    ]
    return {"version": "v1", "volumePolicies": policies}


def _selectors(scope: Scope, tier: Tier) -> list[Json]:
    """Claims with the tier's label, and those of StatefulSets, which can only carry the selector's."""
    selectors: list[Json] = [{TIER_LABEL: tier.name}]
    for service in scope.fleet.services.values():
        for component in service.components.values():
            tiers = {volume.tier for volume in component.volumes.values() if volume.form == "size"}
            if component.container is not None and is_templated(component) and tier.name in tiers:
                selectors.append(dict(selector(service, component)))
    return selectors
