"""Products that their makers have left: whoever runs one is told, with what took its place.

A product is one entry of `PRODUCTS`, and nothing else changes. `images` are names as they stand before the tag,
one that ends in a slash means all below it; `charts` are names of upstream charts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from generator.catalogue.gaps import is_stand_in
from generator.catalogue.read import Notes
from generator.catalogue.service import Service
from generator.finding import Place


@dataclass(frozen=True, slots=True)
class Gone:
    """One product. `end` says how its end was told, `source` where."""

    name: str
    end: str
    successor: str
    source: str
    images: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()

    def has_image(self, repository: str) -> bool:
        return any(repository.startswith(name) if name.endswith("/") else repository == name for name in self.images)


# Read in August and September 2026.
PRODUCTS = (
    Gone(
        "ingress-nginx",
        "retired in March 2026, its README says not to deploy it anew",
        "a Gateway (Traefik, Cilium, Envoy Gateway) with `routing: gateway-api`",
        "README and announcement of kubernetes/ingress-nginx, 2025-11-11",
        images=("registry.k8s.io/ingress-nginx/",),
        charts=("ingress-nginx",),
    ),
    Gone(
        "MinIO",
        "no longer maintained since February 2026",
        "Garage, RustFS or SeaweedFS",
        "README of minio/minio, 2025-12-03 and 2026-02-12",
        images=("docker.io/minio/minio", "quay.io/minio/minio"),
        charts=("minio",),
    ),
    Gone(
        "Bitnami's free images",
        "frozen by version on 2025-08-28",
        "the product's own image, CloudNativePG for Postgres, Valkey for Redis",
        "announcement of Bitnami, 2025-08-28",
        images=("docker.io/bitnami/", "docker.io/bitnamilegacy/"),
    ),
    Gone(
        "Overseerr",
        "merged with Jellyseerr into Seerr on 2026-02-14",
        "Seerr (ghcr.io/seerr-team/seerr), which takes its data over",
        "release notes of Seerr v3.0.0",
        images=(
            "docker.io/sctx/overseerr",
            "ghcr.io/sct/overseerr",
            "docker.io/linuxserver/overseerr",
            "lscr.io/linuxserver/overseerr",
            "docker.io/fallenbagel/jellyseerr",
            "ghcr.io/fallenbagel/jellyseerr",
        ),
    ),
    Gone(
        "Promtail",
        "its chart is deprecated",
        "Vector, Alloy or Fluent Bit",
        "chart promtail of grafana/helm-charts",
        images=("docker.io/grafana/promtail",),
        charts=("promtail",),
    ),
    Gone(
        "the Grafana Agent",
        "its chart is deprecated",
        "Alloy",
        "chart grafana-agent of grafana/helm-charts",
        images=("docker.io/grafana/agent",),
        charts=("grafana-agent",),
    ),
    Gone(
        "PostHog on Kubernetes",
        "without a supported chart since May 2023",
        "its docker-compose in a VM",
        "PostHog's own announcement, May 2023",
        charts=("posthog",),
    ),
)


def check_gone(service: Service, notes: Notes) -> None:
    """Note what a service runs that nobody upstream keeps up any more."""
    for place, product in _found(service):
        if not is_stand_in(place):
            message = f"{service.name!r} runs {product.name}, {product.end} ({product.source})"
            notes.warning(place, "fleet/gone-upstream", message, f"move to {product.successor}")


def _found(service: Service) -> Iterator[tuple[Place, Gone]]:
    images = [container.image for component in service.components.values() for container in component.containers]
    images += [service.postgres.image] if service.postgres is not None else []
    yield from ((image.place, product) for image in images for product in _gone_with(image.repository))
    if service.chart is not None:
        place = service.tree.child("chart").value_place("name")
        yield from ((place, product) for product in PRODUCTS if service.chart.name in product.charts)


@cache
def _gone_with(repository: str) -> tuple[Gone, ...]:
    return tuple(product for product in PRODUCTS if product.has_image(repository))
