"""Patches: laid over rendered objects, by name in lists, and never over what is not theirs."""

from typing import Any

import pytest

from generator.catalogue.service import Patch, Service
from generator.chart import ChartError, apply_patches
from generator.chart.name import check_name
from generator.chart.patch import overlaid
from generator.finding import Place
from generator.source import Map

PLACE = Place("values/apps/media/plex.yaml", 9, 3)
DEPLOYMENT: dict[str, Any] = {
    "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "plex", "image": "a"}, {"name": "b"}]}}}
}


def service(target: str, merge: dict[str, Any]) -> Service:
    tree = Map(PLACE)
    patch = Patch(target, merge, "tried", PLACE)
    return Service(
        "plex",
        "media",
        "apps",
        PLACE.path,
        PLACE,
        tree,
        "workload",
        "Media server",
        "streaming",
        patches={target: patch},
    )


OVERLAYS: list[tuple[Any, Any, Any]] = [
    ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
    ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
    ({"a": {"b": False}}, {"a": {"c": 0}}, {"a": {"b": False, "c": 0}}),
    ([{"name": "x", "v": 1}], {"x": {"v": 2}}, [{"name": "x", "v": 2}]),
    ([{"name": "x"}, {"name": "y"}], {"x": None}, [{"name": "y"}]),
    ([{"name": "x"}], {"z": {"v": 3}}, [{"name": "x"}, {"name": "z", "v": 3}]),
    ("text", {"a": 1}, {"a": 1}),
]


@pytest.mark.parametrize(("below", "above", "expected"), OVERLAYS)
def test_overlay(below: Any, above: Any, expected: Any) -> None:
    assert overlaid(below, above) == expected


def test_a_patch_addresses_a_container_by_name_and_leaves_its_source_alone() -> None:
    merge = {"spec": {"template": {"spec": {"containers": {"plex": {"tty": True}}}}}}
    patched, findings = apply_patches(service("Deployment/plex", merge), {"Deployment/plex": DEPLOYMENT})
    assert findings == ()
    assert patched["Deployment_plex"]["spec"]["template"]["spec"]["containers"] == [
        {"name": "plex", "image": "a", "tty": True},
        {"name": "b"},
    ]
    assert DEPLOYMENT["spec"]["template"]["spec"]["containers"][0] == {"name": "plex", "image": "a"}


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "Deployment/plexx",
        {},
        "'plex' patches 'Deployment/plexx', which it does not have, did you mean 'Deployment/plex'?",
        "name an object that it renders",
    ),
    (
        "Deployment/plex",
        {"metadata": {"name": "other"}},
        "patch of 'Deployment/plex' in 'plex' changes 'metadata.name', which is its identity",
        "remove that key; rename the service instead",
    ),
    (
        "Deployment/plex",
        {"spec": {"template": {"spec": {"hostNetwork": True}}}},
        "patch of 'Deployment/plex' in 'plex' changes 'hostNetwork', which `exceptions` covers",
        "state it under `exceptions`, with reason and end",
    ),
    (
        "Deployment/plex",
        {"spec": {"template": {"spec": {"containers": [{"securityContext": {"privileged": True}}]}}}},
        "patch of 'Deployment/plex' in 'plex' changes 'privileged', which `exceptions` covers",
        "state it under `exceptions`, with reason and end",
    ),
]


@pytest.mark.parametrize(("target", "merge", "message", "fix"), REFUSED)
def test_a_patch_is_refused(target: str, merge: dict[str, Any], message: str, fix: str) -> None:
    patched, findings = apply_patches(service(target, merge), {"Deployment/plex": DEPLOYMENT})
    assert patched == {}
    assert [(finding.place, finding.message, finding.fix) for finding in findings] == [(PLACE, message, fix)]


@pytest.mark.parametrize("name", ["on", "y", "null", "true", "1e3", "0x1f", "12", "~"])
def test_a_name_that_yaml_takes_for_something_else_is_refused(name: str) -> None:
    with pytest.raises(ChartError) as caught:
        check_name(name)
    assert str(caught.value) == f"nothing can be called {name!r}: YAML readers take it for something else than text"
