"""The use case of `chartroom check`: everything that is written and rendered, judged by every rule."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from generator.catalogue.suggest import did_you_mean
from generator.finding import ChartroomError, Finding, Place, Severity, sort_findings
from generator.fleet import Fleet
from generator.pipeline.carried import rule_folders
from generator.pipeline.frozen import Frozen, fields_of, identity, judge_frozen
from generator.pipeline.generate import TOOLS, Charts, generate
from generator.pipeline.packing import judge_packing
from generator.pipeline.reach import Proof, prove
from generator.pipeline.workspace import Workspace, open_workspace
from generator.policy import (
    Context,
    Entry,
    Hit,
    Places,
    PolicyError,
    PythonRule,
    Rule,
    Waived,
    Waiver,
    apply,
    build_document,
    find_conftest,
    findings_of,
    finished_hits,
    judge_fleet,
    place_of,
    read_rules,
    read_waivers,
    values_path,
)
from generator.schema import Validator, Verdict, judge_all
from generator.tree import Tree, check

Result = TypeVar("Result")
# What reading the values says too, and a rule says better: with its page, its objects, and waivers.
_SAID_BY_RULES = frozenset({"fleet/image-digest"})


class UnknownChoice(ChartroomError):
    """An option names a rule, service or environment that does not exist."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run is narrowed to; nothing chosen is everything."""

    environment: str | None = None
    rules: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return the narrowing as the person typed it; empty where there is none."""
        parts = [f"--env {self.environment}"] if self.environment else []
        parts += [f"--rule {name}" for name in self.rules] + [f"--service {name}" for name in self.services]
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Counted:
    """Objects of one environment that were rendered, and that rules judged."""

    environment: str
    rendered: int
    judged: int
    services: int


@dataclass(slots=True)
class Checked:
    """What a run came to. `problems` are those of waivers; `silenced` is why and until when a finding is silent.

    `notes` are sentences about what was not judged.
    """

    today: date
    narrowed: str
    findings: tuple[Finding, ...] = ()
    silenced: dict[Finding, tuple[str, str]] = field(default_factory=dict)
    silenced_by: dict[Finding, Waiver] = field(default_factory=dict)
    environments: dict[Finding, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Finding, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    rules: tuple[Rule, ...] = ()
    counts: tuple[Counted, ...] = ()
    proofs: dict[str, Proof] = field(default_factory=dict)
    fleets: Mapping[str, Fleet] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)

    def timed(self, stage: str, work: Callable[[], Result]) -> Result:
        """Do some work and note how long it took."""
        began = time.monotonic()
        result = work()
        self.timings[stage] = self.timings.get(stage, 0.0) + time.monotonic() - began
        return result


def check_fleet(root: Path, choice: Choice, today: date, python_rules: Sequence[PythonRule] = ()) -> Checked:
    """Judge a repository of values: drift, schemas, rules, reachability, packing, frozen fields.

    Raises:
        NoWorkspace: there are no values here.
        UnknownChoice: the run is narrowed to what does not exist.
        Unusable: there are errors in the values, so there is nothing to judge.
        PolicyUsage: a rule is not finished.
        PolicyError, SchemaError, HelmError, TreeError: something failed, so nothing is proven.
    """
    checked = Checked(today, choice.words)
    workspace = checked.timed("values", lambda: _opened(root))
    environments = _environments(workspace, choice)
    fleets = {name: workspace.fleets[name] for name in environments}
    checked.fleets = fleets
    folders = rule_folders(root)
    written = {rule.rule.id: rule for rule in python_rules}
    every = chosen_rules((*read_rules(folders.policies), *(rule.rule for rule in python_rules)), choice.rules)
    rules = tuple(rule for rule in every if rule.id not in written)
    in_python = tuple(written[rule.id] for rule in every if rule.id in written)
    _known_services(workspace, choice)
    conftest = find_conftest(root / TOOLS)
    tree = checked.timed("generation", lambda: generate(workspace))
    texts = checked.timed("render", lambda: _texts(workspace, tree, environments))
    verdicts = checked.timed("schema", lambda: _validated(texts, fleets))
    drift = checked.timed("generation", lambda: check(root, tree))
    entries = list(_entries(texts, verdicts))
    waivers, faults = read_waivers(root)
    document = checked.timed("document", lambda: build_document(
        [Context(name, fleet) for name, fleet in fleets.items()], entries, today,
        [waiver.to_json() for waiver in waivers],
    ))  # fmt: skip
    checked.counts = tuple(_counted(name, fleet, texts, verdicts, document) for name, fleet in fleets.items())
    # conftest computes in a process of its own, beside the proofs in this one.
    with ThreadPoolExecutor(max_workers=1) as pool:
        asked = pool.submit(
            judge_fleet,
            document,
            rules,
            policies=folders.policies,
            cases=folders.cases,
            conftest=conftest,
            python_rules=in_python,
        )
        others = checked.timed("proofs", lambda: list(_others(root, checked, entries, choice)))
        judgement = checked.timed("rules", asked.result)
    hits = [hit for hit in (*judgement.hits, *others) if _is_chosen(hit, document, choice)]
    waived = apply(waivers, hits, _all_rules(every, others), today, narrowed=bool(choice.words))
    places = Places(workspace.fleets, document)
    _conclude(checked, waived, places)
    said = [finding for finding in workspace.findings if finding.rule not in _SAID_BY_RULES]
    stages = () if choice.rules else (*said, *drift, *_schema_findings(texts, verdicts, fleets))
    checked.findings = sort_findings((*checked.findings, *stages))
    checked.problems = sort_findings((*faults, *waived.problems))
    checked.waivers, checked.rules, checked.document = waivers, every, document
    return checked


def _opened(root: Path) -> Workspace:
    workspace = open_workspace(root)
    workspace.require_usable()
    return workspace


def _environments(workspace: Workspace, choice: Choice) -> tuple[str, ...]:
    known = tuple(workspace.fleets)
    if choice.environment is None:
        return known
    if choice.environment not in known:
        guess = did_you_mean(choice.environment, known) or f", there are {', '.join(known)}"
        raise UnknownChoice(f"environment {choice.environment!r} does not exist{guess}")
    return (choice.environment,)


def chosen_rules(rules: Sequence[Rule], chosen: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return the rules of the given ids or categories; all where nothing is chosen.

    Raises:
        UnknownChoice: there is no such rule.
    """
    ids = {rule.id for rule in rules}
    categories = {rule.id.partition("/")[0] for rule in rules}
    for name in chosen:
        if name not in ids | categories:
            raise UnknownChoice(f"rule {name!r} does not exist{did_you_mean(name, ids)}; see `chartroom policy list`")
    return tuple(rule for rule in rules if not chosen or rule.id in chosen or rule.id.partition("/")[0] in chosen)


def _known_services(workspace: Workspace, choice: Choice) -> None:
    known = {name for fleet in workspace.fleets.values() for name in (*fleet.services, *fleet.off)}
    for name in choice.services:
        if name not in known:
            raise UnknownChoice(f"service {name!r} does not exist{did_you_mean(name, known)}")


@dataclass(frozen=True, slots=True)
class _Text:
    """A rendered text, the environment that it is for and the file that prints it."""

    environment: str
    path: str
    text: str


def _texts(workspace: Workspace, tree: Tree, environments: tuple[str, ...]) -> list[_Text]:
    """Return every manifest of these environments: from charts, and as it lies in kubernetes/."""
    rendered = Charts(workspace).render(environments)
    found = [
        _Text(environment, f"charts/{pair.source}", pair.document)
        for environment, charts in rendered.items()
        for pairs in charts.values()
        for pair in pairs
    ]
    for path, content in tree.entries.items():
        steps = path.split("/")
        if (
            steps[0] == "kubernetes"
            and path.endswith(".yaml")
            and steps[1] in environments
            and isinstance(content, bytes)
        ):
            found.append(_Text(steps[1], path, content.decode()))
    return found


def _validated(texts: Sequence[_Text], fleets: Mapping[str, Fleet]) -> list[Verdict]:
    """Return what the schemas of each environment's Kubernetes say of every text."""
    validators = {version: Validator(version) for version in {_version(fleet) for fleet in fleets.values()}}
    verdicts: dict[int, Verdict] = {}
    for version, validator in validators.items():
        numbers = [number for number, text in enumerate(texts) if _version(fleets[text.environment]) == version]
        judged = judge_all((texts[number].text for number in numbers), validator)
        verdicts.update(zip(numbers, judged, strict=True))
    return [verdicts[number] for number in range(len(texts))]


def _version(fleet: Fleet) -> str:
    return fleet.site.kubernetes.version


def _entries(texts: Sequence[_Text], verdicts: Sequence[Verdict]) -> Iterator[Entry]:
    for text, verdict in zip(texts, verdicts, strict=True):
        for manifest in verdict.manifests:
            yield Entry(text.environment, text.path, manifest.object)


def _counted(
    name: str, fleet: Fleet, texts: Sequence[_Text], verdicts: Sequence[Verdict], document: Mapping[str, Any]
) -> Counted:
    """Count an environment's objects on both ends of the way to the rules.

    Raises:
        PolicyError: some were dropped on the way.
    """
    rendered = sum(
        len(verdict.manifests) for text, verdict in zip(texts, verdicts, strict=True) if text.environment == name
    )
    judged = sum(1 for item in document["objects"].values() if name in item["environments"])
    if rendered != judged:
        raise PolicyError(
            f"{name}: {rendered} objects were rendered and {judged} reached the rules, so nothing is proven"
        )
    return Counted(name, rendered, judged, len(fleet.services))


def _others(root: Path, checked: Checked, entries: Sequence[Entry], choice: Choice) -> Iterator[Hit]:
    """Yield what is judged in Python: reachability, packing, frozen fields."""
    for name, fleet in checked.fleets.items():
        own = [(entry.path, entry.body) for entry in entries if entry.environment == name]
        checked.proofs[name] = prove(fleet, own)
        found = [*checked.proofs[name].findings, *judge_packing(fleet), *judge_frozen(root, name, _frozen(own))]
        for hit in finished_hits(name, found):
            if not choice.rules or hit.rule.id in choice.rules or hit.rule.id.partition("/")[0] in choice.rules:
                yield hit


def _frozen(objects: Sequence[tuple[str, Mapping[str, Any]]]) -> Frozen:
    """The fields of rendered charts that may never change."""
    found = {}
    for path, body in objects:
        fields = fields_of(body) if path.startswith("charts/") else {}
        if fields:
            found[identity(body)] = fields
    return found


def _all_rules(rules: Sequence[Rule], others: Sequence[Hit]) -> list[Rule]:
    return [*rules, *{hit.rule.id: hit.rule for hit in others}.values()]


def _is_chosen(hit: Hit, document: Mapping[str, Any], choice: Choice) -> bool:
    """Say whether a hit is about a chosen service: by its label, or by the file that it points at."""
    if not choice.services:
        return True
    place = hit.finished.place.path if hit.finished else (hit.place or "")
    touched = {document["objects"][name]["service"] for name in hit.ids}
    return bool(touched & set(choice.services)) or any(f"/{name}.yaml" in place for name in choice.services)


def _conclude(checked: Checked, waived: Waived, places: Places) -> None:
    """Turn hits into findings, open and silent ones."""
    open_findings = findings_of(waived.hits, places)
    checked.findings = tuple(open_findings)
    by_waiver: dict[Waiver, list[Hit]] = {}
    for hit, waiver in waived.silenced:
        by_waiver.setdefault(waiver, []).append(hit)
    for waiver, hits in by_waiver.items():
        for finding in findings_of(hits, places):
            checked.silenced[finding] = (waiver.reason, waiver.until.isoformat())
            checked.silenced_by[finding] = waiver
    for finding in (*open_findings, *checked.silenced):
        checked.environments[finding] = tuple(sorted({name.partition(": ")[0] for name in finding.objects}))


def _schema_findings(
    texts: Sequence[_Text], verdicts: Sequence[Verdict], fleets: Mapping[str, Fleet]
) -> Iterator[Finding]:
    """Yield what schemas refuse, with the line of the service file that it comes from."""
    groups: dict[tuple[Place, str, str, str], tuple[Severity, set[str]]] = {}
    for text, verdict in zip(texts, verdicts, strict=True):
        for owner, fault in verdict.faults:
            body = verdict.manifests[owner].object if owner is not None else {}
            place = _schema_place(text, body, fault.path, fleets[text.environment])
            key = (place, fault.rule, fault.message, fault.fix)
            name = (
                identity(body)
                if isinstance(body.get("metadata"), Mapping) and "name" in body["metadata"]
                else text.path
            )
            groups.setdefault(key, (fault.severity, set()))[1].add(f"{text.environment}: {name}")
    for (place, rule, message, fix), (severity, objects) in groups.items():
        yield Finding(place, rule, message, fix, severity=severity, objects=tuple(sorted(objects)))


def _schema_place(text: _Text, body: Mapping[str, Any], path: tuple[str | int, ...], fleet: Fleet) -> Place:
    labels = (body.get("metadata") or {}).get("labels") if isinstance(body.get("metadata"), Mapping) else None
    if not isinstance(labels, Mapping):
        return Place(text.path)
    where, container = values_path(body, path)
    return place_of(fleet, labels, where, container)
