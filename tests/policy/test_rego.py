"""The rules in Rego by regal's measure: style, our two lints, tests, every line covered."""

import json
import subprocess
from pathlib import Path
from typing import Any

from generator.policy.rule import LIBRARY, rule_files
from tests.policy.engine import CASES, POLICIES, TOOLS

REGAL = TOOLS / "regal"
CONFIG = POLICIES / ".regal" / "config.yaml"


def regal(*arguments: object) -> dict[str, Any]:
    done = subprocess.run([REGAL, *map(str, arguments)], capture_output=True, text=True, timeout=300)
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    return found


def violations(*paths: Path) -> list[tuple[str, str, int]]:
    rules = ("--rules", POLICIES / ".regal" / "rules")
    answer = regal("lint", *paths, "--config-file", CONFIG, *rules, "--format", "json")
    return [(item["title"], item["location"]["file"], item["location"]["row"]) for item in answer["violations"]]


def folders() -> list[Path]:
    return sorted(path for path in POLICIES.iterdir() if path.is_dir() and not path.name.startswith("."))


def test_regal_finds_nothing() -> None:
    assert violations(*folders()) == []


def test_every_line_is_covered_and_every_test_passes() -> None:
    answer = regal("test", "--timeout", "300s", "--coverage", *folders())
    assert {name: file["not_covered"] for name, file in answer["files"].items() if file.get("not_covered")} == {}
    assert answer["coverage"] == 100


def test_each_rule_has_a_test_and_a_case_of_each_verdict() -> None:
    lacking = [
        path
        for path in rule_files(POLICIES)
        if not path.with_name(f"{path.stem}_test.rego").is_file()
        or not all(
            list((CASES / path.relative_to(POLICIES).parent / verdict).glob("*.yaml")) for verdict in ("pass", "fail")
        )
    ]
    assert lacking == []
    assert (POLICIES / LIBRARY).is_dir()


def test_grouping_by_a_computed_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "house.rego"
    file.write_text(
        "# METADATA\n# description: x\npackage house\n\n"
        "by_name[name] contains id if {\n\tsome id, found in input.objects\n\tname := found.name\n}\n"
    )
    assert [item[0] for item in violations(file)] == ["no-computed-grouping"]


def test_two_loops_over_the_fleet_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "house.rego"
    file.write_text(
        "# METADATA\n# description: x\npackage house\n\n"
        "deny contains finding if {\n\tsome left in input.pods\n\tsome right in input.pods\n"
        '\tleft.name == right.name\n\tfinding := {"msg": "twice", "object": left.id}\n}\n'
    )
    assert [item[0] for item in violations(file)] == ["no-double-loop"]
