"""Whatever conftest does that is no answer is an error with a sentence that helps, never a pass."""

import os
from pathlib import Path

import pytest

from generator.policy import PolicyError, ask, find_conftest, read_rules
from tests.policy.engine import TOOLS, write_rule

VERSION = 'if [ "$1" = "--version" ]; then echo "Conftest: 0.69.0"; exit 0; fi\n'
INSTALL = "`make tools SETS=gate` builds it into .tools/bin, elsewhere put 0.69 or newer on the PATH"


def fake(folder: Path, script: str) -> Path:
    """Write a conftest of our own."""
    path = folder / "conftest"
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(0o755)
    return path


def said(tmp_path: Path, conftest: Path, **limits: float) -> str:
    policies = write_rule(tmp_path)
    with pytest.raises(PolicyError) as raised:
        ask(conftest, policies, read_rules(policies), {"fleet": b'{"pods": []}'}, **limits)
    return str(raised.value)


def test_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PolicyError) as raised:
        find_conftest(tmp_path)
    assert str(raised.value) == f"conftest is missing, so nothing was judged; {INSTALL}"


def test_vanished(tmp_path: Path) -> None:
    gone = tmp_path / "conftest"
    expected = f"{gone} cannot be run (No such file or directory), so nothing was judged; {INSTALL}"
    assert said(tmp_path, gone) == expected


def test_old(tmp_path: Path) -> None:
    old = fake(tmp_path, 'echo "Conftest: 0.56.0"; echo "OPA: 0.70.0"\n')
    assert said(tmp_path, old) == f"{old} is conftest 0.56.0, 0.69.0 or newer is needed; {INSTALL}"


def test_no_conftest_at_all(tmp_path: Path) -> None:
    other = fake(tmp_path, "echo hello\n")
    assert said(tmp_path, other) == f"{other} --version says 'hello\\n', no version of conftest; {INSTALL}"


ANEW = "; try again; if it stays so, `rm .tools/bin/conftest && make tools SETS=gate` builds another"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo garbage", f"conftest's answer cannot be understood, so nothing was judged: garbage{ANEW}"),
        ("exit 0", f"conftest's answer cannot be understood, so nothing was judged: nothing{ANEW}"),
        ("echo '[]'", f"conftest's answer cannot be understood, so nothing was judged: []{ANEW}"),
        ("echo boom >&2; exit 1", f"conftest's answer cannot be understood, so nothing was judged: boom{ANEW}"),
        ("echo boom >&2; exit 7", f"conftest ended with exit code 7, so nothing was judged: boom{ANEW}"),
        ("kill -9 $$", f"conftest ended with signal 9, so nothing was judged: it said nothing{ANEW}"),
        (
            "echo 'Error: running test: load: policy/a/b/b.rego:3: rego_parse_error' >&2; exit 1",
            "conftest cannot ask the rules, so nothing was judged: load: policies/a/b/b.rego:3: rego_parse_error"
            "\nmend the rule that it names",
        ),
        (
            """echo '[{"filename": "fleet.json", "namespace": "main", "successes": 0}]'""",
            "conftest's answer cannot be understood, so nothing was judged: "
            '[{"filename": "fleet.json", "namespace": "main", "successes": 0}]' + ANEW,
        ),
        (
            """echo '[{"filename": "fleet.json", "namespace": "other", "successes": 1}]'""",
            "conftest's answer cannot be understood, so nothing was judged: "
            '[{"filename": "fleet.json", "namespace": "other", "successes": 1}]' + ANEW,
        ),
        (
            """echo '[{"filename": "fleet.json", "namespace": "main", "successes": 1}]'; exit 1""",
            f"conftest's answer and its exit code 1 disagree, so nothing was judged{ANEW}",
        ),
    ],
)
def test_no_answer(tmp_path: Path, script: str, message: str) -> None:
    assert said(tmp_path, fake(tmp_path, VERSION + script + "\n")) == message


def test_hangs(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    slow = fake(tmp_path, f"{VERSION}echo $$ > {started}\nsleep 60 & wait\n")
    assert said(tmp_path, slow, time_limit_s=0.5) == (
        "conftest did not finish within 0.5 s, so nothing was judged; try again, or split the run with --env"
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


def test_settings_of_the_machine_do_not_reach_conftest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFTEST_NO_FAIL", "true")
    monkeypatch.setenv("CONFTEST_NAMESPACE", "nothing")
    (tmp_path / "conftest.toml").write_text('namespace = "nothing"\n')
    monkeypatch.chdir(tmp_path)
    policies = write_rule(tmp_path)
    document = b'{"pods": [{"id": "prod:Pod/x/nameless", "name": "nameless"}]}'
    answer = ask(find_conftest(TOOLS), policies, read_rules(policies), {"fleet": document})
    assert answer["fleet"].found == {"house/named": ({"msg": "the pod is nameless", "object": "prod:Pod/x/nameless"},)}


@pytest.mark.parametrize(("document", "limit"), [(b'{"pods": []}', 400 << 20), (b" " * 30_000_000, 540_000_000)])
def test_memory_is_limited_by_the_size_of_the_document(tmp_path: Path, document: bytes, limit: int) -> None:
    conftest = fake(tmp_path, f'{VERSION}echo "$GOGC $GOMEMLIMIT"\n')
    policies = write_rule(tmp_path)
    with pytest.raises(PolicyError) as raised:
        ask(conftest, policies, read_rules(policies), {"fleet": document})
    assert str(raised.value) == f"conftest's answer cannot be understood, so nothing was judged: off {limit}{ANEW}"
