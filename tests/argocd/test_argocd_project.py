"""What projects allow, and what they must not."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from generator.argocd import GroupKind, Rendered, build
from generator.argocd.scope import declared_kind, is_cluster_scoped
from tests.argocd.fleets import chart, domain, fleet, service, small


def projects() -> dict[str, dict[str, Any]]:
    return {
        found["metadata"]["name"]: found["spec"]
        for text in build(*small()).values()
        for found in yaml.safe_load_all(text)
        if found["kind"] == "AppProject"
    }


def test_nothing_is_allowed_by_a_wildcard() -> None:
    for name, spec in projects().items():
        assert not any("*" in repository for repository in spec["sourceRepos"]), name
        assert not any("*" in entry["namespace"] for entry in spec["destinations"]), name
        for entry in spec["clusterResourceWhitelist"] + spec["namespaceResourceWhitelist"]:
            assert "*" not in entry.values(), name


def test_only_the_guard_rails_may_write_namespaces() -> None:
    namespace = {"group": "", "kind": "Namespace"}
    may = [name for name, spec in projects().items() if namespace in spec["clusterResourceWhitelist"]]
    denied = {name for name, spec in projects().items() if namespace in spec.get("clusterResourceBlacklist", [])}
    assert may == ["guardrails"]
    assert denied == set(projects()) - {"guardrails", "default"}


def test_a_domain_may_write_cluster_scoped_objects_by_name_alone() -> None:
    for name in ("media", "net"):
        assert all("name" in entry for entry in projects()[name]["clusterResourceWhitelist"])


def test_an_empty_list_of_kinds_denies_every_kind() -> None:
    for name, spec in projects().items():
        denies = spec.get("namespaceResourceBlacklist") == [{"group": "*", "kind": "*"}]
        assert denies == (spec["namespaceResourceWhitelist"] == []), name


def test_each_application_is_permitted_by_its_project() -> None:
    found = projects()
    for text in build(*small()).values():
        for one in yaml.safe_load_all(text):
            if one["kind"] == "Application":
                allowed = found[one["spec"]["project"]]
                assert one["spec"]["source"]["repoURL"] in allowed["sourceRepos"]
                assert one["spec"]["destination"] in allowed["destinations"]


def test_a_chart_that_declares_namespaces_may_write_them() -> None:
    net = domain("net", "core", "Network")
    thing = service("thing", net, "A thing", chart=chart(kinds=("Namespace", "batch/CronJob")))
    text = build(fleet("dev", (net,), (thing,)), {})["kubernetes/dev/core/net/thing.yaml"]
    spec = next(yaml.safe_load_all(text))["spec"]
    assert spec["clusterResourceWhitelist"] == [{"group": "", "kind": "Namespace"}]
    assert "clusterResourceBlacklist" not in spec
    assert {"group": "batch", "kind": "CronJob"} in spec["namespaceResourceWhitelist"]


def test_a_chart_may_write_to_the_namespaces_that_it_names_and_make_those_that_nobody_has() -> None:
    net = domain("net", "core", "Network")
    writes = ("kube-system", "net", "thing-secrets")
    one = replace(chart(kinds=("Namespace", "rbac.authorization.k8s.io/Role")), writes_to=writes)
    services = (service("thing", net, "A thing", chart=one), service("plain", net, "A workload"))
    text = build(fleet("dev", (net,), services), {"net": Rendered()})["kubernetes/dev/core/net/thing.yaml"]
    project, application = yaml.safe_load_all(text)
    assert [entry["namespace"] for entry in project["spec"]["destinations"]] == [
        "kube-system",
        "net",
        "thing",
        "thing-secrets",
    ]
    assert project["spec"]["clusterResourceWhitelist"] == [{"group": "", "kind": "Namespace", "name": "thing-secrets"}]
    assert "clusterResourceBlacklist" not in project["spec"]
    assert "orphanedResources" not in project["spec"]
    assert application["spec"]["destination"]["namespace"] == "thing"


def test_a_chart_that_writes_to_namespaces_of_others_makes_none() -> None:
    net = domain("net", "core", "Network")
    thing = service("thing", net, "A thing", chart=replace(chart(), writes_to=("kube-system",)))
    text = build(fleet("dev", (net,), (thing,)), {})["kubernetes/dev/core/net/thing.yaml"]
    spec = next(yaml.safe_load_all(text))["spec"]
    assert spec["clusterResourceWhitelist"] == []
    assert spec["clusterResourceBlacklist"] == [{"group": "", "kind": "Namespace"}]


@pytest.mark.parametrize(
    ("text", "kind", "cluster"),
    [
        ("ServiceAccount", GroupKind("", "ServiceAccount"), False),
        ("batch/Job", GroupKind("batch", "Job"), False),
        ("rbac.authorization.k8s.io/ClusterRole", GroupKind("rbac.authorization.k8s.io", "ClusterRole"), True),
        ("Namespace", GroupKind("", "Namespace"), True),
        ("example.net/Namespace", GroupKind("example.net", "Namespace"), False),
    ],
)
def test_declared_kinds_are_read_with_their_scope(text: str, kind: GroupKind, cluster: bool) -> None:
    assert declared_kind(text) == kind
    assert is_cluster_scoped(kind) is cluster
