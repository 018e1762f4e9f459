"""Whatever renders passes every rule, but those about facts that only its author knows."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.pipeline.generate import TOOLS
from generator.policy import PolicyError, Rule, ask, find_conftest, read_rules, to_bytes
from generator.policy.hit import read_hits
from generator.testing.fleets import fleets
from generator.testing.trial import Trial
from tests.fuzz.conftest import ROOT, Tries

# Budgets and capacity, where an image comes from and which one it is, how health is told, who is watched, and
# the zones that the site answers for.
FACTS = frozenset(
    {
        "capacity/budget",
        "capacity/devices",
        "capacity/storage",
        "images/digest",
        "images/registry",
        "images/required-digest",
        "images/tag",
        "monitoring/coverage",
        "network/zone",
        "pods/liveness-probe",
        "pods/readiness-probe",
    }
)
POLICIES = ROOT / "policies"
# Starting conftest costs more than asking it, so it gets several fleets at once.
MANY = st.lists(fleets(), min_size=5, max_size=8)


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    try:
        find_conftest(ROOT / TOOLS)
    except PolicyError as error:
        pytest.skip(str(error))
    return read_rules(POLICIES)


def refusals(trials: list[Trial], rules: tuple[Rule, ...]) -> None:
    """Note as a fault what rules find that no fact excuses."""
    documents = {str(number): trial for number, trial in enumerate(trials) if trial.document is not None}
    if not documents:
        return
    contents = {name: to_bytes(trial.document or {}) for name, trial in documents.items()}
    answers = ask(find_conftest(ROOT / TOOLS), POLICIES, rules, contents)
    for name, trial in documents.items():
        for rule in rules:
            for hit in read_hits(rule, answers[name].found[rule.id], trial.document or {}):
                if rule.id not in FACTS:
                    trial.faults.append(f"{rule.id} refuses {', '.join(hit.objects)}: {hit.message}")


@settings(
    max_examples=max(8, settings().max_examples // 20),
    suppress_health_check=list(HealthCheck),
)
@given(many=MANY)
def test_what_renders_passes_all_rules_but_those_about_facts(
    tries: Tries, rules: tuple[Rule, ...], many: list[dict[str, Any]]
) -> None:
    trials = [tries.stand.try_fleet(fleet, with_document=True) for fleet in many]
    refusals(trials, rules)
    for trial in trials:
        tries.expect_no_fault(trial)
