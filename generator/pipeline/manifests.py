"""Judge manifests that were not written here: files, folders, charts; the gate before the generator."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from generator.finding import ChartroomError, Finding, Place, sort_findings
from generator.helm import read_chart, renderer
from generator.pipeline.carried import rule_folders
from generator.pipeline.check import Checked, Choice, Counted, chosen_rules
from generator.pipeline.generate import TOOLS
from generator.policy import (
    Context,
    Entry,
    Places,
    PolicyError,
    apply,
    build_document,
    find_conftest,
    findings_of,
    judge_fleet,
    read_rules,
)
from generator.schema import Kind, Validator, Verdict, judge, read_manifests

NAME = "manifests"
_UNKNOWN = "schema/unknown-kind"
_SUFFIXES = (".yaml", ".yml", ".json")


class NoManifests(ChartroomError):
    """A path that cannot be read, or holds no object."""


def check_manifests(
    root: Path, paths: Sequence[Path], crds: Sequence[Path], choice: Choice, version: str, today: date
) -> Checked:
    """Judge objects by schemas and by every rule that needs no values.

    Kinds without a schema are listed as not judged by schemas; `crds` supplies their definitions.

    Raises:
        NoManifests: there is nothing to judge.
        PolicyUsage, PolicyError, SchemaError, HelmError: as `check_fleet`.
    """
    words = " ".join(["--manifests", *(f"--rule {name}" for name in choice.rules)])
    checked = Checked(today, words)
    folders = rule_folders(root)
    rules = [rule for rule in chosen_rules(read_rules(folders.policies), choice.rules) if rule.needs == "objects"]
    conftest = find_conftest(root / TOOLS)
    validator = checked.timed("schema", lambda: Validator(version, _definitions(crds)))
    read = checked.timed("schema", lambda: [(path, judge(text, validator)) for path, text in _texts(root, paths)])
    entries = [Entry(NAME, path, item.object) for path, verdict in read for item in verdict.manifests]
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
    waived = apply((), judgement.hits, rules, today, narrowed=True)
    findings = findings_of(waived.hits, Places({}, document))
    checked.findings = sort_findings((*findings, *_faults(read)))
    checked.environments = dict.fromkeys(checked.findings, (NAME,))
    checked.notes = tuple(_not_judged(read))
    checked.rules, checked.document = tuple(rules), document
    checked.counts = (Counted(NAME, len(entries), judged, 0),)
    return checked


def _texts(root: Path, paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each file; of a chart, what it renders with its own values."""
    for path in paths:
        if (path / "Chart.yaml").is_file():
            for pair in renderer(root / TOOLS).render(read_chart(path), "{}"):
                yield f"{path}/{pair.source.partition('/')[2]}", pair.document
            continue
        files = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES) if path.is_dir() else [path]
        for file in files:
            try:
                yield str(file), file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise NoManifests(f"{file}: it cannot be read: {error}") from error


def _definitions(paths: Sequence[Path]) -> Mapping[Kind, dict[str, Any]]:
    """Return the schemas of CustomResourceDefinitions in files."""
    found: dict[Kind, dict[str, Any]] = {}
    for path in paths:
        for manifest in read_manifests(path.read_text(encoding="utf-8")).manifests:
            if manifest.object.get("kind") != "CustomResourceDefinition":
                continue
            spec = manifest.object["spec"]
            for version in spec["versions"]:
                schema = (version.get("schema") or {}).get("openAPIV3Schema")
                if schema:
                    found[Kind(spec["group"], version["name"], spec["names"]["kind"])] = schema
    return found


def _faults(read: Sequence[tuple[str, Verdict]]) -> Iterator[Finding]:
    for path, verdict in read:
        for _, fault in verdict.faults:
            if fault.rule != _UNKNOWN:
                yield Finding(Place(path, fault.line or 1), fault.rule, fault.message, fault.fix, fault.severity)


def _not_judged(read: Sequence[tuple[str, Verdict]]) -> Iterator[str]:
    """Say which kinds no schema knows: they are listed, never passed in silence."""
    counts: dict[str, int] = {}
    for _, verdict in read:
        for owner, fault in verdict.faults:
            if fault.rule == _UNKNOWN and owner is not None:
                body = verdict.manifests[owner].object
                name = f"{body.get('apiVersion')} {body.get('kind')}"
                counts[name] = counts.get(name, 0) + 1
    for name, count in sorted(counts.items()):
        yield f"not judged by a schema: {count} of {name}; --crds supplies its definition"
