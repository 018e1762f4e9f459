"""The page for auditors names every rule, none that does not exist, each with its severity."""

import re
from functools import cache

import pytest

from generator.policy import read_rules
from tests.gate.edit import ROOT

PAGE = ROOT / "docs" / "architecture" / "which-rule-answers-what.md"
RULES = {rule.id: str(rule.severity) for rule in read_rules(ROOT / "policies")}
_ROW = re.compile(r"^\| (?P<question>[^|]+) \| (?P<severity>error|warning) \| (?P<rules>[^|]+) \|$", re.MULTILINE)
ROWS = tuple(
    (row["question"], row["severity"], tuple(re.findall(r"`([a-z]+/[a-z-]+)`", row["rules"])))
    for row in _ROW.finditer(PAGE.read_text(encoding="utf-8"))
)


def test_every_rule_stands_on_the_page() -> None:
    named = {rule for _, _, rules in ROWS for rule in rules}
    assert sorted(set(RULES) - named) == []


def test_all_twenty_questions_about_the_fleet_are_answered() -> None:
    numbers = {int(found[1]) for question, _, _ in ROWS if (found := re.match(r"(\d+) ", question))}
    assert numbers == set(range(1, 21))


@pytest.mark.parametrize(("question", "severity", "rules"), ROWS, ids=[question for question, _, _ in ROWS])
def test_row_names_rules_that_exist_with_their_severity(question: str, severity: str, rules: tuple[str, ...]) -> None:
    assert rules, question
    ours = [rule for rule in rules if rule in RULES]
    assert {RULES[rule] for rule in ours} <= {severity}
    # What is no file of the policies is told by a stage: its name stands in the code.
    told = _told()
    assert [rule for rule in rules if rule not in RULES and rule not in told] == []


@cache
def _told() -> frozenset[str]:
    """The rules that Python names: in full, or as the kind of a claim."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "generator").rglob("*.py")]
    whole = {name for text in texts for name in re.findall(r"\"([a-z]+/[a-z-]+)\"", text)}
    kinds = {name for text in texts for name in re.findall(r"(?:site|cluster)\(\s*\"([a-z-]+)\"", text)}
    return frozenset(whole | {f"claim/{kind}" for kind in kinds})
