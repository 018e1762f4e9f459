"""Case files as tests: what a rule must refuse lies in `fail/`, what it must accept in `pass/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.catalogue.suggest import did_you_mean
from generator.finding import ChartroomError
from generator.pipeline.carried import rule_folders
from generator.pipeline.generate import TOOLS
from generator.policy import PolicyUsage, PythonRule, Rule, ask, case_document, find_conftest, read_rules, to_bytes
from generator.policy.case import Case, read_case
from generator.policy.hit import Hit, read_hits
from generator.testing.rule import read_python_rules
from generator.testing.world import TODAY

_JUDGED = pytest.StashKey[dict[Path, Any]]()
_ENVIRONMENT = "prod"


class CaseFailed(Exception):
    """A rule's verdict is not what the folder of the case says."""


class CaseFile(pytest.File):
    """A file in `cases/<category>/<rule>/{pass,fail}/`."""

    def collect(self) -> Iterator[CaseItem]:
        """Yield one test, named after the rule."""
        category, rule, _ = self.path.parts[-4:-1]
        yield CaseItem.from_parent(self, name=f"{category}/{rule}")


class CaseItem(pytest.Item):
    """One case. All cases of a run are judged at once: starting conftest costs more than judging."""

    def runtest(self) -> None:
        """Ask the rule."""
        judged = self.config.stash.setdefault(_JUDGED, {})
        if self.path not in judged:
            paths = [item.path for item in self.session.items if isinstance(item, CaseItem)]
            judged.update(judge_cases(_root(self.config, self.path), paths))
        verdict = judged[self.path]
        if isinstance(verdict, Exception):
            raise verdict
        must_fail = self.path.parent.name == "fail"
        if must_fail and not verdict:
            raise CaseFailed(f"{self.name} accepts it; a case in fail/ must be refused")
        if verdict and not must_fail:
            said = "\n".join(f"  {', '.join(hit.objects)}: {hit.message}" for hit in verdict)
            raise CaseFailed(f"{self.name} refuses it; a case in pass/ must be accepted:\n{said}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what is wrong with the case, without a traceback of ours."""
        if isinstance(excinfo.value, CaseFailed | ChartroomError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the case by rule, verdict and file."""
        return self.path, 0, f"{self.name} {self.path.parent.name} {self.path.stem}"


def judge_cases(root: Path, paths: Iterable[Path]) -> dict[Path, list[Hit] | Exception]:
    """Return what each case's own rule finds in it, or why it cannot be asked. One run of conftest for all."""
    folders = rule_folders(root)
    rego = {rule.id: rule for rule in read_rules(folders.policies)}
    python = {rule.rule.id: rule for rule in read_python_rules(folders.policies)}
    judged: dict[Path, list[Hit] | Exception] = {}
    documents: dict[str, tuple[Path, Rule, dict[str, Any]]] = {}
    for path in paths:
        try:
            document = case_document([(_ENVIRONMENT, _case(path))], TODAY)
            name = _id(path)
            if name in python:
                judged[path] = _asked(python[name], document)
            elif name in rego:
                documents[f"case{len(documents)}"] = (path, rego[name], document)
            else:
                judged[path] = PolicyUsage(f"{name} is no rule{did_you_mean(name, [*rego, *python])}")
        except ChartroomError as error:
            judged[path] = error
    judged.update(_ask_conftest(root, folders.policies, documents))
    return judged


def _ask_conftest(
    root: Path, policies: Path, documents: dict[str, tuple[Path, Rule, dict[str, Any]]]
) -> dict[Path, list[Hit] | Exception]:
    if not documents:
        return {}
    rules = {rule.id: rule for _, rule, _ in documents.values()}
    try:
        contents = {name: to_bytes(document) for name, (_, _, document) in documents.items()}
        answers = ask(find_conftest(root / TOOLS), policies, list(rules.values()), contents)
    except ChartroomError as error:
        return {path: error for path, _, _ in documents.values()}
    return {
        path: list(read_hits(rule, answers[name].found[rule.id], document))
        for name, (path, rule, document) in documents.items()
    }


def _asked(rule: PythonRule, document: dict[str, Any]) -> list[Hit]:
    return list(read_hits(rule.rule, rule.judge(document), document))


def _case(path: Path) -> Case:
    return read_case(_id(path), path, passes=path.parent.name == "pass")


def _id(path: Path) -> str:
    return "/".join(path.parts[-4:-2])


def _root(config: pytest.Config, path: Path) -> Path:
    """Return the repository of a case: where its `tests/cases` lies, or as for every test."""
    from generator.testing.plugin import root_of

    top = path.parents[5] if len(path.parts) > 6 else path.parent
    return top if (top / "values/site.yaml").is_file() else root_of(config)
