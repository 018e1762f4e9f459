"""Turn what a schema refused into sentences that say what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from generator.schema.fault import SCHEMA, Fault, Path, dotted
from generator.schema.kubernetes import Schema

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

_EXPECTED = {
    "string": "a text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
_LONGEST_SHOWN = 60
_MOST_FIELDS_LISTED = 12


def worded(called: str, errors: Iterable[ValidationError], schema: Schema) -> tuple[Fault, ...]:
    """Return the faults of one object, the one to read first at the front.

    A field missed only because its name is mistyped is not reported twice.
    """
    found = [fault for error in errors for fault in _faults(called, error, schema)]
    renamed = {(fault.path[:-1], fault.fix) for fault in found if fault.keyword == "additionalProperties"}
    kept = (
        fault
        for fault in found
        if fault.keyword != "required" or (fault.path[:-1], _rename(str(fault.path[-1]))) not in renamed
    )
    return tuple(sorted(dict.fromkeys(kept), key=_weight))


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is meant by a mistyped one, if one is near enough."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[near[0]] if near else None


def _weight(fault: Fault) -> tuple[int, int, str]:
    """Order faults: mistyped names explain what follows from them, then what stands higher up."""
    return (fault.keyword != "additionalProperties", len(fault.path), dotted(fault.path))


def _faults(called: str, error: ValidationError, schema: Schema) -> Iterator[Fault]:
    path: Path = tuple(error.instance_path)
    kind = error.kind
    keyword = kind.name
    at = _described(path)
    here = schemas_at(schema, path)
    if keyword == "additionalProperties":
        fields = sorted({name for sub in here for name in sub.get("properties", {})})
        for unknown in kind.as_dict()["unexpected"]:
            said, fix = _unknown_field(unknown, fields)
            yield _fault(called, (*path, unknown), f"{at}{said}", fix, keyword)
    elif keyword == "required":
        field = kind.as_dict()["property"]
        yield _fault(called, (*path, field), f"{at}{field!r} is missing", f"add {dotted((*path, field))}", keyword)
    else:
        said, fix = _refusal(error, keyword, here)
        yield _fault(called, path, f"{at}{said}", fix, keyword)


def _fault(called: str, path: Path, said: str, fix: str, keyword: str) -> Fault:
    return Fault(SCHEMA, path, f"{called}: {said}", fix, keyword=keyword)


def _described(path: Path) -> str:
    return f"{dotted(path)}: " if path else ""


def _unknown_field(unknown: str, fields: list[str]) -> tuple[str, str]:
    near = did_you_mean(unknown, fields)
    if near:
        return f"unknown field {unknown!r}, did you mean {near!r}?", _rename(near)
    if len(fields) > _MOST_FIELDS_LISTED or not fields:
        return f"unknown field {unknown!r}", "remove it, or move it to where it belongs"
    return f"unknown field {unknown!r}, known are {', '.join(fields)}", "remove it, or use one of these"


def _rename(field: str) -> str:
    return f"rename it to {field!r}"


def _refusal(error: ValidationError, keyword: str, here: list[Schema]) -> tuple[str, str]:
    """Say why one value is refused. `here` are the schemas that apply to it."""
    value: Any = error.instance
    limits = error.kind.as_dict()
    title = next((sub["title"] for sub in here if "title" in sub), None)
    match keyword:
        case "oneOf" | "anyOf" if choice := _choice(keyword, here):
            return _wrong_choice([field for field in choice if field in value], choice)
        case "type" | "oneOf" | "anyOf" if keyword == "type" or title or not _is_of(value, _types(here)):
            return _wrong_type(value, _types(here), title)
        case "enum" | "const":
            return _wrong_word(value, limits.get("options") or [limits.get("expected_value")])
        case "pattern" if title:
            return f"{_shown(value)} is not {title}", f"write {title}"
        case "minimum" | "maximum":
            extreme, word = ("small", "least") if keyword == "minimum" else ("large", "most")
            return (
                f"{value} is too {extreme}, at {word} {limits['limit']} is expected",
                f"write {limits['limit']} at {word}",
            )
        case "minItems" | "minLength" | "minProperties" if limits["limit"] == 1:
            return f"{_shown(value)} is empty", "give it a value, or remove the key"
        case "maxItems":
            return f"{len(value)} entries are too many, at most {limits['limit']} expected", "remove what is too much"
        case "not" | "maxProperties":
            return _excluding(value, here)
        case "propertyNames":
            return _bad_key(value, here)
        case "falseSchema":
            return "it does not go with what stands beside it", "remove it, or change what stands beside it"
        case _:
            return f"{_shown(value)} is refused by {keyword!r}", f"keep to: {error.message}"


def _choice(keyword: str, here: list[Schema]) -> list[str]:
    """Return the fields among which a choice must be made, if that is what the keyword says."""
    for sub in here:
        fields = [field for branch in sub.get(keyword, ()) for field in branch.get("required", ())]
        if fields:
            return fields
    return []


def _wrong_choice(given: list[str], choice: list[str]) -> tuple[str, str]:
    if given:
        return f"{' and '.join(given)} exclude each other", "keep one of them"
    return f"one of {', '.join(choice)} is missing", "add one of them"


def _excluding(value: Any, here: list[Schema]) -> tuple[str, str]:
    """Say that fields exclude each other: those that a `not` names, or all that a mapping has beside its name."""
    given = list(value) if isinstance(value, dict) else []
    for sub in here:
        refused = sub.get("not", {})
        fields = refused.get("required", ())
        if fields and set(fields) <= set(given):
            return f"{' and '.join(fields)} {refused.get('title', 'exclude each other')}", "keep one of them"
    return f"{' and '.join(name for name in given if name != 'name')} exclude each other", "keep one of them"


def _bad_key(value: Any, here: list[Schema]) -> tuple[str, str]:
    """Say which keys of a mapping are none, and what a key is."""
    for asked in (sub["propertyNames"] for sub in here if "propertyNames" in sub):
        bad = [key for key in value if not re.search(asked["pattern"], key)]
        if bad:
            return f"{', '.join(map(repr, bad))} is not {asked['title']}", f"write {asked['title']}"
    return f"{_shown(value)} has a key that is none", "rename it"


def _wrong_type(value: Any, types: list[str], title: str | None) -> tuple[str, str]:
    expected = title or " or ".join(_EXPECTED[name] for name in types) or "another value"
    if value is None:
        return f"the value is missing, {expected} is expected", "give it a value, or remove the key"
    said = f"{_shown(value)} is {_kind(value)}, {expected} is expected"
    if isinstance(value, str) and _unquoted(value, types):
        return said, f"write {value} without quotes"
    if isinstance(value, bool | int | float) and "string" in types:
        return said, f"write {_shown(value)} in quotes"
    return said, f"write {expected}"


def _wrong_word(value: Any, options: list[Any]) -> tuple[str, str]:
    words = [str(option) if isinstance(option, str) else json.dumps(option) for option in options if option is not None]
    near = did_you_mean(value, words) if isinstance(value, str) else None
    listed = (
        f"{_shown(value)} is none of {', '.join(words)}" if len(words) > 1 else f"{_shown(value)} is not {words[0]}"
    )
    if near:
        return f"{listed}, did you mean {near!r}?", f"write {near}"
    return listed, f"write {words[0]}" if len(words) == 1 else "write one of these"


def _types(here: list[Schema]) -> list[str]:
    found: list[str] = []
    for sub in here:
        types = sub.get("type", [])
        found += [types] if isinstance(types, str) else types
    return [name for name in dict.fromkeys(found) if name != "null"]


def _is_of(value: Any, types: list[str]) -> bool:
    """Return whether a mapping or list is of these types: then something else is wrong with it."""
    return (isinstance(value, dict) and "object" in types) or (isinstance(value, list) and "array" in types)


def _unquoted(text: str, types: list[str]) -> bool:
    """Return whether a text would have the right type if it stood without its quotes."""
    try:
        value = json.loads(text)
    except ValueError:
        return False
    if isinstance(value, bool):
        return "boolean" in types
    return (isinstance(value, int) and "integer" in types) or (isinstance(value, int | float) and "number" in types)


def _kind(value: Any) -> str:
    names = {str: "text", bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "a mapping"}
    return names[type(value)]


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def schemas_at(schema: Schema, path: Path) -> list[Schema]:
    """Return the schemas that apply to the value at a path, references and branches followed."""
    definitions = schema.get("$defs", {})
    here = _unfolded(schema, definitions)
    for step in path:
        here = [part for sub in here for part in _unfolded(_below(sub, step), definitions)]
    return here


def _below(schema: Schema, step: str | int) -> Schema:
    if isinstance(step, int):
        below = schema.get("items", {})
    else:
        other = next((sub for name, sub in schema.get("patternProperties", {}).items() if re.search(name, step)), None)
        below = schema.get("properties", {}).get(step, other or schema.get("additionalProperties", {}))
    return below if isinstance(below, dict) else {}


def _unfolded(schema: Schema, definitions: dict[str, Schema]) -> list[Schema]:
    branches = [branch for word in ("oneOf", "anyOf", "allOf") for branch in schema.get(word, ())]
    if "$ref" in schema:
        branches.append(definitions[schema["$ref"].removeprefix("#/$defs/")])
    return [schema, *(part for branch in branches for part in _unfolded(branch, definitions))]
