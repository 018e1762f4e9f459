"""Sums of what workloads and volumes ask for: per domain, per namespace, and of the whole cluster."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
_AMOUNTS = ("cpu_m", "memory_bytes", "memory_limit_bytes")


def needs_of(workloads: Sequence[Mapping[str, Any]], volumes: Sequence[Mapping[str, Any]]) -> Json:
    """Return the needs of every domain and namespace, and what stands in the cluster in quiet times."""
    domains = {str(item["domain"]) for item in (*workloads, *volumes) if item["domain"]}
    spaces = {str(item["namespace"]) for item in (*workloads, *volumes) if item["namespace"]}
    return {
        "domains": _grouped("domain", domains, workloads, [item for item in volumes if not item["server"]]),
        "namespaces": _grouped("namespace", spaces, workloads, volumes),
        "cluster": quiet_of(workloads),
    }


def _grouped(
    key: str, names: Iterable[str], workloads: Sequence[Mapping[str, Any]], volumes: Sequence[Mapping[str, Any]]
) -> Json:
    by_name: dict[str, tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]] = {
        name: ([], []) for name in sorted(names)
    }
    for item in workloads:
        if item[key] in by_name:
            by_name[item[key]][0].append(item)
    for item in volumes:
        if item[key] in by_name:
            by_name[item[key]][1].append(item)
    return {name: need_of(*group) for name, group in by_name.items()}


def need_of(workloads: Iterable[Mapping[str, Any]], volumes: Iterable[Mapping[str, Any]]) -> Json:
    """Return what a quota must hold: everything rolling at once, one job by hand, one restore (architecture.md 26)."""
    total = dict.fromkeys(_AMOUNTS, 0)
    largest = dict.fromkeys(_AMOUNTS, 0)
    for item in workloads:
        for amount in _AMOUNTS:
            total[amount] += item[amount] * item["rolling"]
            if item["one_shot"]:
                largest[amount] = max(largest[amount], item[amount] * item["at_once"])
    sizes = [(item["size_bytes"], item["count"]) for item in volumes]
    storage = sum(size * count for size, count in sizes) + max((size for size, _ in sizes), default=0)
    return {**{amount: total[amount] + largest[amount] for amount in _AMOUNTS}, "storage_bytes": storage}


def quiet_of(workloads: Iterable[Mapping[str, Any]]) -> Json:
    """Return what stands when nothing rolls: pods that go anywhere, and pods that each node has."""
    found: Json = {
        "spread": {"cpu_m": 0, "memory_bytes": 0, "pods": 0},
        "each": {"cpu_m": 0, "memory_bytes": 0, "pods": 0},
    }
    for item in workloads:
        part = found["each"] if item["per_node"] else found["spread"]
        times = item["per_node"] or item["quiet"]
        part["cpu_m"] += item["cpu_m"] * times
        part["memory_bytes"] += item["memory_bytes"] * times
        part["pods"] += times
    return found
