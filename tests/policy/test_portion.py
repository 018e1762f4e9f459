"""Conftest gets what rules read and no more, and says the same as if it had got everything."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from generator.policy import PolicyError, ask, case_document, find_cases, find_conftest, read_rules
from generator.policy.portion import Reading, Share, portion, reading_of, shares
from generator.policy.staging import read_modules, staged_modules
from tests.policy.engine import CASES, NAMELESS, POLICIES, TOOLS, write_rule
from tests.policy.test_gate import judged, pod

TODAY = date(2026, 11, 21)
Json = dict[str, Any]


def reading(body: str, *, head: str = "package house.named\n") -> Reading:
    return reading_of([f"# METADATA\n# title: all ingress\n{head}\n{body}"])


def yielded(several: Iterable[Share], name: str = "fleet") -> dict[str, set[bytes]]:
    """What all runs together find, by rule."""
    found: dict[str, set[bytes]] = {}
    for share in several:
        answer = ask(find_conftest(TOOLS), POLICIES, share.rules, {name: share.documents[name]})[name]
        for rule, items in answer.found.items():
            found.setdefault(rule, set()).update(map(orjson.dumps, items))
    return found


@pytest.fixture(scope="module")
def every_case() -> Json:
    """All cases of all rules, each in an environment of its own."""
    rules = read_rules(POLICIES)
    cases = [
        (f"case-{number}-{rule.id.replace('/', '-')}", case)
        for rule in rules
        for number, case in enumerate(find_cases(CASES, rule))
    ]
    return case_document(cases, TODAY)


@pytest.fixture(scope="module")
def of_the_whole(every_case: Json) -> dict[str, set[bytes]]:
    rules = read_rules(POLICIES)
    found = yielded([Share(rules, {"fleet": orjson.dumps(every_case)})])
    assert all(found.values()), "each rule has a case that it refuses"
    return found


def test_no_rule_misses_what_was_left_out(every_case: Json, of_the_whole: dict[str, set[bytes]]) -> None:
    """A rule that reads what its run is not given finds less in some case, and fails here."""
    given = list(shares(POLICIES, read_rules(POLICIES), {"fleet": every_case}))
    assert yielded(given) == of_the_whole
    whole = len(orjson.dumps(every_case))
    assert all(len(share.documents["fleet"]) < 0.7 * whole for share in given)


def test_a_run_for_each_environment_finds_the_same(every_case: Json, of_the_whole: dict[str, set[bytes]]) -> None:
    """Above the largest size rules see one environment at a time; here, the seven that matter of each group."""
    kept = {
        name
        for rule in list(of_the_whole)[::12]
        for name in every_case["environments"]
        if rule.replace("/", "-") in name
    }
    small = narrowed(every_case, kept)
    rules = read_rules(POLICIES)
    whole = yielded(shares(POLICIES, rules, {"fleet": small}))
    given = list(shares(POLICIES, rules, {"fleet": small}, largest_bytes=0))
    assert len(given) > 2 * len(kept)
    assert yielded(given) == whole


def narrowed(document: Json, kept: set[str]) -> Json:
    """The document of some of its environments; claims and ranges stay, they belong to the site."""
    objects = {name: item for name, item in document["objects"].items() if set(item["environments"]) <= kept}
    return {
        **document,
        "environments": {name: document["environments"][name] for name in kept},
        "objects": objects,
        "by_kind": {kind: [name for name in names if name in objects] for kind, names in document["by_kind"].items()},
        "pods": [item for item in document["pods"] if set(item["environments"]) <= kept],
    }


DOCUMENT: Mapping[str, Any] = {
    "version": 1,
    "today": "2026-11-21",
    "environments": {"prod": {"edges": [1], "open": ["x"], "index": {"Service/x/a": "s", "Pod/x/b": "p"}}},
    "objects": {
        "p": {
            "id": "p", "environments": ["prod"], "kind": "NetworkPolicy", "namespace": "x", "name": "p",
            "labels": {"a": "b"}, "spec": {"podSelector": {}, "ingress": [{"from": []}], "policyTypes": ["Ingress"]},
        }
    },
    "pods": [{"id": "p"}],
    "claims": [{"key": "k"}],
    "waivers": [],
}  # fmt: skip


def test_a_part_that_nobody_names_is_left_out() -> None:
    body = "deny contains finding if {\n\tsome pod in input.pods\n\tfinding := {}\n}\n"
    assert portion(DOCUMENT, reading(body)) == {
        "version": 1,
        "environments": {"prod": {}},
        "objects": {},
        "pods": [{"id": "p"}],
    }


def test_fields_that_nobody_names_are_left_out() -> None:
    body = """\
deny contains finding if {
	some environment, facts in input.environments
	policy := input.objects[facts.index[sprintf("Service/%s/%s", ["x", "a"])]]
	policy.spec.podSelector == {}
	not policy.spec.ingress
}
"""
    kept = portion(DOCUMENT, reading(body))
    assert kept["environments"] == {"prod": {"index": {"Service/x/a": "s"}}}
    assert kept["objects"]["p"] == {
        "id": "p",
        "environments": ["prod"],
        "kind": "NetworkPolicy",
        "namespace": "x",
        "name": "p",
        "spec": {"podSelector": {}, "ingress": True},
    }


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ('some rule in input.objects[_].spec.ingress\n\t"x" in rule.from', [{"from": []}]),
        ('object.get(input.objects[id], ["spec", "ingress"], []) != []', [{"from": []}]),
        ("not input.objects[id].spec.ingress\n", True),
        ("not input.objects[id].spec.ingress[0].from", [{"from": []}]),
    ],
)
def test_what_policies_allow_is_given_to_who_reads_it(body: str, kept: object) -> None:
    given = portion(DOCUMENT, reading(f"deny contains finding if {{\n\t{body}\n\tinput.objects.p.spec\n}}\n"))
    assert given["objects"]["p"]["spec"]["ingress"] == kept


@pytest.mark.parametrize(
    "body", ["walk(input.pods, [path, value])", 'object.get(input, "claims", [])', "part := input[name]"]
)
def test_who_may_read_anything_is_given_everything(body: str) -> None:
    assert portion(DOCUMENT, reading(f"deny contains finding if {{\n\t{body}\n}}\n")) == DOCUMENT


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ('sprintf("Service/%s/%s", [a, b])', frozenset({"Service"})),
        ('sprintf("%s/%s/%s", [a, b, c])', None),
        ('concat("/", ["Service", a, b])', None),
    ],
)
def test_names_that_are_computed_may_be_of_any_kind(key: str, kinds: object) -> None:
    assert reading(f"deny contains x if {{\n\tx := input.environments[e].index[{key}]\n}}\n").kinds == kinds


@pytest.mark.parametrize(
    "body",
    [
        "some environment, facts in input.environments\n\tcount(facts.nodes) > 0",
        "some environment, _ in input.environments\n\tsome pod in input.pods\n\tenvironment in pod.environments",
        "some pod in input.pods\n\tsome environment in pod.environments\n\tinput.environments[environment].open",
        "some id in ids\n\tfound := input.objects[id]\n\tfound.environments[_] == here",
    ],
)
def test_one_environment_at_a_time_is_enough(body: str) -> None:
    assert not reading(f"deny contains finding if {{\n\t{body}\n}}\n").across


@pytest.mark.parametrize(
    "body",
    [
        "deny contains f if {\n\tsome a, _ in input.environments\n\tsome b, _ in input.environments\n\ta != b\n}",
        "deny contains f if {\n\tcount(input.environments) > 3\n}",
        "deny contains f if {\n\tsome pod in input.pods\n\tcount(pod.environments) < 3\n}",
        'deny contains f if {\n\tsome pod in input.pods\n\tnot "prod" in pod.environments\n}',
        "deny contains f if {\n\tinput.environments.prod.open\n}",
        "deny contains f if {\n\tsome claim in input.claims\n}",
        "deny contains f if {\n\t_other(1)\n}\n_other(x) if {\n\tsome a, _ in input.environments\n}",
    ],
)
def test_who_compares_environments_is_given_all_at_once(body: str) -> None:
    assert reading(body).across


def test_an_object_that_no_run_gets_is_no_pass(tmp_path: Path) -> None:
    policies = write_rule(tmp_path, "deny contains f if {\n\tsome f in input.objects\n}\n")
    item = {"id": "a", "environments": ["prod", "gone"], "kind": "Pod", "namespace": "x", "name": "a"}
    document = {"environments": {"prod": {}}, "objects": {"a": item}}
    with pytest.raises(PolicyError) as raised:
        list(shares(policies, read_rules(policies), {"fleet": document}, largest_bytes=0))
    assert str(raised.value) == "2 objects were split by environment and 1 arrived, so nothing is proven"


READS_EDGES = """\
deny contains finding if {
	some pod in input.pods
	some environment in pod.environments
	some _ in object.get(input.environments[environment], KEY, [])
	finding := {"msg": "an edge", "object": pod.id}
}
"""
CASE = f"apiVersion: chartroom/v1\nkind: Environment\nfacts: {{edges: [{{}}]}}\n---\n{NAMELESS}"


def test_a_rule_of_a_user_gets_what_it_names(tmp_path: Path) -> None:
    write_rule(tmp_path, READS_EDGES.replace("KEY", '"edges"'), CASE)
    assert judged(tmp_path, pod("a")).rules == 1


def test_a_rule_that_hides_what_it_reads_is_no_pass(tmp_path: Path) -> None:
    """The canary gets the same portion as the fleet: what is not given cannot be found there either."""
    write_rule(tmp_path, READS_EDGES.replace("KEY", 'concat("", ["ed", "ges"])'), CASE)
    with pytest.raises(PolicyError, match=r"^rule house/named finds nothing in its first fail case"):
        judged(tmp_path, pod("a"))


def test_a_rule_is_staged_with_the_library_that_it_names() -> None:
    modules = read_modules(POLICIES)
    (memory,) = (rule for rule in read_rules(POLICIES) if rule.id == "pods/memory")
    assert "lib/fixture/fixture.rego" not in staged_modules(modules, (memory,))
    (quota,) = (rule for rule in read_rules(POLICIES) if rule.id == "namespaces/quota")
    assert sorted(staged_modules(modules, (quota,))) == ["lib/show/show.rego", "namespaces/quota/quota.rego"]
