"""What `chartroom diff` says about edits of a small fleet: each kind of danger, and what is none."""

import shutil
from pathlib import Path

import pytest

from tests.diff.edits import DANGEROUS, HARMLESS
from tests.diff.repository import diff, edit, git, make_repository

_EXPECTED = Path(__file__).parent / "expected"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("base"))


@pytest.fixture
def root(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base, tmp_path / "copy", symlinks=True))


@pytest.mark.parametrize("name", DANGEROUS)
def test_an_edit_is_marked(root: Path, name: str) -> None:
    """The whole output is compared: `python -m tests.diff.write_expected` writes it anew for review."""
    edit(root, *DANGEROUS[name])
    code, output = diff(root, "--fail-on", "danger")
    assert output == (_EXPECTED / f"{name}.txt").read_text(encoding="utf-8")
    assert f"  DANGER {name.partition('-')[0]}: " in output
    assert code == 1


def test_danger_fails_only_when_asked(root: Path) -> None:
    edit(root, *DANGEROUS["egress-host"])
    assert diff(root)[0] == 0


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_edit_is_not(root: Path, name: str) -> None:
    edit(root, *HARMLESS[name])
    code, output = diff(root, "--fail-on", "danger")
    assert output.splitlines()[0].endswith(" from HEAD, no danger")
    assert "DANGER" not in output
    assert code == 0


def test_every_expected_output_has_its_edit() -> None:
    assert {path.stem for path in _EXPECTED.glob("*.txt")} == set(DANGEROUS)
    kinds = {name.partition("-")[0] for name in DANGEROUS}
    assert kinds == {"frozen", "volume", "namespace", "exposure", "egress", "privilege", "backup", "budget"}
    assert len(HARMLESS) >= 10


def test_nothing_differs_from_what_is_committed(root: Path) -> None:
    assert diff(root, "--fail-on", "danger") == (0, "nothing that ArgoCD reads differs from HEAD\n")
    assert diff(root, "--format", "markdown") == (0, "### nothing that ArgoCD reads differs from HEAD\n")


def test_markdown_is_a_table_and_folded_details(root: Path) -> None:
    edit(root, *DANGEROUS["egress-host"], ("apps/pages/web.yaml", "MODE: plain", "MODE: '`a|b`'"))
    assert diff(root, "--format", "markdown")[1] == (
        "### 1 service differs from HEAD, 1 danger\n"
        "\n"
        "| service | environments | objects | danger |\n"
        "|---|---|---|---|\n"
        "| pages/web | prod | 2 changed | **egress** pages/web may call \\*.example.com on 443/TCP |\n"
        "\n"
        "<details><summary>pages/web (prod)</summary>\n"
        "\n"
        "```diff\n"
        "! CiliumNetworkPolicy/pages/web-internet\n"
        '    spec.egress[1].toFQDNs[]: now {"matchPattern": "*.example.com"}\n'
        "! Deployment/pages/web\n"
        "    spec.template.spec.containers[web].env[MODE].value: plain -> `a|b`\n"
        "```\n"
        "</details>\n"
    )


def test_a_frozen_change_that_is_announced_says_so(root: Path) -> None:
    edit(root, *DANGEROUS["frozen"])
    move = "{what: the claim grows, why: it is full, runbook: docs/grow.md}"
    (root / "values/moves.yaml").write_text(f"StatefulSet/pages/work: {{volumeClaimTemplates: {move}}}\n")
    assert "the API server refuses it; announced in values/moves.yaml, runbook docs/grow.md\n" in diff(root)[1]


def test_moves_that_cannot_be_read_are_a_note(root: Path) -> None:
    (root / "values/moves.yaml").write_text("StatefulSet/pages/work: {replicas: {what: less}}\n")
    assert diff(root)[1].startswith(
        "nothing that ArgoCD reads differs from HEAD\n"
        "note: values/moves.yaml cannot be read: move of 'replicas' of 'StatefulSet/pages/work' lacks why, runbook\n"
    )


def test_what_is_not_generated_yet_is_a_note(root: Path) -> None:
    file = root / "values/apps/pages/web.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("web:1.2", "web:1.3"), encoding="utf-8")
    noted = "from the values: run `chartroom charts`, this compares what is written\n"
    output = diff(root)[1]
    assert output.startswith("nothing that ArgoCD reads differs from HEAD\nnote: ")
    assert output.endswith(noted)
    file.write_text("summary: [\n", encoding="utf-8")
    assert diff(root)[1] == (
        "nothing that ArgoCD reads differs from HEAD\n"
        "note: budgets were not judged: there are errors in the values (`chartroom charts` lists them)\n"
    )
    assert "\n> budgets were not judged: there are errors in the values (\\`chartroom charts\\` lists them)\n" in diff(
        root, "--format", "markdown"
    )[1]  # fmt: skip


def test_any_commit_can_be_the_base(root: Path) -> None:
    edit(root, *HARMLESS["image"])
    git(root, "commit", "-q", "-a", "-m", "newer image")
    assert diff(root)[1] == "nothing that ArgoCD reads differs from HEAD\n"
    assert diff(root, "HEAD~1")[1].splitlines()[0] == "1 service differs from HEAD~1, no danger"
    assert diff(root, "main", "--env", "prod")[0] == 0


def test_a_fleet_below_the_top_of_its_repository(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path / "deep/fleet", symlinks=True, ignore=shutil.ignore_patterns(".git"))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "base")
    edit(tmp_path / "deep/fleet", *HARMLESS["image"])
    assert diff(tmp_path / "deep/fleet")[1].splitlines()[0] == "1 service differs from HEAD, no danger"


def test_a_library_that_changed_touches_every_chart(root: Path) -> None:
    library = root / "charts/common/templates/_meta.tpl"
    text = library.read_text(encoding="utf-8")
    assert "managed-by: chartroom" in text
    library.write_text(text.replace("managed-by: chartroom", "managed-by: somebody"), encoding="utf-8")
    assert '["app.kubernetes.io/managed-by"]: chartroom -> somebody' in diff(root)[1]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nothing",), 2, "error: 'nothing' is no commit here: name a branch, a tag or a hash that `git log` shows\n"),
        (("--env", "prd"), 2, "error: environment 'prd' does not exist, did you mean 'prod'?, there are prod\n"),
        (("--env", "zzz"), 2, "error: environment 'zzz' does not exist, there are prod\n"),
    ],
)
def test_what_does_not_exist_is_a_usage_error(root: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    assert diff(root, *arguments) == (code, message)


def test_a_folder_without_git_is_said(base: Path, tmp_path: Path) -> None:
    root = shutil.copytree(base, tmp_path / "bare", symlinks=True, ignore=shutil.ignore_patterns(".git"))
    code, output = diff(Path(root))
    assert code == 3
    assert output.startswith("error: git rev-parse: fatal: not a git repository")


def test_a_machine_without_git_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert diff(root) == (3, "error: git is not on the PATH: install it, a commit cannot be read without\n")


def test_a_chart_that_does_not_render_is_said(root: Path) -> None:
    (root / "charts/pages/templates/web.yaml").write_text("{{ fail }}\n")
    code, output = diff(root)
    assert code == 3
    assert output.startswith("error: charts/pages: ")


def test_a_file_that_is_no_text_is_said(root: Path) -> None:
    (root / "kubernetes/prod/odd.yaml").write_bytes(b"\xff")
    assert diff(root) == (3, "error: kubernetes/prod/odd.yaml is no text in UTF-8\n")
