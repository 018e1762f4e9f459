"""Rules in Python, read from their files."""

from pathlib import Path
from typing import Any

import pytest

from generator.finding import Severity
from generator.policy import PolicyUsage
from generator.testing.findings import Findings
from generator.testing.fleet import Fleet, fleets_of
from generator.testing.rule import read_python_rules

FUNCTION = "import pytest\n\n@pytest.mark.rule({mark})\ndef test_x({arguments}):\n    {body}\n"
PATH = "policies/house/x/test_x.py"
DOCUMENT: dict[str, Any] = {
    "environments": {"dev": {"services": {"a": {}}}, "prod": {"services": {}}},
    "objects": {
        "dev:Service/n/a": {"id": "dev:Service/n/a", "kind": "Service", "environments": ["dev", "prod"]},
        "prod:Job/n/b": {"id": "prod:Job/n/b", "kind": "Job", "environments": ["prod"]},
    },
    "by_kind": {"Service": ["dev:Service/n/a"], "Job": ["prod:Job/n/b"]},
    "pods": [{"id": "prod:Job/n/b", "environments": ["prod"], "containers": [{"name": "b"}]}],
}


def write(root: Path, mark: str, arguments: str = "fleet, findings", body: str = "pass") -> Path:
    path = root / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FUNCTION.format(mark=mark, arguments=arguments, body=body))
    return root / "policies"


def test_rule_is_what_its_mark_says(tmp_path: Path) -> None:
    mark = '"house/x", fix="mend it", title="X", why="because", severity="warning", reference="us", values="a.b"'
    (found,) = read_python_rules(write(tmp_path, mark))
    rule = found.rule
    assert (rule.id, rule.title, rule.why, rule.severity) == ("house/x", "X", "because", Severity.WARNING)
    assert (rule.reference, rule.values, rule.fix, rule.path) == ("us", ("a", "b"), "mend it", PATH)


def test_rule_is_asked_in_every_environment_with_what_it_wants(tmp_path: Path) -> None:
    body = "[findings.add(fleet.environment, item, values=['x'], container='c') for item in fleet.objects()]"
    (found,) = read_python_rules(write(tmp_path, '"house/x", fix="x"', body=body))
    more = {"values": ["x"], "container": "c"}
    assert list(found.judge(DOCUMENT)) == [
        {"msg": "dev", "object": "dev:Service/n/a", "environment": "dev", **more},
        {"msg": "prod", "object": "dev:Service/n/a", "environment": "prod", **more},
        {"msg": "prod", "object": "prod:Job/n/b", "environment": "prod", **more},
    ]


def test_rule_may_want_findings_only(tmp_path: Path) -> None:
    (found,) = read_python_rules(write(tmp_path, '"house/x", fix="x"', "findings", "findings.add('no')"))
    assert [item["object"] for item in found.judge(DOCUMENT)] == ["dev:Environment//dev", "prod:Environment//prod"]


@pytest.mark.parametrize(
    ("mark", "arguments", "message"),
    [
        ("", "", 'test_x is marked as a rule without its id; write rule("category/name", fix="...")'),
        ('"x"', "", 'test_x is marked as a rule without its id; write rule("category/name", fix="...")'),
        ('"a/b", fixx="x"', "", "the rule of test_x has the unknown key 'fixx', known are "),
        ('"a/b"', "", "the rule of test_x says nothing under fix; say what to write instead"),
        ('"a/b", fix="x", severity="bad"', "", "severity of test_x is 'bad', error or warning is expected"),
        ('"a/b", fix="x"', "tmp_path", "the rule of test_x asks for 'tmp_path', a rule has fleet and findings only"),
    ],
)
def test_mark_that_says_too_little_is_refused(tmp_path: Path, mark: str, arguments: str, message: str) -> None:
    with pytest.raises(PolicyUsage) as caught:
        read_python_rules(write(tmp_path, mark, arguments))
    assert str(caught.value).startswith(f"{PATH}: {message}")


def test_file_that_cannot_be_imported_is_named(tmp_path: Path) -> None:
    policies = write(tmp_path, '"a/b", fix="x"', body="1 +")
    with pytest.raises(PolicyUsage, match=r"test_x\.py: it cannot be imported: SyntaxError: "):
        read_python_rules(policies)


def test_nothing_is_left_behind_by_reading(tmp_path: Path) -> None:
    write(tmp_path, '"house/x", fix="x"')
    read_python_rules(tmp_path / "policies")
    assert not list(tmp_path.rglob("__pycache__"))


def test_fleet_shows_one_environment() -> None:
    dev, prod = fleets_of(DOCUMENT)
    assert (dev.environment, list(dev.services), list(prod.services)) == ("dev", ["a"], [])
    assert [item["kind"] for item in prod.objects()] == ["Service", "Job"]
    assert list(dev.objects("Job")) == []
    assert list(dev.objects("Pod")) == []
    assert list(Fleet("prod", DOCUMENT).containers()) == [(DOCUMENT["pods"][0], {"name": "b"})]


def test_findings_keep_what_is_said_and_leave_out_what_is_not() -> None:
    findings = Findings("prod")
    findings.add("no", "prod:Job/n/b", place="values/x.yaml:1:1", fix="mend it", also=["values/y.yaml:1:1"])
    assert list(findings) == [
        {
            "msg": "no",
            "object": "prod:Job/n/b",
            "environment": "prod",
            "place": "values/x.yaml:1:1",
            "fix": "mend it",
            "also": ["values/y.yaml:1:1"],
        }
    ]
