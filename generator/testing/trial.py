"""Try a fleet from its files to its manifests, and say what should not have happened.

The law: whatever the shape of a service file accepts either brings findings before anything is written, each
with a place in a given file, or it renders to manifests that the schemas accept and that hold what was written.
What `objects` and `patch` say stands as it is: there the schemas of the gate are the ones that refuse.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from generator import chart
from generator.catalogue.service import Component, Container
from generator.emitter import emit
from generator.finding import Finding, Place, Severity, Unusable
from generator.fleet import Fleet
from generator.pipeline.generate import Charts, generate
from generator.pipeline.workspace import Workspace, open_workspace
from generator.policy import Context, Entry, build_document
from generator.schema import Validator, judge
from generator.testing.minimal import TIER_AND_DOMAIN, minimal_files
from generator.testing.world import TODAY

Json = dict[str, Any]
ENVIRONMENT = "prod"
_NAME, _COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"


@dataclass(slots=True)
class Trial:
    """What came of a fleet: `findings` or `schemas` refused it, `faults` are what must not be; else it passed."""

    text: str
    findings: tuple[Finding, ...] = ()
    schemas: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    document: Json | None = None

    @property
    def passed(self) -> bool:
        return not self.findings and not self.schemas and not self.faults


class Stand:
    """A folder with a small site, in which one fleet after the other is tried."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._services: tuple[Path, ...] = ()
        for path, text in minimal_files().items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")

    def try_fleet(self, fleet: Mapping[str, Json], *, with_document: bool = False) -> Trial:
        """Write the files of these services, and follow them as far as they come."""
        return self.try_files(
            {name: emit(dict(service)) for name, service in fleet.items()}, with_document=with_document
        )

    def try_files(self, files: Mapping[str, str], *, with_document: bool = False) -> Trial:
        """Try services by their text. A document for rules costs time, so it is made when asked for."""
        for path in self._services:
            path.unlink()
        self._services = tuple(self.root / path_of(name) for name in files)
        for path, text in zip(self._services, files.values(), strict=True):
            path.write_text(text, encoding="utf-8", newline="")
        trial = Trial(as_text(files))
        try:
            _follow(self.root, trial, with_document=with_document)
        except Unusable as error:
            trial.findings = error.findings
        except Exception as error:  # whatever it is, it is a fault of ours
            trial.faults.append(f"{type(error).__name__}: {error}")
        trial.faults += _misplaced(self.root, trial.findings)
        return trial


def path_of(name: str) -> str:
    """Return where the file of a service lies."""
    return f"values/{TIER_AND_DOMAIN}/{name}.yaml"


def as_text(files: Mapping[str, str]) -> str:
    """Return service files as one text that `from_text` takes apart again."""
    return "---\n".join(f"# {path_of(name)}\n{text}" for name, text in files.items())


def from_text(text: str) -> dict[str, str]:
    """Take apart what `as_text` made; lines of comment before the path are kept out."""
    files = {}
    for part in f"\n{text}".split("\n---\n"):
        lines = part.strip("\n").split("\n")
        first = next(number for number, line in enumerate(lines) if line.startswith("# values/"))
        name = lines[first].rpartition("/")[2].removesuffix(".yaml")
        files[name] = "\n".join(lines[first + 1 :]) + "\n"
    return files


def _follow(root: Path, trial: Trial, *, with_document: bool) -> None:
    workspace = open_workspace(root)
    trial.findings = tuple(item for item in workspace.findings if item.severity is Severity.ERROR)
    if trial.findings:
        trial.faults += _misplaced(root, workspace.findings)
        return
    tree = generate(workspace)
    charts = Charts(workspace)
    rendered = charts.render((ENVIRONMENT,))[ENVIRONMENT]
    texts = [(f"charts/{pair.source}", pair.document) for pairs in rendered.values() for pair in pairs]
    texts += [
        (path, content.decode())
        for path, content in tree.entries.items()
        if path.startswith("kubernetes/") and path.endswith(".yaml") and isinstance(content, bytes)
    ]
    objects: list[tuple[str, Json]] = []
    services = workspace.fleets[ENVIRONMENT].services.values()
    stated = {name for service in services for name in (*service.objects, *service.patches)}
    for path, text in texts:
        verdict = judge(text, _validator(workspace))
        for owner, fault in verdict.faults:
            as_stated = owner is not None and verdict.manifests[owner].name in stated
            (trial.schemas if as_stated else trial.faults).append(f"{path}: {fault.message}")
        objects += [(path, manifest.object) for manifest in verdict.manifests]
    if trial.faults or trial.schemas:
        return
    trial.faults += _not_as_planned(charts, objects)
    trial.faults += _not_whole(workspace.fleets[ENVIRONMENT], [item for _, item in objects])
    if with_document:
        entries = [Entry(ENVIRONMENT, path, item) for path, item in objects]
        trial.document = build_document([Context(ENVIRONMENT, workspace.fleets[ENVIRONMENT])], entries, TODAY)


def _validator(workspace: Workspace) -> Validator:
    return _validator_of(workspace.fleets[ENVIRONMENT].site.kubernetes.version)


@cache
def _validator_of(version: str) -> Validator:
    return Validator(version)


def _misplaced(root: Path, findings: Iterable[Finding]) -> Iterator[str]:
    """Say which findings point outside of what people wrote."""
    for finding in findings:
        for place in (finding.place, *finding.also):
            if not _is_inside(root, place):
                yield f"{finding.rule} points at {place}, which is no place in a file: {finding.message}"


def _is_inside(root: Path, place: Place) -> bool:
    file = root / place.path
    if not place.path.startswith("values/") or not file.is_file():
        return False
    lines = file.read_bytes().decode().split("\n")
    return 1 <= place.line <= len(lines) and 1 <= place.column <= len(lines[place.line - 1]) + 1


def _not_as_planned(charts: Charts, objects: Iterable[tuple[str, Json]]) -> Iterator[str]:
    """Say where the objects of charts are not those that were planned: a text that breaks out makes others."""
    planned = sorted(
        (seen.kind, seen.name) for values in charts.values.values() for seen in chart.seen_in(values[ENVIRONMENT])
    )
    there = sorted(
        (str(item.get("kind")), str((item.get("metadata") or {}).get("name")))
        for path, item in objects
        if path.startswith("charts/")
    )
    for kind, name in sorted(set(planned) ^ set(there)):
        yield f"{kind}/{name} is {'not there' if (kind, name) in planned else 'there, and nobody planned it'}"
    if len(planned) != len(there):
        yield f"{len(planned)} objects were planned, {len(there)} are there"


def _not_whole(fleet: Fleet, objects: Iterable[Json]) -> Iterator[str]:
    """Say which texts of containers are not rendered as they were written."""
    pods: dict[tuple[str, str], Json] = {}
    configured: dict[str, list[str]] = {}
    for item in objects:
        labels = item.get("metadata", {}).get("labels") or {}
        pod = _pod_of(item)
        if pod is not None:
            pods[(labels.get(_NAME, ""), labels.get(_COMPONENT, ""))] = pod
        if item.get("kind") == "ConfigMap":
            configured.setdefault(labels.get(_NAME, ""), []).extend((item.get("data") or {}).values())
    for service in fleet.services.values():
        for component in service.components.values():
            pod = pods.get((service.name, component.name))
            if pod is not None and not service.patches:
                yield from _other_texts(component, pod, configured.get(service.name, []))


def _pod_of(item: Json) -> Json | None:
    spec = item.get("spec") or {}
    if item.get("kind") == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    if item.get("kind") in ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"):
        pod: Json = spec["template"]["spec"]
        return pod
    return None


def _other_texts(component: Component, pod: Json, configured: list[str]) -> Iterator[str]:
    for volume in pod.get("volumes") or ():
        if len(volume) != 2:  # its name, and one source
            yield f"volume {volume['name']!r} of {component.workload!r} has {len(volume) - 1} sources"
    rendered = {item["name"]: item for key in ("containers", "initContainers") for item in pod.get(key) or ()}
    for container in component.containers:
        who = f"container {container.name!r} of {component.workload!r}"
        item = rendered.get(container.name)
        if item is None:
            yield f"{who} is not rendered"
            continue
        for path in _differing(container, item):
            yield f"{path} of {who} is not rendered as it was written"
        for file in container.files.values():
            if file.text is not None and file.text not in configured:
                yield f"file {file.path!r} of {who} is not rendered as it was written"


def _differing(container: Container, item: Json) -> Iterator[str]:
    for key, wanted in (("args", container.args), ("command", container.command)):
        if wanted is not None and list(wanted) != item.get(key, []):
            yield key
    values = {entry["name"]: entry.get("value", "") for entry in item.get("env") or ()}
    for name, value in container.env.items():
        if isinstance(value, str) and values.get(name) != value:
            yield f"env {name!r}"
