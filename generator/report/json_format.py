"""The whole report as JSON, in a shape of its own: `chartroom-report/1`, see report.schema.json."""

from dataclasses import fields, is_dataclass
from enum import Enum
from importlib.resources import files
from typing import Any

import orjson

from generator.finding import Place
from generator.report.model import Listed, Meter, Report

SCHEMA_NAME = "chartroom-report/1"


def format_json(report: Report) -> str:
    """Return the report as indented JSON; keys in the order of the dataclasses."""
    return orjson.dumps(to_data(report), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def to_data(report: Report) -> dict[str, Any]:
    """Return the report as what JSON knows."""
    counts = {state: len(report.of(state)) for state in ("open", "waived", "baselined")}
    data = _plain(report)
    return {"schema": SCHEMA_NAME, "counts": counts, **data}


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of the format."""
    text = files("generator.report").joinpath("report.schema.json").read_bytes()
    schema: dict[str, Any] = orjson.loads(text)
    return schema


def _plain(value: object) -> Any:
    match value:
        case Place():
            return {"path": _text(value.path), "line": value.line, "column": value.column}
        case Enum():
            return str(value)
        case Listed():
            return _listed(value)
        case Meter():
            return {"used": value.used, "limit": value.limit}
        case str():
            return _text(value)
        case tuple() | list():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value):
            return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
        case _:
            return value


def _listed(item: Listed) -> dict[str, Any]:
    finding = item.finding
    own = {part.name: _plain(getattr(finding, part.name)) for part in fields(finding)}
    beside = {part.name: _plain(getattr(item, part.name)) for part in fields(item) if part.name != "finding"}
    return {**own, **beside}


def _text(text: str) -> str:
    """Half letters have no UTF-8: each becomes the sign for what cannot be read."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
