"""Whatever renders passes every rule, but those about facts that only its author knows."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.pipeline.generate import TOOLS
from generator.policy import Hit, PolicyError, Rule, ask, find_conftest, read_rules, to_bytes
from generator.policy.hit import read_hits
from generator.testing.fleets import fleets
from generator.testing.trial import Trial
from tests.fuzz.conftest import ROOT, Tries

# What only its author knows, so that no shape can refuse it.
FACTS: dict[str, tuple[str, ...]] = {
    "budget": ("capacity/budget", "capacity/devices", "capacity/storage"),
    "tag": ("images/digest", "images/required-digest", "images/tag"),
    "registry": ("images/registry",),
    # A service may say that it has no probe, and why; the gate then asks for a waiver, which ends one day.
    "waiver": ("pods/liveness-probe", "pods/readiness-probe"),
}
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


def _is_fact(rule: str, hit: Hit, fleet: Mapping[str, Any]) -> bool:
    """Whether a finding is about a fact. A missing probe is one only where the author did not say how to ask."""
    if rule not in FACTS["waiver"]:
        return any(rule in rules for rules in FACTS.values())
    name = hit.objects[0].rpartition("/")[2]
    owners = [service for owner, service in fleet.items() if name == owner or name.startswith(f"{owner}-")]
    return any(not isinstance(probes, str) for service in owners for probes in _probes(service))


def _probes(node: Any) -> Iterator[Any]:
    """Yield what is said about probes, of the service and of all in it; None where nothing is."""
    if isinstance(node, dict):
        yield from [node.get("probes")] if "image" in node or "probes" in node else []
        for value in node.values():
            yield from _probes(value)


def refusals(trials: list[Trial], many: list[dict[str, Any]], rules: tuple[Rule, ...]) -> None:
    """Note as a fault what rules find that no fact excuses."""
    documents = {str(number): trial for number, trial in enumerate(trials) if trial.document is not None}
    if not documents:
        return
    contents = {name: to_bytes(trial.document or {}) for name, trial in documents.items()}
    answers = ask(find_conftest(ROOT / TOOLS), POLICIES, rules, contents)
    for name, trial in documents.items():
        for rule in rules:
            for hit in read_hits(rule, answers[name].found[rule.id], trial.document or {}):
                if not _is_fact(rule.id, hit, many[int(name)]):
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
    refusals(trials, many, rules)
    for trial in trials:
        tries.expect_no_fault(trial)
