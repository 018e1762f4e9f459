"""The short notation and the JSON Schema it stands for."""

from typing import Any

import pytest

from generator.schema import SchemaError
from generator.schema.notation import compiled

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("text", TEXT),
        ("any", {}),
        ("labels", {"type": "object", "additionalProperties": TEXT}),
        ("text 1..63", {"type": "string", "minLength": 1, "maxLength": 63}),
        ("integer 0..9", {"type": "integer", "minimum": 0, "maximum": 9}),
        ("A | B", {"type": "string", "enum": ["A", "B"]}),
        ("= A", {"type": "string", "enum": ["A"]}),
        ("301 | 302", {"type": "integer", "enum": [301, 302]}),
        ("$peer", {"$ref": "#/$defs/peer"}),
        ("core/v1 Toleration", {"$ref": "#/$defs/io.k8s.api.core.v1.Toleration"}),
        ("meta/v1 LabelSelector", {"$ref": "#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"}),
        (["text"], {"type": "array", "items": TEXT}),
        (["text", 1], {"type": "array", "items": TEXT, "minItems": 1}),
        ({"*": "text"}, {"type": "object", "additionalProperties": TEXT}),
        (
            {"a!": "text", "b": "any", "(one of)": ["a", "b"]},
            {
                "type": "object",
                "properties": {"a": TEXT, "b": {}},
                "additionalProperties": False,
                "required": ["a"],
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
            },
        ),
        (
            {"a": "text", "(any of)": ["a"]},
            {
                "type": "object",
                "properties": {"a": TEXT},
                "additionalProperties": False,
                "anyOf": [{"required": ["a"]}],
            },
        ),
    ],
)
def test_notation_stands_for_a_schema(written: Any, schema: dict[str, Any]) -> None:
    assert compiled(written, "it") == schema


@pytest.mark.parametrize("written", ["txt", "", [], {}, None, 3, "text 1..", "core/v1 toleration"])
def test_unknown_type_names_its_place(written: Any) -> None:
    with pytest.raises(SchemaError) as refused:
        compiled({"a": {"b": [written]}}, "Thing")
    assert str(refused.value) == (
        f"Thing.a.b[]: {written!r} is no type of the notation in generator/schema/notation.py"
    )


@pytest.mark.parametrize(
    ("word", "taken", "refused"),
    [
        ("duration", ["0", "90s", "2h30m", "1.5h", "10ms"], ["", "14d", "1", "1h 2m"]),
        ("scrape-duration", ["0", "30s", "1m30s", "7d", "1y2w"], ["1.5h", "30", "s"]),
        ("gateway-duration", ["30s", "1h2m3s4ms"], ["0.5s", "100000s", "1d"]),
        ("retention", ["30d", "4w", "6m"], ["0d", "30", "1y"]),
        ("cron", ["0 */3 * * *", "@daily", "1,2 1-5 * * 0"], ["* * * *", "@never", "0 0 * * * *"]),
        ("origin", ["*", "https://a.b", "http://a:80"], ["a.b", "ftp://a", "https://a/b"]),
        ("url", ["https://a.b/c", "spiffe://a"], ["a", "https://a b"]),
        ("controller", ["example.net/a"], ["example.net", "/a"]),
    ],
)
def test_pattern_takes_and_refuses(word: str, taken: list[str], refused: list[str]) -> None:
    import jsonschema_rs

    validator = jsonschema_rs.Draft202012Validator(compiled(word, "it"))
    assert [text for text in taken if not validator.is_valid(text)] == []
    assert [text for text in refused if validator.is_valid(text)] == []
