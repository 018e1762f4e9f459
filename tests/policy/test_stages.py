"""Every id that a stage in Python reports by has a sentence on the page that findings link."""

import ast
import re
from pathlib import Path

from generator.policy import stages
from generator.policy.rule import rule_files
from tests.policy.engine import POLICIES

GENERATOR = Path(__file__).parents[2] / "generator"
_GROUPS = frozenset(name.partition("/")[0] for name in stages())
_ID = re.compile(rf"(?:{'|'.join(sorted(_GROUPS))})/[a-z][a-z0-9-]*[a-z0-9]")
# Put together from a kind of claim, a kind of unknown name, or a word: the ids of these have cases instead.
_COMPUTED = re.compile(r"(claim|waiver|fleet/unknown-|shape)")
# Texts of that form which are no ids.
_OTHERS = frozenset({"claim/name"})


def _reported() -> set[str]:
    found: set[str] = set()
    for path in GENERATOR.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ID.fullmatch(node.value):
                found.add(node.value)
    rules = {"/".join(path.relative_to(POLICIES).parts[:2]) for path in rule_files(POLICIES)}
    return found - rules - _OTHERS


def test_every_id_is_explained() -> None:
    assert sorted(_reported() - set(stages())) == []


def test_every_case_of_values_has_its_sentence() -> None:
    folders = (path.name for path in (GENERATOR.parent / "tests/cases").iterdir() if "-" in path.name and path.is_dir())
    shown = {name.replace("-", "/", 1) for name in folders}
    assert sorted(shown - set(stages())) == []


def test_nothing_is_explained_that_nobody_reports() -> None:
    left = set(stages()) - _reported()
    assert sorted(name for name in left if not _COMPUTED.match(name)) == []


def test_a_page_is_found_by_its_heading() -> None:
    assert stages()["fleet/outside-zone"].page == "docs/reference/rules/stages.md#fleetoutside-zone"
    assert "### fleet/outside-zone" in (GENERATOR.parent / "docs/reference/rules/stages.md").read_text().splitlines()
