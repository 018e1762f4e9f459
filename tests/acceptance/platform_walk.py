"""Which facts of a platform row stand in the finished service: the rules of tests/facts/README.md.

Such a row knows a chart: where it comes from, where it lives, which level it needs, its ports, and settings.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.catalogue.service import Service
from generator.fleet.names import namespace_of

Row = Mapping[str, Any]
Fact = tuple[str, Any]
_SETTING = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)=([^\s,;)(]+)")
_NOT_JUDGED = ("none", "unverified")


def platform_facts_of(row: Row) -> Iterator[tuple[str, Fact]]:
    """Yield (id, (kind, details)) for every fact of a platform row."""
    chart = row["chart"]
    yield "chart/version", ("version", chart["version"])
    yield "chart/repository", ("repository", [chart["repo"], chart.get("alt_ref")])
    if row["namespace"] is not None:
        yield "namespace", ("namespace", row["namespace"])
    if row["pss"] not in _NOT_JUDGED:
        yield "level", ("level", row["pss"])
    for port in row["ports"]:
        yield f"port/{port['component']}/{port['name']}", ("port", port)
    for key, value in settings_of(row):
        yield f"setting/{key}", ("setting", (key, value))


def settings_of(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the keys of the chart's values that the row states with a value."""
    for stated in row["values_keys"].values():
        for text in stated if isinstance(stated, list) else [stated]:
            yield from _SETTING.findall(str(text))


def stands_on_the_platform(fact: Fact, service: Service) -> bool:
    """Say whether the finished service has the fact."""
    kind, details = fact
    chart = service.chart
    match kind:
        case "port":
            ports = {
                (entry.number, entry.protocol)
                for component in service.components.values()
                for entry in component.ports.values()
            }
            return (details["port"], details["protocol"]) in ports
        case "version":
            return chart is not None and chart.version == details
        case "repository":
            known = {str(text).rstrip("/") for text in details if text}
            return chart is not None and bool(known & _sources(service))
        case "namespace":
            return namespace_of(service) == details
        case "level":
            return (service.namespace.level if service.namespace else None) == (
                None if details == "restricted" else details
            )
        case _:
            key, value = details
            return any(
                (path == key or path.endswith(f".{key}")) and _text(found) == value
                for path, found in _leaves(chart.values if chart else {})
            )


def _sources(service: Service) -> set[str]:
    """The places that a chart may be said to come from; with or without its name at the end."""
    assert service.chart is not None
    places = {str(place).rstrip("/") for place in (service.chart.repository, service.chart.git) if place}
    return places | {f"{place}/{service.chart.name}" for place in places}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key)
    else:
        yield path, value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
