"""Check parameters and property strings against the tables, with the real server's words.

Source of the words: PVE::JSONSchema (facts p 1.1: closed schema, `errors` by parameter).
"""

import re

from . import tables
from .refusal import refuse_parameters
from .tables import Parameter

_UNKNOWN = "property is not defined in schema and the schema does not allow additional properties"
_MISSING = "property is missing and it is not optional"
_TRUE = {"1", "on", "yes", "true"}
_FORMS = {
    "string": r".*",
    "boolean": r"1|on|yes|true|0|off|no|false",
    "integer": r"[+-]?\d+",
    "number": r"[+-]?\d+(\.\d+)?",
}


def check(parameters: dict[str, Parameter], given: dict[str, str]) -> dict[str, str]:
    """Return the given values with booleans as 0 or 1; refuse what does not fit.

    Raises:
        RefusalError: with every fault at once.
    """
    errors = {name: _UNKNOWN for name in given if name not in parameters}
    for name, parameter in parameters.items():
        if name not in given:
            if parameter.required:
                errors[name] = _MISSING
        elif fault := value_fault(parameter, given[name]):
            errors[name] = fault
        elif parameter.requires and parameter.requires not in given:
            errors[parameter.requires] = f"missing property - '{name}' requires this property"
    if errors:
        raise refuse_parameters(errors)
    return {name: _plain(parameters[name], value) for name, value in given.items()}


def _plain(parameter: Parameter, value: str) -> str:
    if parameter.type == "boolean":
        return "1" if value.lower() in _TRUE else "0"
    return value


def value_fault(parameter: Parameter, value: str) -> str | None:
    """Return what is wrong with `value`, or None."""
    if fault := _type_fault(parameter, value):
        return fault
    if parameter.enum and value not in parameter.enum:
        return f"value '{value}' does not have a value in the enumeration '{', '.join(parameter.enum)}'"
    if parameter.pattern and not re.fullmatch(parameter.pattern, value):
        return "value does not match the regex pattern"
    if parameter.max_length is not None and len(value) > parameter.max_length:
        return f"value may only be {parameter.max_length} characters long"
    if parameter.format:
        try:
            parse(parameter.format, value)
        except ValueError as error:
            return f"invalid format - {error}"
    return None


def _type_fault(parameter: Parameter, value: str) -> str | None:
    if not re.fullmatch(_FORMS[parameter.type], value, re.DOTALL | re.IGNORECASE):
        return f"type check ('{parameter.type}') failed - got '{value}'"
    if parameter.min is not None and float(value) < parameter.min:
        return f"value must have a minimum value of {parameter.min:g}"
    if parameter.max is not None and float(value) > parameter.max:
        return f"value must have a maximum value of {parameter.max:g}"
    return None


def parse(format_name: str, value: str) -> dict[str, str]:
    """Split a property string into its sub-keys.

    Raises:
        ValueError: an unknown, double, missing or ill-typed sub-key, in the server's words.
    """
    form = tables.formats()[format_name]
    found: dict[str, str] = {}
    for part in value.split(","):
        key, equals, text = part.partition("=")
        if not equals:
            if form.lead is None or form.lead in found:
                raise ValueError(f"format error: value without key, but schema does not define a default key: {part}")
            key, text = form.lead, part
        if key in found:
            raise ValueError(f"format error: duplicate key in comma-separated list property: {key}")
        if key not in form.keys:
            raise ValueError(f"format error\n{key}: {_UNKNOWN}")
        if fault := value_fault(form.keys[key], text):
            raise ValueError(f"format error\n{key}: {fault}")
        found[key] = _plain(form.keys[key], text)
    if missing := [key for key, parameter in form.keys.items() if parameter.required and key not in found]:
        raise ValueError(f"format error\n{missing[0]}: {_MISSING}")
    return found


def join(format_name: str, values: dict[str, str]) -> str:
    """Write sub-keys as a property string, the leading key bare and first."""
    lead = tables.formats()[format_name].lead
    parts = [values[lead]] if lead in values and lead is not None else []
    return ",".join(parts + [f"{key}={values[key]}" for key in values if key != lead])
