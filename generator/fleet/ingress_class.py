"""What an Ingress can say of a host beyond path and certificate: that differs from class to class."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Annotations = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IngressClass:
    """Annotations of one controller: for a pod that speaks TLS, and for the largest body in bytes."""

    tls_of_ingress: Annotations = field(default_factory=dict)
    tls_of_service: Annotations = field(default_factory=dict)
    body_size: str | None = None


# Sources, read 2026-11-21: the annotation pages of ingress-nginx and of Traefik, whose `service.*` ones count
# on the Service only.
_KNOWN = {
    "nginx": IngressClass(
        tls_of_ingress={"nginx.ingress.kubernetes.io/backend-protocol": "HTTPS"},
        body_size="nginx.ingress.kubernetes.io/proxy-body-size",
    ),
    "traefik": IngressClass(tls_of_service={"traefik.ingress.kubernetes.io/service.serversscheme": "https"}),
}
_UNKNOWN = IngressClass()


def ingress_class(name: str) -> IngressClass:
    """What is known of a class by its name; `traefik-internet` is a second Traefik."""
    return _KNOWN.get(name) or _KNOWN.get(name.partition("-")[0], _UNKNOWN)
