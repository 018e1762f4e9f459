"""Pods inside objects of every kind."""

from typing import Any

import pytest

from generator.policy.pod import pods_of

SPEC = {"containers": [{"name": "app"}], "initContainers": [{"name": "first"}], "hostNetwork": True}
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": SPEC}


def body(kind: str, api: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "x"}, **more}


@pytest.mark.parametrize(
    ("object_", "path"),
    [
        (body("Pod", "v1", spec=SPEC), ("spec",)),
        (body("Deployment", "apps/v1", spec={"template": TEMPLATE}), ("spec", "template", "spec")),
        (body("ReplicaSet", "apps/v1", spec={"template": TEMPLATE}), ("spec", "template", "spec")),
        (body("Job", "batch/v1", spec={"template": TEMPLATE}), ("spec", "template", "spec")),
        (
            body("CronJob", "batch/v1", spec={"jobTemplate": {"spec": {"template": TEMPLATE}}}),
            ("spec", "jobTemplate", "spec", "template", "spec"),
        ),
        (body("PodTemplate", "v1", template=TEMPLATE), ("template", "spec")),
        (body("Pooler", "postgresql.cnpg.io/v1", spec={"template": TEMPLATE}), ("spec", "template", "spec")),
        (body("Rollout", "example.org/v1", spec={"steps": [{"pod": SPEC}]}), ("spec", "steps", "0", "pod")),
    ],
)
def test_finds_the_pod_with_all_its_containers(object_: dict[str, Any], path: tuple[str, ...]) -> None:
    (pod,) = pods_of(object_)
    assert pod.path == path
    assert [(item["name"], item["list"]) for item in pod.containers] == [
        ("app", "containers"),
        ("first", "initContainers"),
    ]
    assert pod.spec == {"hostNetwork": True}


@pytest.mark.parametrize(
    "object_",
    [body("Service", "v1", spec={"ports": []}), body("Deployment", "apps/v1", spec={}), body("Thing", "a.b/v1")],
)
def test_finds_none(object_: dict[str, Any]) -> None:
    assert list(pods_of(object_)) == []


def test_a_database_cluster_is_the_pods_of_its_operator() -> None:
    spec = {"instances": 3, "imageName": "pg:18", "resources": {"requests": {"cpu": "1"}}, "priorityClassName": "high"}
    (pod,) = pods_of(body("Cluster", "postgresql.cnpg.io/v1", spec=spec))
    assert pod.made_by == "cloudnative-pg"
    assert pod.labels == {"cnpg.io/cluster": "x", "cnpg.io/podRole": "instance"}
    assert pod.spec == {"priorityClassName": "high"}
    assert pod.containers == (
        {"name": "postgres", "list": "containers", "image": "pg:18", "resources": {"requests": {"cpu": "1"}}},
    )


def test_a_replication_is_the_pod_of_its_mover() -> None:
    spec = {"restic": {"moverSecurityContext": {"runAsUser": 0}, "moverPodLabels": {"a": "b"}}}
    (pod,) = pods_of(body("ReplicationSource", "volsync.backube/v1alpha1", spec=spec))
    assert (pod.made_by, pod.labels, pod.spec) == ("volsync", {"a": "b"}, {"securityContext": {"runAsUser": 0}})
