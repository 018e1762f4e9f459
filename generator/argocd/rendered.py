"""What a domain's chart renders, as far as a project and an Application need to know it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

# Group, kind, namespace (None for what is cluster-scoped: every other object states its own) and name of an object.
Seen = tuple[str, str, str | None, str]


class GroupKind(NamedTuple):
    """A kind the way projects name it. Kubernetes' first API has the empty group."""

    group: str
    kind: str


class ClusterObject(NamedTuple):
    """An object without a namespace, by name."""

    group: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one chart renders in one environment."""

    kinds: frozenset[GroupKind] = frozenset()
    cluster: frozenset[ClusterObject] = frozenset()
    namespaces: frozenset[str] = frozenset()
    objects: int = 0


def survey(objects: Iterable[Seen]) -> Rendered:
    """Sum up the objects of one chart."""
    placed: set[tuple[str, str, str]] = set()
    cluster: set[ClusterObject] = set()
    count = 0
    for group, kind, namespace, name in objects:
        count += 1
        if namespace is None:
            cluster.add(ClusterObject(group, kind, name))
        else:
            placed.add((group, kind, namespace))
    kinds = frozenset(GroupKind(group, kind) for group, kind, _ in placed)
    return Rendered(kinds, frozenset(cluster), frozenset(namespace for _, _, namespace in placed), count)
