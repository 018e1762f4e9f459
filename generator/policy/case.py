"""Examples of a rule's two verdicts as files, and the canary that is built from them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from generator.policy.document import Context, Entry, build_document, merged
from generator.policy.error import PolicyUsage
from generator.policy.rule import Rule

Json = dict[str, Any]
FOLDER = "tests/cases"
API_VERSION = "chartroom/v1"
_ARGOCD = ("Application", "AppProject")
_PARTS = {"apiVersion", "kind", "facts", "document"}
_HERE = "$environment"


@dataclass(frozen=True, slots=True)
class Case:
    """Manifests that a rule accepts or refuses, with the facts of the environment that they stand in.

    `document` are parts of the fleet document that no manifest makes: hosts, claims, overlaps.
    """

    rule: str
    path: Path
    passes: bool
    bodies: tuple[Json, ...]
    facts: Mapping[str, Any]
    document: Mapping[str, Any]


def find_cases(folder: Path, rule: Rule) -> tuple[Case, ...]:
    """Return the cases of a rule from `<folder>/<rule>/{pass,fail}/*.yaml`, by file name."""
    return tuple(
        read_case(rule.id, path, passes=verdict == "pass")
        for verdict in ("pass", "fail")
        for path in sorted((folder / rule.id / verdict).glob("*.yaml"))
    )


def read_case(rule: str, path: Path, *, passes: bool) -> Case:
    """Read one case.

    Raises:
        PolicyUsage: the file is not YAML, or holds what is neither an object nor an Environment.
    """
    facts: Mapping[str, Any] = {}
    document: Mapping[str, Any] = {}
    bodies = []
    try:
        read = list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    except (OSError, yaml.YAMLError) as error:
        raise PolicyUsage(f"{path}: the case cannot be read: {error}") from error
    for body in read:
        if body is None:
            continue
        if not isinstance(body, dict) or not body.get("kind"):
            raise PolicyUsage(f"{path}: a case holds Kubernetes objects, each with a kind")
        if body.get("apiVersion") != API_VERSION:
            bodies.append(body)
            continue
        if body["kind"] != "Environment" or set(body) - _PARTS:
            raise PolicyUsage(f"{path}: of {API_VERSION} a case holds `kind: Environment` with `facts` and `document`")
        facts, document = body.get("facts") or {}, body.get("document") or {}
    return Case(rule, path, passes, tuple(bodies), facts, document)


def case_document(cases: Sequence[tuple[str, Case]], today: date) -> Json:
    """Return the document in which each case is an environment of the given name."""
    contexts = [Context(name, None, case.facts) for name, case in cases]
    entries = [entry for name, case in cases for entry in _entries(name, case)]
    built = build_document(contexts, entries, today)
    for name, case in cases:
        for key, value in _placed(case.document, name).items():
            built[key] = [*built[key], *value] if isinstance(built[key], list) else merged(built[key], value)
    return built


def _entries(name: str, case: Case) -> Iterator[Entry]:
    for body in case.bodies:
        path = "kubernetes/case/case.yaml" if body["kind"] in _ARGOCD else "charts/case/templates/case.yaml"
        yield Entry(name, path, body)


def _placed(value: Any, name: str) -> Any:
    """Put the environment's name where a case says `$environment`."""
    if isinstance(value, dict):
        return {key.replace(_HERE, name): _placed(item, name) for key, item in value.items()}
    if isinstance(value, list):
        return [_placed(item, name) for item in value]
    return value.replace(_HERE, name) if isinstance(value, str) else value


def canary(folder: Path, rules: Sequence[Rule], today: date) -> Json:
    """Return a document that every rule must find something in: the first `fail` case of each.

    Raises:
        PolicyUsage: a rule has no such case; it names the file to write.
    """
    cases = []
    for rule in rules:
        path = next(iter(sorted((folder / rule.id / "fail").glob("*.yaml"))), None)
        if path is None:
            wanted = f"{FOLDER}/{rule.id}/fail/{rule.id.rpartition('/')[2]}.yaml"
            raise PolicyUsage(
                f"rule {rule.id} has never been seen failing: write {wanted} with an object that it must refuse"
            )
        cases.append((rule.id, read_case(rule.id, path, passes=False)))
    return case_document(cases, today)
