"""The use case of `chartroom check`: everything that is written and rendered, judged by every rule."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypedDict, TypeVar

from generator.catalogue.suggest import did_you_mean
from generator.finding import ChartroomError, Finding, Place, Severity, sort_findings
from generator.fleet import Fleet
from generator.pipeline.beside import beside
from generator.pipeline.carried import library_folder, rule_folders
from generator.pipeline.frozen import Frozen, Where, fields_of, identity, judge_frozen
from generator.pipeline.generate import TOOLS
from generator.pipeline.packing import judge_packing
from generator.pipeline.press import Press, start_press
from generator.pipeline.printing import Printed
from generator.pipeline.reach import Proof, prove
from generator.pipeline.refused import Refused, findings_of_refused, kind_of_fault
from generator.pipeline.rendered import Rendered, gather, generate_fleet
from generator.pipeline.spot import path_of
from generator.pipeline.workspace import Workspace, open_workspace
from generator.policy import (
    Context,
    Entry,
    Hit,
    Library,
    Places,
    PolicyError,
    PythonRule,
    Readied,
    Rule,
    Waived,
    Waiver,
    apply,
    build_document,
    find_conftest,
    findings_of,
    finished_hits,
    judge_fleet,
    judge_readied,
    library_of,
    read_rules,
    read_waivers,
    readied,
    short_name,
    stage_rule,
    stages,
    trace,
)

Result = TypeVar("Result")
# What reading the values says too, and a rule says better: with its page, its objects, and waivers.
_SAID_BY_RULES = frozenset({"fleet/image-digest"})
UNKNOWN_KIND = "schema/unknown-kind"
SERVICE_LABEL = "app.kubernetes.io/name"
# Stages whose findings waivers silence, like those of rules.
_WAIVABLE = frozenset({"network", "capacity", "frozen"})


class _Given(TypedDict):
    """What rules are asked with."""

    policies: Path
    cases: Path
    conftest: Path
    python_rules: tuple[PythonRule, ...]


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


def check_fleet(
    root: Path, choice: Choice, today: date, python_rules: Sequence[PythonRule] = (), press: Press | None = None
) -> Checked:
    """Judge a repository of values: drift, schemas, rules, reachability, packing, frozen fields.

    `press` is one that was started for this repository before; each renders once.

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
    given: _Given = {
        "policies": folders.policies, "cases": folders.cases, "conftest": find_conftest(root / TOOLS),
        "python_rules": in_python,
    }  # fmt: skip
    with ExitStack() as stack:
        started = press or stack.enter_context(start_press(root))
        drift = checked.timed("generation", lambda: generate_fleet(root, workspace, environments, started))
        # The press works, so here the rules are made ready. What is wrong with them is said after what it finds.
        ready: Readied | None = None
        with suppress(ChartroomError):
            ready = checked.timed("rules", lambda: stack.enter_context(readied(rules, today, **given)))
        rendered = gather(started, environments, drift, checked.timings)
        entries = list(rendered.entries())
        waivers, faults = read_waivers(root)
        # What is proven in Python is computed in a second process, beside the document and conftest.
        with beside(lambda: _proven(root, fleets, entries, choice)) as proven, ThreadPoolExecutor(1) as pool:
            # Waited for from now on: until somebody takes what it has to say, it stays, with all of its memory.
            proofs = pool.submit(proven)
            document = checked.timed("document", lambda: build_document(
                [Context(name, fleet) for name, fleet in fleets.items()], entries, today,
                [waiver.to_json() for waiver in waivers],
            ))  # fmt: skip
            checked.counts = tuple(_counted(name, fleet, rendered, document) for name, fleet in fleets.items())
            judgement = checked.timed(
                "rules",
                lambda: judge_readied(document, ready) if ready else judge_fleet(document, rules, **given),
            )
            checked.proofs, others = checked.timed("proofs", proofs.result)
    hits = [hit for hit in (*judgement.hits, *others) if _is_chosen(hit, document, choice)]
    waived = apply(waivers, hits, _all_rules(every, others), today, narrowed=bool(choice.words))
    library = library_of(library_folder(root) / "templates")
    places = Places(workspace.fleets, document, entries=entries, library=library, locate=path_of)
    _conclude(checked, waived, places)
    said = [finding for finding in workspace.findings if finding.rule not in _SAID_BY_RULES]
    schema = () if choice.rules else _schema_findings(rendered, fleets, library, removed_kinds(waived.hits))
    stages = () if choice.rules else (*said, *rendered.drift, *schema)
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


def _counted(name: str, fleet: Fleet, all_rendered: Rendered, document: Mapping[str, Any]) -> Counted:
    """Count an environment's objects on both ends of the way to the rules.

    Raises:
        PolicyError: some were dropped on the way.
    """
    rendered = sum(len(text.verdict.manifests) for text in all_rendered.printed if text.environment == name)
    judged = sum(1 for item in document["objects"].values() if name in item["environments"])
    if rendered != judged:
        raise PolicyError(
            f"{name}: {rendered} objects were rendered and {judged} reached the rules, so nothing is proven"
        )
    return Counted(name, rendered, judged, len(fleet.services))


def _proven(
    root: Path, fleets: Mapping[str, Fleet], entries: Sequence[Entry], choice: Choice
) -> tuple[dict[str, Proof], list[Hit]]:
    """Return what is judged in Python: reachability, packing, frozen fields."""
    proofs: dict[str, Proof] = {}
    hits: list[Hit] = []
    for name, fleet in fleets.items():
        own = [(entry.path, entry.body) for entry in entries if entry.environment == name]
        proofs[name] = prove(fleet, own)
        found = [
            *proofs[name].findings,
            *judge_packing(fleet),
            *judge_frozen(root, name, _frozen(own), _where(fleet, own)),
        ]
        hits += [
            hit
            for hit in finished_hits(name, found)
            if not choice.rules or hit.rule.id in choice.rules or hit.rule.id.partition("/")[0] in choice.rules
        ]
    return proofs, hits


def _where(fleet: Fleet, objects: Sequence[tuple[str, Mapping[str, Any]]]) -> Where:
    """Return who wrote a field of an object."""

    def place(name: str, path: tuple[str | int, ...]) -> Place | None:
        body = next((item for _, item in objects if identity(item) == name), None)
        return trace(fleet, body, path) if body is not None else None

    return place


def _frozen(objects: Sequence[tuple[str, Mapping[str, Any]]]) -> Frozen:
    """The fields of rendered charts that may never change."""
    found = {}
    for path, body in objects:
        fields = fields_of(body) if path.startswith("charts/") else {}
        if fields:
            found[identity(body)] = fields
    return found


def _all_rules(rules: Sequence[Rule], others: Sequence[Hit]) -> list[Rule]:
    known = {name: stage_rule(name, Severity.ERROR) for name in stages() if name.partition("/")[0] in _WAIVABLE}
    return [*rules, *{**known, **{hit.rule.id: hit.rule for hit in others}}.values()]


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


def removed_kinds(hits: Iterable[Hit]) -> frozenset[tuple[str, str]]:
    """Return (environment, name) of objects whose version is gone: that a schema does not know them is no news."""
    return frozenset((hit.environment, hit.objects[0]) for hit in hits if hit.rule.id == "api/removed")


def _schema_findings(
    rendered: Rendered, fleets: Mapping[str, Fleet], library: Library, removed: frozenset[tuple[str, str]]
) -> Iterator[Finding]:
    """Yield what schemas refuse, with the line of the service file that it comes from."""
    groups: dict[tuple[Place, str, str, str], Refused] = {}
    for text in rendered.printed:
        for owner, fault in text.verdict.faults:
            body = text.verdict.manifests[owner].object if owner is not None else {}
            if fault.rule == UNKNOWN_KIND and (text.environment, short_name(body)) in removed:
                continue
            place = _schema_place(text, body, fault.path, fleets[text.environment], library)
            key = (place, fault.rule, kind_of_fault(fault.message), fault.fix)
            name = (
                identity(body)
                if isinstance(body.get("metadata"), Mapping) and "name" in body["metadata"]
                else text.path
            )
            group = groups.setdefault(key, Refused(fault.severity))
            group.messages.add(fault.message)
            group.objects.add(f"{text.environment}: {name}")
            group.doors.update(_doors(body, fleets[text.environment]))
    yield from findings_of_refused(groups)


def _doors(body: Mapping[str, Any], fleet: Fleet) -> Iterator[Place]:
    """Yield the file of the service that an object belongs to."""
    labels = (body.get("metadata") or {}).get("labels") if isinstance(body.get("metadata"), Mapping) else None
    service = fleet.services.get(str(labels.get(SERVICE_LABEL))) if isinstance(labels, Mapping) else None
    if service is not None:
        yield service.place


def _schema_place(
    text: Printed, body: Mapping[str, Any], path: tuple[str | int, ...], fleet: Fleet, library: Library
) -> Place:
    labels = (body.get("metadata") or {}).get("labels") if isinstance(body.get("metadata"), Mapping) else None
    return trace(fleet, body, path, library) if isinstance(labels, Mapping) else Place(text.path)
