"""Every object of a fleet as it is rendered, with what the schemas say of it, and whether Git holds the same."""

import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.finding import Finding
from generator.fleet import Fleet
from generator.pipeline.beside import beside
from generator.pipeline.generate import Charts, generate
from generator.pipeline.workspace import Workspace
from generator.policy import Entry
from generator.schema import Judge, Validator, Verdict
from generator.tree import Tree, check


@dataclass(frozen=True, slots=True)
class Text:
    """A rendered text, the environment that it is for and the file that prints it."""

    environment: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What charts render and `kubernetes/` holds, each text with its verdict, and what differs from the files."""

    texts: tuple[Text, ...]
    verdicts: tuple[Verdict, ...]
    drift: tuple[Finding, ...]

    @property
    def judged(self) -> Iterator[tuple[Text, Verdict]]:
        return zip(self.texts, self.verdicts, strict=True)

    def entries(self) -> Iterator[Entry]:
        """Yield every object for the rules."""
        for text, verdict in self.judged:
            for manifest in verdict.manifests:
                yield Entry(text.environment, text.path, manifest.object)


def render_fleet(
    root: Path, workspace: Workspace, environments: tuple[str, ...], timings: MutableMapping[str, float]
) -> Rendered:
    """Generate everything in a second process while this one renders the charts and judges what they print.

    Raises:
        Unusable, HelmError, SchemaError, TreeError: it cannot be rendered, judged or compared.
    """
    began = time.monotonic()
    with beside(lambda: _generated(root, workspace, environments)) as generated:
        judges = _judges({name: workspace.fleets[name] for name in environments})
        found: dict[str, list[tuple[Text, Verdict]]] = {name: [] for name in environments}
        schema_s = 0.0
        for _, several in Charts(workspace).stream(environments):
            before = time.monotonic()
            for environment, pairs in several.items():
                verdict = judges[environment].verdict
                found[environment] += [
                    (Text(environment, f"charts/{pair.source}", pair.document), verdict(pair.document))
                    for pair in pairs
                ]
            schema_s += time.monotonic() - before
        timings["render"] = time.monotonic() - began - schema_s
        began = time.monotonic()
        written, drift = generated()
        timings["generation"] = time.monotonic() - began
    began = time.monotonic()
    judged = [item for group in found.values() for item in group]
    judged += [(text, judges[text.environment].verdict(text.text)) for text in written]
    timings["schema"] = schema_s + time.monotonic() - began
    return Rendered(tuple(text for text, _ in judged), tuple(verdict for _, verdict in judged), drift)


def _generated(root: Path, workspace: Workspace, environments: Sequence[str]) -> tuple[list[Text], tuple[Finding, ...]]:
    """Return the manifests that lie in kubernetes/ when all is generated, and what differs from the files."""
    tree = generate(workspace)
    return list(_written(tree, environments)), check(root, tree)


def _written(tree: Tree, environments: Sequence[str]) -> Iterator[Text]:
    for path, content in tree.entries.items():
        steps = path.split("/")
        here = steps[0] == "kubernetes" and steps[1] in environments
        if here and path.endswith(".yaml") and isinstance(content, bytes):
            yield Text(steps[1], path, content.decode())


def _judges(fleets: Mapping[str, Fleet]) -> dict[str, Judge]:
    """Return who judges each environment: one for all that run the same version of Kubernetes."""
    versions = {name: fleet.site.kubernetes.version for name, fleet in fleets.items()}
    judges = {version: Judge(Validator(version)) for version in set(versions.values())}
    return {name: judges[version] for name, version in versions.items()}
