"""A repository, rendered and judged: what the fixtures stand on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.finding import Finding, format_finding, sort_findings
from generator.helm import Pairs
from generator.pipeline.carried import rule_folders
from generator.pipeline.generate import TOOLS, Charts, generate
from generator.pipeline.workspace import Workspace, open_workspace
from generator.policy import (
    Context,
    Entry,
    Hit,
    Places,
    PolicyUsage,
    Rule,
    apply,
    ask,
    build_document,
    find_conftest,
    findings_of,
    read_rules,
    read_waivers,
    to_bytes,
)
from generator.policy.hit import read_hits
from generator.schema import read_manifests
from generator.testing.fleet import Fleet
from generator.testing.rule import read_python_rules
from generator.tree import Content

Json = dict[str, Any]
# The day of cases and of trials: what they come to does not change with the calendar.
TODAY = date(2026, 1, 1)


@dataclass(frozen=True)
class World:
    """Everything about one repository, made on first use and kept."""

    root: Path
    today: date

    @cached_property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    @cached_property
    def environments(self) -> tuple[str, ...]:
        return tuple(self.workspace.fleets)

    @cached_property
    def objects(self) -> Mapping[str, tuple[tuple[str, Json], ...]]:
        """Every object by environment, with the file that prints it, guard rails included.

        Raises:
            Unusable: there are errors in the values.
        """
        rendered = Charts(self.workspace).render(self.environments)
        beside = generate(self.workspace).entries
        return {name: (*_of_charts(rendered[name]), *_of_git(beside, name)) for name in self.environments}

    @cached_property
    def document(self) -> Json:
        """The fleet document (docs/reference/fleet-document.md)."""
        contexts = [Context(name, fleet) for name, fleet in self.workspace.fleets.items()]
        entries = [Entry(name, path, body) for name, found in self.objects.items() for path, body in found]
        waivers, _ = read_waivers(self.root)
        return build_document(contexts, entries, self.today, [waiver.to_json() for waiver in waivers])

    def fleet(self, environment: str) -> Fleet:
        return Fleet(environment, self.document)

    @property
    def cases(self) -> Path:
        return rule_folders(self.root).cases

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return read_rules(rule_folders(self.root).policies)

    @cached_property
    def conftest(self) -> Path:
        return find_conftest(self.root / TOOLS)

    def judge(self, *names: str) -> list[Finding]:
        """Return what the rules of these ids find, or all rules where none is named.

        Raises:
            PolicyError: conftest cannot judge.
            PolicyUsage: there is no such rule.
        """
        folders = rule_folders(self.root)
        rego = [rule for rule in self.rules if not names or rule.id in names]
        python = [rule for rule in read_python_rules(folders.policies) if not names or rule.rule.id in names]
        known = {rule.id for rule in rego} | {rule.rule.id for rule in python}
        for name in names:
            if name not in known:
                raise PolicyUsage(f"rule {name!r} does not exist")
        found: list[Finding] = []
        if rego:
            answer = ask(self.conftest, folders.policies, rego, {"fleet": to_bytes(self.document)})["fleet"]
            for rule in rego:
                found += self.unwaived(rule, answer.found[rule.id])
        for python_rule in python:
            found += self.unwaived(python_rule.rule, python_rule.judge(self.document))
        return list(sort_findings(found))

    def unwaived(self, rule: Rule, yielded: Iterable[Mapping[str, Any]]) -> list[Finding]:
        """Turn what a rule yields into findings with their places, without what is waived."""
        waivers, _ = read_waivers(self.root)
        hits: list[Hit] = list(read_hits(rule, yielded, self.document))
        left = apply(waivers, hits, [rule], self.today, narrowed=True).hits
        return findings_of(left, Places(self.workspace.fleets, self.document))

    def show(self, findings: Iterable[Finding]) -> str:
        return "\n".join(format_finding(finding, self.root) for finding in findings)


def _read(document: str) -> Iterator[Json]:
    return (manifest.object for manifest in read_manifests(document).manifests)


def _of_charts(rendered: Mapping[str, Pairs]) -> Iterator[tuple[str, Json]]:
    for pairs in rendered.values():
        for pair in pairs:
            for item in _read(pair.document):
                yield f"charts/{pair.source}", item


def _of_git(files: Mapping[str, Content], environment: str) -> Iterator[tuple[str, Json]]:
    """Yield what stands in Git beside the charts: namespaces and deny-all policies, projects and Applications."""
    for path, content in files.items():
        if path.startswith(f"kubernetes/{environment}/") and isinstance(content, bytes):
            for item in _read(content.decode()):
                yield path, item
