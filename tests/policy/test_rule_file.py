"""What a file must be to count as a rule, and what a person reads when it is not."""

from pathlib import Path

import pytest

from generator.finding import Severity
from generator.policy import PolicyError, PolicyUsage, read_rules
from tests.policy.engine import DENY, METADATA, POLICIES, write_rule


def test_every_rule_of_ours_reads() -> None:
    rules = read_rules(POLICIES)
    assert len(rules) >= 85
    assert [rule.id for rule in rules] == sorted({rule.id for rule in rules})
    assert len({rule.query for rule in rules}) == len(rules)


def test_a_rule_says_what_its_metadata_says(tmp_path: Path) -> None:
    (rule,) = read_rules(write_rule(tmp_path))
    assert (rule.id, rule.package, rule.title, rule.severity) == (
        "house/named", "house.named", "Named pods", Severity.ERROR,
    )  # fmt: skip
    assert (rule.why, rule.fix, rule.values, rule.needs) == ("Pods have names.", "name it", (), "objects")
    assert rule.query == "deny_house_named"


def test_a_warning_is_asked_as_one(tmp_path: Path) -> None:
    (rule,) = read_rules(write_rule(tmp_path, metadata=METADATA.replace("error", "warning")))
    assert rule.query == "warn_house_named"


@pytest.mark.parametrize(
    ("metadata", "body", "message"),
    [
        (METADATA.replace("house.named", "house.other"), DENY,
         "policies/house/named/named.rego: package house.other, package house.named is expected for this folder"),
        (METADATA.replace("# METADATA\n", ""), DENY,
         "policies/house/named/named.rego: there is no `# METADATA` block right above the package"),
        (METADATA.replace("#   fix: name it\n", ""), DENY,
         "policies/house/named/named.rego: its METADATA lacks fix"),
        (METADATA.replace("error", "fatal"), DENY,
         "policies/house/named/named.rego: severity is 'fatal', error or warning is expected"),
        (METADATA.replace("#   fix:", "#   fox: 1\n#   fix:"), DENY,
         "policies/house/named/named.rego: its METADATA has the unknown key 'fox' under custom, known are"
         " fix, manifest, manifest_fix, needs, reference, severity, values"),
        (METADATA.replace("#   fix:", "#   needs: luck\n#   fix:"), DENY,
         "policies/house/named/named.rego: needs is 'luck', objects or fleet is expected"),
        (METADATA, "allow := true\n",
         "policies/house/named/named.rego: it has no rule `deny contains finding if`, so it could never find anything"),
        (METADATA, 'deny := "always"\n',
         "policies/house/named/named.rego: `deny := \"always\"` is no set; write `deny contains finding if`"),
        (METADATA, DENY + "warn contains 1 if true\n",
         "policies/house/named/named.rego: `warn` is never asked for; write deny, and `severity: warning` in its"
         " METADATA"),
    ],
)  # fmt: skip
def test_refuses_what_is_no_rule(tmp_path: Path, metadata: str, body: str, message: str) -> None:
    with pytest.raises(PolicyUsage) as raised:
        read_rules(write_rule(tmp_path, body, metadata=metadata))
    assert str(raised.value) == message


def test_a_folder_that_vanished_is_no_pass(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as raised:
        read_rules(tmp_path / "policies")
    assert str(raised.value) == (
        f"{tmp_path}/policies: there are no policies, so nothing can be judged; restore the folder"
    )


def test_a_folder_without_a_rule_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    with pytest.raises(PolicyError) as raised:
        read_rules(tmp_path / "policies")
    assert str(raised.value) == (
        f"{tmp_path}/policies: there is no rule in it, so nothing can be judged; restore the folder"
    )
