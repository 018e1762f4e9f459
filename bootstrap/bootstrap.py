#!/usr/bin/env python3
"""Take a bare cluster to the point from which ArgoCD goes on alone.

Everything that it applies is read from the generated files of one environment: kubernetes/<env>/
and charts/. Each step may be repeated: what is there already stays as it is.

    .venv/bin/python bootstrap/bootstrap.py --environment prod --context admin@prod
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

# ArgoCD applies under this name. Under another one, a field that Git drops later would stay, owned by two.
FIELD_MANAGER = "argocd-controller"
ARGOCD_CHART = "argo-cd"
DEFINITION = "CustomResourceDefinition"
# Nothing starts without the classes, nothing speaks without the policies (the guard rails deny all).
FIRST_KINDS = frozenset({"CiliumNetworkPolicy", "NetworkPolicy", "PriorityClass"})
TIERS = ("core", "platform", "apps", "shared-config")

_BETWEEN = re.compile(r"^---.*$", re.MULTILINE)
_VERSION = re.compile(r"^apiVersion: \"?([^\s\"]+)", re.MULTILINE)
_KIND = re.compile(r"^kind: \"?([^\s\"]+)", re.MULTILINE)
_NAME = re.compile(r"^metadata:\n(?:(?: .*)?\n)*?  name: \"?([^\s\"]+)", re.MULTILINE)
_NO_REPLICAS = re.compile(r"^  replicas: 0$", re.MULTILINE)


class BootstrapError(Exception):
    """The cluster cannot be brought further. The text says what to do."""


class Document(NamedTuple):
    """One rendered object; its text goes to the cluster as it stands."""

    version: str
    kind: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Release:
    """The Helm release of ArgoCD, as its own Application states it."""

    name: str
    namespace: str
    repository: str
    chart: str
    version: str
    values: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster, reached by a context of the kubeconfig that has to be named."""

    context: str
    timeout_s: int

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return run(("kubectl", "--context", self.context, *arguments), stdin)

    def apply(self, *arguments: str, stdin: str | None = None) -> None:
        """Server-side only: a client-side apply drops nulls, and cannot hold ArgoCD's own definitions."""
        options = ("--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}")
        self.kubectl("apply", *options, *arguments, stdin=stdin)

    def apply_documents(self, documents: Sequence[Document]) -> None:
        if documents:
            self.apply("-f", "-", stdin="---\n".join(document.text for document in documents))

    def served(self) -> frozenset[str]:
        """The API versions that the cluster knows by now."""
        return frozenset(self.kubectl("api-versions").split())


def run(command: Sequence[str], stdin: str | None = None) -> str:
    """Run a program and return what it prints; what it says of errors goes into ours.

    Raises:
        BootstrapError: it is not installed, or it failed.
    """
    if shutil.which(command[0]) is None:
        raise BootstrapError(f"{command[0]} is not on the PATH")
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BootstrapError(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr.rstrip()}")
    return done.stdout


def split(text: str) -> Iterator[Document]:
    """Cut what Helm printed into objects, text untouched."""
    for part in _BETWEEN.split(text):
        version, kind, name = _VERSION.search(part), _KIND.search(part), _NAME.search(part)
        if version and kind:
            yield Document(version[1], kind[1], name[1] if name else "", part.strip("\n") + "\n")


def release_of(folder: Path) -> Release:
    """Find the Application that deploys ArgoCD.

    Raises:
        BootstrapError: there is none, or it is not taken from a chart repository.
    """
    for path in sorted(folder.glob("*/*/*.yaml")):
        for made in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            source: dict[str, Any] = made.get("spec", {}).get("source", {})
            if source.get("chart") == ARGOCD_CHART:
                helm = source.get("helm", {})
                return Release(
                    name=helm.get("releaseName", made["metadata"]["name"]),
                    namespace=made["spec"]["destination"]["namespace"],
                    repository=source["repoURL"],
                    chart=source["chart"],
                    version=source["targetRevision"],
                    values=helm.get("values", ""),
                )
    raise BootstrapError(f"no Application below {folder} deploys the chart {ARGOCD_CHART!r}; run `make charts`")


def render_release(release: Release) -> tuple[Document, ...]:
    """Render ArgoCD as it will render itself later."""
    # ArgoCD writes registries without a scheme, Helm with one.
    if "://" in release.repository:
        where = [release.chart, "--repo", release.repository]
    else:
        where = [f"oci://{release.repository}/{release.chart}"]
    command = ["helm", "template", release.name, *where, "--version", release.version]
    command += ["--namespace", release.namespace, "--include-crds", "--values", "-"]
    return tuple(split(run(command, stdin=release.values)))


def render_charts(root: Path, environment: str) -> tuple[Document, ...]:
    """What has to be there first, out of every chart that this environment deploys."""
    found: list[Document] = []
    for tier in TIERS:
        for path in sorted((root / "kubernetes" / environment / tier).glob("*.yaml")):
            chart = root / "charts" / path.stem
            command = ["helm", "template", str(chart), "--values", str(chart / f"values-{environment}.yaml")]
            found += [document for document in split(run(command)) if document.kind in FIRST_KINDS]
    return tuple(found)


def known(documents: Iterable[Document], served: frozenset[str]) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """Part what the cluster has an API for from what it does not have yet."""
    listed = tuple(documents)
    yes = tuple(document for document in listed if document.version in served)
    return yes, tuple(document for document in listed if document.version not in served)


def say(text: str) -> None:
    sys.stderr.write(text + "\n")


def say_left(documents: Sequence[Document]) -> None:
    for document in documents:
        say(f"  left for ArgoCD: {document} (no {document.version} here yet)")


def install(cluster: Cluster, release: Release) -> None:
    """Apply ArgoCD: its definitions, then the rest, then wait until it runs."""
    documents = render_release(release)
    definitions = tuple(document for document in documents if document.kind == DEFINITION)
    cluster.apply_documents(definitions)
    limit = f"--timeout={cluster.timeout_s}s"
    if definitions:
        names = [f"crd/{document.name}" for document in definitions]
        cluster.kubectl("wait", "--for=condition=Established", limit, *names)
    rest, left = known((document for document in documents if document.kind != DEFINITION), cluster.served())
    cluster.apply_documents(rest)
    say_left(left)
    for document in rest:
        if document.kind in ("Deployment", "StatefulSet") and not _NO_REPLICAS.search(document.text):
            name = f"{document.kind.lower()}/{document.name}"
            cluster.kubectl("--namespace", release.namespace, "rollout", "status", name, limit)


def bootstrap(root: Path, environment: str, cluster: Cluster) -> None:
    """All steps, in order."""
    folder = root / "kubernetes" / environment
    if not (folder / "root.yaml").is_file():
        raise BootstrapError(f"{folder} holds no root.yaml; name an environment, or run `make charts`")
    release = release_of(folder)
    say(f"1/4 guard rails of {environment}: namespaces, deny-all policies, volumes on NFS")
    cluster.apply("-f", str(folder / "namespaces"))
    say("2/4 priority classes and network policies")
    first, left = known(render_charts(root, environment), cluster.served())
    cluster.apply_documents(first)
    say_left(left)
    say(f"3/4 {release.chart} {release.version} in namespace {release.namespace}")
    install(cluster, release)
    say("4/4 root Application: ArgoCD goes on from here")
    cluster.apply("-f", str(folder / "root.yaml"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0, or 3 where a tool or the cluster failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--environment", required=True, help="dev, staging, prod: a folder below kubernetes/")
    parser.add_argument("--context", required=True, help="context of the kubeconfig; never the current one by itself")
    parser.add_argument("--timeout", type=int, default=600, metavar="SECONDS", help="for each wait (default: 600)")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1], help="the repository")
    given = parser.parse_args(arguments)
    try:
        bootstrap(given.root, given.environment, Cluster(given.context, given.timeout))
    except BootstrapError as error:
        say(f"bootstrap: {error}")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
