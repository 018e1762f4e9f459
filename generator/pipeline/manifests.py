"""Judge manifests that were not written here: files, folders, charts, a pipe; the gate before the generator."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.finding import Finding, Place, sort_findings
from generator.pipeline.carried import rule_folders
from generator.pipeline.check import UNKNOWN_KIND, Checked, Choice, Counted, chosen_rules, removed_kinds
from generator.pipeline.generate import TOOLS
from generator.pipeline.given import Given, NoManifests, read_crds, read_given
from generator.pipeline.spot import Spots, at, path_of, spots_of
from generator.policy import (
    Context,
    Entry,
    Hit,
    Places,
    PolicyError,
    apply,
    build_document,
    find_conftest,
    findings_of,
    judge_fleet,
    read_rules,
    short_name,
)
from generator.policy.place import Blame
from generator.schema import (
    Fault,
    Kind,
    SchemaError,
    Validator,
    Verdict,
    definitions_of,
    has_cel,
    judge,
    read_manifests,
)

NAME = "manifests"
_DEFINITION = "CustomResourceDefinition"
_SEPARATOR = "---"


@dataclass(frozen=True)
class _Read:
    """One text with what it holds. Positions are looked up only where something is wrong."""

    given: Given
    verdict: Verdict

    @cached_property
    def lines(self) -> list[str]:
        return self.given.text.split("\n")

    def spots(self, number: int) -> Spots:
        """Return where the nodes of the object of this number stand."""
        first = self.verdict.manifests[number].line
        last = first
        while last <= len(self.lines) and not self.lines[last - 1].startswith(_SEPARATOR):
            last += 1
        item = sum(1 for manifest in self.verdict.manifests[:number] if manifest.line == first)
        return spots_of("\n".join(self.lines[first - 1 : last - 1]), first, item)

    def place(self, line: int, column: int | None = None) -> Place:
        """Return a position as a place; without a column, the first letter of the line.

        What a Helm template printed is found in the template by the words of its line, where they stand there once.
        """
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if self.given.template is None:
            return Place(self.given.path, line, column or _indent(text))
        alike = [
            (number, _indent(found))
            for number, found in enumerate(self.given.template.split("\n"), 1)
            if found.strip() == text.strip()
        ]
        return Place(self.given.path, *(alike[0] if len(alike) == 1 else (1, 1)))


def _indent(line: str) -> int:
    """Return the column of the first letter."""
    return len(line) - len(line.lstrip()) + 1


class _GivenPlaces(Places):
    """Places in the manifests themselves: nobody wrote values for them."""

    def __init__(self, document: Mapping[str, Any], owners: Mapping[str, tuple[_Read, int]]) -> None:
        super().__init__({}, document)
        self._owners = owners

    def blame(self, hit: Hit) -> Blame:
        """Return the field that a hit is about."""
        owner = self._owners.get(hit.ids[0]) if hit.ids else None
        if owner is None:
            return super().blame(hit)
        read, number = owner
        return Blame(read.place(*read.spots(number).at(path_of(hit, read.verdict.manifests[number].object))))


def check_manifests(
    root: Path, paths: Sequence[Path], crds: Sequence[Path], choice: Choice, version: str, today: date
) -> Checked:
    """Judge objects by schemas and by every rule that needs no values.

    Kinds without a schema are listed as not judged by schemas; `crds`, and definitions among the manifests
    themselves, supply them.

    Raises:
        NoManifests: there is nothing to judge.
        PolicyUsage, PolicyError, SchemaError, HelmError: as `check_fleet`.
    """
    words = " ".join(["--manifests", *(f"--rule {name}" for name in choice.rules)])
    checked = Checked(today, words)
    folders = rule_folders(root)
    rules = [rule for rule in chosen_rules(read_rules(folders.policies), choice.rules) if rule.needs == "objects"]
    conftest = find_conftest(root / TOOLS)
    given = checked.timed("render", lambda: read_given(root, paths))
    definitions = list(_definitions(read_crds(given, crds)))
    validator = checked.timed("schema", lambda: Validator(version, _schemas(definitions)))
    read = checked.timed("schema", lambda: [_Read(item, judge(item.text, validator)) for item in given])
    entries = [Entry(NAME, item.given.path, body) for item in read for body in _judged(item)]
    if not entries:
        raise NoManifests(f"{', '.join(map(str, paths))}: there is no object in it, so nothing was judged")
    facts = {"kubernetes": {"version": validator.version, "minor": int(validator.version.split(".")[1])}}
    document = checked.timed("document", lambda: build_document([Context(NAME, None, facts)], entries, today))
    judged = len(document["objects"])
    if judged != len(entries):
        raise PolicyError(f"{len(entries)} objects were read and {judged} reached the rules, so nothing is proven")
    judgement = checked.timed("rules", lambda: judge_fleet(
        document, rules, policies=folders.policies, cases=folders.cases, conftest=conftest,
    ))  # fmt: skip
    waived = apply((), [_in_own_words(hit) for hit in judgement.hits], rules, today, narrowed=True)
    # The document keeps the order of the entries, and every entry has an id of its own.
    owners = dict(zip(document["objects"], _numbered(read), strict=True))
    faults = list(_faults(read, validator, removed_kinds(waived.hits)))
    refused = {fault.place for fault in faults}
    # What a schema refuses was kept from the rules: that they miss it there is no news.
    findings = (item for item in findings_of(waived.hits, _GivenPlaces(document, owners)) if item.place not in refused)
    checked.findings = sort_findings((*findings, *faults))
    checked.environments = dict.fromkeys(checked.findings, (NAME,))
    checked.notes = (*_not_judged(read, validator), *_without_cel(definitions, entries))
    checked.rules, checked.document = tuple(rules), document
    checked.counts = (Counted(NAME, len(entries), judged, 0),)
    return checked


def _in_own_words(hit: Hit) -> Hit:
    """Say what to write in a manifest, where a rule speaks of fields of a service file."""
    return replace(hit, fix=hit.rule.manifest_fix) if hit.rule.manifest_fix else hit


def _numbered(read: Sequence[_Read]) -> Iterator[tuple[_Read, int]]:
    return ((item, number) for item in read for number in range(len(item.verdict.manifests)))


def _judged(read: _Read) -> Iterator[dict[str, Any]]:
    """Yield the objects of a text as rules read them: without the values of a shape that no rule expects."""
    for number, manifest in enumerate(read.verdict.manifests):
        misshapen = [
            fault.path
            for owner, fault in read.verdict.faults
            if owner == number and fault.keyword and fault.keyword not in ("required", "additionalProperties", "enum")
        ]
        yield _without(manifest.object, misshapen) if misshapen else manifest.object


def _without(body: dict[str, Any], paths: Sequence[tuple[str | int, ...]]) -> dict[str, Any]:
    left = deepcopy(body)
    for path in sorted(paths, key=lambda steps: [(isinstance(step, int), str(step).zfill(9)) for step in steps])[::-1]:
        into, last = at(left, path[:-1]), path[-1] if path else None
        if isinstance(into, dict):
            into.pop(last, None)
        elif isinstance(into, list) and isinstance(last, int) and last < len(into):
            del into[last]
    return left


def _definitions(texts: Iterator[Given]) -> Iterator[dict[str, Any]]:
    for given in texts:
        if _DEFINITION in given.text:
            for manifest in read_manifests(given.text).manifests:
                if manifest.object.get("kind") == _DEFINITION:
                    yield {**manifest.object, "in": given.path}


def _schemas(definitions: Sequence[dict[str, Any]]) -> Mapping[Kind, dict[str, Any]]:
    """Return the schemas of custom kinds.

    Raises:
        SchemaError: a definition cannot be used.
    """
    found: dict[Kind, dict[str, Any]] = {}
    for body in definitions:
        try:
            found.update(definitions_of(body))
        except SchemaError as error:
            raise SchemaError(f"{body['in']}: {error}") from error
    return found


def _is_listed(fault: Fault, read: _Read, owner: int | None, validator: Validator) -> bool:
    """Whether an unknown kind is somebody's own, which is listed; a slip in a known group is a fault."""
    if fault.rule != UNKNOWN_KIND or owner is None:
        return False
    body = read.verdict.manifests[owner].object
    return not validator.should_know(Kind.of(str(body["apiVersion"]), str(body["kind"])))


def _faults(read: Sequence[_Read], validator: Validator, removed: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    for item in read:
        for owner, fault in item.verdict.faults:
            body = item.verdict.manifests[owner].object if owner is not None else {}
            if fault.rule == UNKNOWN_KIND and (NAME, short_name(body)) in removed:
                continue
            if not _is_listed(fault, item, owner, validator):
                yield Finding(_place(item, owner, fault), fault.rule, fault.message, fault.fix, fault.severity)


def _place(read: _Read, owner: int | None, fault: Fault) -> Place:
    if owner is None:
        return read.place(fault.line or 1)
    spots = read.spots(owner)
    return read.place(*(spots.key if fault.keyword == "additionalProperties" else spots.at)(fault.path))


def _not_judged(read: Sequence[_Read], validator: Validator) -> Iterator[str]:
    """Say which kinds no schema knows: they are listed, never passed in silence."""
    counts: dict[str, int] = {}
    for item in read:
        for owner, fault in item.verdict.faults:
            if _is_listed(fault, item, owner, validator) and owner is not None:
                body = item.verdict.manifests[owner].object
                name = f"{body.get('apiVersion')} {body.get('kind')}"
                counts[name] = counts.get(name, 0) + 1
    for name, count in sorted(counts.items()):
        yield f"not judged by a schema: {count} of {name}; --crds supplies its definition"


def _without_cel(definitions: Sequence[dict[str, Any]], entries: Sequence[Entry]) -> Iterator[str]:
    present = {str(entry.body.get("kind")) for entry in entries}
    names = {body["spec"]["names"]["kind"] for body in definitions if has_cel(body)}
    if names & present:
        yield f"not judged: the rules in CEL of {', '.join(sorted(names & present))}; only an API server knows them"
