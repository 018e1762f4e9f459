"""Of the fleet document, what some rules read: conftest gets that, and no more (architecture.md 10).

Conftest takes about 25 bytes of memory and 45 ns of time for each byte. So whatever no module of a
run names is left out: parts, facts of environments, fields of objects, what network policies allow.
A rule that names something gets it, whoever wrote the rule. One that reaches it without naming it (by
a key that it computes) finds nothing in its canary either, which gets the same portion: that is no pass.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from generator.policy.error import PolicyError
from generator.policy.rule import Rule
from generator.policy.staging import code_of, read_modules, staged_modules

Json = dict[str, Any]
# Above it, an environment at a time.
LARGEST_BYTES = 30_000_000
_ALWAYS = frozenset({"version", "environments", "objects"})
_HEAD = frozenset({"id", "environments", "kind", "namespace", "name"})
_POLICIES = frozenset({"NetworkPolicy", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"})
_ALLOWED = frozenset({"ingress", "egress", "ingressDeny", "egressDeny"})
# Parts that stand for the whole site.
_ACROSS = frozenset({"claims", "ranges", "overlaps", "hosts"})
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_PACKAGE = re.compile(r"^package .*$", re.MULTILINE)
# A text without a blank may be a key; one with blanks is said to people.
_KEY = re.compile(r'["`]([^\s"`]+)["`]')
# What an index is asked for: a kind in plain letters, or one that is computed.
_ASKED = re.compile(r"(?:([A-Z]\w*)|%[a-z])/[^/]+/[^/]+")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PART = re.compile(r"\binput\.(\w+)")
# A document that is handed on whole, or asked for parts by computed names.
_WHOLE = re.compile(r"\binput\b(?!\.\w)|\bwalk\(")
# `not policy.spec.ingress` asks whether it is there, not what it says.
_WHETHER = re.compile(r"\bnot [A-Za-z_][\w.\[\]]*\.(?:ingress|egress)(?:Deny)?\s*$", re.MULTILINE)
_BODY_ENDS = re.compile(r"^\}", re.MULTILINE)
# The ways to look at one environment at a time: each in turn, by a variable, by membership.
_EACH = re.compile(r"\bsome \w+(?:, \w+)? in [\w.]+\.environments\b(?![\[.])|\b[\w.]+\.environments\[_\]")
_ONE = re.compile(r"\binput\.environments\[(?!_\])[a-z_]\w*\]|\b[a-z_]\w* in [\w.]+\.environments\b(?![\[.])")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a set of rules reads.

    `parts` are those of the document, `words` all names in the modules, `kinds` those that they look up
    by name (None: any); `whole` says that a module
    may read anything, `allowed` that one reads what network policies allow, `across` that one
    compares environments.
    """

    parts: frozenset[str]
    words: frozenset[str]
    kinds: frozenset[str] | None
    whole: bool
    allowed: bool
    across: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that conftest is asked in one run, what they read together, and their modules by path."""

    rules: tuple[Rule, ...]
    reading: Reading
    modules: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Share:
    """Some rules, and what they read of each document; `group` says which of the groups they are."""

    rules: tuple[Rule, ...]
    documents: Mapping[str, bytes]
    group: int = 0


def shares(
    policies: Path, rules: Sequence[Rule], documents: Mapping[str, Json], largest_bytes: int = LARGEST_BYTES
) -> Iterator[Share]:
    """Yield what to run conftest on: every rule with all that it reads of the document `fleet`."""
    return portions_of(groups_of(policies, rules), documents, largest_bytes)


def groups_of(policies: Path, rules: Sequence[Rule]) -> tuple[Group, ...]:
    """Return rules in groups of which each is a run of conftest.

    Rules that read objects come apart from those that read pods, so that each run gets half of the
    document and two processes share the work. Rules that compare environments are a group of their own.

    Raises:
        PolicyError: a module cannot be read.
    """
    modules = read_modules(policies)
    readings = {rule.id: reading_of(staged_modules(modules, (rule,)).values()) for rule in rules}
    return tuple(
        Group(group, joined(readings[rule.id] for rule in group), staged_modules(modules, group))
        for group in _groups(rules, readings)
    )


def portions_of(
    groups: Sequence[Group], documents: Mapping[str, Json], largest_bytes: int = LARGEST_BYTES
) -> Iterator[Share]:
    """Yield the portions of each group. What is too large for one run is split by environment, if its rules allow."""
    for number, group in enumerate(groups):
        portions = {name: portion(document, group.reading) for name, document in documents.items()}
        written = {name: orjson.dumps(own) for name, own in portions.items()}
        if len(written["fleet"]) <= largest_bytes or group.reading.across:
            yield Share(group.rules, written, number)
            continue
        for own in _by_environment(portions["fleet"]):
            yield Share(group.rules, {**written, "fleet": own}, number)


def _by_environment(fleet: Json) -> Iterator[bytes]:
    expected = sum(len(item["environments"]) for item in fleet["objects"].values())
    split = 0
    for environment in fleet["environments"]:
        own = one_environment(fleet, environment)
        split += len(own["objects"])
        yield orjson.dumps(own)
    if split != expected:
        raise PolicyError(f"{expected} objects were split by environment and {split} arrived, so nothing is proven")


def _groups(rules: Sequence[Rule], readings: Mapping[str, Reading]) -> list[tuple[Rule, ...]]:
    """Return rules that read the same parts together; those that compare environments apart from others."""
    found: dict[tuple[bool, int], list[Rule]] = {}
    for rule in rules:
        reading = readings[rule.id]
        objects, pods = (reading.whole or part in reading.parts for part in ("objects", "pods"))
        found.setdefault((reading.across, objects + (objects and pods)), []).append(rule)
    return [tuple(found[key]) for key in sorted(found)]


def reading_of(modules: Iterable[str]) -> Reading:
    """Return what these modules read, as far as their words say."""
    text = "\n".join(_PACKAGE.sub("", _COMMENT.sub("", module)) for module in modules)
    code, keys = code_of(text), _KEY.findall(text)
    parts, whole = frozenset(_PART.findall(code)), _WHOLE.search(code) is not None
    across = whole or not _ACROSS.isdisjoint(parts) or any(map(_compares, _BODY_ENDS.split(code)))
    allowed = not _ALLOWED.isdisjoint(_WORD.findall(_WHETHER.sub("", text)))
    words = frozenset(_WORD.findall(" ".join((code, *keys))))
    return Reading(parts, words, _kinds(keys) if "index" in words else frozenset(), whole, whole or allowed, across)


def _kinds(keys: Iterable[str]) -> frozenset[str] | None:
    """Return the kinds that names are put together for; None where one is computed, or none is found."""
    asked = [found[1] for key in keys if (found := _ASKED.fullmatch(key))]
    return frozenset(asked) if asked and all(asked) else None


def _compares(body: str) -> bool:
    """Say whether a body may see more than one environment at once; in doubt it does, which costs only time."""
    steps = _EACH.findall(body)
    if len(steps) > 1 or ("deny contains" not in body and any("input.environments" in step for step in steps)):
        return True
    return "environments" in _WORD.findall(_ONE.sub("", _EACH.sub("", body)))


def joined(readings: Iterable[Reading]) -> Reading:
    """Return what several rules read together."""
    several = list(readings)
    return Reading(
        frozenset().union(*(reading.parts for reading in several)),
        frozenset().union(*(reading.words for reading in several)),
        _either(reading.kinds for reading in several),
        any(reading.whole for reading in several),
        any(reading.allowed for reading in several),
        any(reading.across for reading in several),
    )


def _either(several: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for kinds in several:
        if kinds is None:
            return None
        found |= kinds
    return found


def portion(document: Mapping[str, Any], reading: Reading) -> Json:
    """Return a document without what nobody names."""
    if reading.whole:
        return dict(document)
    kept = {key: value for key, value in document.items() if key in _ALWAYS or key in reading.parts}
    kept["environments"] = {
        name: {key: _looked_up(key, value, reading.kinds) for key, value in facts.items() if key in reading.words}
        for name, facts in document["environments"].items()
    }
    read = document["objects"] if "objects" in reading.parts else {}
    kept["objects"] = {name: _fields(item, reading) for name, item in read.items()}
    return kept


def _looked_up(key: str, value: Any, kinds: frozenset[str] | None) -> Any:
    if key != "index" or kinds is None:
        return value
    return {name: item for name, item in value.items() if name.partition("/")[0] in kinds}


def _fields(item: Json, reading: Reading) -> Json:
    """An object with the fields that somebody names, of its `spec` too."""
    words = reading.words
    kept = {key: value for key, value in item.items() if key in words or key in _HEAD}
    spec = kept.get("spec")
    if isinstance(spec, dict):
        # A policy still says whether it allows something.
        short = _ALLOWED if item["kind"] in _POLICIES and not reading.allowed else ()
        kept["spec"] = {key: True if key in short else value for key, value in spec.items() if key in words}
    return kept


def one_environment(document: Mapping[str, Any], environment: str) -> Json:
    """Return a document of one environment: its facts, the objects and pods that it has."""
    here = [environment]
    kept = dict(document)
    kept["environments"] = {environment: document["environments"][environment]}
    kept["objects"] = {
        name: {**item, "environments": here}
        for name, item in document["objects"].items()
        if environment in item["environments"]
    }
    if "by_kind" in document:
        kept["by_kind"] = {
            kind: own for kind, names in document["by_kind"].items()
            if (own := [name for name in names if name in kept["objects"]])
        }  # fmt: skip
    if "pods" in document:
        kept["pods"] = [{**pod, "environments": here} for pod in document["pods"] if environment in pod["environments"]]
    return kept
