"""Both pipelines stand on one set of make targets, in one order, and apply only the plan file that was approved."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
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
    # A schedule has no change, so its name is no repository's either.
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    assert jobs["plan"]["if"] == f"github.event_name == 'push' || {own}"
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


@pytest.mark.skipif(shutil.which("jq") is None, reason="the script needs jq")
@pytest.mark.parametrize(
    ("identity", "secret", "code", "out", "said"),
    [
        ('{"accessToken": "t"}', '{"secret": {"secretValue": "5eeded"}}', 0, "A=5eeded\n", "::add-mask::5eeded\n"),
        ('{"accessToken": "t"}', "{}", 1, "", "the secret store did not give /provision/A of dev\n"),
        ('{"error": "no"}', "{}", 1, "", "the secret store does not know the identity runner\n"),
        ("", "", 1, "", "the secret store does not know the identity runner\n"),
    ],
)
def test_secrets_are_given_whole_or_not_at_all(
    identity: str, secret: str, code: int, out: str, said: str, tmp_path: Path
) -> None:
    curl = tmp_path / "curl"  # answers as the store does; what it is asked, a real store has never been asked
    curl.write_text(f"#!/bin/sh\ncase \"$*\" in *login*) echo '{identity}';; *) echo '{secret}';; esac\n")
    curl.chmod(0o755)
    known = {"INFISICAL_URL": "https://s", "INFISICAL_IDENTITY": "runner", "INFISICAL_PROJECT": "p", "OIDC_TOKEN": "x"}
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "GITHUB_ACTIONS": "true", **known}
    script = ROOT / "tofu-free-infra/pipeline/secrets.sh"
    done = subprocess.run([script, "dev", "A"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, out, said)
