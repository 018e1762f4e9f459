"""The bootstrap script, run as a person runs it, against programs that write down what they are told."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from generator.argocd import build
from tests.argocd.cluster import FakeTools
from tests.argocd.fleets import chart, domain, fleet, service, small

SCRIPT = Path(__file__).resolve().parents[2] / "bootstrap" / "bootstrap.py"
APPLY = "kubectl --context admin@prod apply --server-side --force-conflicts --field-manager=argocd-controller"
CLASS = "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata:\n  name: critical\nvalue: 1000\n"
POLICY = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: plex\n  namespace: media\n"
CILIUM = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: plex-internet\n"
SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  labels:\n    a: b\n  name: argocd-server\n"
MONITOR = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata:\n  name: argocd-server\n"
DEFINITION = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: applications.argoproj.io\n"
)
SERVER = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: argocd-server\nspec:\n  replicas: 1\n"
SETS = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: argocd-sets\nspec:\n  replicas: 0\n"
CONTROLLER = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: argocd-controller\nspec:\n  replicas: 1\n"
SERVED = "apiextensions.k8s.io/v1\napps/v1\nnetworking.k8s.io/v1\nscheduling.k8s.io/v1\nv1\n"


def stream(*documents: str) -> str:
    return "---\n".join(documents)


def repository(root: Path, *, url: str = "oci://ghcr.io/argoproj/argo-helm") -> Path:
    """A repository with the small fleet, and an ArgoCD in it."""
    whole, rendered = small()
    net = domain("net", "core", "Network")
    release = replace(chart("argo-cd", values={"dex": {"enabled": False}}), repository=url)
    own = replace(service("argo-cd", net, "Pulls Git", chart=release))
    with_argocd = fleet("prod", (), (own,))
    finished = replace(
        whole,
        services={**whole.services, "argo-cd": own},
        namespaces={**whole.namespaces, **with_argocd.namespaces},
        namespace_of={**whole.namespace_of, "argo-cd": "argo-cd"},
    )
    for path, text in build(finished, rendered).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def tools(tmp_path: Path) -> FakeTools:
    made = FakeTools(tmp_path / "tools")
    made.install()
    made.answer("kubectl", "api-versions", text=SERVED)
    return made


def run(tools: FakeTools, root: Path, *, environment: str = "prod", path: str | None = None) -> tuple[int, str]:
    command = [sys.executable, str(SCRIPT), "--environment", environment, "--context", "admin@prod"]
    done = subprocess.run(
        [*command, "--root", str(root)], capture_output=True, text=True, env={"PATH": path or tools.path}, check=False
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_bootstrap_applies_everything_in_order(tools: FakeTools, tmp_path: Path) -> None:
    root = repository(tmp_path / "repository")
    tools.answer("helm", "argo-cd", text=stream(DEFINITION, SERVICE, MONITOR, SERVER, SETS, CONTROLLER))
    tools.answer("helm", f"{root}/charts/shared-config", text=f"---\n# Source: x\n{CLASS}---\n{SERVICE}")
    tools.answer("helm", f"{root}/charts/media", text=f"---\n{POLICY}---\n{CILIUM}")
    code, said = run(tools, root)
    assert (code, said) == (
        0,
        "1/4 guard rails of prod: namespaces, deny-all policies, volumes on NFS\n"
        "2/4 priority classes and network policies\n"
        "  left for ArgoCD: CiliumNetworkPolicy/plex-internet (no cilium.io/v2 here yet)\n"
        "3/4 argo-cd 1.2.3 in namespace argo-cd\n"
        "  left for ArgoCD: ServiceMonitor/argocd-server (no monitoring.coreos.com/v1 here yet)\n"
        "4/4 root Application: ArgoCD goes on from here\n",
    )
    template = f"helm template {root}/charts"
    wait = "--timeout=600s"
    assert tools.calls == [
        (f"{APPLY} -f {root}/kubernetes/prod/namespaces", ""),
        (f"{template}/net --values {root}/charts/net/values-prod.yaml", ""),
        (f"{template}/media --values {root}/charts/media/values-prod.yaml", ""),
        (f"{template}/shared-config --values {root}/charts/shared-config/values-prod.yaml", ""),
        ("kubectl --context admin@prod api-versions", ""),
        (f"{APPLY} -f -", f"{POLICY}---\n# Source: x\n{CLASS}"),
        (
            "helm template argo-cd oci://ghcr.io/argoproj/argo-helm/argo-cd --version 1.2.3"
            " --namespace argo-cd --include-crds --values -",
            "dex:\n  enabled: false\n",
        ),
        (f"{APPLY} -f -", DEFINITION),
        (f"kubectl --context admin@prod wait --for=condition=Established {wait} crd/applications.argoproj.io", ""),
        ("kubectl --context admin@prod api-versions", ""),
        (f"{APPLY} -f -", stream(SERVICE, SERVER, SETS, CONTROLLER)),
        (f"kubectl --context admin@prod --namespace argo-cd rollout status deployment/argocd-server {wait}", ""),
        (f"kubectl --context admin@prod --namespace argo-cd rollout status statefulset/argocd-controller {wait}", ""),
        (f"{APPLY} -f {root}/kubernetes/prod/root.yaml", ""),
    ]


def test_bootstrap_again_says_the_same_to_the_cluster(tools: FakeTools, tmp_path: Path) -> None:
    root = repository(tmp_path / "repository")
    assert run(tools, root) == run(tools, root)
    once, again = tools.calls[: len(tools.calls) // 2], tools.calls[len(tools.calls) // 2 :]
    assert once == again


def test_bootstrap_reads_a_chart_repository_by_its_index(tools: FakeTools, tmp_path: Path) -> None:
    root = repository(tmp_path / "repository", url="https://charts.example.net")
    assert run(tools, root)[0] == 0
    assert [line for line, _ in tools.calls if line.startswith("helm template argo-cd ")] == [
        "helm template argo-cd argo-cd --repo https://charts.example.net --version 1.2.3"
        " --namespace argo-cd --include-crds --values -"
    ]


def test_bootstrap_never_applies_on_the_client(tools: FakeTools, tmp_path: Path) -> None:
    run(tools, repository(tmp_path / "repository"))
    applied = [line for line, _ in tools.calls if " apply " in line]
    assert applied
    assert all(line.startswith(APPLY) for line in applied)


def test_bootstrap_stops_at_the_first_step_that_fails(tools: FakeTools, tmp_path: Path) -> None:
    root = repository(tmp_path / "repository")
    tools.answer("kubectl", "apply", text="error: no route to host\n", code=1)
    code, said = run(tools, root)
    assert (code, said) == (
        3,
        "1/4 guard rails of prod: namespaces, deny-all policies, volumes on NFS\n"
        f"bootstrap: {APPLY} -f {root}/kubernetes/prod/namespaces: exit 1\nerror: no route to host\n",
    )
    assert len(tools.calls) == 1


def test_bootstrap_names_what_is_missing(tools: FakeTools, tmp_path: Path) -> None:
    root = repository(tmp_path / "repository")
    folder = root / "kubernetes" / "stagign"
    assert run(tools, root, environment="stagign") == (
        3,
        f"bootstrap: {folder} holds no root.yaml; name an environment, or run `make charts`\n",
    )
    assert run(tools, root, path=str(tmp_path)) == (
        3,
        "1/4 guard rails of prod: namespaces, deny-all policies, volumes on NFS\n"
        "bootstrap: kubectl is not on the PATH\n",
    )
    (root / "kubernetes" / "prod" / "core" / "net" / "argo-cd.yaml").unlink()
    assert run(tools, root) == (
        3,
        f"bootstrap: no Application below {root}/kubernetes/prod deploys the chart 'argo-cd'; run `make charts`\n",
    )
    assert tools.calls == []
