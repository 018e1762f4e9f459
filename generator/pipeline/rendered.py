"""Every object of a fleet as it is rendered, with what the schemas say of it, and whether Git holds the same."""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from generator.chart import ChartValues
from generator.finding import Finding
from generator.pipeline.generate import generate_here
from generator.pipeline.press import Press
from generator.pipeline.printing import Finished, Printed, Sheet
from generator.pipeline.workspace import Workspace
from generator.policy import Entry
from generator.tree import Tree, check


@dataclass(frozen=True, slots=True)
class Rendered:
    """What charts render and `kubernetes/` holds, by environment, and what differs from the files."""

    printed: tuple[Printed, ...]
    drift: tuple[Finding, ...]

    def entries(self) -> Iterator[Entry]:
        """Yield every object for the rules."""
        for text in self.printed:
            for manifest in text.verdict.manifests:
                yield Entry(text.environment, text.path, manifest.object)


def generate_fleet(
    root: Path, workspace: Workspace, environments: tuple[str, ...], press: Press
) -> tuple[Finding, ...]:
    """Generate everything here, hand what is to be rendered and judged to the press; return what differs from Git.

    Raises:
        Unusable, HelmError, TreeError: it cannot be generated or compared.
    """
    versions = {name: workspace.fleets[name].site.kubernetes.version for name in environments}
    press.begin(versions, charts=len(workspace.sources.domains))

    def hand_over(name: str, templates: Mapping[str, str], values: ChartValues) -> None:
        press.send(Sheet(name, templates, {environment: values[environment] for environment in environments}))

    tree = generate_here(workspace, hand_over)
    press.send(Finished(tuple(_written(tree, environments))))
    return check(root, tree)


def gather(
    press: Press, environments: tuple[str, ...], drift: tuple[Finding, ...], timings: MutableMapping[str, float]
) -> Rendered:
    """Wait for what the press was given.

    Raises:
        HelmError, SchemaError: it cannot be rendered or judged.
    """
    outcomes = list(press.outcomes())
    timings["render"] = sum(outcome.render_s for outcome in outcomes)
    timings["schema"] = sum(outcome.schema_s for outcome in outcomes)
    *charts, written = (outcome.printed for outcome in outcomes)
    by_environment = [text for name in environments for own in charts for text in own if text.environment == name]
    return Rendered((*by_environment, *written), drift)


def _written(tree: Tree, environments: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield the manifests that lie in kubernetes/ when all is generated: environment, path, text."""
    for path, content in tree.entries.items():
        steps = path.split("/")
        here = steps[0] == "kubernetes" and steps[1] in environments
        if here and path.endswith(".yaml") and isinstance(content, bytes):
            yield steps[1], path, content.decode()
