"""What a real API server refuses, the gate refuses: our verdicts beside its recorded ones."""

import pytest
import yaml

from generator.schema import Validator
from generator.schema.fault import SERVER
from tests.server.mutant import HERE, mutants, origins, verdicts
from tests.server.verdict import VERSION, refusals


def differences(side: str) -> set[str]:
    """The names of the mutants that one side alone refuses."""
    return set(yaml.safe_load((HERE / "differences.yaml").read_text(encoding="utf-8"))[side])


def test_every_mutant_has_a_recorded_verdict_and_a_name_of_its_own() -> None:
    assert [mutant.name for mutant in mutants()] == list(verdicts())
    names = [(mutant.object["kind"], mutant.object["metadata"]["name"]) for mutant in mutants()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("version", ["1.34", "1.35", "1.36", "1.37"])
def test_whole_objects_pass(version: str) -> None:
    validator = Validator(version)
    assert {name: found for name, made in origins().items() if (found := validator.check(made))} == {}


def test_what_the_server_refuses_is_refused_and_the_differences_are_known() -> None:
    ours, theirs = refusals(mutants()), verdicts()
    passed = {name for name, verdict in theirs.items() if not verdict.accepted and not ours[name]}
    refused = {name for name, verdict in theirs.items() if verdict.accepted and ours[name]}
    assert (passed, refused) == (differences("we_pass"), differences("we_refuse"))


def test_what_goes_beyond_the_schemas_is_worded_whole() -> None:
    validator = Validator(VERSION)
    said = "".join(
        f"{mutant.name}\n  {fault.message}\n  fix: {fault.fix}\n"
        for mutant in mutants()
        for fault in validator.check(mutant.object)
        if fault.keyword == SERVER
    )
    assert said == (HERE / "said.txt").read_text(encoding="utf-8")
