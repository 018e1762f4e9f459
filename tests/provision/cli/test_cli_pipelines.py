"""Both pipelines stand on one set of make targets, in one order, and apply only the plan file that was approved."""

import re
import shlex
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from provision.cli.main import provision
from tests.provision.inventory.inventory_files import ROOT

GITHUB = ROOT / ".github/workflows/provision.yaml"
HARNESS = ROOT / ".harness/provision.yaml"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def texts(value: Any) -> list[str]:
    """Return every text in a document, in its order."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


def targets(file: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return each call of make: its target and the names of its variables."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    found = []
    for text in texts(document):
        plain = re.sub(r"\$\{\{.*?\}\}|<\+.*?>", "x", text)
        for target, variables in re.findall(r"\bmake ([a-z]+)((?: [A-Z]+=\S+)*)", plain):
            found.append((target, tuple(word.partition("=")[0] for word in variables.split())))
    return found


def test_both_pipelines_call_the_same_targets() -> None:
    calls = targets(GITHUB)
    assert calls == [
        ("check", ()),
        ("plan", ("ENV", "OUT")),
        ("apply", ("ENV", "PLAN")),
        ("plan", ("ENV", "DRIFT")),
    ]
    assert sorted(targets(HARNESS)) == sorted(calls)
    for target, _ in calls:
        assert re.search(rf"^{target}: ## ", MAKEFILE, re.MULTILINE)


def test_targets_call_commands_that_there_are() -> None:
    for target in ("plan", "apply"):
        recipe = MAKEFILE.partition(f"\n{target}: ##")[2].partition("\n\n")[0]
        line = next(line for line in recipe.splitlines() if " provision " in line)
        plain = re.sub(r"\$\(if \$\((\w+)\),([^)]*\)?[^)]*)\)", r"\2", line)
        words = [word for word in re.findall(r"--[a-z]+", plain) if word != "--env"]
        help_text = CliRunner().invoke(provision, [target, "--help"]).output
        assert all(word in help_text for word in words), (target, words)


def test_plan_is_posted_and_the_approved_file_is_what_is_applied() -> None:
    jobs = yaml.safe_load(GITHUB.read_text(encoding="utf-8"))["jobs"]
    assert jobs["plan"]["needs"] == "gate"
    assert jobs["apply"]["needs"] == "plan"
    assert jobs["apply"]["environment"] == "${{ matrix.environment }}"  # whose reviewers approve
    uploaded = next(step["with"] for step in jobs["plan"]["steps"] if "upload-artifact" in step.get("uses", ""))
    downloaded = next(step["with"] for step in jobs["apply"]["steps"] if "download-artifact" in step.get("uses", ""))
    assert uploaded["name"] == downloaded["name"]
    plan, apply = (" ".join(texts(jobs[name])) for name in ("plan", "apply"))
    assert f"OUT={uploaded['path']}" in plan
    assert f"PLAN={uploaded['path']}" in apply
    assert "gh pr comment" in plan
    assert "gh pr comment" not in apply
    stages = [stage["stage"] for stage in yaml.safe_load(HARNESS.read_text(encoding="utf-8"))["pipeline"]["stages"]]
    assert [(stage["name"], stage["type"]) for stage in stages] == [
        ("plan", "CI"),
        ("approve", "Approval"),
        ("apply", "CI"),
    ]
    assert "SHOWN" in " ".join(texts(stages[1]))
    assert "PLAN=plan.json" in " ".join(texts(stages[2]))


def test_drift_is_looked_for_by_schedule_and_tokens_come_from_the_store() -> None:
    document = yaml.safe_load(GITHUB.read_text(encoding="utf-8"))
    assert document[True]["schedule"]  # YAML 1.1 reads `on` as true
    jobs = document["jobs"]
    assert jobs["drift"]["if"] == "github.event_name == 'schedule'"
    for name in ("plan", "apply", "drift"):
        (taken,) = (text for text in texts(jobs[name]) if "pipeline/secrets.sh" in text)
        assert shlex.split(taken)[2:4] == ["PVE_TOKEN_SECRET", "CHARTROOM_AGE_IDENTITY"] or "matrix" in taken
    assert "secrets." not in re.sub(r"pipeline/secrets\.sh", "", GITHUB.read_text(encoding="utf-8"))


def test_every_action_is_pinned_by_digest() -> None:
    used = re.findall(r"uses: (\S+)( # v[\d.]+)?", GITHUB.read_text(encoding="utf-8"))
    assert used
    for action, version in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
        assert version, action
