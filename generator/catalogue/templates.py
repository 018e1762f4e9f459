"""Service templates: their chain, and `${service}` filled in."""

from collections.abc import Mapping

from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding, Place
from generator.source import Map, Seq, Value


def chain_of(
    name: str, place: Place, templates: Mapping[str, Map], findings: list[Finding], unread: frozenset[str]
) -> list[str] | None:
    """Return the names of the templates from the farthest ancestor to `name`, None where one is missing.

    `unread` are templates with faults of their own, which are reported already.
    """
    chain: list[str] = []
    while True:
        if name not in templates:
            if name not in unread:
                findings.append(_unknown(name, place, templates))
            return None
        if name in chain:
            circle = " -> ".join([*chain[chain.index(name) :], name])
            message = f"templates lead back to where they began: {circle}"
            findings.append(Finding(place, "catalogue/template-cycle", message, "remove one `template:` of the circle"))
            return None
        chain.append(name)
        parent = templates[name].get("template")
        if not isinstance(parent, str):
            return chain[::-1]
        place = templates[name].value_place("template")
        name = parent


def fill_service(value: Value, service: str) -> Value:
    """Return a template with `${service}` and `${SERVICE}` replaced in every key and text."""
    return _fill(value, service, service.upper().replace("-", "_"))


def _fill(value: Value, lower: str, upper: str) -> Value:
    if isinstance(value, str):
        return _fill_text(value, lower, upper)
    if isinstance(value, Map):
        result = Map(value.place)
        for key, item in value.items():
            result.put(_fill_text(key, lower, upper), _fill(item, lower, upper), *value.marks[key])
        return result
    if isinstance(value, Seq):
        items = Seq(value.place)
        for index, item in enumerate(value):
            items.add(_fill(item, lower, upper), value.item_place(index))
        return items
    return value


def _fill_text(text: str, lower: str, upper: str) -> str:
    if "${" not in text:
        return text
    # `$${` is an escape that a later step writes as `${`; what it holds is not ours to fill.
    parts = text.split("$${")
    return "$${".join(
        part.replace("${service}", lower).replace("${SERVICE}", upper)
        if index == 0
        else _after_escape(part, lower, upper)
        for index, part in enumerate(parts)
    )


def _after_escape(part: str, lower: str, upper: str) -> str:
    inside, brace, rest = part.partition("}")
    return inside + brace + rest.replace("${service}", lower).replace("${SERVICE}", upper)


def _unknown(name: str, place: Place, templates: Mapping[str, Map]) -> Finding:
    message = f"template {name!r} does not exist{did_you_mean(name, templates)}"
    return Finding(
        place, "catalogue/unknown-template", message, f"write values/templates/{name}.yaml, or name one that exists"
    )
