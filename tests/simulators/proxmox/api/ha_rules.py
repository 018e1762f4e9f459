"""HA rules and when they are not feasible. Source: facts m 1.2 (HA API2/HA/Rules.pm)."""

from typing import Any

from ..engine import Call
from ..refusal import RefusalError, refuse, refuse_parameters
from ..state import HaRule, digest


def _digest(call: Call) -> str:
    return digest([[name, rule.type, rule.resources, rule.options] for name, rule in call.site.ha_rules.items()])


def _row(call: Call, name: str) -> dict[str, Any]:
    rule = call.site.ha_rules[name]
    row: dict[str, Any] = {"rule": name, "type": rule.type, "resources": ",".join(rule.resources), **rule.options}
    row.update(order=rule.order, digest=_digest(call))
    if errors := _infeasible(call, name, rule):
        row["errors"] = errors
    return row


def index(call: Call) -> list[dict[str, Any]]:
    """List the rules."""
    return [
        _row(call, name)
        for name, rule in call.site.ha_rules.items()
        if call.values.get("type") in (None, rule.type) and call.values.get("resource") in (None, *rule.resources)
    ]


def read(call: Call) -> dict[str, Any]:
    """Return one rule."""
    return _row(call, _known(call))


def _known(call: Call) -> str:
    if call.names["rule"] not in call.site.ha_rules:
        raise refuse("rule-absent", rule=call.names["rule"])
    return call.names["rule"]


def _nodes(options: dict[str, str]) -> dict[str, int]:
    parts = [part.partition(":") for part in options.get("nodes", "").split(",") if part]
    return {name: int(priority or 0) for name, _, priority in parts}


def _infeasible(call: Call, name: str, rule: HaRule) -> dict[str, str]:
    others = [
        other for key, other in call.site.ha_rules.items() if key != name and set(other.resources) & set(rule.resources)
    ]
    if rule.type == "node-affinity":
        if any(other.type == "node-affinity" for other in others):
            return {"resources": "resource is already used in another node affinity rule"}
        if others and len(set(_nodes(rule.options).values())) > 1:
            return {"resources": "a resource affinity rule holds it too, so node affinity may have one priority only"}
        return {}
    if len(rule.resources) < 2:
        return {"resources": "rule is ineffective as there are less than two resources"}
    hosts = set(call.site.nodes)
    for other in others:
        if other.type == "node-affinity":
            hosts &= set(_nodes(other.options))
    if rule.options.get("affinity") == "negative" and len(rule.resources) > len(hosts):
        return {"resources": "rule defines more resources than available nodes"}
    return {}


def _made(call: Call, name: str, rule: HaRule) -> None:
    if unmanaged := [sid for sid in rule.resources if sid not in call.site.ha]:
        raise refuse("rule-unmanaged", sids=", ".join(sorted(unmanaged)))
    if unknown := [node for node in _nodes(rule.options) if node not in call.site.nodes]:
        raise refuse("rule-no-node", nodes=", ".join(sorted(unknown)))
    if errors := _infeasible(call, name, rule):
        refusal = refuse("rule-infeasible", rule=name)
        raise RefusalError(refusal.status, refusal.text, errors)
    call.site.ha_rules[name] = rule


def _options(call: Call, kind: str) -> dict[str, str]:
    own = {"node-affinity": ("nodes", "strict"), "resource-affinity": ("affinity",)}[kind]
    needed = {"node-affinity": "nodes", "resource-affinity": "affinity"}[kind]
    foreign = {"nodes", "strict", "affinity"} - set(own)
    if wrong := sorted(foreign & set(call.values)):
        raise refuse_parameters({wrong[0]: f"unexpected property '{wrong[0]}'"})
    if call.method.verb == "POST" and needed not in call.values:
        raise refuse_parameters({needed: "property is missing and it is not optional"})
    return {key: value for key, value in call.values.items() if key in (*own, "disable", "comment")}


def add(call: Call) -> None:
    """Make a rule."""
    name, kind = call.values["rule"], call.values["type"]
    options = _options(call, kind)
    if name in call.site.ha_rules:
        raise refuse("rule-exists", rule=name)
    order = max((rule.order for rule in call.site.ha_rules.values()), default=0) + 1
    _made(call, name, HaRule(kind, call.values["resources"].split(","), options, order))


def change(call: Call) -> None:
    """Change a rule."""
    name = _known(call)
    old = call.site.ha_rules[name]
    if call.values.get("digest") not in (None, _digest(call)):
        raise refuse("digest")
    resources = call.values["resources"].split(",") if "resources" in call.values else old.resources
    options = {**old.options, **_options(call, old.type)}
    gone = call.values.get("delete", "").split(",")
    kept = {key: value for key, value in options.items() if key not in gone}
    _made(call, name, HaRule(old.type, resources, kept, old.order))


def remove(call: Call) -> None:
    """Delete a rule; one that is not there is no fault."""
    call.site.ha_rules.pop(call.names["rule"], None)
