"""Every rule seen failing through the command line: the real fleet, one line changed, the whole set of findings."""

from pathlib import Path

import pytest

from generator.policy import read_rules
from tests.gate.edit import ROOT, Edit, Said, batches, carry_out, check, copy_repository, read_edits

EDITS = read_edits()
BATCHES = batches(EDITS)
RULES = tuple(rule.id for rule in read_rules(ROOT / "policies"))


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> frozenset[Said]:
    """What the command says of the repository as it is: warnings, no errors."""
    found = check(copy_repository(tmp_path_factory.mktemp("unchanged")), write=False)
    assert [said for said in found if said.severity == "error"] == []
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, frozenset[Said]]:
    """What was said of each batch so far, by the name of its first edit."""
    return {}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_edit_brings_these_findings_and_no_others(
    edit: Edit, unchanged: frozenset[Said], answers: dict[str, frozenset[Said]], tmp_path: Path
) -> None:
    batch = next(batch for batch in BATCHES if edit in batch)
    if batch[0].name not in answers:
        top = copy_repository(tmp_path)
        carry_out(top, batch)
        answers[batch[0].name] = check(top, write=not (edit.stops or edit.by_hand))
    found = answers[batch[0].name]
    others = {said for other in batch if other is not edit for said in other.expect}
    assert sorted(found - others - unchanged, key=_key) == sorted(edit.expect, key=_key)
    assert edit.stops or unchanged <= found


def _key(said: Said) -> tuple[str, str, str]:
    return said.place, said.rule, said.message


def test_every_rule_has_an_edit() -> None:
    """A new rule needs a file below tests/gate/edits: an edit that it finds, or `why` no edit reaches it."""
    seen = {said.rule for edit in EDITS for said in edit.expect}
    explained = {edit.name for edit in EDITS if edit.why}
    assert [rule for rule in RULES if rule not in seen | explained] == []
    assert [rule for rule in RULES if rule not in {edit.name for edit in EDITS}] == []


def test_few_rules_are_out_of_reach() -> None:
    seen = {said.rule for edit in EDITS for said in edit.expect}
    assert [rule for rule in RULES if rule not in seen] == [
        "argocd/size",
        "images/required-digest",
        "namespaces/default-deny",
        "network/policy-coverage",
        "network/ranges",
        "secrets/plain",
    ]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_findings_point_at_a_line_that_is_there(edit: Edit) -> None:
    for said in edit.expect:
        path, line, column = said.place.rsplit(":", 2)
        if not any(change.file == path for change in edit.changes):
            text = (ROOT / path).read_text(encoding="utf-8").splitlines()
            assert len(text[int(line) - 1]) >= int(column)


def test_edits_of_one_file_never_share_a_check() -> None:
    assert sum(map(len, BATCHES)) == len(EDITS)
    for batch in (batch for batch in BATCHES if not batch[0].group):
        files = [file for edit in batch for file in edit.files]
        assert len(files) == len(set(files))
