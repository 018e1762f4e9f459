"""The commands that write what people keep: fix and new."""

from pathlib import Path
from typing import Any

import click

from generator.cli.output import CLEAN, FINDINGS, USAGE, counted, default_root, note, print_findings
from generator.finding import Severity, Unusable
from generator.pipeline.fix import NotFixed, fix
from generator.pipeline.place import NoWorkspace
from generator.pipeline.scaffold import (
    NewDomain,
    NewService,
    NotMade,
    make_domain,
    make_service,
    room_for_domain,
    room_for_service,
    split_path,
)
from generator.pipeline.workspace import open_workspace


def run_fix(root: Path | None) -> int:
    top = root or default_root()
    try:
        fixed = fix(top)
    except (NoWorkspace, NotFixed) as error:
        note(f"error: {error}")
        return USAGE
    for item in fixed:
        click.echo(f"{item.finding.place}: {item.before} -> {item.after} [{item.finding.rule}]")
    left = [finding for finding in open_workspace(top).findings if finding.severity is Severity.ERROR]
    print_findings(left, top)
    note(f"{counted(len(fixed), 'value')} written, {counted(len(left), 'error')} left for a person")
    return FINDINGS if left else CLEAN


def run_frozen(root: Path | None) -> int:
    from generator.pipeline.charts import render_everything
    from generator.pipeline.frozen import frozen_fields, judge_frozen, write_frozen

    top = root or default_root()
    try:
        after = {environment: frozen_fields(charts) for environment, charts in render_everything(top).items()}
        findings = [
            finding for environment, fields in after.items() for finding in judge_frozen(top, environment, fields)
        ]
    except NoWorkspace as error:
        note(f"error: {error}")
        return USAGE
    except Unusable as error:
        findings = list(error.findings)
    if findings:
        print_findings(findings, top)
        note(f"{counted(len(findings), 'error')}; nothing was written")
        return FINDINGS
    changed = [environment for environment, fields in after.items() if write_frozen(top, environment, fields)]
    click.echo(f"written down for {', '.join(changed)}" if changed else "nothing changed")
    return CLEAN


def run_new(root: Path | None, path: str, *, is_domain: bool, answers: dict[str, Any]) -> int:
    top = root or default_root()
    try:
        if is_domain:
            made = make_domain(top, _ask_domain(top, path, answers))
        else:
            made = make_service(top, _ask_service(top, path, answers))
    except (NoWorkspace, NotMade) as error:
        note(f"error: {error}")
        return USAGE
    click.echo(f"wrote {made}")
    note("next: chartroom charts" if not is_domain else f"next: chartroom new {path}/<service>")
    return CLEAN


def _ask(answers: dict[str, Any], key: str, question: str, **options: Any) -> Any:
    return answers[key] if answers[key] is not None else click.prompt(question, err=True, **options)


def _ask_domain(root: Path, path: str, answers: dict[str, Any]) -> NewDomain:
    tier, name = split_path(path, parts=2)
    room_for_domain(root, name)
    return NewDomain(
        tier=tier,
        name=name,
        summary=_ask(answers, "summary", "What is the domain, in one line"),
        owner=_ask(answers, "owner", "Who answers for it"),
        category=_ask(answers, "category", "Its first category"),
    )


def _ask_service(root: Path, path: str, answers: dict[str, Any]) -> NewService:
    tier, domain, name = split_path(path, parts=3)
    categories = ", ".join(room_for_service(root, tier, domain, name))
    return NewService(
        tier=tier,
        domain=domain,
        name=name,
        summary=_ask(answers, "summary", "What is it, in at most 80 letters"),
        category=_ask(answers, "category", f"Category of the domain ({categories})"),
        image=_ask(answers, "image", "Image (registry/name:tag)"),
        port=_ask(answers, "port", "HTTP port (0 for none)", type=int) or None,
        probe=answers["probe"],
        cpu=answers["cpu"],
        memory=answers["memory"],
        memory_limit=answers["memory_limit"],
        host=answers["host"],
        gateway=answers["gateway"],
    )
