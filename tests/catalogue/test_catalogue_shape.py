# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""Each field of each shape refuses what is not for it: one finding, at its place, in words."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalogue.shape import shapes, show
from generator.catalogue.shape.build import Schema
from generator.catalogue.shape.finished import finished
from generator.emitter import emit
from generator.source import Map, place_at, read_bytes
from generator.testing.strategies import services

# Keys that some pattern of a mapping asks for.
KEYS = ("a", "A", "/a", "tier1", "Kind/a", "keep-last")
WRONG: dict[str, Any] = {"object": {"zz": {"zz": 1}}, "array": [[]], "number": 1.5, "boolean": True, "string": "\u00a7"}
Path = tuple[str | int, ...]


def kinds_of(schema: Schema) -> set[str]:
    """The JSON types that a schema accepts, whatever else it asks."""
    if "anyOf" in schema:
        return set().union(*(kinds_of(branch) for branch in schema["anyOf"]))
    if "enum" in schema:
        names = {str: "string", bool: "boolean", int: "number", type(None): "null"}
        return {names[type(word)] for word in schema["enum"]}
    kinds = schema.get("type", "object")
    return {"number" if kind == "integer" else kind for kind in (kinds if isinstance(kinds, list) else [kinds])}


def fields(schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Every field below a schema with the path that leads to it."""
    for branch in schema.get("anyOf", ()):
        yield from fields(branch, path)
    below = dict(schema.get("properties", {}))
    values = schema.get("additionalProperties")
    if isinstance(values, dict):
        pattern = schema.get("propertyNames", {}).get("pattern", "")
        below[next(key for key in KEYS if re.search(pattern, key))] = values
    for key, field in below.items():
        yield (*path, key), field
        yield from fields(field, (*path, key))
    if "items" in schema:
        yield (*path, 0), schema["items"]
        yield from fields(schema["items"], (*path, 0))


def nested(path: Path, value: Any) -> Any:
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def read(value: object) -> Map:
    document = read_bytes("f.yaml", emit(value).encode())
    assert document.findings == ()
    return document.tree


def dotted(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def refused(name: str) -> Iterator[tuple[Path, Any]]:
    for path, schema in fields(shapes()[name].schema):
        wrong = next((value for kind, value in WRONG.items() if kind not in kinds_of(schema)), None)
        if wrong is not None:
            yield path, wrong


@pytest.mark.parametrize("name", ["template", "environment", "inventory"])
def test_each_field_refuses_another_type_with_one_finding_at_its_place(name: str) -> None:
    """These three shapes hold every field of every file, and ask for none at the top but `summary`."""
    required = {"summary": "x"} if name == "environment" else {}
    count = 0
    for path, wrong in refused(name):
        tree = read({**required, **nested(path, wrong)})
        found = list(shapes()[name].findings(tree))
        # An item of a list may lack what is required of it: its own fields are what is asked here.
        found = [finding for finding in found if finding.rule != "shape/missing-key"]
        shown = f"'{dotted(path)}' is {show(wrong)}, "
        assert [finding.message.startswith(shown) for finding in found] == [True], (path, [f.message for f in found])
        assert (found[0].place, found[0].rule) == (place_at(tree, path), "shape/value"), path
        assert found[0].message.endswith(" is expected")
        assert found[0].fix
        count += 1
    assert count > 100


@pytest.mark.parametrize("name", ["service", "template", "site", "domain", "environment", "inventory"])
def test_each_closed_mapping_refuses_a_foreign_key(name: str) -> None:
    tree = read({"zzzz": 1})
    found = [finding for finding in shapes()[name].findings(tree) if finding.rule == "shape/unknown-key"]
    assert [(finding.message, finding.place[1:]) for finding in found] == [("the file has no field 'zzzz'", (1, 1))]


def test_several_faults_of_one_file_are_all_found() -> None:
    tree = read({"summary": 5, "replicas": "two", "ports": {"HTTP": 80}, "prbes": "/", "env": {"A": 1.5}})
    assert {(finding.rule, finding.message) for finding in shapes()["service"].findings(tree)} == {
        ("shape/value", "'summary' is 5, text is expected"),
        ("shape/value", "'replicas' is 'two', an integer is expected"),
        ("shape/key", "'ports' has the key 'HTTP', at most 15 lower-case letters, digits and hyphens is expected"),
        ("shape/unknown-key", "the file has no field 'prbes', did you mean 'probes'?"),
        ("shape/value", "'env.A' is 1.5, text or an integer or true or false or a mapping is expected"),
        ("shape/missing-key", "the file lacks 'category'"),
    }


def test_prefix_leads_the_path_in_messages() -> None:
    (finding,) = finished()["component"].findings(read({"replicas": -1}), ("components", "worker"))
    assert finding.message == "'components.worker.replicas' is -1, at least 0 is expected"


@given(service=services())
def test_what_is_drawn_from_the_shape_fits_it(service: dict[str, Any]) -> None:
    assert list(shapes()["service"].findings(read(service))) == []


@given(text=st.from_regex(r"\A[0-9.]{1,20}\n?\Z"))
def test_both_validators_agree_on_the_end_of_a_text(text: str) -> None:
    """The fast one says whether, the other what: they must never differ, or a fault would be silent."""
    shape = shapes()["service"]
    tree = read({"summary": "x", "category": "y", "load_balancer": {"ip": text}})
    assert shape.fits(tree) == (not list(shape.findings(tree)))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", "'a'"), (5, "5"), (True, "true"), (None, "null"), ({}, "an empty mapping"), ({"a": 1}, "a mapping"), ([], "an empty list"),
        ([1], "a list"), ("x" * 100, "'" + "x" * 58 + "…"), ("a\nb", "'a\\nb'"),
    ],
)  # fmt: skip
def test_values_are_shown_on_one_short_line(value: object, shown: str) -> None:
    assert show(value) == shown
