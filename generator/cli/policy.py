"""The commands of `chartroom policy`: list, test, new, docs."""

from collections.abc import Iterator
from pathlib import Path

import click

from generator.cli.check import guarded
from generator.cli.output import CLEAN, FINDINGS, columns, counted, default_root, note
from generator.pipeline.carried import RuleFolders, rule_folders
from generator.pipeline.check import chosen_rules
from generator.pipeline.generate import TOOLS
from generator.pipeline.rule_tests import UnitTests, case_faults, lint_faults, unit_tests
from generator.pipeline.rules import new_rule
from generator.policy import Rule, read_rules, rule_pages
from generator.testing.rule import read_python_rules


def run_list(root: Path | None) -> int:
    """Print every rule."""
    top = root or default_root()

    def work() -> int:
        rules = _every_rule(rule_folders(top))
        rows = [(rule.id, str(rule.severity), rule.needs, rule.title) for rule in rules]
        click.echo(columns(rows, ("RULE", "SEVERITY", "NEEDS", "TITLE")))
        note(counted(len(rules), "rule"))
        return CLEAN

    return guarded(work)


def run_test(root: Path | None, chosen: tuple[str, ...]) -> int:
    """Run the unit tests of rules, and every case; 1 where one does not come out as it says, or misses a line."""
    top = root or default_root()

    def work() -> int:
        folders = rule_folders(top)
        rules = chosen_rules(_every_rule(folders), chosen)
        in_python = {item.rule.id: item for item in read_python_rules(folders.policies)}
        in_rego = [rule for rule in rules if rule.id not in in_python]
        written = [in_python[rule.id] for rule in rules if rule.id in in_python]
        faults, cases = case_faults(top / TOOLS, folders, in_rego, written)
        tests = unit_tests(top / TOOLS, folders, in_rego) if in_rego else None
        failed = (*tests.failed, *tests.unreached, *lint_faults(top / TOOLS, folders, in_rego)) if tests else ()
        for fault in (*faults, *failed):
            click.echo(fault)
        note(", ".join([counted(len(rules), "rule"), counted(cases, "case"), *_told(tests)]))
        return FINDINGS if faults or failed else CLEAN

    return guarded(work)


def _every_rule(folders: RuleFolders) -> tuple[Rule, ...]:
    """Return the rules in Rego and those in Python, by id."""
    in_python = (item.rule for item in read_python_rules(folders.policies))
    return tuple(sorted((*read_rules(folders.policies), *in_python), key=lambda rule: rule.id))


def _told(tests: UnitTests | None) -> Iterator[str]:
    if tests is not None:
        yield tests.summary
        if tests.lines or tests.unreached:
            yield f"{tests.lines} of its own {tests.lines + len(tests.unreached)} lines reached"


def run_new(root: Path | None, name: str) -> int:
    """Write a rule with its test and cases."""
    top = root or default_root()

    def work() -> int:
        for path in new_rule(top, name):
            click.echo(path)
        note("write the rule, then run `chartroom policy test`")
        return CLEAN

    return guarded(work)


def run_docs(root: Path | None, output: Path | None) -> int:
    """Write the pages of all rules."""
    top = root or default_root()

    def work() -> int:
        folders = rule_folders(top)
        pages = rule_pages(_every_rule(folders), [folders.cases], folders.own)
        target = output or top
        for path, text in pages.items():
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        note(f"{counted(len(pages), 'page')} written")
        return CLEAN

    return guarded(work)
