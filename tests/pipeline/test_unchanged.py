"""A verdict is kept for as long as nothing that it depends on has changed, and not a moment longer."""

import os
import pickle
import shutil
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

import generator
from generator.cli.main import cli
from generator.finding import Finding, Place, Severity
from generator.pipeline import unchanged
from generator.pipeline.check import Choice
from generator.pipeline.unchanged import FOLDER, Kept, key_of, recall, remember, verdict
from generator.policy import PolicyError, find_conftest
from generator.report import Report
from generator.tree import LEDGER_PATH
from tests.policy.engine import ROOT

TODAY = date(2026, 11, 21)
COPIED = ("values", "policies", "charts", "kubernetes", "docs", ".schemas", ".chartroom")
ALSO = ("tests/cases", "tests/facts", "tests/frozen")
REPORT = Report("1.0", "2026-11-21")
KEPT = Kept(REPORT, (), datetime(2026, 1, 1))  # noqa: DTZ001 -- shown to people, as they count


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the real repository with a conftest of its own."""
    top = tmp_path_factory.mktemp("fleet")
    for name in (*COPIED, *ALSO):
        shutil.copytree(ROOT / name, top / name, symlinks=True)
    tools = top / ".tools" / "bin"
    tools.mkdir(parents=True)
    for name in ("conftest", "helm"):
        (tools / name).symlink_to((ROOT / ".tools" / "bin" / name).resolve())
    return top


def key(root: Path, choice: Choice | None = None, today: date = TODAY) -> str:
    return key_of(root, choice or Choice(), today, find_conftest(root / ".tools" / "bin"))


def test_the_same_inputs_have_the_same_key(root: Path) -> None:
    assert key(root) == key(root)


@pytest.mark.parametrize(
    "path",
    [
        "values/apps/media/sonarr.yaml",
        "values/site.yaml",
        "policies/pods/memory/memory.rego",
        "policies/waivers.yaml",
        "policies/lib/pods/pods.rego",
        "tests/cases/pods/memory/fail/memory.yaml",
        "tests/facts/sonarr.yaml",
        "tests/frozen/prod.json",
        "charts/media/values.yaml",
        "charts/media/templates/sonarr.yaml",
        "charts/common/templates/_service.tpl",
        "kubernetes/prod/apps/media.yaml",
        "docs/reference/README.md",
        ".schemas/service.json",
        LEDGER_PATH,
        "charts/media/templates/left-over.yaml",
        "values/apps/media/another.yaml",
    ],
)
def test_one_byte_more_in_any_file_is_another_key(root: Path, path: str) -> None:
    file = root / path
    before, old = key(root), file.read_bytes() if file.exists() else None
    file.write_bytes((old or b"") + b"\n")
    try:
        assert key(root) != before
    finally:
        if old is None:
            file.unlink()
        else:
            file.write_bytes(old)
    assert key(root) == before


def test_another_day_is_another_key(root: Path) -> None:
    """Waivers end on a day."""
    assert key(root) != key(root, today=date(2026, 11, 22))


@pytest.mark.parametrize("choice", [Choice("prod"), Choice(None, ("pods",)), Choice(None, (), ("sonarr",))])
def test_another_choice_is_another_key(root: Path, choice: Choice) -> None:
    assert key(root) != key(root, choice)


@pytest.mark.parametrize("tool", ["conftest", "helm"])
def test_another_tool_is_another_key(root: Path, tool: str) -> None:
    link = root / ".tools" / "bin" / tool
    before, target = key(root), link.readlink()
    link.unlink()
    link.write_text("#!/bin/sh\n")
    link.chmod(0o755)
    mine = key(root)
    assert mine != before
    # Even one of the same size, written over the first.
    link.write_text("#!/bin/zh\n")
    assert key(root) not in (mine, before)
    link.unlink()
    link.symlink_to(target)


def test_another_program_is_another_key(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key(root)
    monkeypatch.setattr(generator, "__version__", "0.0.1")
    assert key(root) != before


def test_truncated_schemas_are_another_key(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    definitions = tmp_path / "v1.36.0-local-strict" / "_definitions.json"
    definitions.parent.mkdir()
    definitions.write_text("{}")
    monkeypatch.setattr(unchanged, "schema_folder", lambda: tmp_path)
    before = key(root)
    definitions.write_text("{")
    assert key(root) != before


def judging(
    report: Report = REPORT, also: Callable[[], object] = lambda: None
) -> Callable[[], tuple[Report, tuple[Finding, ...]]]:
    def judge() -> tuple[Report, tuple[Finding, ...]]:
        also()
        return report, (Finding(Place("policies/waivers.yaml"), "waiver/unused", "it silences nothing", "delete it"),)

    return judge


def never() -> tuple[Report, tuple[Finding, ...]]:
    raise AssertionError("it was judged again")


def test_a_verdict_is_taken_back_whole(root: Path) -> None:
    first = verdict(root, Choice("dev"), TODAY, judging())
    second = verdict(root, Choice("dev"), TODAY, never)
    assert (first.recalled, second.recalled) == (False, True)
    assert (second.report, second.problems, second.at) == (first.report, first.problems, first.at)


def test_inputs_that_change_while_they_are_judged_are_not_kept(root: Path) -> None:
    """Nobody knows which of the two was judged."""
    file = root / "values/apps/media/sonarr.yaml"
    old = file.read_bytes()
    verdict(root, Choice("staging"), TODAY, judging(also=lambda: file.write_bytes(old + b"\n")))
    again = verdict(root, Choice("staging"), TODAY, judging(Report("2.0", "2026-11-21")))
    assert (again.recalled, again.report.version) == (False, "2.0")
    file.write_bytes(old)


def test_a_tool_that_is_missing_is_said_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict(root, Choice("prod"), TODAY, judging())

    def judge() -> tuple[Report, tuple[Finding, ...]]:
        raise PolicyError("conftest is missing")

    monkeypatch.setenv("PATH", str(root))
    (root / ".tools").rename(root / ".gone")
    try:
        with pytest.raises(PolicyError, match="conftest is missing"):
            verdict(root, Choice("prod"), TODAY, judge)
    finally:
        (root / ".gone").rename(root / ".tools")


class Evil:
    """What runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch evil",)


class Member:
    """An enumeration's member as Python 3.11.2 pickles it; or, as an attack, an attribute of anything."""

    def __init__(self, owner: object, name: str) -> None:
        self.owner = owner
        self.name = name

    def __reduce__(self) -> tuple[object, tuple[object, str]]:
        return getattr, (self.owner, self.name)


def sealed(name: str, payload: bytes) -> bytes:
    return b"\n".join((b"chartroom verdict 1", sha256(name.encode() + payload).hexdigest().encode(), payload))


def test_a_severity_comes_back_however_python_pickles_it(tmp_path: Path) -> None:
    file = tmp_path / FOLDER / "k"
    file.parent.mkdir(parents=True)
    kept = Kept(REPORT, (), Member(Severity, "WARNING"))  # type: ignore[arg-type]  # any field will do
    file.write_bytes(sealed("k", pickle.dumps(kept)))
    again = recall(tmp_path, "k")
    assert again is not None
    assert again.at == Severity.WARNING


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"chartroom verdict 1\n",
        b"chartroom verdict 0\n" + sealed("k", pickle.dumps(REPORT)).partition(b"\n")[2],
        sealed("k", pickle.dumps(KEPT))[:-9],
        sealed("other", pickle.dumps(KEPT)),
        sealed("k", pickle.dumps(REPORT)),
        sealed("k", pickle.dumps([Evil()])),
        sealed("k", pickle.dumps(Member(Kept, "__init__"))),
        sealed("k", pickle.dumps(Member(Severity, "mro"))),
        sealed("k", b"no pickle"),
    ],
)
def test_a_damaged_verdict_is_none(tmp_path: Path, damaged: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / FOLDER / "k"
    file.parent.mkdir(parents=True)
    file.write_bytes(damaged)
    assert recall(tmp_path, "k") is None
    assert not (tmp_path / "evil").exists()


def test_the_newest_eight_are_kept(tmp_path: Path) -> None:
    for number in range(10):
        remember(tmp_path, f"k{number}", KEPT)
        os.utime(tmp_path / FOLDER / f"k{number}", (number, number))
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == [f"k{number}" for number in range(2, 10)]


def test_what_cannot_be_written_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("no folder")
    remember(tmp_path, "k", KEPT)
    assert recall(tmp_path, "k") is None


def test_the_command_says_what_it_did_not_judge_again(root: Path) -> None:
    """Every format comes out the same; a generated file that was changed is found as if nothing were kept."""

    def run(*arguments: str) -> tuple[int, str, str]:
        given = ["check", "--today", "2026-11-21", *arguments, "--root", str(root)]
        result = CliRunner().invoke(cli, given)
        return result.exit_code, result.stdout, result.stderr

    formats = [
        word for name in ("text", "json", "sarif", "junit", "github", "markdown", "html") for word in ("--format", name)
    ]
    outputs = [word for name in "bcdefg" for word in ("--output", str(root / f"out.{name}"))]
    first = run(*formats, *outputs)
    written = {name: (root / f"out.{name}").read_bytes() for name in "bcdefg"}
    second = run(*formats, *outputs)
    said = "so this is the verdict of then; --no-cache judges again"
    assert second[:2] == first[:2]
    assert written == {name: (root / f"out.{name}").read_bytes() for name in "bcdefg"}
    assert said not in first[2]
    assert second[2].splitlines()[:-1] == first[2].splitlines()
    assert second[2].splitlines()[-1].startswith("unchanged since 20")
    assert second[2].strip().endswith(said)
    assert said not in run("--no-cache")[2]
    chart = root / "charts/media/values.yaml"
    old = chart.read_text()
    chart.write_text(old + "another: 1\n")
    code, out, err = run()
    assert (code, said in err) == (1, False)
    assert "error: charts/media/values.yaml differs from what" in out
    chart.write_text(old)
    assert said in run()[2]
