"""Many texts: each distinct one judged once, results that survive a cache, and nothing loaded early."""

import subprocess
import sys

import pytest

from generator.finding import Severity
from generator.schema import RULES, Fault, Kind, Validator, Verdict, judge, judge_all, key_of

GOOD = "# Source: a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
BAD = "a: [\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {yes: 1}\n"


def test_verdict_names_object_and_line(validator: Validator) -> None:
    verdict = judge(BAD, validator)
    assert [manifest.name for manifest in verdict.manifests] == ["ConfigMap/b"]
    assert [(owner, fault.rule, fault.line) for owner, fault in verdict.faults] == [
        (None, "schema/unreadable", 2),
        (None, "schema/ambiguous-scalar", 6),
        (0, "schema/object", 3),
    ]


@pytest.mark.parametrize("text", [GOOD, BAD, ""])
def test_verdict_survives_storage(validator: Validator, text: str) -> None:
    verdict = judge(text, validator)
    assert Verdict.from_bytes(verdict.to_bytes()) == verdict
    assert verdict.to_bytes() == judge(text, validator).to_bytes()


@pytest.mark.parametrize("stored", [b"", b"{}", b"[]", b"\xff", b'{"manifests": [[1]], "faults": []}'])
def test_other_bytes_are_no_verdict(stored: bytes) -> None:
    with pytest.raises(ValueError):
        Verdict.from_bytes(stored)


def test_each_distinct_text_is_judged_once(validator: Validator) -> None:
    known: dict[str, bytes] = {}
    first, second, third = judge_all([GOOD, BAD, GOOD], validator, known)
    assert first is third
    assert (first, second) == (judge(GOOD, validator), judge(BAD, validator))
    assert sorted(known) == sorted([key_of(GOOD, validator), key_of(BAD, validator)])


def test_cache_only_saves_time(validator: Validator) -> None:
    known: dict[str, bytes] = {}
    cold = judge_all([GOOD, BAD], validator, known)
    assert judge_all([GOOD, BAD], validator, known) == cold
    assert judge_all([GOOD, BAD], validator) == cold
    damaged = dict.fromkeys(known, b"damaged")
    assert judge_all([GOOD, BAD], validator, damaged) == cold
    assert damaged == known


def test_stored_verdict_is_what_is_answered(validator: Validator) -> None:
    known = {key_of(GOOD, validator): judge(BAD, validator).to_bytes()}
    assert judge_all([GOOD], validator, known) == [judge(BAD, validator)]


def test_key_tells_apart_whatever_changes_a_verdict(validator: Validator) -> None:
    keys = {
        key_of(GOOD, validator),
        key_of(BAD, validator),
        key_of(GOOD, Validator("1.35")),
        key_of(GOOD, Validator("1.36", {Kind("a", "v1", "B"): {}})),
        key_of(GOOD, Validator("1.36", {Kind("a", "v1", "B"): {"type": "object"}})),
    }
    assert len(keys) == 5
    assert key_of(GOOD, validator) == key_of(GOOD, Validator("v1.36.1"))


def test_fault_survives_storage() -> None:
    fault = Fault(RULES[0], ("a", 0), "m", "f", Severity.WARNING, 3, "type")
    assert Fault.from_json(fault.to_json()) == fault


def test_import_loads_nothing_heavy() -> None:
    code = (
        "import sys, generator.schema\n"
        "heavy = {'yaml', 'jsonschema', 'jsonschema_rs', 'kubernetes_validate', 'referencing', 'requests'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
