"""Names, labels, annotations and the order of creation of what stands in ArgoCD's own namespace."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.catalogue.service import Json
from generator.catalogue.site import ArgoCd

ROOT = "root"
GUARD_RAILS = "guardrails"
NAMESPACES = "namespaces"
SHARED = "shared-config"
DEFAULT = "default"
RESERVED = frozenset({ROOT, GUARD_RAILS, NAMESPACES, SHARED, DEFAULT})

# Waves among Applications order nothing but creation: ArgoCD has no health check for the kind, and
# gets none (architecture.md 8). From 0 on they are steps of `depends_on`.
PROJECT_WAVE = -2
GUARD_RAIL_WAVE = -1
FIRST_WAVE = 0

# With it, deleting the object deletes what it made; a project stays until no Application names it.
FINALIZER = "resources-finalizer.argocd.argoproj.io"
KEPT = {
    "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    # What left Git stays in the cluster; without this it would keep its Application OutOfSync for ever.
    "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the labels of an Application and its project say, and links for its page."""

    environment: str
    domain: str | None = None
    tier: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)


def metadata(
    name: str,
    argocd: ArgoCd,
    marks: Metadata,
    *,
    wave: int,
    annotations: Mapping[str, str] | None = None,
    cascade: bool = True,
) -> Json:
    """The metadata of an Application or AppProject; `cascade` gives it the finalizer."""
    labels = {
        "app.kubernetes.io/part-of": ROOT,
        "app.kubernetes.io/managed-by": "chartroom",
        "chartroom/environment": marks.environment,
    }
    if marks.domain is not None:
        labels["chartroom/domain"] = marks.domain
    if marks.tier is not None:
        labels["chartroom/tier"] = marks.tier
    return {
        "name": name,
        "namespace": argocd.namespace,
        "labels": labels,
        "annotations": {
            "argocd.argoproj.io/sync-wave": str(wave),
            **(annotations or {}),
            **{f"link.argocd.argoproj.io/{link}": url for link, url in sorted(marks.links.items())},
        },
    } | ({"finalizers": [FINALIZER]} if cascade else {})
