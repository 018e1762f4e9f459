"""The real catalogue: proven in every environment and under both kinds of policy, and each sabotage found."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.finding import format_finding
from generator.pipeline.charts import render_everything, write_charts
from generator.pipeline.reach import Proof, objects_of, prove
from generator.pipeline.workspace import Workspace, open_workspace

_ROOT = Path(__file__).parents[2]
Objects = list[tuple[str, dict[str, Any]]]
Environment = tuple[Workspace, str, Objects]
_BACKENDS = ("cilium", "kubernetes")


@pytest.fixture(scope="module", params=_BACKENDS)
def environments(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Environment]:
    """Every environment of the catalogue under one backend: generated, rendered and read."""
    root = tmp_path_factory.mktemp(request.param)
    for part in ("values", "charts/common"):
        shutil.copytree(_ROOT / part, root / part)
    site = root / "values/site.yaml"
    text = site.read_text(encoding="utf-8")
    assert "network_policy: cilium" in text
    site.write_text(text.replace("network_policy: cilium", f"network_policy: {request.param}"), encoding="utf-8")
    write_charts(root)
    rendered, workspace = render_everything(root), open_workspace(root)
    return [(workspace, name, list(objects_of(root, name, rendered[name]))) for name in workspace.fleets]


def _prove(environment: Environment, change: Callable[[Objects], Objects] | None = None) -> Proof:
    workspace, name, objects = environment
    return prove(workspace.fleets[name], change(objects) if change else objects)


def test_the_catalogue_is_proven(environments: list[Environment]) -> None:
    assert {name for _, name, _ in environments} == {"prod", "staging", "dev"}
    for environment in environments:
        proof = _prove(environment)
        assert [format_finding(finding) for finding in proof.findings] == []
        assert proof.services["sonarr"]["prowlarr"] == "9696/TCP"
        shown = {name for names in (proof.services, *proof.services.values()) for name in names}
        assert [name for name in shown if "/" in name] == []  # ranges of the site are called by their names
        assert "plex" not in proof.services["recyclarr"]
        assert proof.domains["media"]["kube-system"] == "53/TCP, 53/UDP"
        assert any(item.what.startswith("NFS volume media-sonarr-media-") for item in proof.not_enforced)


def test_hosts_are_not_enforced_only_by_plain_policies(environments: list[Environment]) -> None:
    workspace, name, _ = environments[0]
    plain = workspace.fleets[name].site.backends.network_policy == "kubernetes"
    found = [item.what for item in _prove(environments[0]).hosts_not_enforced]
    assert ("sonarr -> skyhook.sonarr.tv on 443/TCP" in found) is plain
    assert bool(found) is plain


def test_an_allow_all_policy_is_found(environments: list[Environment]) -> None:
    """What a service could slip in through `objects`: a clusterwide policy for Cilium, a plain one elsewhere."""
    environment = environments[0]
    cilium = environment[0].fleets[environment[1]].site.backends.network_policy == "cilium"
    if cilium:
        kind, where = "CiliumClusterwideNetworkPolicy", {}
        spec = {"endpointSelector": {}, "ingress": [{"fromEntities": ["all"]}], "egress": [{"toEntities": ["all"]}]}
        version = "cilium.io/v2"
    else:
        kind, where, version = "NetworkPolicy", {"namespace": "media"}, "networking.k8s.io/v1"
        spec = {"podSelector": {}, "ingress": [{}], "egress": [{}]}
    item = {"apiVersion": version, "kind": kind, "metadata": {"name": "allow-all", **where}, "spec": spec}
    found = _prove(environment, lambda objects: [*objects, ("charts/media/templates/sonarr.yaml", item)]).findings
    name = f"{kind}/media/allow-all" if where else f"{kind}/allow-all"
    assert {finding.rule for finding in found} == {"network/wider-than-declared"}
    assert {finding.objects for finding in found} == {(name,)}
    assert {finding.place.path for finding in found} == {"values/apps/media/sonarr.yaml"}
    assert [finding.message.partition(":")[0] for finding in found] == [
        f"{name} allows egress that nobody declares",
        f"{name} allows ingress that nobody declares",
    ]


def _without_rule(direction: str) -> Callable[[Objects], Objects]:
    """Drop the rule of NetworkPolicy/sonarr that is for one other service."""
    peer = {"ingress": ("from", "recyclarr"), "egress": ("to", "prowlarr")}[direction]

    def change(objects: Objects) -> Objects:
        changed: Objects = []
        for source, item in objects:
            if item["kind"] == "NetworkPolicy" and item["metadata"]["name"] == "sonarr":
                rules = []
                for rule in item["spec"][direction]:
                    kept = [other for other in rule[peer[0]] if peer[1] not in str(other)]
                    rules += [{**rule, peer[0]: kept}] if kept else []
                item = {**item, "spec": {**item["spec"], direction: rules}}
            changed.append((source, item))
        return changed

    return change


@pytest.mark.parametrize(
    ("direction", "message"),
    [
        (
            "egress",
            "'sonarr' is declared to call 'prowlarr' on 9696/TCP, and the policies deny it: "
            "the egress side of media/sonarr lacks 9696/TCP",
        ),
        (
            "ingress",
            "'recyclarr' is declared to call 'sonarr' on 8989/TCP, and the policies deny it: "
            "the ingress side of media/sonarr lacks 8989/TCP",
        ),
    ],
)
def test_one_rendered_rule_dropped_is_found(environments: list[Environment], direction: str, message: str) -> None:
    found = _prove(environments[0], _without_rule(direction)).findings
    assert [(finding.rule, finding.message) for finding in found] == [("network/declared-edge-denied", message)]
    assert found[0].place.path.startswith("values/apps/media/")


def test_a_namespace_without_its_deny_all_is_found(environments: list[Environment]) -> None:
    def change(objects: Objects) -> Objects:
        return [
            (source, item)
            for source, item in objects
            if not (item["kind"] == "NetworkPolicy" and item["metadata"]["namespace"] == "longhorn-system")
            and item["metadata"].get("namespace") != "longhorn-system"
        ]

    found = _prove(environments[0], change).findings
    assert [finding.message for finding in found if finding.rule == "network/not-isolated"] == [
        "no policy isolates all pods of longhorn-system for egress: they may call anybody",
        "no policy isolates all pods of longhorn-system for ingress: anybody may call them",
    ]


def test_doubts_and_idle_policies_are_said(environments: list[Environment]) -> None:
    base: dict[str, Any] = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    idle = {"apiVersion": "cilium.io/v2", "kind": "CiliumClusterwideNetworkPolicy", "metadata": {"name": "idle"}}
    gone = {"app": "gone", "k8s:io.kubernetes.pod.namespace": "media"}
    idle |= {"spec": {"endpointSelector": {"matchLabels": gone}}}
    told = base | {"metadata": {"name": "told", "namespace": "media"}}  # by references/policy-pods
    told |= {"spec": {"podSelector": {"matchLabels": {"app": "gone"}}}}
    odd = base | {"metadata": {"name": "odd", "namespace": "media"}}
    odd |= {"spec": {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "sonarr"}}, "ingress": [{"from": [{}]}]}}
    path = "kubernetes/prod/namespaces/media.yaml"
    found = _prove(environments[0], lambda objects: [*objects, (path, told), (path, odd)]).findings
    assert [finding.rule for finding in found] == ["network/not-judged"]
    if environments[0][0].fleets["prod"].site.backends.network_policy == "kubernetes":
        return  # who enforces plain policies alone does not know the kinds of Cilium
    found = _prove(environments[0], lambda objects: [*objects, (path, idle), (path, told), (path, odd)]).findings
    assert [format_finding(finding) for finding in found] == [
        "values/apps/media/domain.yaml:2:1: error: NetworkPolicy/media/odd cannot be judged: ingress rule 1: a peer "
        "without a selector [network/not-judged]\n  fix: write it with selectors, addresses, entities or host names",
        "values/apps/media/domain.yaml:2:1: warning: CiliumClusterwideNetworkPolicy/idle selects no pod "
        "[network/selects-nobody]\n  fix: select labels that a pod carries, or remove the policy",
    ]


@pytest.mark.parametrize(
    ("direction", "rule", "pairs"),
    [
        (
            "ingress",
            {"from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "kavita"}}}]},
            {("kavita", "sonarr")},
        ),
        ("egress", {"to": [{"ipBlock": {"cidr": "8.8.8.8/32"}}]}, {("sonarr", "8.8.8.8/32")}),
    ],
)
def test_the_matrix_knows_what_nobody_declares(
    environments: list[Environment], direction: str, rule: dict[str, Any], pairs: set[tuple[str, str]]
) -> None:
    """Everything of the catalogue is declared; one policy more makes one cell red."""
    environment = next(item for item in environments if item[1] == "prod")
    spec = {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "sonarr"}},
        "policyTypes": [direction.capitalize()],
        direction: [rule],
    }
    metadata = {"name": "more", "namespace": "media"}
    item = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
    assert _prove(environment).undeclared == frozenset()
    proof = _prove(environment, lambda objects: [*objects, ("charts/media/templates/sonarr.yaml", item)])
    assert proof.undeclared == frozenset(pairs)
