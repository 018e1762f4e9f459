"""The use cases of `chartroom charts` and `render`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding, Severity
from generator.helm import Pairs, renderer
from generator.pipeline.generate import TOOLS, generate, render_all
from generator.pipeline.patch import Patches
from generator.pipeline.workspace import NoWorkspace, Workspace, open_workspace
from generator.tree import check, hold, write


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `drift` are differences between files and values; `warnings` do not block."""

    services: int
    domains: int
    environments: int
    written: int
    deleted: int
    overwritten: tuple[str, ...]
    drift: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def write_charts(root: Path, *, on_wait: Callable[[str], None] | None = None) -> Outcome:
    """Write every generated file that differs.

    Raises:
        NoWorkspace: there are no values here.
        Unusable: there are errors in the values; nothing was written.
        TreeError: something cannot be read or written.
    """
    open_workspace(root)
    with hold(root, on_wait=on_wait) as held:
        workspace = open_workspace(root)
        report = write(held, generate(workspace))
    return _outcome(workspace, report.findings, len(report.written), len(report.deleted), report.overwritten)


def check_charts(root: Path) -> Outcome:
    """Say what `write_charts` would do, and write nothing.

    Raises:
        NoWorkspace, Unusable, TreeError: as `write_charts`.
    """
    workspace = open_workspace(root)
    return _outcome(workspace, check(root, generate(workspace)))


def _outcome(
    workspace: Workspace,
    drift: tuple[Finding, ...],
    written: int = 0,
    deleted: int = 0,
    overwritten: tuple[str, ...] = (),
) -> Outcome:
    warnings = tuple(finding for finding in workspace.findings if finding.severity is Severity.WARNING)
    sources = workspace.sources
    return Outcome(
        len(sources.services),
        len(sources.domains),
        len(workspace.fleets),
        written,
        deleted,
        overwritten,
        drift,
        warnings,
    )


def render_everything(root: Path) -> dict[str, dict[str, Pairs]]:
    """Render every chart in every environment from the values as they are, whether written or not.

    Raises:
        NoWorkspace: there are no values here.
        Unusable: there are errors in the values.
    """
    return _render(open_workspace(root), None)


def render_environment(root: Path, environment: str | None) -> dict[str, Pairs]:
    """Render every chart of one environment; the site's default one where none is named.

    Raises:
        NoWorkspace: there are no values here, or no such environment.
        Unusable: there are errors in the values.
    """
    workspace = open_workspace(root)
    name = environment or workspace.environments[0]
    if name not in workspace.fleets:
        known = ", ".join(workspace.fleets)
        raise NoWorkspace(
            f"environment {name!r} does not exist{did_you_mean(name, workspace.fleets)}, there are {known}"
        )
    return _render(workspace, name)[name]


def _render(workspace: Workspace, environment: str | None) -> dict[str, dict[str, Pairs]]:
    from generator import chart

    workspace.require_usable()
    engine = renderer(workspace.root / TOOLS)
    fleets = workspace.fleets
    files = chart.build(fleets, Patches(workspace.root, workspace.root / TOOLS, chart.scopes_of(fleets)))
    return render_all(workspace.root, files, tuple(fleets) if environment is None else (environment,), engine)
