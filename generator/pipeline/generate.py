"""From a workspace to every generated file."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator import argocd, chart, docs
from generator.catalogue.shape import shapes
from generator.helm import ChartTexts, Pairs, Renderer, library_texts, renderer
from generator.pipeline.patch import Patches
from generator.pipeline.state import SCOPE
from generator.pipeline.workspace import Workspace
from generator.tree import Content, Link, Tree

TOOLS = ".tools/bin"


def generate(workspace: Workspace) -> Tree:
    """Return every generated file.

    Raises:
        Unusable: there are errors in the values; nothing may be written.
    """
    workspace.require_usable()
    files: dict[str, str | chart.Link] = {}
    fleets = workspace.fleets
    scopes = chart.scopes_of(fleets)
    engine = renderer(workspace.root / TOOLS)
    patches = Patches(workspace.root, workspace.root / TOOLS, scopes)
    files.update(chart.build(fleets, patches))
    rendered = render_all(workspace.root, files, tuple(fleets), engine)
    for environment, fleet in fleets.items():
        seen = {name: argocd.survey(seen_in(pairs)) for name, pairs in rendered[environment].items()}
        files.update(argocd.build(fleet, seen))
    files.update(docs.build(fleets, docs.read_facts(workspace.root), _remarks(workspace)))
    files.update(schema_files())
    return Tree(SCOPE, {path: _content(text) for path, text in files.items()})


def seen_in(pairs: Pairs) -> Iterator[argocd.Seen]:
    for pair in pairs:
        yield from argocd.scan(pair.document)


def _remarks(workspace: Workspace) -> docs.Remarks:
    return docs.read_remarks(workspace.root, (file.path for file in workspace.sources.services.values()))


def _content(text: str | chart.Link) -> Content:
    return Link(text.target) if isinstance(text, chart.Link) else text.encode()


def schema_files() -> Iterator[tuple[str, str]]:
    """The schemas that editors use, by path."""
    for name, shape in shapes().items():
        yield f".schemas/{name}.json", json.dumps(shape.schema, indent=1, ensure_ascii=False) + "\n"


def charts_in(files: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the generated charts, sorted."""
    return tuple(sorted({path.split("/")[1] for path in files if path.startswith("charts/")}))


def render_all(
    root: Path, files: Mapping[str, str | chart.Link], environments: tuple[str, ...], engine: Renderer
) -> dict[str, dict[str, Pairs]]:
    """Render every chart in every environment: environment -> chart -> pairs."""
    library = library_texts(root / "charts" / "common")
    rendered: dict[str, dict[str, Pairs]] = {environment: {} for environment in environments}
    by_chart: dict[str, dict[str, str]] = {name: dict(library) for name in charts_in(files)}
    for path, text in files.items():
        steps = path.split("/", 2)
        if steps[0] == "charts" and isinstance(text, str):
            by_chart[steps[1]][steps[2]] = text
    for name, texts in by_chart.items():
        kept = {
            path: text for path, text in texts.items() if not path.startswith("values-") and not path.endswith(".md")
        }
        packed = ChartTexts(name, kept)
        for environment in environments:
            rendered[environment][name] = engine.render(packed, texts[f"values-{environment}.yaml"])
    return rendered
