"""The commands of `chartroom policy`: list, test, new, docs."""

from pathlib import Path

import click

from generator.cli.check import guarded
from generator.cli.output import CLEAN, FINDINGS, columns, counted, default_root, note
from generator.pipeline.carried import rule_folders
from generator.pipeline.check import chosen_rules
from generator.pipeline.generate import TOOLS
from generator.pipeline.rules import case_faults, new_rule, unit_faults
from generator.policy import read_rules, rule_pages


def run_list(root: Path | None) -> int:
    """Print every rule."""
    top = root or default_root()

    def work() -> int:
        rules = read_rules(rule_folders(top).policies)
        rows = [(rule.id, str(rule.severity), rule.needs, rule.title) for rule in rules]
        click.echo(columns(rows, ("RULE", "SEVERITY", "NEEDS", "TITLE")))
        note(counted(len(rules), "rule"))
        return CLEAN

    return guarded(work)


def run_test(root: Path | None, chosen: tuple[str, ...]) -> int:
    """Run the unit tests of rules, and every case; 1 where one does not come out as it says."""
    top = root or default_root()

    def work() -> int:
        folders = rule_folders(top)
        rules = chosen_rules(read_rules(folders.policies), chosen)
        faults, cases = case_faults(top / TOOLS, folders, rules)
        tests, failed = unit_faults(top / TOOLS, folders.policies)
        for fault in (*faults, *failed):
            click.echo(fault)
        note(f"{counted(len(rules), 'rule')}, {counted(cases, 'case')}, {tests}")
        return FINDINGS if faults or failed else CLEAN

    return guarded(work)


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
        pages = rule_pages(read_rules(folders.policies), folders.cases)
        target = output or top
        for path, text in pages.items():
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        note(f"{counted(len(pages), 'page')} written")
        return CLEAN

    return guarded(work)
