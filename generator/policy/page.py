"""A page for each rule, with the examples that are tests: what it refuses, what it accepts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.finding import Severity
from generator.policy.rule import Rule

FOLDER = "docs/reference/rules"
_NEEDS = {"objects": "any manifests", "fleet": "values and what they render"}


def rule_pages(rules: Sequence[Rule], cases: Path) -> Mapping[str, str]:
    """Return the text of every page by its path: one for each rule, and the list of all."""
    pages = {f"{FOLDER}/{rule.id}.md": _page(rule, cases) for rule in rules}
    return {f"{FOLDER}/README.md": _list(rules), **pages}


def _page(rule: Rule, cases: Path) -> str:
    word = "Error" if rule.severity is Severity.ERROR else "Warning"
    lines = [
        f"# {rule.title}",
        "",
        f"`{rule.id}`: {word.lower()}, judges {_NEEDS[rule.needs]}.",
        "",
        rule.why,
        "",
        f"**What to do:** {rule.fix}.",
        "",
    ]
    if rule.values:
        lines += [f"**Field of the service file:** `{'.'.join(rule.values)}`", ""]
    lines += [f"**After:** {rule.reference}", ""]
    for verdict, heading in (("fail", "Refused"), ("pass", "Accepted")):
        example = next(iter(sorted((cases / rule.id / verdict).glob("*.yaml"))), None)
        if example is not None:
            lines += [f"## {heading}", "", "```yaml", example.read_text(encoding="utf-8").rstrip(), "```", ""]
    lines += [
        f"The rule is [`{rule.path}`](../../../../{rule.path}). A finding that must stay for a while goes into",
        "[`policies/waivers.yaml`](../../../../policies/waivers.yaml).",
        "",
    ]
    return "\n".join(lines)


def _list(rules: Sequence[Rule]) -> str:
    lines = ["# Rules", "", f"`chartroom check` asks {len(rules)} rules about the whole fleet.", ""]
    for category in dict.fromkeys(rule.id.partition("/")[0] for rule in rules):
        lines += [f"## {category}", "", "| rule | | |", "|---|---|---|"]
        lines += [
            f"| [`{rule.id}`]({rule.id}.md) | {rule.severity} | {rule.title} |"
            for rule in rules
            if rule.id.partition("/")[0] == category
        ]
        lines.append("")
    return "\n".join(lines)
