"""From a workspace to every generated file, and to every rendered manifest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import orjson

from generator import argocd, chart, docs
from generator.catalogue.shape import shapes
from generator.chart.seen import KIND_GROUPS
from generator.chart.service import CLUSTER_SCOPED
from generator.finding import Finding, Unusable
from generator.helm import ChartTexts, Pairs, Renderer, library_texts, renderer
from generator.pipeline.beside import beside
from generator.pipeline.carried import library_folder
from generator.pipeline.patch import Patches
from generator.pipeline.state import SCOPE
from generator.pipeline.workspace import Workspace
from generator.tree import Content, Link, Tree

TOOLS = ".tools/bin"
# Of so many charts, one is written beside the pages.
_OF = 5
# ArgoCD neither sees nor prunes what a project no longer allows, so projects allow every kind that
# the library can print (docs/architecture/decisions/0021).
_PRUNABLE = frozenset(
    argocd.GroupKind(group, kind) for kind, group in KIND_GROUPS.items() if kind not in CLUSTER_SCOPED
)


@dataclass(frozen=True, slots=True)
class Share:
    """Some charts: their files, those of their Applications, and what each renders in each environment."""

    files: dict[str, Content]
    rendered: dict[str, dict[str, argocd.Rendered]]


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
        return chart.build_values(self.scopes, self._patches)

    @cached_property
    def _patches(self) -> Patches:
        root = self.workspace.root
        return Patches(root, root / TOOLS, self.scopes)

    @cached_property
    def halves(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of all charts in two parts; those that enter the Helm engine are in the first.

        The second is the smaller: who writes it writes the pages too, which cost as much as half of all charts.
        """
        names = chart.names_of(self.scopes)
        patched = {
            service.domain
            for scope in self.scopes.values()
            for service in scope.fleet.services.values()
            if service.patches
        }
        others = [name for name in names if name not in patched]
        first = patched | {name for index, name in enumerate(others) if index % _OF != 0}
        return tuple(name for name in names if name in first), tuple(name for name in names if name not in first)

    def share(self, names: tuple[str, ...]) -> Share:
        """Write some of the charts, and what ArgoCD makes of them."""
        share = Share({}, {})
        for name in names:
            values = chart.chart_values(name, self.scopes, self._patches)
            share.files.update(_contents(chart.write_chart(name, self.scopes, values)))
            rendered = {environment: argocd.survey(_seen(own)) for environment, own in values.items()}
            for environment, seen in rendered.items():
                fleet = self.scopes[environment].fleet
                share.files.update(_contents(argocd.build_domain(fleet, name, seen, prunable=_PRUNABLE)))
            share.rendered[name] = rendered
        return share

    def render(self, environments: tuple[str, ...]) -> dict[str, dict[str, Pairs]]:
        """Render every chart: environment -> chart -> pairs. Two threads: the engine works outside of Python."""
        from concurrent.futures import ThreadPoolExecutor

        engine: Renderer = renderer(self.workspace.root / TOOLS)
        library = library_texts(library_folder(self.workspace.root))
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
    first, second = charts.halves
    with beside(lambda: (charts.share(second), pages(workspace))) as second_half:
        share = charts.share(first)
        other, references = second_half()
    files = {**share.files, **other.files, **references, **_contents(dict(schema_files()))}
    rendered = share.rendered | other.rendered
    findings: list[Finding] = []
    for environment, fleet in workspace.fleets.items():
        seen = {name: rendered[name][environment] for name in sorted(rendered)}
        findings += argocd.check(fleet, seen)
        files.update(_contents(argocd.build_environment(fleet, seen[chart.SHARED])))
    if findings:
        raise Unusable(findings)
    return Tree(SCOPE, files)


def pages(workspace: Workspace) -> dict[str, Content]:
    """Return the reference pages, by path."""
    return _contents(docs.build(workspace.fleets, docs.read_facts(workspace.root), _remarks(workspace)))


def _seen(values: Mapping[str, object]) -> Iterator[argocd.Seen]:
    for seen in chart.seen_in(dict(values)):
        yield argocd.Seen(*seen)


def _remarks(workspace: Workspace) -> docs.Remarks:
    """What people wrote at the ends of lines: some of it belongs on the pages."""
    root = workspace.root
    folders = ("values", "values/templates", "values/inventory")
    files = [str(path.relative_to(root)) for folder in folders for path in (root / folder).glob("*.yaml")]
    return docs.read_remarks(root, [*files, *(file.path for file in workspace.sources.services.values())])


def _contents(files: Mapping[str, str | chart.Link]) -> dict[str, Content]:
    return {path: Link(text.target) if isinstance(text, chart.Link) else text.encode() for path, text in files.items()}


def schema_files() -> Iterator[tuple[str, str]]:
    """The schemas that editors use, by path."""
    for name, shape in shapes().items():
        yield f".schemas/{name}.json", orjson.dumps(shape.schema, option=orjson.OPT_INDENT_2).decode() + "\n"
