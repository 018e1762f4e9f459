"""The firewall of VMs and the cluster's switch. Source: facts m 0.6, 1.1."""

from typing import Any

from ..engine import Call
from ..refusal import refuse, refuse_parameters
from ..state import digest

_NOT_RULE = ("digest", "delete", "moveto", "pos")


def _changed(given: dict[str, str], current: object) -> None:
    if given.get("digest") not in (None, digest(current)):
        raise refuse("digest")


def _set(options: dict[str, str], given: dict[str, str]) -> None:
    _changed(given, options)
    options.update({key: value for key, value in given.items() if key not in ("delete", "digest")})
    for key in given.get("delete", "").split(","):
        options.pop(key, None)


def options(call: Call) -> dict[str, Any]:
    """Return what is set; defaults are not shown."""
    found = call.vm.firewall.options
    return {**{key: int(value) if value in "01" else value for key, value in found.items()}, "digest": digest(found)}


def set_options(call: Call) -> None:
    """Set options of a VM's firewall."""
    _set(call.vm.firewall.options, call.values)


def rules(call: Call) -> list[dict[str, Any]]:
    """List the rules, each with the list's digest."""
    found = call.vm.firewall.rules
    return [
        {"pos": pos, **rule, "enable": int(rule["enable"]), "digest": digest(found)} for pos, rule in enumerate(found)
    ]


def _check(rule: dict[str, str]) -> None:
    if rule["type"] != "group" and rule["action"] not in ("ACCEPT", "DROP", "REJECT"):
        raise refuse_parameters({"action": f"unknown action '{rule['action']}'"})
    for port in ("dport", "sport"):
        if port in rule and "proto" not in rule:
            raise refuse_parameters({"proto": f"missing property - '{port}' requires this property"})


def add_rule(call: Call) -> None:
    """Put a rule on top, off unless it is switched on."""
    found = call.vm.firewall.rules
    _changed(call.values, found)
    rule = {"enable": "0", **{key: value for key, value in call.values.items() if key not in _NOT_RULE}}
    _check(rule)
    found.insert(0, rule)


def _position(call: Call) -> int:
    pos = int(call.names["pos"])
    if pos >= len(call.vm.firewall.rules):
        raise refuse("rule-position", pos=pos)
    return pos


def change_rule(call: Call) -> None:
    """Change a rule, or move it; a move ignores the rest."""
    found, pos = call.vm.firewall.rules, _position(call)
    _changed(call.values, found)
    if "moveto" in call.values:
        found.insert(int(call.values["moveto"]), found.pop(pos))
        return
    gone = call.values.get("delete", "").split(",")
    kept = {key: value for key, value in found[pos].items() if key not in gone}
    rule = {**kept, **{key: value for key, value in call.values.items() if key not in _NOT_RULE}}
    _check(rule)
    found[pos] = rule


def remove_rule(call: Call) -> None:
    """Delete the rule at a position."""
    pos = _position(call)
    _changed(call.values, call.vm.firewall.rules)
    del call.vm.firewall.rules[pos]


def cluster_options(call: Call) -> dict[str, Any]:
    """Return the options of the cluster's firewall."""
    found = call.site.cluster_firewall
    return {**{key: int(value) if key == "enable" else value for key, value in found.items()}, "digest": digest(found)}


def set_cluster_options(call: Call) -> None:
    """Set options of the cluster's firewall."""
    _set(call.site.cluster_firewall, call.values)
