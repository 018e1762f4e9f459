"""Ask every rule about the fleet and about the canary, and believe the answer only if the canary failed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from generator.policy.case import canary
from generator.policy.document import to_bytes
from generator.policy.error import PolicyError
from generator.policy.hit import Hit, read_hits
from generator.policy.rule import Rule
from generator.policy.runner import ask

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PythonRule:
    """A rule whose verdict reads better in Python; it yields what `deny` of a Rego rule yields."""

    rule: Rule
    judge: Callable[[Document], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every hit of every rule, and how much was judged."""

    hits: tuple[Hit, ...]
    rules: int
    objects: int


def judge_fleet(
    document: Document,
    rules: Sequence[Rule],
    *,
    policies: Path,
    cases: Path,
    conftest: Path,
    python_rules: Sequence[PythonRule] = (),
) -> Judgement:
    """Return what the rules find in a document.

    Raises:
        PolicyError: the engine failed, a rule did not run, or did not find what it must find.
        PolicyUsage: a rule has no `fail` case.
    """
    if not document["objects"]:
        raise PolicyError("there is no object to judge, so nothing passed")
    all_rules = (*rules, *(rule.rule for rule in python_rules))
    seeded = canary(cases, all_rules, date.fromisoformat(document["today"]))
    answers = ask(
        conftest, policies, rules, {"fleet": to_bytes(dict(document)), "canary": to_bytes(seeded)}
    ) if rules else {}  # fmt: skip
    found = {name: dict(answer.found) for name, answer in answers.items()} or {"fleet": {}, "canary": {}}
    for python_rule in python_rules:
        found["fleet"][python_rule.rule.id] = tuple(python_rule.judge(document))
        found["canary"][python_rule.rule.id] = tuple(python_rule.judge(seeded))
    for rule in all_rules:
        _must_fail(rule, read_hits(rule, found["canary"][rule.id], seeded))
    hits = [hit for rule in all_rules for hit in read_hits(rule, found["fleet"][rule.id], document)]
    return Judgement(tuple(hits), len(all_rules), len(document["objects"]))


def _must_fail(rule: Rule, hits: Iterable[Hit]) -> None:
    """Refuse to believe a rule that lets its own bad example pass."""
    if not any(hit.environment == rule.id for hit in hits):
        raise PolicyError(
            f"rule {rule.id} finds nothing in its first fail case, so its silence about the fleet proves nothing;"
            f" mend {rule.path}"
        )
