"""The use cases of `chartroom charts` and `render`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from generator.finding import Severity
from generator.pipeline.carried import bring_library
from generator.pipeline.place import require_values
from generator.pipeline.renew import keep, renew
from generator.pipeline.state import Outcome, read_inputs, recall, remember
from generator.tree import check, hold, seal_after, write

if TYPE_CHECKING:
    from generator.helm import Pairs
    from generator.pipeline.workspace import Workspace


def write_charts(root: Path, *, on_wait: Callable[[str], None] | None = None) -> Outcome:
    """Write every generated file that differs.

    Raises:
        NoWorkspace: there are no values here.
        Unusable: there are errors in the values; nothing was written.
        TreeError: something cannot be read or written.
    """
    require_values(root)
    with hold(root, on_wait=on_wait) as held:
        bring_library(root)
        inputs = read_inputs(root)
        known = recall(root, inputs) or renew(held, inputs)
        if known is not None:
            return known
        from generator.pipeline.generate import make
        from generator.pipeline.workspace import open_workspace

        workspace = open_workspace(root)
        made = make(workspace)
        report = write(held, made.tree)
        outcome = _outcome(workspace)
        if not report.findings and inputs.stand_still(root):
            sealed = seal_after(root)
            remember(root, inputs, outcome, sealed)
            keep(root, inputs, made, outcome, sealed)
    return Outcome(
        outcome.services,
        outcome.domains,
        outcome.environments,
        outcome.warnings,
        drift=report.findings,
        written=len(report.written),
        deleted=len(report.deleted),
        overwritten=report.overwritten,
    )


def check_charts(root: Path) -> Outcome:
    """Say what `write_charts` would do, and write nothing.

    Raises:
        NoWorkspace, Unusable, TreeError: as `write_charts`.
    """
    require_values(root)
    recalled = recall(root, read_inputs(root))
    if recalled is not None:
        return recalled
    from generator.pipeline.generate import generate
    from generator.pipeline.workspace import open_workspace

    workspace = open_workspace(root)
    outcome = _outcome(workspace)
    drift = check(root, generate(workspace))
    return Outcome(outcome.services, outcome.domains, outcome.environments, outcome.warnings, drift=drift)


def _outcome(workspace: "Workspace") -> Outcome:
    warnings = tuple(finding for finding in workspace.findings if finding.severity is Severity.WARNING)
    sources = workspace.sources
    return Outcome(len(sources.services), len(sources.domains), len(workspace.fleets), warnings)


def render_everything(root: Path) -> "dict[str, dict[str, Pairs]]":
    """Render every chart in every environment from the values as they are, whether written or not.

    Raises:
        NoWorkspace: there are no values here.
        Unusable: there are errors in the values.
    """
    from generator.pipeline.workspace import open_workspace

    return _render(open_workspace(root), None)


def render_environment(root: Path, environment: str | None) -> "dict[str, Pairs]":
    """Render every chart of one environment; the site's default one where none is named.

    Raises:
        NoWorkspace: there are no values here, or no such environment.
        Unusable: there are errors in the values.
    """
    from generator.catalogue.suggest import did_you_mean
    from generator.pipeline.place import NoWorkspace
    from generator.pipeline.workspace import open_workspace

    workspace = open_workspace(root)
    name = environment or workspace.environments[0]
    if name not in workspace.fleets:
        known = ", ".join(workspace.fleets)
        raise NoWorkspace(
            f"environment {name!r} does not exist{did_you_mean(name, workspace.fleets)}, there are {known}"
        )
    return _render(workspace, name)[name]


def _render(workspace: "Workspace", environment: str | None) -> "dict[str, dict[str, Pairs]]":
    from generator.pipeline.generate import Charts

    environments = tuple(workspace.fleets) if environment is None else (environment,)
    return Charts(workspace).render(environments)
