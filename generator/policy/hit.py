"""One result of one rule, understood: what `deny` yields, checked for its shape."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.finding import Finding, Severity
from generator.policy.error import PolicyError
from generator.policy.rule import Rule

Json = Mapping[str, Any]
_KEYS = {
    "msg": str, "object": str, "objects": list, "container": str, "environment": str, "values": list, "place": str,
    "fix": str, "also": list,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule refused some objects of one environment.

    `objects` are their names (Kind/namespace/name), `ids` those of them that the document has.
    `finished` is set where a stage other than the rules has written the whole finding.
    """

    rule: Rule
    message: str
    environment: str
    objects: tuple[str, ...]
    ids: tuple[str, ...]
    fix: str
    container: str | None = None
    values: tuple[str | int, ...] = ()
    place: str | None = None
    also: tuple[str, ...] = ()
    finished: Finding | None = None


def finished_hits(environment: str, findings: Iterable[Finding]) -> Iterator[Hit]:
    """Yield what another stage found as hits, so that waivers cover it too."""
    for finding in findings:
        rule = stage_rule(finding.rule, finding.severity)
        yield Hit(rule, finding.message, environment, finding.objects, (), finding.fix, finished=finding)


def stage_rule(name: str, severity: Severity) -> Rule:
    """Return a rule that is no file of the policies: what a stage in Python judges by."""
    return Rule(name, "", "", name, "", severity, "", (), "", "fleet")


def read_hits(rule: Rule, yielded: Iterable[Any], document: Json) -> Iterator[Hit]:
    """Yield the hits of one rule, one for each environment that it concerns.

    Raises:
        PolicyError: the rule yields what is no finding.
    """
    for finding in yielded:
        _check(rule, finding)
        ids = tuple(finding.get("objects") or (finding["object"],))
        environments = _environments(rule, finding, ids, document)
        hit = Hit(
            rule,
            finding["msg"],
            "",
            tuple(name_of(item) for item in ids),
            tuple(item for item in ids if item in document["objects"]),
            finding.get("fix") or rule.fix,
            finding.get("container"),
            tuple(finding.get("values") or ()),
            finding.get("place") or None,
            tuple(finding.get("also") or ()),
        )
        for environment in environments:
            yield replace(hit, environment=environment)


def name_of(item: str) -> str:
    """Return Kind/namespace/name of an id (`environment:Kind/namespace/name`)."""
    return item.partition(":")[2].rstrip("+")


def _environments(rule: Rule, finding: Json, ids: tuple[str, ...], document: Json) -> tuple[str, ...]:
    if "environment" in finding:
        return (finding["environment"],)
    several = [
        set(known["environments"]) if (known := document["objects"].get(item)) else {item.partition(":")[0]}
        for item in ids
    ]
    # Parties of one finding may stand in different environments: then it concerns all of them.
    found = set.intersection(*several) or set.union(*several)
    unknown = found - set(document["environments"])
    if unknown:
        raise PolicyError(f"rule {rule.id} names {ids[0]!r}, which is no object of the document")
    return tuple(sorted(found))


def _check(rule: Rule, finding: Any) -> None:
    if not isinstance(finding, Mapping):
        raise PolicyError(f"rule {rule.id} yields {finding!r}, an object with `msg` and `object` is expected")
    for key, value in finding.items():
        if key not in _KEYS:
            known = ", ".join(sorted(_KEYS))
            raise PolicyError(f"rule {rule.id} yields a finding with the unknown key {key!r}, known are {known}")
        if not isinstance(value, _KEYS[key]):
            raise PolicyError(f"rule {rule.id} yields {key} {value!r}, a {_KEYS[key].__name__} is expected")
    if "msg" not in finding or not (finding.get("object") or finding.get("objects")):
        raise PolicyError(f"rule {rule.id} yields a finding without `msg` or without `object`: {dict(finding)!r}")
