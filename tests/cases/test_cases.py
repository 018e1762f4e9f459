"""Every case file below this folder: what it changes brings exactly the findings that it states."""

import re
from pathlib import Path

import pytest

from generator.finding import Finding
from tests.support.case import Case, read_case
from tests.support.workspace import Repository

HERE = Path(__file__).parent
CASES = [read_case(path) for path in sorted(HERE.glob("*/*/*.case"))]
GENERATOR = HERE.parents[1] / "generator"
_RULE = re.compile(r'"((?:catalogue|fleet|inventory|shape)/[a-z0-9-]+)"')


def name_of(case: Case) -> str:
    return "/".join(case.path.relative_to(HERE).with_suffix("").parts)


def rule_of(case: Case) -> str:
    return case.path.relative_to(HERE).parts[0].replace("-", "/", 1)


def errors_of(repository: Repository) -> list[Finding]:
    return [finding for finding in repository.all_findings() if str(finding.severity) == "error"]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_case_brings_its_findings_and_no_others(case: Case, tmp_path: Path) -> None:
    repository = Repository.minimal(tmp_path)
    case.apply(repository)
    assert repository.findings() == case.findings


@pytest.mark.parametrize("case", [case for case in CASES if "fail" in case.path.parts], ids=name_of)
def test_failing_case_shows_the_rule_of_its_folder(case: Case, tmp_path: Path) -> None:
    repository = Repository.minimal(tmp_path)
    case.apply(repository)
    assert rule_of(case) in {finding.rule for finding in errors_of(repository)}


@pytest.mark.parametrize("case", [case for case in CASES if "pass" in case.path.parts], ids=name_of)
def test_passing_case_states_no_findings(case: Case) -> None:
    assert case.findings == ""


def test_each_rule_has_a_failing_and_a_passing_case() -> None:
    stated = {
        rule
        for package in ("catalogue", "fleet")
        for path in (GENERATOR / package).rglob("*.py")
        for rule in _RULE.findall(path.read_text(encoding="utf-8"))
    }
    # Warnings, tested in tests/fleet.
    stated -= {"fleet/image-digest", "inventory/control-planes", "fleet/gone-upstream", "fleet/hidden-callers"}
    for verdict in ("fail", "pass"):
        shown = {rule_of(case) for case in CASES if verdict in case.path.parts}
        assert sorted(stated - shown) == []
