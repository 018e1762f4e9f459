"""Schema words for what the API server asks of names, ports, paths and amounts. Ours, hence `title`s."""

from typing import Any

Schema = dict[str, Any]

LABEL: Schema = {
    "pattern": r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
    "title": "a name of at most 63 lower-case letters, digits and hyphens",
}
# 1.36 lets a Service begin with a digit, 1.34 and 1.35 do not.
SERVICE_NAME: Schema = {
    "pattern": r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
    "title": "a name of at most 63 lower-case letters, digits and hyphens that begins with a letter",
}
SUBDOMAIN: Schema = {
    "pattern": r"^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    "title": "a name of at most 253 lower-case letters, digits, hyphens and dots",
}
# The controller appends eleven characters to make the name of a Job.
CRON_JOB_NAME: Schema = {
    "pattern": r"^(?=.{1,52}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    "title": "a name of at most 52 lower-case letters, digits, hyphens and dots",
}
LABEL_VALUE: Schema = {
    "pattern": r"^$|^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
    "title": "at most 63 letters, digits, '-', '_' and '.', the first and last a letter or digit",
}
LABEL_KEYS: Schema = {
    "propertyNames": {
        "pattern": r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
        "title": "a key such as name, or example.net/name",
    }
}
DATA_KEYS: Schema = {
    "propertyNames": {"pattern": r"^[-._a-zA-Z0-9]{1,253}$", "title": "a key of letters, digits, '-', '_' and '.'"}
}

_PORT_NAME = r"^(?=.{1,15}$)(?!.*--)(?=.*[a-z])[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
_PORT_TITLE = "a port name of at most 15 lower-case letters, digits and hyphens, one of them a letter"
PORT: Schema = {"minimum": 1, "maximum": 65535}
# The server takes 0 for a field that is not there.
PORT_OR_NONE: Schema = {"minimum": 0, "maximum": 65535}
PORT_NAME: Schema = {"pattern": _PORT_NAME, "title": _PORT_TITLE}
PORT_OR_NAME: Schema = {**PORT, **PORT_NAME}

COUNT: Schema = {"minimum": 0}
MODE: Schema = {"minimum": 0, "maximum": 0o777}
USER: Schema = {"minimum": 0, "maximum": 2**31 - 1}
GIVEN: Schema = {"minLength": 1}
SOME: Schema = {"minItems": 1}
SHARE: Schema = {"pattern": r"^[0-9]+%$", "minimum": 0, "title": "a whole number, or a percentage such as 25%"}
POSITIVE: Schema = {"pattern": r"^[^-]*[1-9]", "exclusiveMinimum": 0, "title": "an amount above zero"}
NOT_NEGATIVE: Schema = {"pattern": r"^[^-]", "minimum": 0, "title": "an amount of zero or more"}
WHOLE: Schema = {"pattern": r"^[0-9]+([kMGTPE]i?)?$", "title": "a whole number"}
RESOURCES: Schema = {
    "propertyNames": {
        "pattern": r"^(cpu|memory|storage|ephemeral-storage|hugepages-.+|.+/.+)$",
        "title": "a resource such as cpu, memory or example.net/device",
    },
    "patternProperties": {"/": WHOLE},
    "additionalProperties": NOT_NEGATIVE,
}

CIDR: Schema = {"pattern": r"^[0-9A-Fa-f.:]+/[0-9]{1,3}$", "title": "a range such as 10.0.0.0/24"}
ADDRESS: Schema = {"pattern": r"^[0-9A-Fa-f.:]+$", "title": "an address"}
ABSOLUTE: Schema = {"pattern": r"^/", "title": "an absolute path"}
NOT_UPWARDS: Schema = {"pattern": r"^(?!(.*/)?\.\.(/|$))", "title": "a path without '..'"}
RELATIVE: Schema = {"pattern": r"^(?!/)(?!(.*/)?\.\.(/|$))", "title": "a relative path without '..'"}


def one_of(*words: str) -> Schema:
    """Nothing, or one of these words."""
    return {"enum": [*words, None]}


def exactly_one(*fields: str) -> Schema:
    """One of these fields, and no second one."""
    return {"oneOf": [{"required": [field]} for field in fields]}


def apart(*fields: str) -> Schema:
    """These fields exclude each other."""
    return {"not": {"required": list(fields)}}


def when(field: str, words: tuple[str | bool, ...], then: Schema) -> Schema:
    """What is asked where a field holds one of these words."""
    return {"if": {"properties": {field: {"enum": list(words)}}, "required": [field]}, "then": then}


def without(*fields: str) -> Schema:
    """These fields have no place here."""
    return {"properties": dict.fromkeys(fields, False)}


def below(**fields: Schema) -> Schema:
    """What is asked of fields of a mapping."""
    return {"properties": fields}


def each(entry: Schema) -> Schema:
    """What is asked of every entry of a list."""
    return {"items": entry}


def every(*demands: Schema) -> Schema:
    """All of these."""
    return {"allOf": list(demands)}
