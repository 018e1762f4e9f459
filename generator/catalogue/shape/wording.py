"""Say in words what of a tree does not fit its shape, each fault at its place."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from generator.catalogue.quantity import QuantityError, canonical
from generator.catalogue.shape.build import QUANTITY, Schema
from generator.catalogue.suggest import closest, did_you_mean
from generator.finding import Finding, Place
from generator.source import Map, Path, place_at

Error = Any  # jsonschema's ValidationError; its stubs make every attribute optional

_LONGEST_VALUE = 60
_LIKE_ENOUGH = 0.5
_TYPE_NAMES = {
    "string": "text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}


@lru_cache(maxsize=256)
def compiled(expression: str) -> re.Pattern[str]:
    """A pattern of a schema with the `$` of ECMAScript: Python's also matches before a newline at the end."""
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", expression))


def translate(error: Error, tree: Map, prefix: Path, told: frozenset[str]) -> Iterator[Finding]:
    """Yield what one error says. Fields in `told` may be incomplete: a finding says already what became of them."""
    path: Path = tuple(error.absolute_path)
    where = _dotted((*prefix, *path))
    place = place_at(tree, path)
    value = error.instance
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            for key in sorted(set(value) - set(known)):
                yield _unknown_key(where, key, meant(key, error), known, place_at(tree, (*path, key), of_key=True))
        case "required":
            missing = [key for key in error.validator_value if key not in value and key not in told]
            if missing and told.isdisjoint(path):
                yield Finding(place, "shape/missing-key", f"{where} lacks {_join(missing)}", f"add {_join(missing)}")
        case _ if names_a_key(error):
            yield from _translate_key(error, tree, path, where)
        case _:
            message = f"{where} is {show(value)}, {_expected(error)} is expected"
            yield Finding(place, "shape/value", message, _fix(error), replacement=_replacement(error))


def names_a_key(error: Error) -> bool:
    """Whether a key is at fault, not what stands under it."""
    return list(error.absolute_schema_path)[-2:-1] == ["propertyNames"]


def _translate_key(error: Error, tree: Map, path: Path, where: str) -> Iterator[Finding]:
    key = str(error.instance)
    hint = error.schema.get("x-hint") or f"a key that matches {error.schema.get('pattern')}"
    place = place_at(tree, (*path, key), of_key=True)
    yield Finding(place, "shape/key", f"{where} has the key {key!r}, {hint} is expected", "rename the key")


def meant(key: str, error: Error) -> str | None:
    """The field that was meant by an unknown key; where one is required and missing, it may be less like it."""
    missing = [name for name in error.schema.get("required", ()) if name not in error.instance]
    return closest(key, missing, likeness=_LIKE_ENOUGH) or closest(key, error.schema.get("properties", ()))


def _unknown_key(where: str, key: str, instead: str | None, known: list[str], place: Place) -> Finding:
    guess = f", did you mean {instead!r}?" if instead else ""
    fix = f"write one of {_join(sorted(known))}" if not guess and len(known) <= 12 else f"rename or remove {key!r}"
    return Finding(place, "shape/unknown-key", f"{where} has no field {key!r}{guess}", fix)


def _expected(error: Error) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    match error.validator:
        case "enum":
            words = [
                json.dumps(word) if not isinstance(word, str) else word
                for word in error.validator_value
                if word is not None
            ]
            return "one of " + ", ".join(words) if len(words) > 1 else words[0]
        case "anyOf":
            return " or ".join(
                dict.fromkeys(_in_words(branch) for branch in error.validator_value if branch.get("type") != "null")
            )
        case "minimum":
            return f"at least {error.validator_value}"
        case "maximum":
            return f"at most {error.validator_value}"
        case "exclusiveMinimum":
            return f"more than {error.validator_value}"
        case "exclusiveMaximum":
            return f"less than {error.validator_value}"
        case "minLength":
            return "some text"
        case "maxLength":
            return f"at most {error.validator_value} letters"
        case "minItems" | "minProperties":
            return "at least one entry"
        case _:
            return _in_words(schema)


def _in_words(schema: Schema) -> str:
    if "x-hint" in schema:
        return str(schema["x-hint"])
    if "enum" in schema:
        return "one of " + ", ".join(str(word) for word in schema["enum"] if word is not None)
    kinds = schema.get("type", "object")
    names = [_TYPE_NAMES[kind] for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind != "null"]
    return " or ".join(names)


def _fix(error: Error) -> str:
    value = error.instance
    instead = _replacement(error)
    if instead is not None:
        return f"quote it: {instead}" if instead.startswith('"') else f"write {instead}"
    if error.validator == "enum" and isinstance(value, str):
        guess = did_you_mean(value, [word for word in error.validator_value if isinstance(word, str)])
        return "write one of them" + guess
    return f"write {_expected(error)}"


def _replacement(error: Error) -> str | None:
    """The one scalar that says what a number meant: 0.05 of a CPU is 50m, and a text is quoted."""
    value, schema = error.instance, error.schema
    if not isinstance(schema, dict) or error.validator != "type":
        return None
    pattern = compiled(schema.get("pattern", ""))
    if isinstance(value, float) and schema.get("pattern") == QUANTITY:
        try:
            counted = canonical(str(value))
        except QuantityError:
            return None
        return counted if pattern.search(counted) else None
    if "string" in schema.get("type", []) and isinstance(value, int | float) and pattern.search(json.dumps(value)):
        return f'"{json.dumps(value)}"'
    return None


def show(value: object) -> str:
    """Return a value as a message shows it: short, and never several lines."""
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    shown = repr(value) if isinstance(value, str) else json.dumps(value)
    return shown if len(shown) <= _LONGEST_VALUE else shown[: _LONGEST_VALUE - 1] + "…"


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return f"'{text}'" if path else "the file"


def _join(keys: list[str]) -> str:
    return ", ".join(repr(key) for key in keys)
