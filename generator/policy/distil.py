"""What rules read of an object: everything that decides, nothing that only fills."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from ipaddress import IPv4Address
from typing import Any

from generator.policy.claim import addresses_of

Json = dict[str, Any]
_LONGEST_ANNOTATION = 200
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"})
_RULES = frozenset({"Role", "ClusterRole"})
_SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
)
_SECRET_KEY = re.compile(
    r"(?im)(?:^|[\s\"'{,])(?:[\w.-]*(?:password|passwd|secret|token|api[_-]?key))[\"']?\s*[:=]\s*[\"']?"
    r"(?P<value>[^\s\"'{}$(<%,]{6,})"
)
# A value that only says where the secret is: a path, a name of a variable, a word of the format.
_NO_SECRET = re.compile(r"^(?i:/|file:|env:|!|\*|~|true\b|false\b|null\b|none\b|\[)|^[A-Z][A-Z0-9_]+$")


def distil(body: Mapping[str, Any]) -> Json:
    """Return what rules read of one object, without its identity."""
    special = _KINDS.get(str(body.get("kind")))
    if special is not None:
        return special(body)
    rest = {key: value for key, value in body.items() if key not in ("apiVersion", "kind", "metadata", "status")}
    if body.get("kind") in _WORKLOADS and isinstance(rest.get("spec"), dict):
        rest["spec"] = _without_pod(rest["spec"])
    return rest


def annotations_of(metadata: Mapping[str, Any]) -> Json:
    """Return annotations that are short enough to be settings."""
    found = metadata.get("annotations") or {}
    return {key: value for key, value in found.items() if len(str(value)) <= _LONGEST_ANNOTATION}


def looks_secret(text: str) -> bool:
    """Say whether a text holds something that should not be read by everybody."""
    if _SECRETS.search(text):
        return True
    return any(not _NO_SECRET.match(found["value"]) for found in _SECRET_KEY.finditer(text))


def _without_pod(spec: Json) -> Json:
    """A workload's own fields: its pods stand in the document's list of pods."""
    kept = {
        key: value for key, value in spec.items() if key not in ("template", "containers", "initContainers", "volumes")
    }
    if "jobTemplate" in kept and isinstance(kept["jobTemplate"], dict):
        job = kept["jobTemplate"].get("spec") or {}
        kept["jobTemplate"] = {"spec": {key: value for key, value in job.items() if key != "template"}}
    return kept


def _config_map(body: Mapping[str, Any]) -> Json:
    data = {**(body.get("data") or {}), **(body.get("binaryData") or {})}
    texts = {str(key): str(value) for key, value in data.items()}
    return {
        "keys": sorted(texts),
        "bytes": sum(len(text) for text in texts.values()),
        "sha256": sha256(repr(sorted(texts.items())).encode()).hexdigest(),
        "suspects": sorted(key for key, text in texts.items() if looks_secret(text)),
        "immutable": bool(body.get("immutable")),
    }


def _service(body: Mapping[str, Any]) -> Json:
    """A Service, and its addresses outside as numbers; None where a text is no IPv4 address."""
    return {
        "spec": body.get("spec") or {},
        "addresses": [{"shown": text, "value": _number(text)} for text in addresses_of(body)],
    }


def _number(text: str) -> int | None:
    try:
        return int(IPv4Address(text))
    except ValueError:
        return None


def _secret(body: Mapping[str, Any]) -> Json:
    keys = {**(body.get("data") or {}), **(body.get("stringData") or {})}
    return {"keys": sorted(keys), "type": body.get("type", "Opaque")}


def _prometheus_rule(body: Mapping[str, Any]) -> Json:
    groups = (body.get("spec") or {}).get("groups") or ()
    alerts = [rule["alert"] for group in groups for rule in group.get("rules") or () if "alert" in rule]
    return {"alerts": sorted(set(alerts))}


def _definition(body: Mapping[str, Any]) -> Json:
    spec = body.get("spec") or {}
    return {"spec": {"group": spec.get("group"), "names": spec.get("names"), "scope": spec.get("scope")}}


_KINDS: dict[str, Callable[[Mapping[str, Any]], Json]] = {
    "ConfigMap": _config_map,
    "Secret": _secret,
    "Service": _service,
    "PrometheusRule": _prometheus_rule,
    "CustomResourceDefinition": _definition,
}
