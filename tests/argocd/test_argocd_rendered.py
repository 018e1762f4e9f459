"""What is summed up of the objects of a chart."""

from generator.argocd import ClusterObject, GroupKind, Rendered, survey
from generator.chart import Seen


def test_survey_parts_what_has_a_namespace_from_what_has_none() -> None:
    objects = [
        Seen("apps", "Deployment", "media", "plex"),
        Seen("rbac.authorization.k8s.io", "ClusterRole", None, "chartroom-vpn"),
        Seen("", "Service", "media", "plex"),
    ]
    assert survey(objects) == Rendered(
        kinds=frozenset({GroupKind("apps", "Deployment"), GroupKind("", "Service")}),
        cluster=frozenset({ClusterObject("rbac.authorization.k8s.io", "ClusterRole", "chartroom-vpn")}),
        namespaces=frozenset({"media"}),
        objects=3,
    )


def test_survey_of_nothing_is_nothing() -> None:
    assert survey([]) == Rendered()
