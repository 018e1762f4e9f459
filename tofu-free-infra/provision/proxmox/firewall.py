"""A VM's firewall: options, and the rules compared as one list.

Source: facts provisioning-more.md 0.6, 1.1. New rules land on top and are off unless told otherwise; positions shift
with every write, so each write carries the digest of a fresh reading. The cluster's switch is read, never set.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .api import Api
from .errors import AnswerLostError, DigestError
from .observed import Firewall, FirewallRule
from .pace import again

_NAMES = {"direction": "type", "action": "action", "source": "source", "dest": "dest", "proto": "proto"}
_NAMES.update(dport="dport", iface="iface", comment="comment")
_OTHERS = ("macro", "sport", "log", "icmp-type")
CLOSED: Mapping[str, str] = {"enable": "1", "policy_in": "DROP", "policy_out": "DROP", "dhcp": "0", "macfilter": "1"}
"""The options of a VM whose rules are all that it may do."""


def _base(host: str, vm_id: int) -> str:
    return f"nodes/{host}/qemu/{vm_id}/firewall"


def cluster_enabled(api: Api) -> bool:
    """Return whether the cluster's firewall is on; while it is off, no VM's rules are enforced."""
    options = api.get("cluster/firewall/options", "read the cluster's firewall")
    return int(options.get("enable", 0)) > 0


def read(api: Api, host: str, vm_id: int) -> Firewall:
    """Return a VM's firewall."""
    options = api.get(f"{_base(host, vm_id)}/options", f"read the firewall of VM {vm_id}")
    plain = {key: str(value) for key, value in options.items() if key != "digest"}
    return Firewall(plain, _rules(api, host, vm_id)[0])


def _rules(api: Api, host: str, vm_id: int) -> tuple[tuple[FirewallRule, ...], str | None]:
    rows = api.get(f"{_base(host, vm_id)}/rules", f"read the firewall rules of VM {vm_id}")
    rows = sorted(rows, key=lambda row: int(row["pos"]))
    return tuple(_rule(row) for row in rows), rows[0].get("digest") if rows else None


def _rule(row: Mapping[str, Any]) -> FirewallRule:
    known = {field: str(row[name]) for field, name in _NAMES.items() if row.get(name) not in (None, "")}
    others = tuple((name, str(row[name])) for name in _OTHERS if row.get(name) not in (None, ""))
    return FirewallRule(**known, enable=bool(int(row.get("enable", 0))), others=others)


def set_options(api: Api, host: str, vm_id: int, wanted: Mapping[str, str]) -> bool:
    """Set options that differ; return whether anything was written."""
    doing, path = f"set the firewall of VM {vm_id} on {host}", f"{_base(host, vm_id)}/options"

    def once(attempt: int) -> bool:
        options = api.get(path, doing)
        different = {key: value for key, value in wanted.items() if str(options.get(key)) != value}
        if not different:
            return attempt > 0
        api.write("put", path, doing, {**different, "digest": options.get("digest")})
        return True

    return again(api.pace, (DigestError, AnswerLostError), once)


def set_rules(api: Api, host: str, vm_id: int, wanted: Sequence[FirewallRule]) -> bool:
    """Bring the rules to exactly this list; return whether anything was written.

    The new list is laid on top of the old one before that is taken away, so nothing that both allow is ever cut; a run
    that breaks off leaves a list that differs, and the next one does it all again.
    """
    doing = f"set the firewall rules of VM {vm_id} on {host}"
    for attempt in range(api.pace.tries):
        old, _ = _rules(api, host, vm_id)
        if old == tuple(wanted):
            return attempt > 0
        try:
            for rule in reversed(wanted):
                _write(api, host, vm_id, "post", "", doing, _fields(rule))
            for position in range(len(wanted) + len(old) - 1, len(wanted) - 1, -1):
                _write(api, host, vm_id, "delete", f"/{position}", doing, {})
        except (DigestError, AnswerLostError):
            continue
        if _rules(api, host, vm_id)[0] == tuple(wanted):
            return True
    raise DigestError(f"{doing}: somebody else keeps changing them", "see who, and run again")


def _write(api: Api, host: str, vm_id: int, verb: str, at: str, doing: str, fields: Mapping[str, str]) -> None:
    digest = _rules(api, host, vm_id)[1]
    api.write(verb, f"{_base(host, vm_id)}/rules{at}", doing, {**fields, "digest": digest})


def _fields(rule: FirewallRule) -> dict[str, str]:
    known = {name: getattr(rule, field) for field, name in _NAMES.items()}
    fields = {name: value for name, value in known.items() if value is not None}
    return {**fields, **dict(rule.others), "enable": str(int(rule.enable))}
