"""The best pipeline that one can build of the same tools, and the loop that people write first.

Both read what `chartroom charts` wrote: charts and their values. Both judge with the rules of ours
that look at one pod alone, by an adapter in Rego that finds the pods of a manifest.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.policy import Rule, read_rules
from generator.policy.portion import reading_of
from generator.policy.staging import read_modules, stage, staged_modules
from generator.schema import Kind, Validator, read_manifests

_ADAPTER = """\
package main

_templates := {
	"Deployment": ["spec", "template"], "StatefulSet": ["spec", "template"], "DaemonSet": ["spec", "template"],
	"Job": ["spec", "template"], "CronJob": ["spec", "jobTemplate", "spec", "template"], "Pod": [],
}

_pods := [pod |
	some file in input
	body := file.contents
	template := object.get(body, _templates[body.kind], {})
	containers := [object.union(container, {"list": list}) |
		some list in ["initContainers", "containers"]
		some container in object.get(template.spec, list, [])
	]
	pod := {
		"id": body.metadata.name, "environments": [], "minors": [36], "kind": body.kind, "made_by": "",
		"level": "", "namespace": body.metadata.namespace, "name": body.metadata.name, "granted": {},
		"labels": {}, "annotations": {}, "replicas": object.get(body, ["spec", "replicas"], null),
		"spec": template.spec, "containers": containers,
	}
]

_fleet := {"environments": {}, "objects": {}, "pods": _pods}

"""
_LOCATION = "{{ .Group }}_{{ .ResourceAPIVersion }}_{{ .ResourceKind }}.json"


@dataclass(frozen=True, slots=True)
class Peer:
    """What a pipeline took, and how many objects came through each step of it: every one through all."""

    seconds: float
    objects: int
    steps: dict[str, float]


class Peers:
    """The tools, their schemas and their rules, ready to be timed below `scratch`."""

    def __init__(self, root: Path, fleet: Path, scratch: Path, environments: Sequence[str]) -> None:
        self.fleet, self.scratch, self.environments = fleet, scratch, environments
        self.tools = root / ".tools" / "bin"
        self.rules = tuple(_of_one_pod(root / "policies"))
        self._write_rules(root / "policies")

    def _write_rules(self, policies: Path) -> None:
        folder = self.scratch / "policy"
        folder.mkdir(parents=True)
        stage(policies, self.rules, folder)
        lines = [
            f'{rule.query} contains {{"msg": f.msg, "rule": "{rule.id}"}} if'
            f" some f in data.{rule.package}.deny with input as _fleet\n"
            for rule in self.rules
        ]
        (folder / "main.rego").write_text(_ADAPTER + "\n".join(lines), encoding="utf-8")

    def write_schemas(self, texts: Iterable[str], version: str) -> None:
        """Write the schemas that ours judges by as kubeconform wants them: one whole file for each kind."""
        validator = Validator(version)
        kinds = {
            Kind.of(item.object["apiVersion"], item.object["kind"])
            for text in texts
            for item in read_manifests(text).manifests
        }
        folder = self.scratch / "schemas"
        folder.mkdir(exist_ok=True)
        for kind in kinds:
            # To kubeconform the core group is called `v1`.
            name = f"{kind.group or kind.version}_{kind.version}_{kind.name.lower()}.json"
            schema = _without_lookahead(validator.schema_of(kind))
            (folder / name).write_text(json.dumps(schema), encoding="utf-8")

    def charts(self) -> list[Path]:
        """Return the folders of all charts."""
        return sorted(
            path.parent for path in (self.fleet / "charts").glob("*/Chart.yaml") if path.parent.name != "common"
        )

    def pipeline(self) -> Peer:
        """Time: helm for each chart and environment, two at a time; kubeconform once; conftest once."""
        target = self.scratch / f"rendered-{time.monotonic_ns()}"
        target.mkdir()
        steps: dict[str, float] = {}
        began = time.perf_counter()
        jobs = [(chart, name) for chart in self.charts() for name in self.environments]
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(lambda job: self._template(job[0], job[1], target / f"{job[0].name}-{job[1]}.yaml"), jobs))
        folders = [self.fleet / "kubernetes" / name for name in self.environments]
        steps["helm"] = time.perf_counter() - began
        valid = self.kubeconform([target, *folders])
        steps["kubeconform"] = time.perf_counter() - began - steps["helm"]
        self._conftest([target, *folders])
        seconds = time.perf_counter() - began
        steps["conftest"] = seconds - steps["helm"] - steps["kubeconform"]
        return Peer(seconds, valid, steps)

    def loop(self, share: int) -> Peer:
        """Time the three tools for each service and environment in turn; every n-th service, times n."""
        templates = [
            (chart, path)
            for chart in self.charts()
            for path in sorted((chart / "templates").glob("*.yaml"))
            if not path.name.startswith("_")
        ]
        target = self.scratch / "one.yaml"
        began, valid = time.perf_counter(), 0
        for chart, path in templates[::share]:
            for name in self.environments:
                if self._template(chart, name, target, "--show-only", f"templates/{path.name}"):
                    valid += self.kubeconform([target])
                    self._conftest([target])
        seconds = (time.perf_counter() - began) * len(templates) / len(templates[::share])
        return Peer(seconds, valid, {})

    def _template(self, chart: Path, environment: str, target: Path, *more: str) -> bool:
        values = chart / f"values-{environment}.yaml"
        command: list[str | Path] = [self.tools / "helm", "template", "chartroom", chart, "--values", values, *more]
        with target.open("wb") as stream:
            # A service that is off in an environment has no template to show.
            return subprocess.run(command, stdout=stream, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def kubeconform(self, paths: Sequence[Path]) -> int:
        """Run kubeconform and return how many objects it found valid.

        Raises:
            SystemExit: it did not, for then the figures mean nothing.
        """
        location = str(self.scratch / "schemas" / _LOCATION)
        command: list[str | Path] = [
            self.tools / "kubeconform", "-strict", "-n", "2", "-schema-location", location,
            "-summary", "-output", "json", *paths,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        summary = json.loads(done.stdout or "{}").get("summary", {})
        if summary.get("invalid", 1) or summary.get("errors", 1) or summary.get("skipped", 1):
            raise SystemExit(f"kubeconform: {done.stdout[:1000]}{done.stderr[:1000]}")
        return int(summary["valid"])

    def _conftest(self, paths: Sequence[Path]) -> None:
        """Run conftest once: it combines all files, or it would ask each rule once for each object."""
        command: list[str | Path] = [
            self.tools / "conftest", "test", "--policy", self.scratch / "policy", "--namespace", "main", "--parser",
            "yaml", "--combine", "--output", "json", "--no-color", *paths,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "HOME": "/"})
        try:
            (found,) = json.loads(done.stdout)
            asked = found["successes"] + len({item["metadata"]["rule"] for item in self._results(found)})
        except (ValueError, KeyError) as error:
            raise SystemExit(f"conftest: {done.stdout[:500]}{done.stderr[:1000]}") from error
        if asked != len(self.rules):
            raise SystemExit(f"conftest asked {asked} of {len(self.rules)} rules")

    @staticmethod
    def _results(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        yield from found.get("failures", ())
        yield from found.get("warnings", ())


def _without_lookahead(schema: Any) -> Any:
    """Return a schema without the patterns that Go cannot compile: kubeconform would take it for missing."""
    if isinstance(schema, list):
        return [_without_lookahead(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key != "pattern" or "(?" not in str(value)}
    return {key: _without_lookahead(value) for key, value in kept.items()}


def _of_one_pod(policies: Path) -> Iterable[Rule]:
    """The rules that look at pods one by one and at nothing else."""
    modules = read_modules(policies)
    for rule in read_rules(policies):
        if reading_of(staged_modules(modules, (rule,)).values()).parts == {"pods"}:
            yield rule
