"""The few words that the shapes of our files are written in; each gives a JSON Schema.

Every mapping is closed. Every value may be null, because null removes a key from a lower layer.
"""

from typing import Any

Schema = dict[str, Any]

_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
LABEL = rf"^{_LABEL}$"
LABEL_HINT = "at most 63 lower-case letters, digits and hyphens"
HOST = rf"^{_LABEL}(\.{_LABEL})*$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_.-]*$"
SECRET_KEY = r"^[-._a-zA-Z0-9]+$"
# One reference of a secret: KEY, or OWNER/KEY.
SECRET = r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?/)?[-._a-zA-Z0-9]+$"
ABSOLUTE = r"^/[^\x00-\x1f]*$"
QUANTITY = r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"
# Each unit once, the largest first: Prometheus takes no other.
DURATION = r"^(?=[0-9])([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IP = rf"({_BYTE}\.){{3}}{_BYTE}"
_PREFIX = "/(3[0-2]|[12]?[0-9])"
IPV4 = rf"^{_IP}$"
CIDR = rf"^{_IP}{_PREFIX}$"
_PORT = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
_PROTOCOL = "/(TCP|UDP)"
# A port of the service format: 53/UDP.
PORT_TEXT = rf"^{_PORT}{_PROTOCOL}$"
# Calls that leave the cluster: host[:port[/UDP]] on the internet, where:port[/UDP] on the LAN.
INTERNET = rf"^(\*|(\*\.)?{_LABEL}(\.{_LABEL})*)(:({_PORT}|\*)({_PROTOCOL})?)?$"
LAN = rf"^({_IP}({_PREFIX})?|{_LABEL}):({_PORT}|\*)({_PROTOCOL})?$"
RANGE = r"^[0-9.]+-[0-9.]+$"
PORT_NAME = r"^(?=[a-z0-9-]*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$"
LABEL_KEY = r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
LABEL_VALUE = r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$"


_MOST = 2**31 - 1  # Kubernetes holds most of its integers in 32 bits


def text(
    description: str = "", pattern: str | None = None, hint: str | None = None, longest: int | None = None
) -> Schema:
    """Text; `hint` says in words what `pattern` demands."""
    schema: Schema = {"type": "string"}
    if pattern:
        schema["pattern"] = pattern
    else:
        schema["minLength"] = 1
    if longest:
        schema["maxLength"] = longest
    return _described(schema, description, hint)


def one_of(description: str, *words: str | bool | int) -> Schema:
    return _described({"enum": list(words)}, description)


def integer(description: str = "", least: int = 0, most: int = _MOST) -> Schema:
    return _described({"type": "integer", "minimum": least, "maximum": most}, description)


def number(description: str, least: float, most: float) -> Schema:
    return _described({"type": "number", "exclusiveMinimum": least, "exclusiveMaximum": most}, description)


def boolean(description: str = "") -> Schema:
    return _described({"type": "boolean"}, description)


def quantity(description: str = "") -> Schema:
    hint = "a Kubernetes quantity such as 250m, 512Mi or 5Gi"
    return _described({"type": ["string", "integer"], "pattern": QUANTITY, "minimum": 0}, description, hint)


def duration(description: str = "") -> Schema:
    return text(description, DURATION, "a duration such as 30s, 2h or 14d")


def port_number(description: str = "") -> Schema:
    return integer(description, 1, 65535)


def listing(items: Schema, description: str = "", least: int = 0) -> Schema:
    schema: Schema = {"type": "array", "items": items}
    if least:
        schema["minItems"] = least
    return _described(schema, description)


def mapping(
    values: Schema, description: str = "", keys: str | None = None, hint: str | None = None, least: int = 0
) -> Schema:
    """Named things: any key that matches `keys`, all of one shape."""
    schema: Schema = {"type": "object", "additionalProperties": values}
    if keys:
        schema["propertyNames"] = _described({"pattern": keys}, "", hint)
    if least:
        schema["minProperties"] = least
    return _described(schema, description)


def record(fields: dict[str, Schema], description: str = "", required: tuple[str, ...] = ()) -> Schema:
    """A closed mapping."""
    schema: Schema = {"type": "object", "properties": fields, "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    return _described(schema, description)


def either(description: str, *schemas: Schema) -> Schema:
    """A short form and its long ones; they differ by JSON type or by keys."""
    return _described({"anyOf": list(schemas)}, description)


def anything(description: str = "") -> Schema:
    """Whatever another program reads."""
    return _described({"type": "object"}, description)


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _described(schema: Schema, description: str, hint: str | None = None) -> Schema:
    if description:
        schema["description"] = description
    if hint:
        schema["x-hint"] = hint
    return schema


def nullable(schema: Schema) -> Schema:
    """Return the schema with null allowed wherever a mapping has a value that a layer below may have.

    A list replaces as a whole, so a null inside one removes nothing and is not allowed.
    """
    result = dict(schema)
    for key in ("properties", "$defs"):
        if key in result:
            change = _or_null if key == "properties" else nullable
            result[key] = {name: change(item) for name, item in result[key].items()}
    if isinstance(result.get("additionalProperties"), dict):
        result["additionalProperties"] = _or_null(result["additionalProperties"])
    if "anyOf" in result:
        result["anyOf"] = [nullable(item) for item in result["anyOf"]]
    return result


def _or_null(schema: Schema) -> Schema:
    changed = nullable(schema)
    if not changed:
        return changed
    if "anyOf" in changed:
        changed["anyOf"] = [*changed["anyOf"], {"type": "null"}]
    elif "enum" in changed:
        changed["enum"] = [*changed["enum"], None]
    elif "$ref" in changed:
        changed = {"anyOf": [changed, {"type": "null"}]}
    else:
        kinds = changed["type"]
        changed["type"] = [*(kinds if isinstance(kinds, list) else [kinds]), "null"]
    return changed


def without_required(schema: Schema) -> Schema:
    """Return the schema of a layer: the layers below give the rest.

    Items of a list keep what they require, because a list replaces as a whole.
    """
    result: Schema = {}
    for key, value in schema.items():
        if key == "required":
            continue
        if isinstance(value, dict) and key != "items":
            result[key] = without_required(value)
        elif isinstance(value, list) and key == "anyOf":
            result[key] = [without_required(item) for item in value]
        else:
            result[key] = value
    return result


def with_service_references(schema: Schema) -> Schema:
    """Return the schema with `${service}` and `${SERVICE}` allowed wherever a pattern rules."""
    result: Schema = {}
    for key, value in schema.items():
        if key == "pattern":
            result[key] = rf"(?:{value})|\$\{{(?:service|SERVICE)\}}"
        elif isinstance(value, dict):
            result[key] = with_service_references(value)
        elif isinstance(value, list):
            result[key] = [with_service_references(item) if isinstance(item, dict) else item for item in value]
        else:
            result[key] = value
    return result
