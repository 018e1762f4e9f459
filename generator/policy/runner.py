"""Run conftest once and read what it says; whatever else happens is an error, never a pass."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.policy.error import PolicyError
from generator.policy.rule import Rule
from generator.policy.staging import MAIN, read_modules, staged_modules, write_capabilities, write_modules

OLDEST = (0, 69, 0)
TIME_LIMIT_S = 300
# A machine that needs longer, or a pipeline that has less, says so in this variable.
LIMIT_VARIABLE = "CHARTROOM_CONFTEST_LIMIT_S"
# How conftest says that rules do not load, or that a built-in function failed in one.
_REFUSAL = "Error: running test:"
_VERSION = re.compile(r"^Conftest: v?(\d+)\.(\d+)\.(\d+)", re.MULTILINE)
_SHOWN = 2_000
_PASSED_ON = ("PATH", "TMPDIR", "SYSTEMROOT")
_POLICY = "policy"
# Go collects when so much has piled up, not each time that it has doubled: a sixth less work in as much memory. A
# document holds about twelve bytes for each of its own.
_LEAST_LIMIT_BYTES = 400 << 20
_LIMIT_PER_BYTE = 18
_ANEW = "try again; if it stays so, `rm .tools/bin/conftest && make tools SETS=gate` builds another"
_INSTALL = "`make tools SETS=gate` builds it into .tools/bin, elsewhere put 0.69 or newer on the PATH"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules yield for one document, by rule id, as they yield it."""

    found: Mapping[str, tuple[Any, ...]]


def find_conftest(tools: Path | None = None) -> Path:
    """Return the conftest of `tools`, or of the PATH.

    Raises:
        PolicyError: there is none.
    """
    if tools is not None and (tools / "conftest").is_file():
        return (tools / "conftest").absolute()  # it runs in another folder
    found = shutil.which("conftest")
    if found is None:
        raise PolicyError(f"conftest is missing, so nothing was judged; {_INSTALL}")
    return Path(found).absolute()


def check_version(conftest: Path) -> None:
    """Refuse a conftest that judges differently from the one that rules are written for.

    Raises:
        PolicyError: it is older than 0.69.0, or does not say.
    """
    state = conftest.stat() if conftest.is_file() else None
    said = _said_version(conftest, state.st_mtime_ns if state else 0)
    found = _VERSION.search(said)
    oldest = ".".join(map(str, OLDEST))
    if found is None:
        raise PolicyError(f"{conftest} --version says {said[:_SHOWN]!r}, no version of conftest; {_INSTALL}")
    if tuple(map(int, found.groups())) < OLDEST:
        version = ".".join(found.groups())
        raise PolicyError(f"{conftest} is conftest {version}, {oldest} or newer is needed; {_INSTALL}")


@lru_cache(maxsize=4)
def _said_version(conftest: Path, modified: int) -> str:
    return _run([str(conftest), "--version"], Path.cwd(), 30, {}).stdout.decode(errors="replace")


def ask(
    conftest: Path,
    policies: Path,
    rules: Sequence[Rule],
    documents: Mapping[str, bytes],
    *,
    time_limit_s: float | None = None,
) -> dict[str, Answer]:
    """Return what the rules yield for each document by its name.

    Raises:
        PolicyError: conftest is missing, old, hangs, crashes, or says what cannot be understood.
    """
    with tempfile.TemporaryDirectory(prefix="chartroom-gate-") as scratch:
        top = Path(scratch)
        prepare(top, staged_modules(read_modules(policies), rules), rules)
        return ask_prepared(conftest, top, rules, documents, time_limit_s=time_limit_s)


def prepare(folder: Path, modules: Mapping[str, str], rules: Sequence[Rule]) -> None:
    """Write what conftest needs besides documents: modules, what they may call, settings that say nothing."""
    staged = folder / _POLICY
    staged.mkdir(parents=True)
    write_modules(modules, rules, staged)
    write_capabilities(folder / "capabilities.json")
    (folder / "empty.toml").write_text("", encoding="utf-8")


def ask_prepared(
    conftest: Path,
    prepared: Path,
    rules: Sequence[Rule],
    documents: Mapping[str, bytes],
    *,
    time_limit_s: float | None = None,
) -> dict[str, Answer]:
    """Return what the rules yield for each document by its name, where `prepare` has written everything else.

    Raises:
        PolicyError: as `ask`.
    """
    check_version(conftest)
    names = tuple(documents)
    limit_bytes = max(_LEAST_LIMIT_BYTES, _LIMIT_PER_BYTE * sum(map(len, documents.values())))
    with tempfile.TemporaryDirectory(prefix="run-", dir=prepared) as scratch:
        run = Path(scratch).name
        for name in names:
            (prepared / run / f"{name}.json").write_bytes(documents[name])
        del documents  # conftest reads them from the disk: held here as well, they are half as much again
        command = [
            str(conftest), "test", "--config-file", "empty.toml", "--policy", _POLICY, "--namespace", MAIN,
            "--capabilities", "capabilities.json", "--strict", "--show-builtin-errors", "--rego-version", "v1",
            "--parser", "json", "--output", "json", "--no-color", *(f"{run}/{name}.json" for name in names),
        ]  # fmt: skip
        limit_s = _limit_s() if time_limit_s is None else time_limit_s
        done = _run(command, prepared, limit_s, {"GOGC": "off", "GOMEMLIMIT": str(limit_bytes)})
    return _read(done, rules, names)


def _limit_s() -> float:
    stated = os.environ.get(LIMIT_VARIABLE, str(TIME_LIMIT_S))
    try:
        return float(stated)
    except ValueError as error:
        raise PolicyError(f"{LIMIT_VARIABLE} is {stated!r}, a number of seconds is expected") from error


def _run(
    command: list[str], folder: Path, time_limit_s: float, settings: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run a program in a clean environment: conftest reads settings from CONFTEST_*, and plugins from its home."""
    environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    environment |= {"HOME": str(folder), **settings}
    try:
        with subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                out, err = process.communicate(timeout=time_limit_s)
            except subprocess.TimeoutExpired as error:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise PolicyError(
                    f"conftest did not finish within {time_limit_s:g} s, so nothing was judged;"
                    " try again, or split the run with --env"
                ) from error
            return subprocess.CompletedProcess(command, process.returncode, out, err)
    except OSError as error:
        raise PolicyError(
            f"{command[0]} cannot be run ({error.strerror}), so nothing was judged; {_INSTALL}"
        ) from error


def _read(done: subprocess.CompletedProcess[bytes], rules: Sequence[Rule], names: tuple[str, ...]) -> dict[str, Answer]:
    """Understand conftest's JSON, or refuse all of it."""
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode not in (0, 1):
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
        raise PolicyError(
            f"conftest ended with {how}, so nothing was judged: {said[:_SHOWN] or 'it said nothing'}; {_ANEW}"
        )
    try:
        results = json.loads(done.stdout)
        by_file = {Path(str(entry["filename"])).stem: entry for entry in results}
        answers = {name: _answer(by_file[name], rules) for name in names}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if said.startswith(_REFUSAL):
            shown = said.removeprefix(_REFUSAL).strip().replace(f"{_POLICY}/", "policies/")
            raise PolicyError(
                f"conftest cannot ask the rules, so nothing was judged: {shown[:_SHOWN]}\nmend the rule that it names"
            ) from error
        shown = said or done.stdout.decode(errors="replace").strip() or "nothing"
        raise PolicyError(
            f"conftest's answer cannot be understood, so nothing was judged: {shown[:_SHOWN]}; {_ANEW}"
        ) from error
    if (done.returncode == 1) != any(entry.get("failures") for entry in results):
        raise PolicyError(
            f"conftest's answer and its exit code {done.returncode} disagree, so nothing was judged; {_ANEW}"
        )
    return answers


def _answer(entry: Mapping[str, Any], rules: Sequence[Rule]) -> Answer:
    """Sort results by rule, after counting that every rule was asked."""
    if entry["namespace"] != MAIN or entry.get("exceptions"):
        raise ValueError("another namespace, or exceptions")
    found: dict[str, list[Any]] = {rule.id: [] for rule in rules}
    for result in (*entry.get("failures", ()), *entry.get("warnings", ())):
        metadata = result["metadata"]
        found[metadata["rule"]].append(metadata["finding"])
    quiet = sum(1 for results in found.values() if not results)
    # A line that found nothing is a success: so all lines together are all rules.
    if entry["successes"] != quiet:
        raise ValueError(f"{entry['successes']} rules passed, {quiet} should have")
    return Answer({name: tuple(results) for name, results in found.items()})
