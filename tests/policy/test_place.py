"""From a rendered object to the line that a person wrote."""

from typing import Any

import pytest

from generator.policy import values_path

POD = {
    "volumes": [{"name": "data", "persistentVolumeClaim": {}}],
    "priorityClassName": "high",
    "containers": [
        {
            "name": "app",
            "image": "a:1",
            "env": [{"name": "TZ", "value": "UTC"}, {"name": "KEY", "valueFrom": {}}],
            "ports": [{"name": "http", "containerPort": 80}],
        }
    ],
    "initContainers": [{"name": "first", "resources": {"limits": {"memory": "1Mi"}}}],
}
DEPLOYMENT = {"kind": "Deployment", "metadata": {"name": "app"}, "spec": {"replicas": 1, "template": {"spec": POD}}}
AT = ("spec", "template", "spec")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((*AT, "containers", 0, "image"), (("image",), "app")),
        ((*AT, "containers", 0, "env", 0, "value"), (("env", "TZ"), "app")),
        ((*AT, "containers", 0, "env", 1, "valueFrom"), (("secrets", "KEY"), "app")),
        ((*AT, "containers", 0, "ports", 0), (("ports", "http"), "app")),
        ((*AT, "containers", 0), ((), "app")),
        ((*AT, "containers", 0, "stdin"), ((), "app")),
        ((*AT, "containers", 0, "env", 9), (("env",), "app")),
        (
            (*AT, "initContainers", 0, "resources", "limits", "memory"),
            (("resources", "limits", "memory"), "first"),
        ),
        ((*AT, "volumes", 0), (("storage", "data"), None)),
        ((*AT, "priorityClassName"), (("priorityClassName",), None)),
        (("spec", "replicas"), (("replicas",), None)),
        (("metadata", "name"), (("objects", "Deployment/app"), None)),
    ],
)
def test_values_path(path: tuple[str | int, ...], expected: tuple[Any, ...]) -> None:
    assert values_path(DEPLOYMENT, path) == expected


def test_a_kind_that_a_field_makes_leads_to_the_field() -> None:
    assert values_path({"kind": "HTTPRoute", "metadata": {"name": "x"}}, ("spec", "hostnames")) == (("expose",), None)
