"""What an Application says about syncing, deleting and its source."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.argocd import build
from tests.argocd.fleets import chart, domain, fleet, service, small

ROOT = Path(__file__).parents[2]


def objects(made: dict[str, str], kind: str) -> Iterator[dict[str, Any]]:
    for text in made.values():
        yield from (found for found in yaml.safe_load_all(text) if found["kind"] == kind)


def applications() -> dict[str, dict[str, Any]]:
    return {found["metadata"]["name"]: found for found in objects(build(*small()), "Application")}


def test_projects_come_before_guard_rails_and_those_before_everything_else() -> None:
    made = build(*small())
    waves = {
        (found["kind"], found["metadata"]["name"]): int(
            found["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
        )
        for kind in ("AppProject", "Application")
        for found in objects(made, kind)
    }
    assert {wave for (kind, _), wave in waves.items() if kind == "AppProject"} == {-2}
    assert {name: wave for (kind, name), wave in waves.items() if kind == "Application"} == {
        "root": -2,
        "namespaces": -1,
        "shared-config": 0,
        "gateway-crds": 0,
        "cilium": 1,
        "net": 1,
        "media": 2,
    }


def test_every_application_applies_and_compares_on_the_server_and_retries_for_an_hour() -> None:
    for name, found in applications().items():
        policy = found["spec"]["syncPolicy"]
        assert "ServerSideApply=true" in policy["syncOptions"], name
        assert "PruneLast=true" not in policy["syncOptions"], name
        assert "CreateNamespace=true" not in policy["syncOptions"], name
        # ArgoCD drops what is false when it writes the object back, and the root would heal it for ever (seen).
        assert all(value is True for value in policy["automated"].values()), name
        assert policy["retry"]["limit"] == 20
        compared = found["metadata"]["annotations"].get("argocd.argoproj.io/compare-options")
        # What the root controls has its status beside its spec, so a dry run is always of another moment.
        assert compared == (None if name == "root" else "ServerSideDiff=true"), name


def test_a_person_may_pause_an_application_and_no_status_becomes_a_field_of_the_root() -> None:
    # With RespectIgnoreDifferences the root applied the status of its children as its own fields, and
    # every later comparison was refused (seen with ArgoCD 3.2.11: docs/architecture/tried-on-real-servers.md).
    for name, found in applications().items():
        assert "enabled" not in found["spec"]["syncPolicy"]["automated"], name
        assert "RespectIgnoreDifferences=true" not in found["spec"]["syncPolicy"]["syncOptions"], name
        assert "ignoreDifferences" not in found["spec"], name


def test_the_root_and_argocd_itself_are_not_deleted_with_what_they_made() -> None:
    net = domain("net", "core", "Network")
    own = service("argo-cd", net, "Pulls Git", chart=chart("argo-cd"))
    found = list(objects(build(fleet("dev", (net,), (own,)), {}), "Application"))
    kept = {one["metadata"]["name"]: "finalizers" in one["metadata"] for one in found}
    assert kept == {"root": False, "namespaces": True, "argo-cd": False}


def test_our_charts_are_rendered_again_when_the_library_changes() -> None:
    paths = {
        name: found["metadata"]["annotations"].get("argocd.argoproj.io/manifest-generate-paths")
        for name, found in applications().items()
    }
    library = ".;/charts/common"
    assert paths == {
        "root": ".",
        "namespaces": ".",
        "shared-config": library,
        "media": library,
        "net": library,
        "cilium": None,
        "gateway-crds": None,
    }


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_argocd_tracks_what_the_bootstrap_applied_and_waits_for_no_database(environment: str) -> None:
    text = (ROOT / "kubernetes" / environment / "core" / "gitops" / "argo-cd.yaml").read_text(encoding="utf-8")
    (argocd,) = (found for found in yaml.safe_load_all(text) if found["kind"] == "Application")
    settings = yaml.safe_load(argocd["spec"]["source"]["helm"]["values"])["configs"]["cm"]
    # The label of ArgoCD's default is a selector of ours: it would take every object for marked already.
    assert settings["application.instanceLabelKey"] == "argocd.argoproj.io/instance"
    # Its own check fails on a Cluster without a status, and a failed check stops the sync of the domain.
    health = settings["resource.customizations.health.postgresql.cnpg.io_Cluster"]
    assert health.startswith("local status = obj.status or {}\n")


def test_children_follow_the_revision_of_the_root() -> None:
    ours = {
        found["spec"]["source"]["targetRevision"]
        for found in applications().values()
        if found["spec"]["source"]["repoURL"] == "https://git.example.net/home/fleet.git"
    }
    assert ours == {"refs/heads/env/prod"}


def test_a_chart_in_a_folder_of_git_gets_its_values_too() -> None:
    net = domain("net", "core", "Network")
    in_git = replace(chart(None, values={"a": 1}), git="https://git.example.org/x", repository=None, path=None)
    made = build(fleet("dev", (net,), (service("thing", net, "A thing", chart=in_git),)), {})
    found = next(one for one in objects(made, "Application") if one["metadata"]["name"] == "thing")
    assert found["spec"]["source"] == {
        "repoURL": "https://git.example.org/x",
        "targetRevision": "1.2.3",
        "path": ".",
        "helm": {"values": "a: 1\n"},
    }
