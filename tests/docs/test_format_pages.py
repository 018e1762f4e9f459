"""The format pages follow the shapes that files are held against."""

import pytest

from generator.catalogue.shape import shapes
from generator.catalogue.shape.build import (
    boolean,
    either,
    integer,
    listing,
    mapping,
    number,
    one_of,
    record,
    text,
)
from generator.catalogue.shape.fields import COMPONENT, CONTAINER
from generator.catalogue.shape.service import SERVICE
from generator.docs.field_table import Schema, field_table, ticked
from generator.docs.format_page import inventory_format_page, service_format_page
from generator.docs.markdown import code

INNER = record({"path": text("Where"), "mode": one_of("Read unless stated", "read", "write")}, required=("path",))
FIELDS: list[tuple[str, Schema, list[str]]] = [
    ("one", text("A name; `x` unless stated"), ["| `one` | text | A name | `x` |"]),
    ("one", text("", r"^\d$", "a digit such as `1`"), ["| `one` | a digit such as `1` |  |  |"]),
    ("one", text("Short", longest=5), ["| `one` | text, at most 5 letters | Short |  |"]),
    ("one", integer("1 unless stated; more is better", 1, 9), ["| `one` | integer, 1 to 9 | more is better | 1 |"]),
    ("one", integer("", 1), ["| `one` | integer, at least 1 |  |  |"]),
    ("one", integer(""), ["| `one` | integer |  |  |"]),
    ("one", number("Percent", 0, 100), ["| `one` | number, between 0 and 100 | Percent |  |"]),
    ("one", boolean("On"), ["| `one` | true or false | On |  |"]),
    ("one", one_of("", True, "", 0), ["| `one` | `true` or nothing or `0` |  |  |"]),
    ("one", listing(text(), "Some"), ["| `one` | list: text | Some |  |"]),
    ("one", {"type": "array"}, ["| `one` | list |  |  |"]),
    ("one", {"type": ["string", "null"]}, ["| `one` | text |  |  |"]),
    ("one", {"type": "object"}, ["| `one` | map |  |  |"]),
    ("one", mapping(text("Each of *them*")), ["| `one` | map: name → text | Each of *them* |  |"]),
    (
        "one",
        either("Short or long", text(), INNER, {"type": "null"}),
        [
            "| `one` | text or fields below | Short or long |  |",
            "| `one.path` | text | Where | **required** |",
            "| `one.mode` | `read` or `write` |  | Read |",
        ],
    ),
    (
        "one",
        mapping(listing(INNER)),
        [
            "| `one` | map: name → list: maps |  |  |",
            "| `one.<name>[].path` | text | Where | **required** |",
            "| `one.<name>[].mode` | `read` or `write` |  | Read |",
        ],
    ),
    ("affinity", record({"deep": text()}, "Its own"), ["| `affinity` | Kubernetes' fields | Its own |  |"]),
    ("exec", listing(record({"deep": text()}), "Its own"), ["| `exec` | list: Kubernetes' fields | Its own |  |"]),
    ("asked", text("What it is; asked for"), ["| `asked` | text | What it is | asked for |"]),
    (
        "forms",
        either("Either", record({"a": text()}, required=("a",)), record({"b": text()}, required=("b",))),
        [
            "| `forms` | fields below | Either |  |",
            "| `forms.a` | text |  | **required** in this form |",
            "| `forms.b` | text |  | **required** in this form |",
        ],
    ),
]


@pytest.mark.parametrize(("name", "schema", "rows"), FIELDS)
def test_field_table(name: str, schema: Schema, rows: list[str]) -> None:
    head = ["| field | type | is | unless stated |", "|---|---|---|---|"]
    assert field_table({name: schema}).splitlines() == head + rows


def test_fields_like_others_refer_to_them() -> None:
    rows = field_table({"a": INNER, "b": INNER}, required=("b",)).splitlines()
    assert rows[-1] == "| `b` | fields like `a` |  | **required** |"
    assert len(rows) == 6


def test_nothing_below_a_skipped_field() -> None:
    assert field_table({"a": INNER}, skip=frozenset({"a"})).count("\n") == 2


def test_ticked_keeps_code_and_escapes_the_rest() -> None:
    assert ticked("a | `b|c` d_ ") == "a &#124; <code>b&#124;c</code> d\\_"


def test_each_field_of_a_service_stands_on_the_page() -> None:
    page = service_format_page()
    assert [name for name in (*SERVICE, *COMPONENT, *CONTAINER) if f"| {code(name)} |" not in page] == []


@pytest.mark.parametrize("name", ["site", "domain", "environment"])
def test_each_field_of_the_other_files_stands_on_the_page(name: str) -> None:
    page = service_format_page()
    assert [key for key in shapes()[name].schema["properties"] if f"| {code(key)} |" not in page] == []


def test_each_field_of_the_inventory_stands_on_its_page() -> None:
    page = inventory_format_page()
    assert [key for key in shapes()["inventory"].schema["properties"] if f"| {code(key)} |" not in page] == []
