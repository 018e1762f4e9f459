"""Run what tests rules: their cases, their unit tests in Rego, and which of their lines these reach."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from generator.pipeline.carried import RuleFolders
from generator.policy import (
    CASES,
    Case,
    Hit,
    PolicyError,
    PolicyUsage,
    PythonRule,
    Rule,
    ask,
    case_document,
    find_cases,
    find_conftest,
    to_bytes,
)
from generator.policy.hit import read_hits

_TODAY = date(2026, 1, 1)
_TIME_LIMIT_S = 300
# Regal gives up on a test after 5 s, which a busy machine may need.
_PATIENT = ("--timeout", f"{_TIME_LIMIT_S}s")
_ALONE = "prod"
_TEST_SUFFIX = "_test.rego"
_LIBRARY = "lib"
Hits = list[Hit]


@dataclass(frozen=True, slots=True)
class UnitTests:
    """What regal said: its last words, all of them where a test failed, and lines that no test reaches."""

    summary: str
    failed: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    lines: int = 0


def case_faults(
    tools: Path, folders: RuleFolders, rules: Sequence[Rule], python_rules: Sequence[PythonRule] = ()
) -> tuple[list[str], int]:
    """Return what cases do not come out as their folder says, and how many there are.

    Raises:
        PolicyUsage: a rule has no case that it must refuse.
        PolicyError: the engine failed.
    """
    by_rule = {rule.id: _cases(folders.cases, rule) for rule in (*rules, *(item.rule for item in python_rules))}
    found = _of_rego(tools, folders.policies, rules, by_rule) if rules else {}
    for python_rule in python_rules:
        rule = python_rule.rule
        for case in by_rule[rule.id]:
            document = case_document([(_ALONE, case)], _TODAY)
            found[case.path] = list(read_hits(rule, python_rule.judge(document), document))
    cases = [case for several in by_rule.values() for case in several]
    return [fault for case in cases if (fault := _fault(case, found[case.path]))], len(cases)


def _cases(folder: Path, rule: Rule) -> tuple[Case, ...]:
    found = find_cases(folder, rule)
    if all(case.passes for case in found):
        name = rule.id.rpartition("/")[2]
        raise PolicyUsage(f"rule {rule.id} has no case that it must refuse: write {CASES}/{rule.id}/fail/{name}.yaml")
    return found


def _fault(case: Case, hits: Hits) -> str | None:
    if case.passes and hits:
        return f"{case.path}: {case.rule} refuses it: {'; '.join(sorted({hit.message for hit in hits}))}"
    if not case.passes and not hits:
        return f"{case.path}: {case.rule} finds nothing in it"
    return None


def _of_rego(
    tools: Path, policies: Path, rules: Sequence[Rule], by_rule: Mapping[str, Sequence[Case]]
) -> dict[Path, Hits]:
    """Ask about all cases in one document, and about those that another case may have touched once more, alone."""
    conftest = find_conftest(tools)
    named = [
        (f"case-{number}-{rule.id.replace('/', '-')}", case)
        for rule in rules
        for number, case in enumerate(by_rule[rule.id])
    ]
    known = {rule.id: rule for rule in rules}
    document = case_document(named, _TODAY)
    answer = ask(conftest, policies, rules, {"cases": to_bytes(document)})["cases"]
    hits = {rule.id: list(read_hits(rule, answer.found[rule.id], document)) for rule in rules}
    found: dict[Path, Hits] = {}
    doubtful: dict[str, tuple[Case, dict[str, Any]]] = {}
    for name, case in named:
        here = [hit for hit in hits[case.rule] if hit.environment == name]
        found[case.path] = here
        if here and (case.passes or any(not item.startswith(f"{name}:") for hit in here for item in hit.ids)):
            doubtful[f"case{len(doubtful)}"] = (case, case_document([(_ALONE, case)], _TODAY))
    if doubtful:
        asked = [known[name] for name in sorted({case.rule for case, _ in doubtful.values()})]
        answers = ask(conftest, policies, asked, {name: to_bytes(alone) for name, (_, alone) in doubtful.items()})
        for name, (case, alone) in doubtful.items():
            found[case.path] = list(read_hits(known[case.rule], answers[name].found[case.rule], alone))
    return found


def unit_tests(tools: Path, folders: RuleFolders, rules: Sequence[Rule]) -> UnitTests:
    """Run the tests in Rego; of the rules that this repository wrote itself, every line must be reached.

    Raises:
        PolicyError: regal is missing or does not finish.
    """
    regal = _regal(tools)
    done = _run(regal, "test", *_PATIENT, str(folders.policies))
    said = (done.stdout + done.stderr).strip()
    last = said.splitlines()[-1] if said else "regal said nothing"
    if done.returncode:
        return UnitTests(last, (said,))
    covered = _run(regal, "test", *_PATIENT, "--coverage", "--format", "json", str(folders.policies))
    try:
        files = json.loads(covered.stdout)["files"]
        reports = {Path(path).resolve(): report for path, report in files.items()}
        wanted = {path: reports.get((folders.policies / path).resolve()) for path in _own_files(folders, rules)}
    except (ValueError, KeyError, TypeError) as error:
        raise PolicyError(f"regal's coverage cannot be understood: {covered.stderr or covered.stdout}") from error
    lines = sum((report or {}).get("covered_lines", 0) for report in wanted.values())
    return UnitTests(last, (), tuple(_unreached(wanted)), lines)


def _own_files(folders: RuleFolders, rules: Sequence[Rule]) -> Iterator[str]:
    """Yield the files, below the policies, whose lines this repository answers for."""
    for rule in rules:
        if rule.id in folders.own:
            yield f"{rule.id}/{rule.id.rpartition('/')[2]}.rego"
    if {rule.id for rule in rules} >= folders.own:
        for path in sorted((folders.policies / _LIBRARY).rglob("*.rego")):
            if folders.brings_library and not path.name.endswith(_TEST_SUFFIX):
                yield path.relative_to(folders.policies).as_posix()


def _unreached(reports: Mapping[str, Mapping[str, Any] | None]) -> Iterator[str]:
    for path, report in reports.items():
        if report is None:
            yield f"policies/{path}: no test reaches any line of it"
            continue
        spans = {(span["start"]["row"], span["end"]["row"]) for span in report.get("not_covered", ())}
        for row in sorted({row for first, last in spans for row in range(first, last + 1)}):
            yield f"policies/{path}:{row}: no test reaches this line"


def lint_faults(tools: Path, folders: RuleFolders, rules: Sequence[Rule]) -> list[str]:
    """Return where rules of this repository would take the square of the fleet's size: what our lints say of them.

    Raises:
        PolicyError: regal is missing, or does not read a rule.
    """
    files = [str(folders.policies / path) for path in _own_files(folders, rules)]
    if not files:
        return []
    settings = folders.policies / ".regal"
    ours = ("--config-file", str(settings / "config.yaml"), "--rules", str(settings / "rules"))
    chosen = ("--disable-all", "--enable-category", "chartroom")
    done = _run(_regal(tools), "lint", *files, *ours, *chosen, "--format", "json")
    try:
        found = json.loads(done.stdout)["violations"]
        places = [(Path(item["location"]["file"]).resolve(), item["location"]["row"]) for item in found]
        top = folders.policies.resolve()
        return sorted(
            f"policies/{path.relative_to(top).as_posix()}:{row}: {item['description']}"
            for item, (path, row) in zip(found, places, strict=True)
        )
    except (ValueError, KeyError, TypeError) as error:
        raise PolicyError(f"regal's answer cannot be understood: {done.stderr or done.stdout}") from error


def _regal(tools: Path) -> str:
    found = tools / "regal" if (tools / "regal").is_file() else shutil.which("regal")
    if not found:
        raise PolicyError(
            "regal is missing, so tests of rules cannot run; `make tools SETS=gate` builds it into .tools/bin,"
            " elsewhere put it on the PATH"
        )
    return str(found)


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_TIME_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PolicyError(f"{command[0]} did not finish: {error}") from error
