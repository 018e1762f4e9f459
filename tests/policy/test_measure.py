"""The quota formula, on rendered objects."""

from typing import Any

import pytest

from generator.policy.measure import counts_of, pod_amount, volumes_of
from generator.policy.need import need_of, quiet_of
from generator.policy.pod import Pod

MIB = 2**20


def container(name: str, memory: str, cpu: str = "0", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}},
        **more,
    }


def pod(*containers: dict[str, Any]) -> Pod:
    return Pod(("spec",), {}, {}, {}, containers)


@pytest.mark.parametrize(
    ("containers", "memory_mib"),
    [
        ([container("a", "1Mi", list="containers"), container("b", "2Mi", list="containers")], 3),
        ([container("a", "1Mi", list="containers"), container("i", "5Mi", list="initContainers")], 5),
        (
            [
                container("a", "4Mi", list="containers"),
                container("s", "2Mi", list="initContainers", restartPolicy="Always"),
            ],
            6,
        ),
        (
            [
                container("a", "1Mi", list="containers"),
                container("s", "2Mi", list="initContainers", restartPolicy="Always"),
                container("i", "5Mi", list="initContainers"),
            ],
            7,
        ),
    ],
)
def test_a_pod_asks_for_the_larger_of_its_two_phases(containers: list[dict[str, Any]], memory_mib: int) -> None:
    assert pod_amount(pod(*containers)) == (0, memory_mib * MIB, memory_mib * MIB)


def test_what_has_a_limit_only_requests_it() -> None:
    limited = {"name": "a", "list": "containers", "resources": {"limits": {"memory": "1Mi", "cpu": "50m"}}}
    assert pod_amount(pod(limited)) == (50, MIB, MIB)


@pytest.mark.parametrize(
    ("kind", "spec", "counts"),
    [
        ("Deployment", {"replicas": 3}, (3, 4, 0)),
        ("Deployment", {}, (1, 2, 0)),
        ("Deployment", {"replicas": 3, "strategy": {"type": "Recreate"}}, (3, 3, 0)),
        ("Deployment", {"replicas": 4, "strategy": {"rollingUpdate": {"maxSurge": 2}}}, (4, 6, 0)),
        ("Deployment", {"replicas": 3, "strategy": {"rollingUpdate": {"maxSurge": "50%"}}}, (3, 5, 0)),
        ("StatefulSet", {"replicas": 3}, (3, 3, 0)),
        ("DaemonSet", {}, (5, 5, 1)),
        ("DaemonSet", {"updateStrategy": {"rollingUpdate": {"maxSurge": 1}}}, (5, 6, 1)),
        ("CronJob", {"concurrencyPolicy": "Forbid"}, (0, 1, 0)),
        ("CronJob", {"jobTemplate": {"spec": {"parallelism": 2}}}, (0, 4, 0)),
        ("Job", {}, (0, 0, 0)),
        ("Cluster", {"instances": 3}, (3, 3, 0)),
        ("Pod", {}, (1, 1, 0)),
    ],
)
def test_how_many_pods(kind: str, spec: dict[str, Any], counts: tuple[int, int, int]) -> None:
    assert counts_of({"kind": kind, "spec": spec}, 5, None) == counts


def test_an_autoscaler_may_ask_for_its_most() -> None:
    assert counts_of({"kind": "Deployment", "spec": {}}, 5, 8) == (8, 10, 0)


def workload(memory: int, rolling: int, **more: Any) -> dict[str, Any]:
    return {
        "cpu_m": 1, "memory_bytes": memory, "memory_limit_bytes": memory, "rolling": rolling, "quiet": rolling,
        "per_node": 0, "one_shot": False, "at_once": 1, **more,
    }  # fmt: skip


def test_a_need_holds_everything_rolling_one_job_and_one_restore() -> None:
    job = workload(7, 0, one_shot=True, at_once=2)
    volumes = [{"size_bytes": 10, "count": 3}, {"size_bytes": 20, "count": 1}]
    assert need_of([workload(5, 2), job, workload(3, 0, one_shot=True)], volumes) == {
        "cpu_m": 4,
        "memory_bytes": 24,
        "memory_limit_bytes": 24,
        "storage_bytes": 70,
    }


def test_quiet_times_know_no_rollout() -> None:
    assert quiet_of([workload(5, 2), workload(3, 4, per_node=1)]) == {
        "spread": {"cpu_m": 2, "memory_bytes": 10, "pods": 2},
        "each": {"cpu_m": 1, "memory_bytes": 3, "pods": 1},
    }


def test_volumes_of_sets_carry_the_labels_of_their_selector() -> None:
    template = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Mi"}}}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "volumeClaimTemplates": [template]}
    body = {"kind": "StatefulSet", "metadata": {"name": "db"}, "spec": spec}
    assert list(volumes_of(body, 3)) == [
        {"name": "data-db", "class": None, "size_bytes": MIB, "count": 3, "labels": {"a": "b"}, "volume": None}
    ]
