"""The gate cannot pass silently: each trap, closed."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generator.policy import (
    Context,
    Entry,
    Judgement,
    PolicyError,
    PolicyUsage,
    PythonRule,
    Rule,
    build_document,
    find_conftest,
    judge_fleet,
    read_rules,
)
from tests.policy.engine import DENY, NAMELESS, TOOLS, write_rule

TODAY = date(2026, 11, 21)


def pod(name: str) -> Entry:
    spec = {"containers": [{"name": "app"}]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "x"}, "spec": spec}
    return Entry("prod", "charts/x/templates/x.yaml", body)


def judged(root: Path, *entries: Entry, **more: Any) -> Judgement:
    document = build_document([Context("prod")], entries, TODAY)
    folders: dict[str, Any] = {
        "policies": root / "policies",
        "cases": root / "tests" / "cases",
        "conftest": find_conftest(TOOLS),
    }
    return judge_fleet(document, more.pop("rules", None) or read_rules(root / "policies"), **folders, **more)


def refusal(root: Path, body: str) -> str:
    write_rule(root, body)
    with pytest.raises(PolicyError) as raised:
        judged(root, pod("a"))
    return str(raised.value)


def test_a_rule_finds_what_it_is_for(tmp_path: Path) -> None:
    write_rule(tmp_path)
    judgement = judged(tmp_path, pod("a"), pod("nameless"))
    assert [(hit.message, hit.environment, hit.objects) for hit in judgement.hits] == [
        ("the pod is nameless", "prod", ("Pod/x/nameless",))
    ]
    assert (judgement.rules, judgement.objects) == (1, 2)


def test_empty_input_is_no_pass(tmp_path: Path) -> None:
    write_rule(tmp_path)
    with pytest.raises(PolicyError, match=r"^there is no object to judge, so nothing passed$"):
        judged(tmp_path)


def test_a_package_that_does_not_exist_is_no_pass(tmp_path: Path) -> None:
    """A line of `main` that names an absent package counts as a success: the canary sees that it found nothing."""
    policies = write_rule(tmp_path)
    rules = [rule_with(read_rules(policies)[0], package="house.renamed")]
    with pytest.raises(PolicyError) as raised:
        judged(tmp_path, pod("a"), rules=rules)
    assert str(raised.value) == (
        "rule house/named finds nothing in its first fail case, so its silence about the fleet proves nothing;"
        " mend policies/house/named/named.rego"
    )


def rule_with(rule: Rule, **fields: Any) -> Rule:
    return Rule(**({name: getattr(rule, name) for name in Rule.__slots__} | fields))


def test_a_rule_that_never_fires_is_no_pass(tmp_path: Path) -> None:
    assert refusal(tmp_path, DENY.replace("nameless", "namless")) == (
        "rule house/named finds nothing in its first fail case, so its silence about the fleet proves nothing;"
        " mend policies/house/named/named.rego"
    )


def test_a_rule_without_a_fail_case_names_the_file_to_write(tmp_path: Path) -> None:
    write_rule(tmp_path, case=None)
    with pytest.raises(PolicyUsage) as raised:
        judged(tmp_path, pod("a"))
    assert str(raised.value) == (
        "rule house/named has never been seen failing: write tests/cases/house/named/fail/named.yaml"
        " with an object that it must refuse"
    )


@pytest.mark.parametrize(
    ("finding", "message"),
    [
        ('"a text"', "rule house/named yields 'a text', an object with `msg` and `object` is expected"),
        ("7", "rule house/named yields 7, an object with `msg` and `object` is expected"),
        ('["x"]', "rule house/named yields ['x'], an object with `msg` and `object` is expected"),
        ('{"msg": "x"}', "rule house/named yields a finding without `msg` or without `object`: {'msg': 'x'}"),
        ('{"msg": 7, "object": pod.id}', "rule house/named yields msg 7, a str is expected"),
        (
            '{"msg": "x", "object": pod.id, "lvl": 1}',
            "rule house/named yields a finding with the unknown key 'lvl', known are also, container, environment,"
            " fix, msg, object, objects, place, values",
        ),
        ('{"msg": "x", "object": "gone"}', "rule house/named names 'gone', which is no object of the document"),
    ],
)
def test_findings_of_another_shape_are_not_dropped(tmp_path: Path, finding: str, message: str) -> None:
    assert refusal(tmp_path, DENY.replace('{"msg": "the pod is nameless", "object": pod.id}', finding)) == message


def test_a_built_in_function_that_fails_is_no_pass(tmp_path: Path) -> None:
    body = DENY.replace('pod.name == "nameless"', "to_number(pod.name) == 1")
    said = refusal(tmp_path, body)
    assert said.startswith("conftest cannot ask the rules, so nothing was judged: query rule: ")
    assert said.endswith("\nmend the rule that it names")
    # Which of the two documents it reads first is chance.
    assert re.search(r'strconv\.ParseFloat: parsing "(a|nameless)": invalid syntax', said)


@pytest.mark.parametrize("call", ['http.send({"method": "get", "url": "http://x"})', "opa.runtime()", "time.now_ns()"])
def test_rules_are_sealed_off(tmp_path: Path, call: str) -> None:
    said = refusal(tmp_path, DENY.replace('pod.name == "nameless"', f"x := {call}\n\tx != 1"))
    assert f"undefined function {re.match('[a-z._]+', call)[0]}" in said  # type: ignore[index]


def test_a_rule_that_does_not_compile_is_no_pass(tmp_path: Path) -> None:
    assert "rego_parse_error" in refusal(tmp_path, DENY.replace("some pod in", "some pod on"))


def test_rules_in_python_are_asked_about_the_canary_too(tmp_path: Path) -> None:
    write_rule(tmp_path)
    (rule,) = read_rules(tmp_path / "policies")

    def names(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for item in document["pods"]:
            if item["name"] == "nameless":
                yield {"msg": "no name", "object": item["id"]}

    python = PythonRule(rule_with(rule, id="house/python"), names)
    with pytest.raises(PolicyUsage, match=r"write tests/cases/house/python/fail/python\.yaml"):
        judged(tmp_path, pod("a"), python_rules=[python])
    case = tmp_path / "tests" / "cases" / "house" / "python" / "fail" / "python.yaml"
    case.parent.mkdir(parents=True)
    case.write_text(NAMELESS)
    hits = judged(tmp_path, pod("nameless"), python_rules=[python]).hits
    assert [(hit.rule.id, hit.message) for hit in hits] == [
        ("house/named", "the pod is nameless"),
        ("house/python", "no name"),
    ]
    blind = PythonRule(python.rule, lambda document: ())
    with pytest.raises(PolicyError, match=r"^rule house/python finds nothing in its first fail case"):
        judged(tmp_path, pod("nameless"), python_rules=[blind])
