"""The gate never passes for want of a tool: exit 3, nothing on stdout, and one sentence that helps."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.schema.kubernetes import schema_folder
from tests.gate.edit import ROOT, TODAY, copy_repository, run

INSTALL = "`make tools SETS=gate` builds it into .tools/bin, elsewhere put 0.69 or newer on the PATH"
VERSION = 'if [ "$1" = "--version" ]; then echo "Conftest: 0.69.0"; exit 0; fi\n'
NARROW = ("check", "--env", "dev", "--rule", "images/tag", "--today", TODAY)
Refuse = Callable[..., str]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """The repository with no tool in it."""
    top = tmp_path / "repository"
    top.mkdir()
    copy_repository(top)
    (top / ".tools").unlink()
    return top


@pytest.fixture
def refuse(top: Path) -> Refuse:
    """Run the check where only `PATH` may have a conftest; return what stderr says after progress."""

    def refuse(**environ: str) -> str:
        done = run(top, *NARROW, **environ)
        assert (done.returncode, done.stdout) == (3, "")
        return done.stderr

    return refuse


def fake(folder: Path, script: str) -> Path:
    path = folder / "bin" / "conftest"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def with_path(conftest: Path) -> dict[str, str]:
    return {"PATH": f"{conftest.parent}:/usr/bin:/bin"}


def test_empty_path(refuse: Refuse) -> None:
    assert refuse(PATH="") == f"error: conftest is missing, so nothing was judged; {INSTALL}\n"


def test_ancient_conftest(refuse: Refuse, tmp_path: Path) -> None:
    old = fake(tmp_path, 'echo "Conftest: 0.45.0"; echo "OPA: 0.55.0"')
    said = f"error: {old} is conftest 0.45.0, 0.69.0 or newer is needed; {INSTALL}\n"
    assert refuse(**with_path(old)) == said


ANEW = "; try again; if it stays so, `rm .tools/bin/conftest && make tools SETS=gate` builds another"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("echo '<html>'", f"'s answer cannot be understood, so nothing was judged: <html>{ANEW}"),
        ("echo 'panic: boom' >&2; exit 2", f" ended with exit code 2, so nothing was judged: panic: boom{ANEW}"),
        ("kill -9 $$", f" ended with signal 9, so nothing was judged: it said nothing{ANEW}"),
        ("exit 0", f"'s answer cannot be understood, so nothing was judged: nothing{ANEW}"),
    ],
    ids=["prints garbage", "crashes", "is killed", "says nothing"],
)  # fmt: skip
def test_conftest_that(refuse: Refuse, tmp_path: Path, script: str, sentence: str) -> None:
    broken = fake(tmp_path, VERSION + script)
    assert refuse(**with_path(broken)) == f"error: conftest{sentence}\n"


def test_conftest_that_hangs(refuse: Refuse, tmp_path: Path) -> None:
    slow = fake(tmp_path, f"{VERSION}echo $$ > {tmp_path}/pid\nsleep 100 & wait")
    said = refuse(**with_path(slow), CHARTROOM_CONFTEST_LIMIT_S="1.5")
    assert said == (
        "error: conftest did not finish within 1.5 s, so nothing was judged; try again, or split the run with --env\n"
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_truncated_schema(top: Path, tmp_path: Path) -> None:
    (top / ".tools").symlink_to(ROOT / ".tools")
    folder = tmp_path / "packages" / "kubernetes_validate"
    file = folder / "kubernetes-json-schema" / "v1.36.0-local-strict" / "_definitions.json"
    file.parent.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    real = schema_folder() / "v1.36.0-local-strict" / "_definitions.json"
    file.write_text(real.read_text(encoding="utf-8")[:100_000], encoding="utf-8")
    done = run(top, *NARROW, PYTHONPATH=f"{folder.parent}:{ROOT}")
    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        "",
        f"error: {file} is missing or truncated: install the pinned kubernetes-validate again (`make` does it)\n",
    )


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        (None, "there are no policies, so nothing can be judged; restore the folder"),
        ("lib/pods/pods.rego", "there is no rule in it, so nothing can be judged; restore the folder"),
    ],
    ids=["no folder", "no rule"],
)
def test_policies_that_vanished(top: Path, tmp_path: Path, left: str | None, sentence: str) -> None:
    """In a checkout rules lie beside the package: with the package copied alone, there are none to fall back on."""
    (top / ".tools").symlink_to(ROOT / ".tools")
    (top / "policies").unlink()
    shutil.copytree(ROOT / "generator", top / "generator", ignore=shutil.ignore_patterns("__pycache__", "data"))
    policies = top / "policies"
    if left is not None:
        (policies / left).parent.mkdir(parents=True)
        shutil.copy(ROOT / "policies" / left, policies / left)
    done = run(top, "check", "--today", TODAY, PYTHONPATH=str(top))
    assert (done.returncode, done.stdout, done.stderr) == (3, "", f"error: {policies}: {sentence}\n")


def test_values_that_stop_the_run_are_reported_in_every_format(top: Path) -> None:
    """Nothing was judged, and still CI finds the files that it uploads."""
    (top / "values" / "apps" / "productivity" / "tika.yaml").write_text("summary: [\n")
    wanted = [("json", "a.json"), ("sarif", "a.sarif"), ("junit", "a.xml"), ("html", "a.html")]
    options = [word for name, path in wanted for word in ("--format", name, "--output", str(top / path))]
    done = run(top, "check", *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "1 error; the values cannot be resolved, so nothing else was judged\n"
    report = json.loads((top / "a.json").read_text())
    assert [(item["rule"], item["place"]["line"]) for item in report["findings"]] == [("source/syntax", 2)]
    sarif = json.loads((top / "a.sarif").read_text())
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["source/syntax"]
    assert "source/syntax" in (top / "a.html").read_text()
    assert 'failures="1"' in (top / "a.xml").read_text()
