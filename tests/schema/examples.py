"""Objects made up from a closed schema of ours: each keeps to it, all of its fields come up."""

import random
import re
from typing import Any

from generator.schema.kubernetes import Schema

TEXTS = ["abc", "2Gi", "500m", "15m", "1h30m", "30d", "https://example.net", "0 */3 * * *", "example.net/x", "YWJj"]


def example(schema: Schema, chance: random.Random) -> dict[str, Any]:
    """Return one object; the same chance makes the same one."""
    made: dict[str, Any] = _value(schema, schema["$defs"], chance, depth=0)
    return made | {"metadata": {"name": "it"}}


def _value(schema: Schema, definitions: dict[str, Schema], chance: random.Random, depth: int) -> Any:
    if "$ref" in schema:
        return _value(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions, chance, depth)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return chance.choice(schema["enum"])
    if "oneOf" in schema and "properties" not in schema:
        return _value(chance.choice(schema["oneOf"]), definitions, chance, depth)
    match _type(schema, chance):
        case "object":
            return _object(schema, definitions, chance, depth)
        case "array":
            count = chance.randint(max(1, schema.get("minItems", 0)), 2)
            return [_value(schema["items"], definitions, chance, depth + 1) for _ in range(count)]
        case "string":
            return _text(schema, chance)
        case "integer":
            return chance.randint(max(1, schema.get("minimum", 1)), min(schema.get("maximum", 99), 99))
        case "boolean":
            return chance.random() < 0.5
        case _:
            return {"any": "thing"}


def _type(schema: Schema, chance: random.Random) -> str | None:
    types = schema.get("type")
    if isinstance(types, list):
        # A null stands for "not stated", and few readers take a fraction for a quantity.
        return str(chance.choice([name for name in types if name not in {"null", "number"}]))
    return types


def _text(schema: Schema, chance: random.Random) -> str:
    if "pattern" in schema:
        return chance.choice([text for text in TEXTS if re.search(schema["pattern"], text)])
    return chance.choice(["abc", "web", "x1"])[: schema.get("maxLength")].ljust(schema.get("minLength", 0), "a")


def _object(schema: Schema, definitions: dict[str, Schema], chance: random.Random, depth: int) -> dict[str, Any]:
    properties = schema.get("properties")
    if properties is None:
        inner = schema.get("additionalProperties", {"type": "string"})
        return {key: _value(inner, definitions, chance, depth + 1) for key in ("aa", "bb")}
    one_of = [branch["required"][0] for branch in schema.get("oneOf", ())]
    any_of = [branch["required"][0] for branch in schema.get("anyOf", ())]
    required = {*schema.get("required", ()), *chance.sample(one_of, min(1, len(one_of)))}
    required |= set(chance.sample(any_of, min(1, len(any_of))))
    likely = 0.6 if depth < 4 else 0.3 if depth < 9 else 0.0
    return {
        name: _value(inner, definitions, chance, depth + 1)
        for name, inner in properties.items()
        if name in required or (name not in one_of and chance.random() < likely)
    }
