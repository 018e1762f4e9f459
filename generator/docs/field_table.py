"""The fields of a shape as table rows: path, type in words, what it is, what holds if it is left out."""

import json
import re
from collections.abc import Iterator
from typing import Any

from generator.docs.markdown import Markdown, code, escape, table
from generator.docs.view import Row

Schema = dict[str, Any]

_TYPES = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "map",
}
_DEFAULT = re.compile(r"(?:^|[;:,] ?)([^;:,]+?) unless stated")
_TICKED = re.compile(r"`[^`]*`")
# The largest integer that Kubernetes takes anywhere: no bound that a reader has to know.
_NO_BOUND = 2**31 - 1
_BELOW = "fields below"
_REQUIRED = Markdown("**required**")
_REQUIRED_IN_FORM = Markdown("**required** in this form")
_ASKED_FOR = "asked for"
_HEAD = ("field", "type", "is", "unless stated")
# Kubernetes' own manual describes what lies below these.
_KUBERNETES = frozenset(
    {"affinity", "lifecycle", "tolerations", "strategy", "httpGet", "tcpSocket", "exec", "grpc", "valueFrom"}
)


def field_table(properties: Schema, required: tuple[str, ...] = (), skip: frozenset[str] = frozenset()) -> Markdown:
    """Return the table of some fields and of all below them; below those in `skip` nothing is shown."""
    walk = _Walk(skip)
    rows: list[Row] = []
    for name, schema in properties.items():
        rows += walk.rows(name, schema, name in required)
    return table(_HEAD, dict.fromkeys(rows))


class _Walk:
    """One walk over a shape. What has the same fields as something above refers to it."""

    def __init__(self, skip: frozenset[str]) -> None:
        self._closed = skip | _KUBERNETES
        self._seen: dict[str, str] = {}

    def rows(self, path: str, schema: Schema, required: bool, *, is_form: bool = False) -> Iterator[Row]:
        about, default = _about(schema)
        words = _in_words(schema)
        open_ = path.rpartition(".")[2] not in self._closed and _has_fields(schema)
        needed = _REQUIRED_IN_FORM if is_form else _REQUIRED
        known = self._seen.setdefault(json.dumps(schema, sort_keys=True), path) if open_ else path
        if path.rpartition(".")[2] in _KUBERNETES:
            words = Markdown(
                words.replace(_BELOW, "Kubernetes' fields").replace("list: maps", "list: Kubernetes' fields")
            )
        if known != path:
            words = Markdown(words.replace(_BELOW, f"fields like {code(known)}"))
        yield (code(path), words, about, needed if required else default)
        if open_ and known == path:
            yield from self._below(path, schema)

    def _below(self, path: str, schema: Schema, *, is_form: bool = False) -> Iterator[Row]:
        forms = [branch for branch in schema.get("anyOf", ()) if _has_fields(branch)]
        for branch in forms:
            yield from self._below(path, branch, is_form=len(forms) > 1)
        for name, inner in schema.get("properties", {}).items():
            yield from self.rows(f"{path}.{name}", inner, name in schema.get("required", ()), is_form=is_form)
        values, items = schema.get("additionalProperties"), schema.get("items")
        if isinstance(values, dict) and _has_fields(values):
            yield from self._below(f"{path}.<name>", values)
        if isinstance(items, dict) and _has_fields(items):
            yield from self._below(f"{path}[]", items)


def _has_fields(schema: Schema) -> bool:
    return (
        "properties" in schema
        or any(_has_fields(branch) for branch in schema.get("anyOf", ()))
        or (isinstance(schema.get("additionalProperties"), dict) and _has_fields(schema["additionalProperties"]))
        or (isinstance(schema.get("items"), dict) and _has_fields(schema["items"]))
    )


def _about(schema: Schema) -> tuple[Markdown, Markdown]:
    """Split a description into what the field is and what holds where nothing is written."""
    text = str(schema.get("description", ""))
    if not text:
        values = schema.get("additionalProperties")
        text = str(values.get("description", "")) if isinstance(values, dict) else ""
    if text.endswith(f"; {_ASKED_FOR}"):
        return ticked(text.removesuffix(f"; {_ASKED_FOR}")), Markdown(_ASKED_FOR)
    match = _DEFAULT.search(text)
    if match is None:
        return ticked(text), Markdown("")
    rest = f"{text[: match.start()]}; {text[match.end() :].lstrip(';:, ')}".strip("; ")
    return ticked(rest), ticked(match.group(1).strip())


def ticked(text: str) -> Markdown:
    """Escape a description of ours, whose code stands between backticks."""
    parts, at = [], 0
    for match in _TICKED.finditer(text):
        before = text[at : match.start()]
        parts += [_kept(before), code(match.group()[1:-1])]
        at = match.end()
    parts.append(_kept(text[at:]))
    return Markdown("".join(parts).strip())


def _kept(text: str) -> str:
    """Escape, but keep the blanks at both ends."""
    if not text.strip():
        return text
    head, tail = " " if text[0] == " " else "", " " if text[-1] == " " else ""
    # Our descriptions may use *emphasis*.
    return head + escape(text).replace("\\*", "*") + tail


def _in_words(schema: Schema) -> Markdown:
    if "anyOf" in schema:
        words = [_in_words(branch) for branch in schema["anyOf"] if branch.get("type") != "null"]
        return Markdown(" or ".join(dict.fromkeys(words)))
    if "x-hint" in schema:
        return ticked(str(schema["x-hint"]))
    if "enum" in schema:
        shown = [
            str(word).lower() if isinstance(word, bool) else str(word) for word in schema["enum"] if word is not None
        ]
        return Markdown(" or ".join(code(word) if word else "nothing" for word in shown))
    kinds = schema.get("type", "object")
    named = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind != "null"]
    if named == ["array"]:
        items = schema.get("items", {})
        return Markdown(f"list: {_plural(items)}") if items else Markdown("list")
    if named == ["object"]:
        values = schema.get("additionalProperties")
        if isinstance(values, dict):
            return Markdown(f"map: name → {_in_words(values)}")
        return Markdown("fields below") if "properties" in schema else Markdown("map")
    return Markdown(f"{' or '.join(_TYPES[kind] for kind in named)}{_bounds(schema)}")


def _plural(items: Schema) -> Markdown:
    words = _in_words(items)
    return Markdown("maps") if words == _BELOW else words


def _bounds(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if "maxLength" in schema:
        return f", at most {schema['maxLength']} letters"
    if least is not None and most is not None and most < _NO_BOUND:
        return f", {least} to {most}"
    if "exclusiveMaximum" in schema:
        return f", between {schema['exclusiveMinimum']} and {schema['exclusiveMaximum']}"
    return f", at least {least}" if least else ""
