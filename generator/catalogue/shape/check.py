"""Hold a tree against its shape, and say in words what does not fit.

The verdict comes from `jsonschema-rs`; only a tree that does not fit pays for `jsonschema`, whose
errors carry what a good sentence needs.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from generator.catalogue.quantity import canonical
from generator.catalogue.shape.build import QUANTITY, Schema
from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding, Place
from generator.source import Map, Path, place_at

Error = Any  # jsonschema's ValidationError; its stubs make every attribute optional

_LONGEST_VALUE = 60
_TYPE_NAMES = {
    "string": "text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}


class Shape:
    """One of the schemas, compiled once and lazily."""

    def __init__(self, name: str, schema: Callable[[], Schema]) -> None:
        self.name = name
        self._make = schema
        self._schema: Schema | None = None
        self._verdict: Any = None

    @property
    def schema(self) -> Schema:
        if self._schema is None:
            self._schema = self._make()
        return self._schema

    def fits(self, tree: Map) -> bool:
        """Say whether the tree has this shape."""
        if self._verdict is None:
            import jsonschema_rs

            self._verdict = jsonschema_rs.validator_for(self.schema)
        return bool(self._verdict.is_valid(tree))

    def findings(self, tree: Map, prefix: Path = ()) -> Iterator[Finding]:
        """Yield what does not fit, each at its place. `prefix` leads messages."""
        if self.fits(tree):
            return
        found: dict[Finding, None] = {}
        for error in _exact_validator()(self.schema).iter_errors(tree):
            for precise in _most_precise(error):
                found.update(dict.fromkeys(_translate(precise, tree, prefix)))
        yield from found


@lru_cache(maxsize=1)
def _exact_validator() -> Any:
    """`jsonschema` with the `$` of ECMAScript: Python's also matches before a newline at the end."""
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(validator: Any, expression: str, instance: object, schema: Schema) -> Iterator[Error]:
        if isinstance(instance, str) and not _compiled(expression).search(instance):
            yield ValidationError(f"{instance!r} does not match {expression!r}")

    return extend(Draft202012Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]  # its stubs have no types


@lru_cache(maxsize=256)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", expression))


def _most_precise(error: Error) -> Iterator[Error]:
    """Follow `anyOf` into the branch that the author meant, by JSON type and then by keys."""
    if error.validator != "anyOf" or not error.context:
        yield error
        return
    branches: dict[int, list[Error]] = {}
    for inner in error.context:
        branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
    fitting = [errors for errors in branches.values() if not any(_is_wrong_type(error, inner) for inner in errors)]
    if not fitting:
        yield error
        return
    for inner in min(fitting, key=lambda errors: _strangeness(error, errors)):
        yield from _most_precise(inner)


def _strangeness(outer: Error, errors: list[Error]) -> tuple[int, int, int]:
    """How far a branch is from what was meant: keys that it does not know weigh most, then those it misses."""
    depth = len(outer.absolute_path)
    own = [error for error in errors if len(error.absolute_path) == depth]
    strange = sum(
        len(set(error.instance) - set(error.schema.get("properties", ())))
        for error in own
        if error.validator == "additionalProperties"
    )
    return strange, sum(1 for error in own if error.validator == "required"), len(errors)


def _is_wrong_type(outer: Error, error: Error) -> bool:
    """Whether the value of `outer` has another JSON type than this branch asks for."""
    if len(error.absolute_path) > len(outer.absolute_path):
        return False
    if error.validator == "enum":
        return type(error.instance) not in {type(word) for word in error.validator_value}
    return bool(error.validator == "type")


def _translate(error: Error, tree: Map, prefix: Path) -> Iterator[Finding]:
    path: Path = tuple(error.absolute_path)
    where = _dotted((*prefix, *path))
    place = place_at(tree, path)
    value = error.instance
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            for key in sorted(set(value) - set(known)):
                yield _unknown_key(where, key, known, place_at(tree, (*path, key), of_key=True))
        case "required":
            missing = [key for key in error.validator_value if key not in value]
            yield Finding(place, "shape/missing-key", f"{where} lacks {_join(missing)}", f"add {_join(missing)}")
        case _ if list(error.absolute_schema_path)[-2:-1] == ["propertyNames"]:
            yield from _translate_key(error, tree, path, where)
        case _:
            yield Finding(
                place, "shape/value", f"{where} is {show(value)}, {_expected(error)} is expected", _fix(error)
            )


def _translate_key(error: Error, tree: Map, path: Path, where: str) -> Iterator[Finding]:
    key = str(error.instance)
    hint = error.schema.get("x-hint") or f"a key that matches {error.schema.get('pattern')}"
    place = place_at(tree, (*path, key), of_key=True)
    yield Finding(place, "shape/key", f"{where} has the key {key!r}, {hint} is expected", "rename the key")


def _unknown_key(where: str, key: str, known: list[str], place: Place) -> Finding:
    guess = did_you_mean(key, known)
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
    kinds = error.schema.get("type", []) if isinstance(error.schema, dict) else []
    if isinstance(value, float) and error.schema.get("pattern") == QUANTITY:
        return f"write {canonical(str(value))}"
    if error.validator == "type" and "string" in kinds and isinstance(value, int | float):
        quoted = json.dumps(value)
        if _compiled(error.schema.get("pattern", "")).search(quoted):
            return f'quote it: "{quoted}"'
    if error.validator == "enum" and isinstance(value, str):
        guess = did_you_mean(value, [word for word in error.validator_value if isinstance(word, str)])
        return "write one of them" + guess
    return f"write {_expected(error)}"


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


@lru_cache(maxsize=1)
def shapes() -> dict[str, Shape]:
    """Return every shape by the name of its published schema."""
    from generator.catalogue.shape import inventory, service, site

    makers: dict[str, Callable[[], Schema]] = {
        "service": service.service_schema,
        "template": service.template_schema,
        "site": site.site_schema,
        "domain": site.domain_schema,
        "environment": site.environment_schema,
        "inventory": inventory.inventory_schema,
    }
    return {name: Shape(name, make) for name, make in makers.items()}
