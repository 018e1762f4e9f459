"""The files of one chart, of its Applications, and what it renders: the unit that processes share among them."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator import argocd, chart, docs
from generator.chart.seen import KIND_GROUPS
from generator.chart.service import CLUSTER_SCOPED
from generator.pipeline.place import TOOLS as TOOLS
from generator.pipeline.workspace import Workspace
from generator.tree import Content, Link

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


def write_share(share: Share, name: str, scopes: chart.Scopes, values: chart.ChartValues) -> None:
    """Add one chart, and what ArgoCD makes of it, to a share."""
    share.files.update(contents(chart.write_chart(name, scopes, values)))
    rendered = {environment: argocd.survey(chart.seen_in(own)) for environment, own in values.items()}
    for environment, seen in rendered.items():
        fleet = scopes[environment].fleet
        share.files.update(contents(argocd.build_domain(fleet, name, seen, prunable=_PRUNABLE)))
    share.rendered[name] = rendered


def remarks_of(workspace: Workspace) -> docs.Remarks:
    """What people wrote at the ends of lines: some of it belongs on the pages."""
    root = workspace.root
    folders = ("values", "values/templates", "values/inventory")
    files = [str(path.relative_to(root)) for folder in folders for path in (root / folder).glob("*.yaml")]
    return docs.read_remarks(root, [*files, *(file.path for file in workspace.sources.services.values())])


def contents(files: Mapping[str, str | chart.Link]) -> dict[str, Content]:
    """The bytes of texts, and links as the tree knows them."""
    return {path: Link(text.target) if isinstance(text, chart.Link) else text.encode() for path, text in files.items()}
