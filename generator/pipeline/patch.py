"""Render services that have patches, and finish the objects that these name (architecture.md 29)."""

from collections.abc import Mapping
from pathlib import Path

from generator.catalogue.service import Json, Service
from generator.chart import Scopes, apply_patches, lone_values, service_template
from generator.emitter import emit
from generator.finding import Unusable
from generator.helm import ChartTexts, Renderer, library_texts, renderer
from generator.pipeline.carried import library_folder


class Patches:
    """Renders a service without its patches and lays them over its objects; the engine loads on first use."""

    def __init__(self, root: Path, tools: Path, scopes: Scopes) -> None:
        self._root = root
        self._tools = tools
        self._scopes = scopes
        self._engine: Renderer | None = None

    def __call__(self, environment: str, service: Service) -> Mapping[str, Json]:
        """Return the finished objects of one service in one environment by `Kind_name`.

        Raises:
            Unusable: a patch names an object that does not exist, or touches what it may not.
        """
        if not service.patches:
            return {}
        finished, findings = apply_patches(service, self._objects(environment, service))
        if findings:
            raise Unusable(findings)
        return finished

    def _objects(self, environment: str, service: Service) -> dict[str, Json]:
        from generator.schema import read_manifests

        self._engine = self._engine or renderer(self._tools)
        name = service.domain
        metadata = {
            "apiVersion": "v2",
            "name": name,
            "version": "1.0.0",
            "dependencies": [{"name": "common", "version": "1.0.0"}],
        }
        own = {"Chart.yaml": emit(metadata), f"templates/{service.name}.yaml": service_template(service.name)}
        texts = ChartTexts(name, library_texts(library_folder(self._root)) | own)
        values = lone_values(self._scopes[environment], environment, service)
        pairs = self._engine.render_complete(texts, values)
        manifests = (manifest for pair in pairs for manifest in read_manifests(pair.document).manifests)
        return {manifest.name: manifest.object for manifest in manifests}
