"""What a namespace holds besides its services: quota, limits, and alerts on them."""

from collections.abc import Iterator

from generator.chart.policy import build_mover_policies
from generator.chart.scope import Body, Printed, Scope
from generator.fleet.model import Namespace

# What a container gets that asks for nothing: ours always ask, an upstream chart's may not.
_REQUEST = {"cpu": "10m", "memory": "64Mi"}
_LIMIT = {"memory": "256Mi"}
_NAME = "namespace"


def build_namespace(scope: Scope, namespace: Namespace) -> Iterator[Printed]:
    """Quota and limits of one namespace; a namespace that Kubernetes makes gets none."""
    if namespace.builtin:
        return
    own: Body = {"namespace": namespace.name}
    # A default limit would kill a CNI or a storage engine that asks for nothing (architecture.md 26).
    limits = (
        {"defaultRequest": _REQUEST} if namespace.quota is None else {"default": _LIMIT, "defaultRequest": _REQUEST}
    )
    yield "LimitRange", _NAME, own | limits
    if namespace.quota is not None:
        yield "ResourceQuota", _NAME, own | {"hard": namespace.quota}
        domain = scope.fleet.domains.get(namespace.domain)
        marks = {"namespace": namespace.name, "domain": namespace.domain}
        marks |= {"owner": domain.owner} if domain and domain.owner else {}
        yield (
            "PrometheusRule",
            _NAME,
            own | {"marks": marks, "defaults": {"QuotaNearlyUsed": {"namespace": namespace.name}}},
        )
    yield from build_mover_policies(scope, namespace.name)
