"""The commands that generate: charts and render."""

import time
from pathlib import Path

import click

from generator.cli.output import (
    CLEAN,
    ENGINE,
    FINDINGS,
    USAGE,
    counted,
    default_root,
    note,
    print_findings,
    progress,
    summary,
)
from generator.finding import Severity, Unusable, shown
from generator.pipeline.charts import check_charts, write_charts
from generator.pipeline.place import NoWorkspace
from generator.pipeline.state import Outcome
from generator.tree import TreeError

_SHOWN = 20


def run_charts(root: Path | None, *, check: bool, fail_on: str, quiet: bool) -> int:
    top = root or default_root()
    began = time.monotonic()
    try:
        with progress("comparing" if check else "generating"):
            outcome = check_charts(top) if check else write_charts(top, on_wait=note)
    except NoWorkspace as error:
        note(f"error: {error}")
        return USAGE
    except Unusable as error:
        print_findings(error.findings, top)
        note(f"{summary(error.findings)}; nothing was written")
        return FINDINGS
    except TreeError as error:
        note(f"error: {error}")
        return ENGINE
    print_findings(outcome.drift if quiet else (*outcome.drift, *outcome.warnings), top)
    for path in outcome.overwritten[:_SHOWN]:
        note(f"overwrote an edit by hand: {shown(path)}")
    note(_closing(outcome, check=check, seconds=time.monotonic() - began))
    return FINDINGS if _fails(outcome, fail_on) else CLEAN


def _fails(outcome: Outcome, fail_on: str) -> bool:
    bar = Severity.WARNING if fail_on == "warning" else Severity.ERROR
    return any(finding.severity >= bar for finding in (*outcome.drift, *outcome.warnings))


def _closing(outcome: Outcome, *, check: bool, seconds: float) -> str:
    counts = ((outcome.services, "service"), (outcome.domains, "domain"), (outcome.environments, "environment"))
    what = ", ".join(counted(number, noun) for number, noun in counts)
    if check:
        done = counted(len(outcome.drift), "difference") if outcome.drift else "no difference"
    else:
        parts = [f"{counted(outcome.written, 'file')} written"] if outcome.written else ["nothing changed"]
        parts += [f"{outcome.deleted} deleted"] if outcome.deleted else []
        done = ", ".join(parts)
    warned = f"; {counted(len(outcome.warnings), 'warning')}" if outcome.warnings else ""
    return f"{what}: {done}{warned} ({seconds:.1f} s)"


def run_render(root: Path | None, name: str | None, environment: str | None) -> int:
    from generator.catalogue.suggest import did_you_mean  # the catalogue takes longer to import than a run to see
    from generator.pipeline.charts import render_environment  # that nothing has changed

    top = root or default_root()
    try:
        with progress("rendering"):
            rendered = render_environment(top, environment)
    except NoWorkspace as error:
        note(f"error: {error}")
        return USAGE
    except Unusable as error:
        print_findings(error.findings, top, aside=True)
        note(f"{summary(error.findings)}; nothing was rendered")
        return FINDINGS
    chosen = [
        pair
        for chart, pairs in rendered.items()
        for pair in pairs
        if name in (None, chart) or pair.source.endswith(f"/templates/{name}.yaml")
    ]
    if name is not None and not chosen:
        known = {
            *rendered,
            *(pair.source.rpartition("/")[2].removesuffix(".yaml") for pairs in rendered.values() for pair in pairs),
        }
        note(f"error: {name!r} renders nothing here{did_you_mean(name, known)}")
        return USAGE
    for pair in chosen:
        click.echo(f"---\n# Source: {pair.source}\n{pair.document}")
    return CLEAN
