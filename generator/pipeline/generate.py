"""From a workspace to every generated file, and to every rendered manifest."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import orjson

from generator import argocd, chart, docs
from generator.catalogue.shape import shapes
from generator.finding import Finding, Unusable
from generator.helm import ChartTexts, Engine, Pairs, Renderer, library_texts, renderer
from generator.pipeline.beside import beside
from generator.pipeline.carried import library_folder
from generator.pipeline.memo.around import pack
from generator.pipeline.memo.keep import Handed, hand_on
from generator.pipeline.once import is_plain, render_each, render_once
from generator.pipeline.patch import Patches
from generator.pipeline.rulebook import rule_book
from generator.pipeline.share import TOOLS, Share, contents, remarks_of, write_share
from generator.pipeline.state import SCOPE
from generator.pipeline.workspace import Workspace
from generator.tree import Content, Tree

__all__ = ["TOOLS", "Charts", "Made", "generate", "make", "pages"]

# Of so many charts, one is written beside the pages.
_OF = 6
# Takes a chart by its name, its templates, and its values by environment.
HandOver = Callable[[str, Mapping[str, str], chart.ChartValues], None]


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

    def values_of(self, name: str) -> chart.ChartValues:
        """The complete values of one chart by environment."""
        return chart.chart_values(name, self.scopes, self._patches)

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
            write_share(share, name, self.scopes, self.values_of(name))
        return share

    def render(self, environments: tuple[str, ...]) -> dict[str, dict[str, Pairs]]:
        """Render every chart: environment -> chart -> pairs."""
        rendered: dict[str, dict[str, Pairs]] = {environment: {} for environment in environments}
        for name, several in self.stream(environments):
            for environment, pairs in several.items():
                rendered[environment][name] = pairs
        return rendered

    def stream(self, environments: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Pairs]]]:
        """Render every chart and yield it as soon as it is there, in the order of their names.

        Two threads: the engine works outside of Python, so whoever takes the charts can read them meanwhile.
        """
        from concurrent.futures import Future, ThreadPoolExecutor

        engine: Renderer = renderer(self.workspace.root / TOOLS)
        library = library_texts(library_folder(self.workspace.root))
        # Where the library prints an object from nothing but what is its own, what environments share is printed once.
        once = isinstance(engine, Engine) and is_plain(library)
        waiting: deque[tuple[str, Future[dict[str, Pairs]]]] = deque()
        with ThreadPoolExecutor(max_workers=2) as pool:
            for name in chart.names_of(self.scopes):
                values = self.values_of(name)
                packed = ChartTexts(name, {**library, **chart.write_templates(name, self.scopes, values)})
                waiting.append((name, pool.submit(_rendered, engine, packed, values, environments, once=once)))
                while waiting and waiting[0][1].done():
                    first, done = waiting.popleft()
                    yield first, done.result()
            for first, done in waiting:
                yield first, done.result()


def _rendered(
    engine: Renderer, packed: ChartTexts, values: chart.ChartValues, environments: tuple[str, ...], *, once: bool
) -> dict[str, Pairs]:
    if once and isinstance(engine, Engine):
        return render_once(engine, packed, values, environments)
    return render_each(engine, packed, values, environments)


@dataclass(frozen=True, slots=True)
class Made:
    """Every generated file, and what the next run may start from."""

    tree: Tree
    handed: Handed
    around: Mapping[str, bytes]


def generate(workspace: Workspace) -> Tree:
    """Return every generated file.

    Raises:
        Unusable: there are errors in the values; nothing may be written.
    """
    return _make(workspace, hand=False)[0]


def generate_here(workspace: Workspace, hand_over: HandOver) -> Tree:
    """Return every generated file, made in this process alone; hand over each chart as soon as its values are known.

    Raises:
        Unusable: there are errors in the values; nothing may be written.
    """
    charts = Charts(workspace)
    share = Share({}, {})
    for name in chart.names_of(charts.scopes):
        values = charts.values_of(name)
        hand_over(name, chart.write_templates(name, charts.scopes, values), values)
        write_share(share, name, charts.scopes, values)
    files = {**share.files, **pages(workspace), **contents(rule_book(workspace.root))}
    return _whole(workspace, files, share.rendered)


def make(workspace: Workspace) -> Made:
    """Return every generated file, and what the next run may start from.

    Raises:
        Unusable: there are errors in the values; nothing may be written.
    """
    tree, handed, around = _make(workspace, hand=True)
    assert handed is not None
    return Made(tree, handed, around)


def _make(workspace: Workspace, *, hand: bool) -> tuple[Tree, Handed | None, Mapping[str, bytes]]:
    charts = Charts(workspace)
    with beside(lambda: contents(rule_book(workspace.root))) as rules:
        first, second = charts.halves  # resolves every environment, which one process does best
        book = rules()

    def beside_them() -> tuple[Share, dict[str, Content], Handed | None, dict[str, bytes]]:
        share = charts.share(second)
        reference = _reference(workspace)
        kept = docs.keep(reference)
        references = contents(docs.build_pages(reference, kept))
        if not hand:
            return share, references, None, {}
        return share, references, hand_on(charts.scopes, kept), pack(workspace.fleets.values())

    with beside(beside_them) as second_half:
        share = charts.share(first)
        other, references, handed, around = second_half()
    files = {**share.files, **other.files, **references, **book}
    return _whole(workspace, files, share.rendered | other.rendered), handed, around


def _whole(
    workspace: Workspace, parts: Mapping[str, Content], rendered: Mapping[str, Mapping[str, argocd.Rendered]]
) -> Tree:
    """Return all files: those of charts and pages, and what needs all charts."""
    files = {**parts, **contents(dict(schema_files()))}
    findings: list[Finding] = []
    for environment, fleet in workspace.fleets.items():
        seen = {name: rendered[name][environment] for name in sorted(rendered)}
        findings += argocd.check(fleet, seen)
        files.update(contents(argocd.build_environment(fleet, seen[chart.SHARED])))
    if findings:
        raise Unusable(findings)
    return Tree(SCOPE, files)


def pages(workspace: Workspace) -> dict[str, Content]:
    """Return the reference pages, by path."""
    reference = _reference(workspace)
    return contents(docs.build_pages(reference, docs.keep(reference)))


def _reference(workspace: Workspace) -> docs.Reference:
    return docs.look(workspace.fleets, docs.read_facts(workspace.root), remarks_of(workspace))


def schema_files() -> Iterator[tuple[str, str]]:
    """The schemas that editors use, by path."""
    for name, shape in shapes().items():
        yield f".schemas/{name}.json", orjson.dumps(shape.schema, option=orjson.OPT_INDENT_2).decode() + "\n"
