"""JUnit XML: one test case per rule, one suite per category. What is wrong stands in the text of the failure."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree import ElementTree

from generator.finding import Severity
from generator.report.escape import visible
from generator.report.model import Listed, Report
from generator.report.text import counted, format_listed


def format_junit(report: Report) -> str:
    """Return a document that keeps to the schema that pytest and Jenkins share.

    A rule with an error fails. One with warnings only passes and prints them; one whose findings are
    all waived or in the baseline counts as skipped.
    """
    root = ElementTree.Element("testsuites", {"name": "chartroom"})
    ids = sorted({*report.rules_by_id(), *(item.finding.rule for item in report.findings)})
    found: dict[str, list[Listed]] = {}
    for item in report.findings:
        found.setdefault(item.finding.rule, []).append(item)
    for category, rules in groupby(ids, key=lambda rule: rule.partition("/")[0]):
        root.append(_suite(category, tuple(rules), found))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(category: str, rules: Sequence[str], found: dict[str, list[Listed]]) -> ElementTree.Element:
    cases = [_case(rule, found.get(rule, ())) for rule in rules]
    counts = {"failures": _having(cases, "failure"), "errors": 0, "skipped": _having(cases, "skipped")}
    attributes = {"name": visible(category), "tests": str(len(cases))}
    suite = ElementTree.Element("testsuite", attributes | {key: str(number) for key, number in counts.items()})
    suite.extend(cases)
    return suite


def _having(cases: Iterable[ElementTree.Element], tag: str) -> int:
    return sum(1 for case in cases if case.find(tag) is not None)


def _case(rule: str, items: Sequence[Listed]) -> ElementTree.Element:
    category, _, name = rule.rpartition("/")
    case = ElementTree.Element("testcase", {"classname": f"chartroom.{visible(category)}", "name": visible(name)})
    shown = [item for item in items if item.state == "open"]
    if any(item.finding.severity is Severity.ERROR for item in shown):
        first = visible(shown[0].finding.message)
        rest = f" (and {len(shown) - 1} more)" if len(shown) > 1 else ""
        failure = ElementTree.SubElement(case, "failure", {"message": f"{first}{rest}", "type": visible(rule)})
        failure.text = _listing(shown)
    elif shown:
        ElementTree.SubElement(case, "system-out").text = _listing(shown)
    elif items:
        ElementTree.SubElement(case, "skipped", {"message": _silent(items), "type": visible(rule)})
    return case


def _listing(items: Iterable[Listed]) -> str:
    return "\n" + "\n".join(format_listed(item) for item in items) + "\n"


def _silent(items: Sequence[Listed]) -> str:
    waived = sum(1 for item in items if item.state == "waived")
    parts = [f"{counted(waived, 'finding')} waived"] if waived else []
    parts += [f"{counted(len(items) - waived, 'finding')} in the baseline"] if len(items) > waived else []
    return ", ".join(parts)
