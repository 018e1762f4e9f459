"""CustomResourceDefinitions of others as closed schemas: what the API server would refuse or drop is refused.

Its rules in CEL (`x-kubernetes-validations`) are not judged.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from generator.schema.fault import SchemaError
from generator.schema.kubernetes import FORMATS, OBJECT_META, Kind, Schema

_KEPT = (
    "enum", "pattern", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems",
    "minProperties", "maxProperties", "uniqueItems",
)  # fmt: skip
_JOINTS = ("allOf", "anyOf", "oneOf")
_OPEN = "x-kubernetes-preserve-unknown-fields"
_EITHER = "x-kubernetes-int-or-string"
_CEL = "x-kubernetes-validations"
_META: Schema = {"$ref": f"#/$defs/{OBJECT_META}"}
_ENVELOPE: Schema = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": _META}


def definitions_of(body: Mapping[str, Any]) -> Iterator[tuple[Kind, Schema]]:
    """Yield each version of a CustomResourceDefinition that the API server would serve, as JSON Schema.

    Raises:
        SchemaError: the definition is of the old apiextensions.k8s.io/v1beta1, or lacks what each has.
    """
    name = (body.get("metadata") or {}).get("name")
    if body.get("apiVersion") != "apiextensions.k8s.io/v1":
        raise SchemaError(
            f"CustomResourceDefinition/{name} is of {body.get('apiVersion')},"
            " apiextensions.k8s.io/v1 is expected: take the definition of a newer release"
        )
    try:
        spec = body["spec"]
        for version in spec["versions"]:
            schema = (version.get("schema") or {}).get("openAPIV3Schema")
            if schema and version.get("served", True):
                kind = Kind(spec["group"], version["name"], spec["names"]["kind"])
                yield kind, _closed_kind(kind, schema)
    except (AttributeError, KeyError, TypeError) as error:
        raise SchemaError(f"CustomResourceDefinition/{name} cannot be used: it lacks {error}") from error


def has_cel(body: Mapping[str, Any]) -> bool:
    """Return whether a definition also has rules that only an API server can judge."""
    return _mentions(body.get("spec"), _CEL)


def _mentions(node: Any, word: str) -> bool:
    if isinstance(node, Mapping):
        return word in node or any(_mentions(value, word) for value in node.values())
    return isinstance(node, list) and any(_mentions(item, word) for item in node)


def _closed_kind(kind: Kind, written: Mapping[str, Any]) -> Schema:
    schema = _closed(written)
    schema["type"] = "object"
    schema["properties"] = {
        **schema.get("properties", {}),
        "apiVersion": {"const": kind.api_version},
        "kind": {"const": kind.name},
        "metadata": _META,
    }
    schema["required"] = sorted({*schema.get("required", ()), "apiVersion", "kind", "metadata"})
    return schema


def _closed(written: Mapping[str, Any], *, is_part: bool = False) -> Schema:
    """Return one schema closed. A part of `allOf` and its kin only adds limits, so it stays open."""
    schema = {word: written[word] for word in _KEPT if word in written} | _bounds(written)
    schema |= FORMATS.get(str(written.get("format")), {})
    joints = () if written.get(_EITHER) else _JOINTS
    schema |= {word: [_closed(part, is_part=True) for part in written[word]] for word in joints if word in written}
    if "not" in written:
        schema["not"] = _closed(written["not"], is_part=True)
    if isinstance(written.get("items"), Mapping):
        schema["items"] = _closed(written["items"], is_part=is_part)
    if written.get("x-kubernetes-list-type") == "set":
        schema["uniqueItems"] = True
    schema |= _fields(written, is_part=is_part) | _types(written)
    if not written.get("nullable") or is_part:
        return schema
    return {"anyOf": [{"type": "null"}, schema]} if _is_joined(schema) else _or_null(schema)


def _fields(written: Mapping[str, Any], *, is_part: bool) -> Schema:
    properties: Mapping[str, Any] = written.get("properties") or {}
    # A missing field with a default is filled in, and a null that nothing allows is dropped, before the server judges.
    required = [name for name in written.get("required", ()) if "default" not in properties.get(name, {})]
    found: Schema = {"required": required} if required else {}
    fields = {
        name: _closed(field, is_part=is_part)
        if is_part or name in required or _is_joined(field)
        else _or_null(_closed(field, is_part=is_part))
        for name, field in properties.items()
    }
    if written.get("x-kubernetes-embedded-resource"):
        fields = _ENVELOPE | fields | {"metadata": _META}
        found["required"] = sorted({*required, "apiVersion", "kind"})
    if fields:
        found["properties"] = fields
    others = written.get("additionalProperties")
    if isinstance(others, Mapping):
        found["additionalProperties"] = _or_null(_closed(others, is_part=is_part))
    elif others is None and not is_part and written.get("type") == "object" and not written.get(_OPEN):
        found |= {"properties": fields, "additionalProperties": False}
    return found


def _types(written: Mapping[str, Any]) -> Schema:
    if written.get(_EITHER):
        return {"type": ["integer", "string"]}
    return {"type": written["type"]} if "type" in written else {}


def _bounds(written: Mapping[str, Any]) -> Schema:
    """Return exclusive bounds as JSON Schema has them: OpenAPI says yes or no beside the bound."""
    found = {}
    for word, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if written.get(word) is True and bound in written:
            found[word] = written[bound]
    return found


def _is_joined(schema: Mapping[str, Any]) -> bool:
    """Return whether parts of a schema would each have to allow null as well: a null there is refused instead."""
    return any(word in schema for word in (*_JOINTS, "not"))


def _or_null(schema: Schema) -> Schema:
    allowed = dict(schema)
    if "type" in allowed:
        types = allowed["type"] if isinstance(allowed["type"], list) else [allowed["type"]]
        allowed["type"] = [*types, *(["null"] if "null" not in types else [])]
    if "enum" in allowed:
        allowed["enum"] = [*allowed["enum"], *([None] if None not in allowed["enum"] else [])]
    return allowed
