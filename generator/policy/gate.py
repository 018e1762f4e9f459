"""Ask every rule about the fleet and about the canary, and believe the answer only if the canary failed."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from generator.policy.case import canary
from generator.policy.error import PolicyError
from generator.policy.hit import Hit, read_hits
from generator.policy.portion import Group, Share, groups_of, portions_of
from generator.policy.rule import Rule
from generator.policy.runner import Answer, ask_prepared, check_version, prepare

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


@dataclass(frozen=True, slots=True)
class Readied:
    """What judging needs besides the fleet: rules in groups, each with a folder for conftest, and the canary."""

    rules: tuple[Rule, ...]
    python_rules: tuple[PythonRule, ...]
    conftest: Path
    groups: tuple[Group, ...]
    folders: tuple[Path, ...]
    seeded: Json

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        return (*self.rules, *(rule.rule for rule in self.python_rules))


@contextmanager
def readied(
    rules: Sequence[Rule],
    today: date,
    *,
    policies: Path,
    cases: Path,
    conftest: Path,
    python_rules: Sequence[PythonRule] = (),
) -> Iterator[Readied]:
    """Prepare what can be prepared before the fleet is known; the folders last as long as the block.

    Raises:
        PolicyError: a rule cannot be read, or this is no conftest to judge with.
        PolicyUsage: a rule has no `fail` case.
    """
    seeded = canary(cases, (*rules, *(rule.rule for rule in python_rules)), today)
    groups = groups_of(policies, rules)
    if rules:
        check_version(conftest)
    with tempfile.TemporaryDirectory(prefix="chartroom-gate-") as scratch:
        folders = tuple(Path(scratch) / str(number) for number in range(len(groups)))
        for folder, group in zip(folders, groups, strict=True):
            prepare(folder, group.modules, group.rules)
        yield Readied(tuple(rules), tuple(python_rules), conftest, groups, folders, seeded)


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
    _require_objects(document)
    today = date.fromisoformat(document["today"])
    folders = {"policies": policies, "cases": cases, "conftest": conftest}
    with readied(rules, today, **folders, python_rules=python_rules) as ready:
        return judge_readied(document, ready, at_once)


def judge_readied(document: Document, ready: Readied, at_once: int = AT_ONCE) -> Judgement:
    """Return what rules that are ready find in a document.

    Raises:
        PolicyError: as `judge_fleet`.
    """
    _require_objects(document)
    found = _asked(ready, dict(document), at_once) if ready.rules else {}
    for python_rule in ready.python_rules:
        found[python_rule.rule.id] = list(python_rule.judge(document))
        seeded = ready.seeded
        _must_fail(python_rule.rule, read_hits(python_rule.rule, python_rule.judge(seeded), seeded))
    hits = [hit for rule in ready.all_rules for hit in read_hits(rule, found[rule.id], document)]
    return Judgement(tuple(hits), len(ready.all_rules), len(document["objects"]))


def _require_objects(document: Document) -> None:
    if not document["objects"]:
        raise PolicyError("there is no object to judge, so nothing passed")


def _asked(ready: Readied, document: Json, at_once: int) -> dict[str, list[Any]]:
    """Return what rules in Rego yield, by rule: each run is asked about its part of the fleet and of the canary."""
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        runs = [
            (share.rules, pool.submit(_ask, ready.conftest, ready.folders[share.group], [share]))
            for share in portions_of(ready.groups, {"fleet": document, "canary": ready.seeded})
        ]
        found: dict[str, dict[bytes, Any]] = {}
        for asked, run in runs:
            answers = run.result()
            for rule in asked:
                _must_fail(rule, read_hits(rule, answers["canary"].found[rule.id], ready.seeded))
                # What two environments have in common is found in the run of each.
                own = found.setdefault(rule.id, {})
                own.update((orjson.dumps(item), item) for item in answers["fleet"].found[rule.id])
    return {name: list(items.values()) for name, items in found.items()}


def _ask(conftest: Path, prepared: Path, waiting: list[Share]) -> dict[str, Answer]:
    """Run conftest for the one share that waits; nobody else holds its documents while it runs."""
    share = waiting.pop()
    rules, documents = share.rules, share.documents
    del share
    return ask_prepared(conftest, prepared, rules, documents)


def _must_fail(rule: Rule, hits: Iterable[Hit]) -> None:
    """Refuse to believe a rule that lets its own bad example pass."""
    if not any(hit.environment == rule.id for hit in hits):
        raise PolicyError(
            f"rule {rule.id} finds nothing in its first fail case, so its silence about the fleet proves nothing;"
            f" mend {rule.path}"
        )
