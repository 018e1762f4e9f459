"""From a workspace to every generated file, and to every rendered manifest."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import orjson

from generator import argocd, chart, docs
from generator.catalogue.shape import shapes
from generator.chart.seen import KIND_GROUPS
from generator.chart.service import CLUSTER_SCOPED
from generator.finding import Finding, Unusable
from generator.helm import ChartTexts, Pairs, Renderer, library_texts, renderer
from generator.pipeline.patch import Patches
from generator.pipeline.state import SCOPE
from generator.pipeline.workspace import Workspace
from generator.tree import Content, Link, Tree

TOOLS = ".tools/bin"
LIBRARY = "charts/common"
# ArgoCD neither sees nor prunes what a project no longer allows, so projects allow every kind that
# the library can print (docs/architecture/decisions/0021).
_PRUNABLE = frozenset(
    argocd.GroupKind(group, kind) for kind, group in KIND_GROUPS.items() if kind not in CLUSTER_SCOPED
)


@dataclass(frozen=True)
class Charts:
    """The charts of a workspace: their values, from which files and manifests come.

    Raises:
        Unusable: there are errors in the values; nothing may be written or rendered.
    """

    workspace: Workspace

    @cached_property
    def scopes(self) -> chart.Scopes:
        self.workspace.require_usable()
        return chart.scopes_of(self.workspace.fleets)

    @cached_property
    def values(self) -> Mapping[str, chart.ChartValues]:
        """chart -> environment -> complete values."""
        root = self.workspace.root
        return chart.build_values(self.scopes, Patches(root, root / TOOLS, self.scopes))

    def files(self) -> dict[str, str | chart.Link]:
        found: dict[str, str | chart.Link] = {}
        for name, values in self.values.items():
            found.update(chart.write_chart(name, self.scopes, values))
        return found

    def render(self, environments: tuple[str, ...]) -> dict[str, dict[str, Pairs]]:
        """Render every chart: environment -> chart -> pairs. Two threads: the engine works outside of Python."""
        engine: Renderer = renderer(self.workspace.root / TOOLS)
        library = library_texts(self.workspace.root / LIBRARY)
        packed = {name: ChartTexts(name, {**library, **self._templates(name)}) for name in self.values}
        jobs = [(environment, name) for name in self.values for environment in environments]
        with ThreadPoolExecutor(max_workers=2) as pool:
            done = pool.map(lambda job: engine.render_complete(packed[job[1]], self.values[job[1]][job[0]]), jobs)
            rendered: dict[str, dict[str, Pairs]] = {environment: {} for environment in environments}
            for (environment, name), pairs in zip(jobs, done, strict=True):
                rendered[environment][name] = pairs
        return rendered

    def _templates(self, name: str) -> dict[str, str]:
        prefix = f"charts/{name}/"
        files = chart.write_chart(name, self.scopes, self.values[name])
        return {
            path.removeprefix(prefix): text
            for path, text in files.items()
            if isinstance(text, str) and (path.startswith(f"{prefix}templates/") or path == f"{prefix}Chart.yaml")
        }


def generate(workspace: Workspace) -> Tree:
    """Return every generated file.

    Raises:
        Unusable: there are errors in the values; nothing may be written.
    """
    charts = Charts(workspace)
    files = charts.files()
    findings: list[Finding] = []
    for environment, fleet in workspace.fleets.items():
        seen = {name: argocd.survey(_seen(values[environment])) for name, values in charts.values.items()}
        findings += argocd.check(fleet, seen)
        files.update(argocd.build(fleet, seen, prunable=_PRUNABLE))
    if findings:
        raise Unusable(findings)
    files.update(docs.build(workspace.fleets, docs.read_facts(workspace.root), _remarks(workspace)))
    files.update(schema_files())
    return Tree(SCOPE, {path: _content(text) for path, text in files.items()})


def _seen(values: Mapping[str, object]) -> Iterator[argocd.Seen]:
    for seen in chart.seen_in(dict(values)):
        yield argocd.Seen(*seen)


def _remarks(workspace: Workspace) -> docs.Remarks:
    """What people wrote at the ends of lines: some of it belongs on the pages."""
    root = workspace.root
    folders = ("values", "values/templates", "values/inventory")
    files = [str(path.relative_to(root)) for folder in folders for path in (root / folder).glob("*.yaml")]
    return docs.read_remarks(root, [*files, *(file.path for file in workspace.sources.services.values())])


def _content(text: str | chart.Link) -> Content:
    return Link(text.target) if isinstance(text, chart.Link) else text.encode()


def schema_files() -> Iterator[tuple[str, str]]:
    """The schemas that editors use, by path."""
    for name, shape in shapes().items():
        yield f".schemas/{name}.json", orjson.dumps(shape.schema, option=orjson.OPT_INDENT_2).decode() + "\n"
