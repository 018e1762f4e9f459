"""The pipelines: both run the same make target, and nothing in them floats."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from generator.cli.main import cli
from generator.report import destinations
from tests.report.sample import ROOT

GITHUB = ROOT / ".github" / "workflows" / "gate.yaml"
HARNESS = ROOT / ".harness" / "gate.yaml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
MAKEFILE = ROOT / "Makefile"
GUIDES = ROOT / "docs" / "operations" / "guides"


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _job() -> dict[str, Any]:
    (job,) = _read(GITHUB)["jobs"].values()
    return dict(job)


def _github_makes() -> list[str]:
    return [step["run"] for step in _job()["steps"] if "make " in step.get("run", "")]


def _harness_steps() -> list[dict[str, Any]]:
    (stage,) = _read(HARNESS)["pipeline"]["stages"]
    return [step["step"]["spec"] for step in stage["stage"]["spec"]["execution"]["steps"]]


def _check_arguments(command: str) -> list[str]:
    """The arguments of `chartroom check` in `make check CHECK="…"`."""
    make, target, variable = shlex.split(command)
    assert (make, target) == ("make", "check")
    name, _, value = variable.partition("=")
    assert name == "CHECK"
    return value.split()


def _command(name: str, arguments: list[str]) -> click.Context:
    command = cli.commands[name]
    return command.make_context(name, list(arguments))


def test_both_pipelines_run_the_same_make_commands() -> None:
    assert _github_makes() == [spec["command"] for spec in _harness_steps()]
    assert len(_github_makes()) == 1


def test_the_command_line_knows_every_option_of_the_pipelines() -> None:
    for printed in (_job()["env"]["PRINTED"], _harness_steps()[0]["envVariables"]["PRINTED"]):
        arguments = [argument.replace("$PRINTED", printed) for argument in _check_arguments(_github_makes()[0])]
        given = _command("check", arguments).params
        outputs = [Path(path) for path in given["outputs"]]
        assert destinations(given["formats"], outputs) == (
            (printed, None),
            ("sarif", Path("gate.sarif")),
            ("markdown", Path("gate.md")),
            ("junit", Path("gate.xml")),
            ("html", Path("gate.html")),
        )


def test_each_report_goes_somewhere() -> None:
    written = set(re.findall(r"--output (\S+?)\"?(?:\s|$)", _github_makes()[0]))
    text = GITHUB.read_text(encoding="utf-8").replace(_github_makes()[0], "")
    used = {
        name for name in written if re.search(rf"(?<!output ){re.escape(name)}", text.partition("name: summary")[2])
    }
    assert used == written == {"gate.sarif", "gate.md", "gate.xml", "gate.html"}
    assert _harness_steps()[0]["reports"] == {"type": "JUnit", "spec": {"paths": ["gate.xml"]}}


def test_make_check_hands_its_options_on() -> None:
    recipe = MAKEFILE.read_text(encoding="utf-8").partition("\ncheck:")[2].partition("\n\n")[0]
    assert "chartroom check $(CHECK)" in recipe


def test_actions_are_pinned_by_commit_with_their_version() -> None:
    used = re.findall(r"uses: (.*)", GITHUB.read_text(encoding="utf-8"))
    assert len(used) == 4
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_the_workflow_may_do_no_more_than_it_must() -> None:
    assert _read(GITHUB)["permissions"] == {"contents": "read"}
    assert _job()["permissions"] == {"contents": "read", "security-events": "write"}
    text = GITHUB.read_text(encoding="utf-8")
    for step in _job()["steps"]:
        assert "${{ github." not in step.get("run", ""), "what strangers name must not be put into a shell"
    assert "pull_request_target" not in text


def test_what_comes_after_a_failed_check_still_runs() -> None:
    steps = _job()["steps"]
    after = steps[[step["name"] for step in steps].index("check") + 1 :]
    assert [step["name"] for step in after] == ["summary", "code scanning", "report page"]
    assert all(step["if"].startswith("always()") for step in after)


def test_the_harness_pipeline_says_that_it_was_not_run() -> None:
    assert "# NOT RUN HERE: " in HARNESS.read_text(encoding="utf-8")
    assert "**It has not been run.**" in (GUIDES / "gate-in-harness.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("hook", _read(HOOKS), ids=lambda hook: str(hook["id"]))
def test_a_hook_is_a_command_that_exists(hook: dict[str, Any]) -> None:
    program, name, *arguments = hook["entry"].split()
    assert program == "chartroom"
    more = [str(ROOT / "values")] if arguments[-1:] == ["--manifests"] else []
    _command(name, [*arguments, *more])
    assert hook["pass_filenames"] is False
    assert f"`{hook['id']}`" in (GUIDES / "gate-in-pre-commit.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["gate-in-github", "gate-in-harness", "gate-in-pre-commit"])
def test_a_guide_names_files_that_exist(name: str) -> None:
    text = (GUIDES / f"{name}.md").read_text(encoding="utf-8")
    for path in re.findall(r"`(\.[\w/.-]+\.yaml)`", text):
        assert (ROOT / path).is_file(), path
    for target in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text):
        assert (GUIDES / target).is_file(), target
