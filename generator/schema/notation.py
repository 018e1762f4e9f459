"""The short notation of our own schemas for custom resources, and the JSON Schema it stands for.

A field name that ends in `!` is required. Objects are closed. A type is written as

    text  integer  number  boolean  quantity  port  any  labels  int-or-text
    cron  origin  url           texts of these forms; controller is example.net/name,
    host  domain-name  data-key host may begin with `*.`, data-key names an entry of a Secret
    quantity-text               a quantity that must be a text
    duration                    2h30m as Go writes it; scrape-duration 7d as Prometheus does,
                                gateway-duration 90s as Gateway API does, retention 30d
    integer 0..65535            an integer within bounds
    text 1..63                  a text of so many characters
    Always | Never              one of these words or numbers, `= Always` this one
    core/v1 Container           a definition of Kubernetes, group and version before it
    $peer                       a type of the same file, stated under `types`
    [type]                      a list, [type, 1] one with at least one entry
    {"*": type}                 a mapping of names to a type
    {name!: type, ...}          an object with these fields, and no others; `(one of): [a, b]`
                                beside them asks for exactly one of these, `(any of)` for some
"""

import re
from typing import Any

from generator.schema.fault import SchemaError
from generator.schema.kubernetes import QUANTITY, Schema

_CHOICES = {"(one of)": "oneOf", "(any of)": "anyOf"}
_RANGE = re.compile(r"(integer|text) (\d+)\.\.(\d+)")
_DEFINITION = re.compile(r"([a-z0-9.]+)/(v[a-z0-9]+) ([A-Z]\w*)")
_SCRAPE_DURATION = r"^(0|([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$"
_GATEWAY_DURATION = r"^([0-9]{1,5}(h|m|s|ms)){1,4}$"
_CRON = r"^(@(annually|yearly|monthly|weekly|daily|hourly)|([0-9*/,-]+ +){4}[0-9*/,-]+)$"
_GO_DURATION = r"^([0-9]+(\.[0-9]+)?(h|m|s|ms|us|µs|ns))+$|^0$"

_TEXT: Schema = {"type": "string"}
_WORDS: dict[str, Schema] = {
    "text": _TEXT,
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "any": {},
    "labels": {"type": "object", "additionalProperties": _TEXT},
    "int-or-text": {"type": ["integer", "string"]},
    "quantity": {**QUANTITY, "type": ["string", "integer"]},
    "quantity-text": {**QUANTITY, "type": "string"},
    "retention": {**_TEXT, "pattern": "^[1-9][0-9]*[dwm]$", "title": "a number of days, weeks or months such as 30d"},
    "gateway-duration": {**_TEXT, "pattern": _GATEWAY_DURATION, "title": "a duration such as 30s or 1m30s"},
    "cron": {**_TEXT, "pattern": _CRON, "title": "five fields as cron has them, or a word such as @daily"},
    "origin": {**_TEXT, "pattern": r"^(\*|https?://[^ /]+)$", "title": "an origin such as https://example.net, or *"},
    "url": {
        **_TEXT,
        "pattern": r"^[a-zA-Z][a-zA-Z0-9+.-]*://[^ ]+$",
        "title": "an address such as https://example.net",
    },
    "controller": {**_TEXT, "pattern": "^[a-z0-9.-]+/[^ ]+$", "title": "a name such as example.net/controller"},
    "host": {
        **_TEXT,
        "pattern": r"^(?=.{1,253}$)(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        "title": "a host name such as app.example.net, without a port",
    },
    "domain-name": {**_TEXT, "pattern": r"^[-A-Za-z0-9_.]{1,255}$", "title": "a host name such as example.net"},
    "data-key": {**_TEXT, "pattern": r"^[-._A-Za-z0-9]{1,253}$", "title": "letters, digits, '-', '_' and '.'"},
    "port": {"type": "integer", "minimum": 1, "maximum": 65535},
    "duration": {**_TEXT, "pattern": _GO_DURATION, "title": "a duration such as 90s, 15m or 2h30m"},
    "scrape-duration": {**_TEXT, "pattern": _SCRAPE_DURATION, "title": "a duration such as 30s, 1m30s or 7d"},
}


def compiled(written: Any, where: str) -> Schema:
    """Return the JSON Schema of a type. `where` names it in the error of a mistyped file.

    Raises:
        SchemaError: the notation does not know the type.
    """
    if isinstance(written, str):
        return _word(written, where)
    if isinstance(written, list) and written:
        least = {"minItems": written[1]} if len(written) > 1 else {}
        return {"type": "array", "items": compiled(written[0], f"{where}[]"), **least}
    if isinstance(written, dict) and written:
        return _object(written, where)
    raise SchemaError(f"{where}: {written!r} is no type of the notation in generator/schema/notation.py")


def _object(written: dict[str, Any], where: str) -> Schema:
    if list(written) == ["*"]:
        return {"type": "object", "additionalProperties": compiled(written["*"], f"{where}.*")}
    choices = {
        _CHOICES[name]: [{"required": [field]} for field in entry]
        for name, entry in written.items()
        if name in _CHOICES
    }
    written = {name: entry for name, entry in written.items() if name not in _CHOICES}
    fields = {name.rstrip("!"): compiled(entry, f"{where}.{name}") for name, entry in written.items()}
    required = [name.rstrip("!") for name in written if name.endswith("!")]
    demand: Schema = {"required": required} if required else {}
    return {"type": "object", "properties": fields, "additionalProperties": False, **demand, **choices}


def _word(written: str, where: str) -> Schema:
    if written in _WORDS:
        return _WORDS[written]
    if written.startswith("$"):
        return {"$ref": f"#/$defs/{written[1:]}"}
    if found := _RANGE.fullmatch(written):
        least, most = int(found[2]), int(found[3])
        if found[1] == "text":
            return {"type": "string", "minLength": least, "maxLength": most}
        return {"type": "integer", "minimum": least, "maximum": most}
    if found := _DEFINITION.fullmatch(written):
        package = "apimachinery.pkg.apis" if found[1] == "meta" else "api"
        return {"$ref": f"#/$defs/io.k8s.{package}.{found[1]}.{found[2]}.{found[3]}"}
    if written.startswith("= "):
        return {"type": "string", "enum": [written[2:]]}
    if "|" in written:
        words = [word.strip() for word in written.split("|")]
        if all(word.isdigit() for word in words):
            return {"type": "integer", "enum": [int(word) for word in words]}
        return {"type": "string", "enum": words}
    raise SchemaError(f"{where}: {written!r} is no type of the notation in generator/schema/notation.py")
