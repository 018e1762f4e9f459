"""Ask every rule about the fleet and about the canary, and believe the answer only if the canary failed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from generator.policy.case import canary
from generator.policy.error import PolicyError
from generator.policy.hit import Hit, read_hits
from generator.policy.portion import Share, shares
from generator.policy.rule import Rule
from generator.policy.runner import Answer, ask, check_version

Document = Mapping[str, Any]
Json = dict[str, Any]
AT_ONCE = 2


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
    at_once: int = AT_ONCE,
) -> Judgement:
    """Return what the rules find in a document; `at_once` processes of conftest share the work.

    Raises:
        PolicyError: the engine failed, a rule did not run, or did not find what it must find.
        PolicyUsage: a rule has no `fail` case.
    """
    if not document["objects"]:
        raise PolicyError("there is no object to judge, so nothing passed")
    all_rules = (*rules, *(rule.rule for rule in python_rules))
    seeded = canary(cases, all_rules, date.fromisoformat(document["today"]))
    found = _asked(conftest, policies, rules, dict(document), seeded, at_once) if rules else {}
    for python_rule in python_rules:
        found[python_rule.rule.id] = list(python_rule.judge(document))
        _must_fail(python_rule.rule, read_hits(python_rule.rule, python_rule.judge(seeded), seeded))
    hits = [hit for rule in all_rules for hit in read_hits(rule, found[rule.id], document)]
    return Judgement(tuple(hits), len(all_rules), len(document["objects"]))


def _asked(
    conftest: Path, policies: Path, rules: Sequence[Rule], document: Json, seeded: Json, at_once: int
) -> dict[str, list[Any]]:
    """Return what rules in Rego yield, by rule: each run is asked about its part of the fleet and of the canary."""
    check_version(conftest)
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        runs = [
            (share.rules, pool.submit(_ask, conftest, policies, [share]))
            for share in shares(policies, rules, {"fleet": document, "canary": seeded})
        ]
        found: dict[str, dict[bytes, Any]] = {}
        for asked, run in runs:
            answers = run.result()
            for rule in asked:
                _must_fail(rule, read_hits(rule, answers["canary"].found[rule.id], seeded))
                # What two environments have in common is found in the run of each.
                own = found.setdefault(rule.id, {})
                own.update((orjson.dumps(item), item) for item in answers["fleet"].found[rule.id])
    return {name: list(items.values()) for name, items in found.items()}


def _ask(conftest: Path, policies: Path, waiting: list[Share]) -> dict[str, Answer]:
    """Run conftest for the one share that waits; nobody else holds its documents while it runs."""
    share = waiting.pop()
    rules, documents = share.rules, share.documents
    del share
    return ask(conftest, policies, rules, documents)


def _must_fail(rule: Rule, hits: Iterable[Hit]) -> None:
    """Refuse to believe a rule that lets its own bad example pass."""
    if not any(hit.environment == rule.id for hit in hits):
        raise PolicyError(
            f"rule {rule.id} finds nothing in its first fail case, so its silence about the fleet proves nothing;"
            f" mend {rule.path}"
        )
