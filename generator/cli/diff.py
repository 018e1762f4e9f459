"""The command that reviews a change: diff."""

from pathlib import Path

import click

from generator.catalogue.suggest import did_you_mean
from generator.cli.output import CLEAN, ENGINE, FINDINGS, USAGE, default_root, note, progress
from generator.diff import DiffError, UnknownBase, as_markdown, as_text, at_commit, compare_states, in_tree

_SHOW = {"text": as_text, "markdown": as_markdown}


def run_diff(root: Path | None, base: str, *, environment: str | None, form: str, fail_on: str) -> int:
    top = root or default_root()
    try:
        with progress("comparing"):
            before, after = at_commit(top, base), in_tree(top)
            known = {*before.environments, *after.environments}
            if environment is not None and environment not in known:
                listed = ", ".join(sorted(known)) or "none"
                guess = did_you_mean(environment, known)
                note(f"error: environment {environment!r} does not exist{guess}, there are {listed}")
                return USAGE
            diff = compare_states(top, base, before, after, environment)
    except UnknownBase as error:
        note(f"error: {error}")
        return USAGE
    except DiffError as error:
        note(f"error: {error}")
        return ENGINE
    click.echo(_SHOW[form](diff))
    return FINDINGS if fail_on == "danger" and diff.dangers else CLEAN
