"""Read one plain scalar as Kubernetes does, and say whether other readers would agree.

Kubernetes (kubectl, API server, Helm, ArgoCD) reads YAML with sigs.k8s.io/yaml: a YAML 1.1
resolver with exceptions of its own, whose result then passes through JSON.
Source: sigs.k8s.io/yaml v1.6.0 and go.yaml.in/yaml/v2 v2.4.2, read 2026-11-21.
"""

import re
import struct
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

Scalar = str | int | float | bool | None

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_CORE_WORDS = {
    word: value
    for word, value in _WORDS.items()
    if word.lower() in {"true", "false", "", "~", "null"} or word.lower().endswith((".inf", ".nan"))
}
_MAY_BE_NO_TEXT = frozenset("yYnNtTfFoO~+-.0123456789=<")
_INTEGER = re.compile(r"([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)")
_ODD_BINARY = re.compile(r"0b([-+]?)([01]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DOT_FLOAT = re.compile(r"\.[0-9](_?[0-9])*([eE][-+]?[0-9](_?[0-9])*)?")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt](?=.*[Z+-])|[ ](?!.*[Z+-]))([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?"
    r"(?:Z|[-+](?:[01][0-9]|2[0-4]):(?:[0-5][0-9]|60))?)?"
)
_CORE_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_SMALLEST, _LARGEST, _LARGEST_UNSIGNED = -(2**63), 2**63 - 1, 2**64 - 1


class NoSuchValue(ValueError):
    """The scalar cannot have the type that its tag asks for."""


@lru_cache(maxsize=65536)
def plain(text: str) -> Scalar:
    """Return what Kubernetes takes a plain scalar for; infinities and NaN stay floats."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAY_BE_NO_TEXT:
        return text
    if text[0] == ".":
        return _finite(text.replace("_", ""), text) if _DOT_FLOAT.fullmatch(text) else text
    return _number(text) if text[0] in "+-0123456789" else text


def tagged(tag: str, text: str) -> Scalar:
    """Return what Kubernetes makes of a scalar that carries a tag of YAML's own.

    Raises:
        NoSuchValue: the text has another type than the tag.
    """
    if tag == "str" or tag not in {"bool", "int", "float", "null", "timestamp"}:
        return text
    value = plain(text)
    kind = _kind(value)
    if tag == "timestamp":
        if kind == "str" and _is_timestamp(text):
            return text
    elif kind == tag:
        return value
    elif (kind, tag) == ("int", "float"):
        return float(value or 0)
    raise NoSuchValue(f"{text!r} is no {tag}")


@lru_cache(maxsize=65536)
def is_ambiguous(text: str) -> bool:
    """Return whether readers of YAML 1.1, of YAML 1.2 and Kubernetes disagree on a plain scalar."""
    if text[:1] not in _MAY_BE_NO_TEXT:
        return False
    value = plain(text)
    ours = _identity(as_json(value) if isinstance(value, float) and value - value == 0 else value)
    return ours != _identity(_core(text)) or ours != _yaml_1_1(text)


def as_json(value: float) -> int | float:
    """Return a finite float as it looks after Go has written it as JSON and somebody read it.

    Go writes floats below 1e21 without exponent, so 1.0 arrives as the integer 1.
    """
    if not value.is_integer() or abs(value) >= 1e21:
        return value
    digits = repr(value)
    if "e" not in digits:
        return int(value)
    from decimal import Decimal

    return int(Decimal(digits))


def key_text(key: Scalar) -> str:
    """Return the text that a mapping key becomes: JSON has no others.

    Raises:
        NoSuchValue: null and integers beyond 64 bits signed cannot be keys.
    """
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, float):
        return _single_precision(key)
    if key is None or key > _LARGEST:
        raise NoSuchValue(f"{'null' if key is None else key} cannot be a key")
    return str(key)


def _number(text: str) -> Scalar:
    digits = text.replace("_", "")
    found = _INTEGER.fullmatch(digits) or _ODD_BINARY.fullmatch(digits)
    if found:
        value = _integer(found)
        largest = _LARGEST_UNSIGNED if not found[1] else _LARGEST
        if _SMALLEST <= value <= largest:
            return value
    return _finite(digits, text) if _FLOAT.fullmatch(digits) else text


def _integer(found: re.Match[str]) -> int:
    sign = -1 if found[1] == "-" else 1
    digits = found[2]
    if found.re is _ODD_BINARY:
        return sign * int(digits, 2)
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        digits = f"0o{digits[1:]}"
    return sign * int(digits, 0)


def _finite(digits: str, text: str) -> float | str:
    value = float(digits)
    return text if value in (float("inf"), float("-inf")) else value


def _kind(value: Scalar) -> str:
    names = {bool: "bool", int: "int", float: "float", str: "str"}
    return names.get(type(value), "null")


def _is_timestamp(text: str) -> bool:
    """Return whether a text is one of the four forms of a moment that go-yaml knows."""
    found = _TIMESTAMP.fullmatch(text)
    if not found:
        return False
    year, month, day, hour, minute, second = (int(part or 0) for part in found.group(*range(1, 7)))
    try:
        # Go knows a year 0, Python does not; both are leap years or not by the same rule.
        datetime(year or 2000, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return False
    return True


def _single_precision(key: float) -> str:
    """Write a float key as Go does: %g with the fewest digits that keep 32 bits."""
    special = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(repr(key))
    if special:
        return special
    try:
        wanted = _as_single(repr(key))
    except OverflowError:
        return "-.inf" if key < 0 else ".inf"
    # Nine digits always keep 32 bits, so one of these is found.
    shortest = next(text for digits in range(9) if _as_single(text := f"{wanted:.{digits}e}") == wanted)
    mantissa, exponent = shortest.split("e")
    if -4 <= int(exponent) < 6:
        digits = len(mantissa.lstrip("-").replace(".", ""))
        return f"{float(shortest):.{max(0, digits - 1 - int(exponent))}f}"
    return f"{mantissa}e{exponent}"


def _as_single(text: str) -> float:
    value: float = struct.unpack("<f", struct.pack("<f", float(text)))[0]
    return value


def _identity(value: object) -> tuple[str, object]:
    """Return something that is equal for equal readings; 1, 1.0 and True are three readings."""
    return (type(value).__name__, "nan" if value != value else value)


def _core(text: str) -> Scalar:
    if text in _CORE_WORDS:
        return _CORE_WORDS[text]
    if _CORE_INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in {"0x", "0o"} else int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _yaml_1_1(text: str) -> tuple[str, object]:
    """Ask PyYAML, which stands for the readers that took YAML 1.1 at its word."""
    import yaml

    loader: Any = yaml.SafeLoader("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))
    if tag == "tag:yaml.org,2002:value":
        return ("value", text)
    if tag == "tag:yaml.org,2002:merge":
        return ("merge", text)
    try:
        return _identity(loader.construct_object(yaml.ScalarNode(tag, text)))
    except (ValueError, yaml.YAMLError):
        return ("error", text)
