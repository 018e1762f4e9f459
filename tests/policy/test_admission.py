"""The last word belongs to the real thing: our reading of the Pod Security Standards beside the API server's."""

import json
import subprocess
from typing import Any

import pytest

from generator.policy.pod import pods_of
from generator.policy.pod_security import CHECKS, failed, level_of
from tests.policy.admission import TABLE, rows, sample, version
from tests.policy.test_pod_security import MINORS
from tests.schema.kubernetes_reader import find_go, is_unfetched

REFUSED: dict[str, list[str]] = {
    "restricted": [],
    "baseline": ["restricted"],
    "privileged": ["baseline", "restricted"],
}


def table() -> list[dict[str, Any]]:
    return [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]


def test_every_pod_gets_the_verdict_of_the_api_server_at_every_version() -> None:
    differing = []
    for row in table()[1:]:
        (pod,) = pods_of(row["pod"])
        for minor in MINORS:
            real = row.get("all") or row[f"1.{minor}"]
            ours = {"checks": sorted(failed(pod, minor)), "refused": REFUSED[level_of(pod, minor)]}
            if ours != real:
                differing.append((minor, row["pod"]["spec"], ours, real))
    assert differing == []


def test_table_is_about_our_sample_and_the_module_that_is_pinned() -> None:
    first, *others = table()
    assert first == {"source": f"k8s.io/pod-security-admission {version()}"}
    assert [row["pod"] for row in others] == list(sample())


def test_every_check_has_a_pod_that_fails_it_and_one_that_passes() -> None:
    seen = {name for row in table()[1:] for key, real in row.items() if key != "pod" for name in real["checks"]}
    assert seen == {check.name for check in CHECKS}
    assert any(row.get("all") == {"checks": [], "refused": []} for row in table()[1:])


@pytest.mark.slow
def test_table_is_what_the_api_server_says() -> None:
    go = find_go()
    if go is None:
        pytest.skip("k8s.io/pod-security-admission: no Go on this machine to build it with")
    try:
        made = list(rows(go))
    except subprocess.CalledProcessError as error:
        if is_unfetched(error):
            pytest.skip(
                "k8s.io/pod-security-admission: not in Go's module cache;"
                " fetch it: go -C tests/policy/podsecurity mod download"
            )
        raise
    assert made == TABLE.read_text(encoding="utf-8").splitlines()
