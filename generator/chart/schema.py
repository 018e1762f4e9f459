"""The closed schema of a chart's values: what nobody prints is a typo."""

from collections.abc import Iterable

import orjson

from generator.chart.shape import BODIES, DEFINITIONS, MAP, TEXT, Shape, record

_PRINTED_BY_POD = frozenset({"Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"})


def schema_text(title: str, services: Iterable[str], kinds: Iterable[str], environments: Iterable[str]) -> str:
    """The text of values.schema.json for the services and kinds that the chart knows."""
    known = sorted(kinds)
    definitions: dict[str, Shape] = {kind: BODIES[kind] for kind in known}
    if not _PRINTED_BY_POD.isdisjoint(known):
        definitions |= DEFINITIONS
    objects = record(
        "", **{kind: {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{kind}"}} for kind in known}
    )
    definitions["service"] = record(
        "namespace objects", namespace=TEXT, category=TEXT, objects=objects, raw=_manifests(), patched=_manifests()
    )
    service: Shape = {"$ref": "#/$defs/service"}
    root = record(
        "domain tier environment services",
        domain=TEXT,
        tier={"enum": ["core", "platform", "apps"]},
        environment={"enum": sorted(environments)},
        namespaces={"type": "object", "additionalProperties": service},
        services=record("", **dict.fromkeys(sorted(services), service)),
        # Helm hands the library's own (empty) values to the chart under its name.
        common=MAP,
    )
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title}
    return orjson.dumps(head | root | {"$defs": definitions}, option=orjson.OPT_INDENT_2).decode() + "\n"


def _manifests() -> Shape:
    return {"type": "object", "additionalProperties": MAP}
