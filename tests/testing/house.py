"""A repository of somebody else in a folder of pytest's own tests."""

from pathlib import Path

from generator.testing.minimal import minimal_files

TOOLS = Path(__file__).resolve().parents[2] / ".tools"
RULE = '''\
import pytest


@pytest.mark.rule("house/short-names", title="Short names", fix="choose a shorter name"{more})
def test_short_names(fleet, findings):
    """Long names do not fit the labels on our boxes."""
    for item in fleet.objects("Deployment"):
        if len(item["name"]) > {most}:
            findings.add(f"its name has {{len(item['name'])}} letters", item)
'''
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: example}}\n"
FAIL = "tests/cases/house/short-names/fail/long.yaml"
PASS = "tests/cases/house/short-names/pass/short.yaml"
OWNER = """\
# METADATA
# title: Owner
# description: Somebody answers for each Deployment.
# custom:
#   severity: error
#   reference: house rule
#   values: annotations
#   fix: state the annotation owner
package house.owner

deny contains finding if {
\tsome id in input.by_kind.Deployment
\tnot input.objects[id].annotations.owner
\tfinding := {"msg": "nobody owns it", "object": id}
}
"""


def write_house(root: Path, files: dict[str, str] | None = None) -> Path:
    """Write the smallest repository, and further files over it."""
    for path, text in (minimal_files() | (files or {})).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (root / ".tools").symlink_to(TOOLS)
    return root


def with_rule(most: int = 20, more: str = "") -> dict[str, str]:
    """Return a rule in Python that accepts names of so many letters, with both of its cases."""
    return {
        "policies/house/short-names/test_short_names.py": RULE.format(most=most, more=more),
        FAIL: DEPLOYMENT.format(name="a-name-of-many-many-many-letters"),
        PASS: DEPLOYMENT.format(name="app"),
    }
