"""Whether two versions of a service differ in nothing but its leaves.

A leaf is a field that nobody reads but the service's own chart, page and checks, the sums of its domain, and the
pages of images, services and namespaces. What is not listed here is no leaf: a new field of the model belongs to
the interface until somebody proves otherwise (tests/pipeline/test_leaves.py does, by fields that cannot be read).
"""

from dataclasses import fields, is_dataclass
from typing import Any

from generator.catalogue.service import (
    Chart,
    ChartPod,
    Component,
    Container,
    File,
    Image,
    Postgres,
    Service,
)
from generator.catalogue.site import Site
from generator.finding import Place
from generator.fleet.edges import probe_target
from generator.source import Map

LEAVES: dict[type, frozenset[str]] = {
    Service: frozenset({"summary", "docs", "alerts", "slos"}),
    Chart: frozenset({"version", "values"}),
    ChartPod: frozenset({"resources"}),
    Component: frozenset(
        {"strategy", "node_selector", "tolerations", "affinity", "priority_class", "grace_period_s", "labels"}
        | {"annotations", "schedule"}
    ),
    Container: frozenset(
        {"command", "args", "working_dir", "lifecycle", "env", "probes", "no_probes", "resources", "security"}
    ),
    Image: frozenset({"text", "tag", "digest"}),
    File: frozenset({"text", "mode"}),
}


def differs_in_leaves_only(old: Service, new: Service, site: Site) -> bool:
    """Say whether nobody else can notice that `old` became `new` in one environment."""
    return _Comparison().same(old, new) and _probes(old, site) == _probes(new, site)


def _probes(service: Service, site: Site) -> list[object]:
    """What the prober asks: made of a leaf, the readiness probe, and part of the prober's own rules."""
    targets = [probe_target(site, service, component) for component in service.components.values()]
    return [
        (target.module, target.target, target.port, target.component) if target is not None else None
        for target in targets
    ]


class _Comparison:
    """Compares two values; places may move, as long as what stood at one place stays together and what did not, apart.

    Edges are told apart by their places, so two of them must not become one.
    """

    def __init__(self) -> None:
        self._moved: dict[Place, Place] = {}
        self._came: dict[Place, Place] = {}

    def same(self, old: Any, new: Any) -> bool:
        if isinstance(old, Map):  # asked for places only
            return isinstance(new, Map)
        if isinstance(old, Place) and isinstance(new, Place):
            return self._moved.setdefault(old, new) == new and self._came.setdefault(new, old) == old
        if type(old) is not type(new):
            return False
        if isinstance(old, Postgres):  # the page of databases tells all of it
            return bool(old == new)
        if is_dataclass(old):
            leaves = LEAVES.get(type(old), frozenset())
            return all(
                self.same(getattr(old, field.name), getattr(new, field.name))
                for field in fields(old)
                if field.name not in leaves
            )
        if isinstance(old, dict):
            return list(old) == list(new) and all(self.same(value, new[key]) for key, value in old.items())
        if isinstance(old, list | tuple):
            return len(old) == len(new) and all(map(self.same, old, new))
        return bool(old == new)
