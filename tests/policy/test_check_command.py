"""`chartroom check` and its kin as a person runs them, on a copy of the real fleet."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.main import cli
from tests.policy.engine import ROOT

TODAY = ("--today", "2026-11-21")
COPIED = ("values", "policies", "charts", "kubernetes", "docs", ".schemas", ".chartroom", "tests/cases", "tests/facts")
LINKED = ("tests/frozen", ".tools")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The real repository: what tests change is copied, the rest linked."""
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True)
    for name in LINKED:
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture
def run(root: Path) -> Run:
    def run(*arguments: str) -> Answer:
        result = CliRunner().invoke(cli, [*arguments, "--root", str(root)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return run


def change(root: Path, path: str, old: str, new: str) -> None:
    file = root / path
    text = file.read_text()
    assert text.count(old) == 1, (path, old)
    file.write_text(text.replace(old, new))


def test_the_catalogue_is_clean(run: Run) -> None:
    answer = run("check", *TODAY)
    assert [line for line in answer.out.splitlines() if ": error: " in line] == []
    assert answer.code == 0
    assert "of" in answer.err


def test_one_line_brings_one_finding_that_points_at_it(root: Path, run: Run) -> None:
    file = "values/apps/media/sonarr.yaml"
    change(
        root, file, "resources: {requests: {cpu: 50m, memory: 384Mi}", "resources: {requests: {cpu: 9, memory: 384Mi}"
    )
    answer = run("check", *TODAY, "--rule", "capacity/budget", "--env", "prod")
    assert answer.code == 1
    assert answer.out.splitlines()[0].startswith(
        "values/apps/media/domain.yaml:5:26: error: Domain/-/media: domain 'media' needs"
    )
    assert "narrowed: --env prod --rule capacity/budget" in answer.err


def test_a_service_can_be_chosen(run: Run) -> None:
    answer = run("check", *TODAY, "--service", "tika", "--rule", "images")
    assert [line.split(": ")[0] for line in answer.out.splitlines() if "warning" in line] == [
        "values/apps/productivity/tika.yaml:5:8"
    ]


def test_warnings_fail_when_asked(run: Run) -> None:
    assert run("check", *TODAY, "--rule", "images/digest").code == 0
    assert run("check", *TODAY, "--rule", "images/digest", "--fail-on", "warning").code == 1


def test_a_waiver_that_ended_is_exit_4(root: Path, run: Run) -> None:
    change(root, "policies/waivers.yaml", 'until: "2027-02-28"', 'until: "2026-11-20"')
    answer = run("check", *TODAY, "--rule", "backup")
    assert answer.code == 4
    assert (
        "the waiver of backup/copied for Cluster/databases/postgres ended on 2026-11-20 [waiver/expired]" in answer.out
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rule", "pods/privilegd"), "error: rule 'pods/privilegd' does not exist, did you mean 'pods/privileged'?;"
         " see `chartroom policy list`\n"),
        (("--env", "prd"), "error: environment 'prd' does not exist, did you mean 'prod'?\n"),
        (("--service", "sonar"), "error: service 'sonar' does not exist, did you mean 'sonarr'?\n"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_a_usage_error(run: Run, arguments: tuple[str, ...], message: str) -> None:
    answer = run("check", *arguments)
    assert (answer.code, answer.err) == (2, message)


def test_a_rule_without_a_fail_case_is_a_usage_error(root: Path, run: Run) -> None:
    shutil.rmtree(root / "tests" / "cases" / "pods" / "memory" / "fail")
    answer = run("check", *TODAY, "--rule", "pods/memory")
    assert (answer.code, answer.err) == (
        2,
        "error: rule pods/memory has never been seen failing: write tests/cases/pods/memory/fail/memory.yaml"
        " with an object that it must refuse\n",
    )


def test_without_conftest_nothing_passes(root: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".tools").unlink()
    monkeypatch.setenv("PATH", "")
    answer = run("check", *TODAY)
    assert (answer.code, answer.err) == (
        3,
        "error: conftest is missing, so nothing was judged; `make tools SETS=gate` builds it into .tools/bin,"
        " elsewhere put 0.69 or newer on the PATH\n",
    )


def test_a_waiver_of_a_stage_that_finds_nothing_is_unused(root: Path, run: Run) -> None:
    """Rules that are no folder are known as well: what is wrong is that nothing is silenced."""
    file = root / "policies/waivers.yaml"
    file.write_text(
        file.read_text() + "  - {rule: capacity/pods-fit, object: Pod/media/sonarr, reason: trial, owner: alex,"
        ' created: "2026-11-21", until: "2026-12-21"}\n'
    )
    answer = run("check", *TODAY)
    assert answer.code == 4
    said = [line.partition(": error: ")[2] for line in answer.out.splitlines() if ": error: " in line]
    assert said == ["the waiver of capacity/pods-fit for Pod/media/sonarr silences nothing [waiver/unused]"]


def test_waivers_are_listed_by_their_end(run: Run) -> None:
    answer = run("waivers", *TODAY)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0].split() == ["RULE", "OBJECT", "ENVIRONMENT", "OWNER", "AGE", "UNTIL", "LEFT", "REASON"]
    assert [line.split()[1] for line in lines[1:]] == [
        "Cluster/databases/postgres",
        "Volume/harbor/harbor-registry-registry",
    ]
    assert run("waivers", "--today", "2027-03-05").code == 4


def test_manifests_from_elsewhere(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "deploy" / "app.yaml"
    file.parent.mkdir()
    file.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: app, namespace: x}\n"
        "spec: {hostNetwork: true, containers: [{name: app, image: ghcr.io/a/b:1}]}\n"
        "---\napiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w, namespace: x}\n"
    )
    answer = run("check", "--manifests", str(file), "--rule", "pods/host-namespaces", *TODAY)
    assert answer.code == 1
    assert answer.out.splitlines()[0] == (
        f"{file}:4:21: error: Pod/x/app: the pod sets hostNetwork, so it shares a namespace with its node (manifests)"
        " [pods/host-namespaces]"
    )
    assert "not judged by a schema: 1 of example.org/v1 Widget; --crds supplies its definition" in answer.err
    empty = tmp_path / "deploy" / "empty.yaml"
    empty.write_text("# nothing\n")
    assert run("check", "--manifests", str(empty)).err == (
        f"error: {empty}: there is no object in it, so nothing was judged\n"
    )


def test_a_new_rule_works_at_once(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    for name in ("policies", "tests/cases"):
        shutil.copytree(ROOT / name, repository / name)
    (repository / ".tools").symlink_to(ROOT / ".tools")
    (repository / "values").mkdir()

    def run(*arguments: str) -> Answer:
        result = CliRunner().invoke(cli, ["policy", *arguments, "--root", str(repository)])
        return Answer(result.exit_code, result.stdout, result.stderr)

    made = run("new", "house/owner")
    assert made.out.splitlines() == [
        "policies/house/owner/owner.rego",
        "policies/house/owner/owner_test.rego",
        "tests/cases/house/owner/fail/owner.yaml",
        "tests/cases/house/owner/pass/owner.yaml",
    ]
    tested = run("test", "house/owner")
    assert (tested.code, tested.out) == (0, "")
    assert tested.err.startswith("1 rule, 2 cases, PASS: ")
    (repository / "tests/cases/house/owner/pass/owner.yaml").write_text(
        (repository / "tests/cases/house/owner/fail/owner.yaml").read_text()
    )
    broken = run("test", "house/owner")
    assert broken.code == 1
    assert broken.out.endswith("pass/owner.yaml: house/owner refuses it: the pod has no annotation example.net/owner\n")
    assert run("new", "house/owner").err == "error: policies/house/owner exists already\n"
    assert run("new", "House").err == "error: 'House' is no name of a rule: category/rule, in lower case with hyphens\n"
    assert "house/owner" in run("list").out
    written = run("docs", "--output", str(tmp_path / "pages"))
    assert written.code == 0
    page = (tmp_path / "pages/docs/reference/rules/house/owner.md").read_text()
    assert page.partition("-->\n\n")[2].startswith("# Owner\n\n`house/owner`: error, judges any manifests.\n")
