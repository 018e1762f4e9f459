"""Every leaf of every rendered object of a service, and the line that it comes from: python -m tests.gate.places."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.pipeline.charts import render_environment
from generator.pipeline.generate import generate
from generator.pipeline.workspace import open_workspace
from generator.policy import library_of, trace
from generator.policy.trace import leaves
from generator.schema import read_manifests
from tests.gate.edit import ROOT, copy_repository

FOLDER = Path(__file__).parent / "places"
_NAME = "app.kubernetes.io/name"
# A plain application, one that goes through every layer, an upstream chart.
SERVICES = ("tika", "layers", "cert-manager")
# A service of our own for the second: template, `inherit`, `${…}`, an override of the environment and a patch.
LAYERS = """\
summary: A service whose values come through every layer
category: acquisition
template: servarr
image: ghcr.io/home-operations/sonarr:4.0.19.3001@sha256:2fef93accb445aeb1773e454825ac903f7d66d9addfe045d56fff69ba8181c82
ports: {http: 8989}
resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 128Mi}}
env: {PROWLARR: "${url:prowlarr}"}
expose: {layers: lan}
talks_to: {services: [prowlarr], internet: [services.sonarr.tv]}
alerts: {VolumeFilling: {disabled: the cache is meant to be full}}
components:
  worker:
    inherit: [resources, env]
    image: ghcr.io/home-operations/sonarr:4.0.19.3001@sha256:2fef93accb445aeb1773e454825ac903f7d66d9addfe045d56fff69ba8181c82
    ports: {worker: 8990}
    probes: {none: it only writes}
patch:
  Deployment/layers: {merge: {spec: {minReadySeconds: 10, template: {spec: {containers: {layers: {stdin: true}}}}}}, reason: to be seen}
"""  # noqa: E501
OVERRIDE = "services:\n  layers: {replicas: 2, strategy: RollingUpdate, storage: {config: null, logs: null}, image: ghcr.io/home-operations/sonarr:4.0.20.3100}\n"  # noqa: E501


def with_layers(top: Path) -> Path:
    """Return a copy of the repository with the service that goes through every layer."""
    copy_repository(top)
    (top / "values" / "apps" / "media" / "layers.yaml").write_text(LAYERS, encoding="utf-8")
    environment = top / "values" / "environments" / "prod.yaml"
    environment.write_text(f"{environment.read_text(encoding='utf-8')}{OVERRIDE}", encoding="utf-8")
    return top


def tables(top: Path) -> dict[str, str]:
    """Return the table of each service: object and path, a tab, the place."""
    workspace = open_workspace(top)
    workspace.require_usable()
    fleet = workspace.fleets["prod"]
    library = library_of(top / "charts" / "common" / "templates")
    found: dict[str, list[str]] = {name: [] for name in SERVICES}
    for body in _objects(top):
        own = body["metadata"]["name"] if body["kind"] == "Application" else ""
        name = str((body["metadata"].get("labels") or {}).get(_NAME, own))
        for path in leaves(body) if name in found else ():
            shown = ".".join(f"[{step}]" if isinstance(step, int) else step for step in path).replace(".[", "[")
            place = trace(fleet, body, path, library)
            found[name].append(f"{body['kind']}/{body['metadata']['name']} {shown}\t{place}")
    return {name: "\n".join(lines) + "\n" for name, lines in found.items()}


def _objects(top: Path) -> Iterator[dict[str, Any]]:
    texts = [pair.document for pairs in render_environment(top, "prod").values() for pair in pairs]
    tree = generate(open_workspace(top))
    texts += [
        content.decode()
        for path, content in sorted(tree.entries.items())
        if path.startswith("kubernetes/prod/") and path.endswith(".yaml") and isinstance(content, bytes)
    ]
    for text in texts:
        for manifest in read_manifests(text).manifests:
            yield manifest.object


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name, text in tables(with_layers(Path(folder))).items():
            (FOLDER / f"{name}.tsv").write_text(text, encoding="utf-8")
            sys.stdout.write(f"{FOLDER.relative_to(ROOT)}/{name}.tsv: {text.count(chr(10))} leaves\n")
