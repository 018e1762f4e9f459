"""Label selectors, as Kubernetes and Cilium write them."""

from typing import Any

import pytest

from generator.policy.selector import Labelled, matches, without_sources

LABELS = {"app": "sonarr", "tier": "apps"}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (None, False),
        ({}, True),
        ({"matchLabels": {"app": "sonarr"}}, True),
        ({"matchLabels": {"app": "radarr"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["sonarr", "radarr"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["sonarr"]}]}, False),
        ({"matchExpressions": [{"key": "other", "operator": "NotIn", "values": ["x"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Near", "values": ["sonarr"]}]}, False),
        ({"matchLabels": {"app": "sonarr"}, "matchExpressions": [{"key": "x", "operator": "Exists"}]}, False),
    ],
)
def test_matches(selector: dict[str, Any] | None, expected: bool) -> None:
    assert matches(selector, LABELS) is expected


def test_sources_of_cilium_are_left_out() -> None:
    selector = {"matchLabels": {"k8s:app": "a", "any:b": "c"}, "matchExpressions": [{"key": "d", "operator": "Exists"}]}
    assert without_sources(selector) == {
        "matchLabels": {"app": "a", "b": "c"},
        "matchExpressions": [{"key": "d", "operator": "Exists"}],
    }
    assert without_sources(None) is None


def test_finds_by_the_rarest_label_in_one_namespace() -> None:
    things = Labelled([("media", "a", {"app": "a", "x": "1"}), ("media", "b", {"x": "1"}), ("ai", "c", {"app": "a"})])
    assert things.matched("media", {"matchLabels": {"app": "a", "x": "1"}}) == ["a"]
    assert things.matched("media", {}) == ["a", "b"]
    assert things.matched("media", None) == []
    assert things.matched("gone", {}) == []
    assert things.namespaces == ("media", "ai")
