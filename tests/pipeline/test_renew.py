"""A run after a change writes and says what a whole run would, whatever changed and whatever became of the cache."""

import random
import re
import shutil
import signal
import subprocess
import sys
import time
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import settings

from bench.fleet import multiply
from generator.pipeline import charts
from generator.pipeline.memo import again
from generator.tree import Held, Report, Tree
from generator.tree import write as write_tree
from tests.pipeline.edits import drawn
from tests.pipeline.oracle import copy_inputs, run, tree

ROOT = Path(__file__).parents[2]
_BY_HAND = re.compile(r"^overwrote an edit by hand: .*\n", re.MULTILINE)
# `make fuzz` plays many more of them.
_EDITS = max(10, settings().max_examples // 50)
# A file is taken to stand still once the clock of files has gone on.
_STILL_S = 0.015


@pytest.fixture
def short_ways(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Counts the runs that went the short way to its end."""
    gone: list[bool] = []

    def counted(*given: object) -> object:
        found = again_write(*given)  # type: ignore[arg-type]
        gone.append(True)
        return found

    again_write = again.write_again
    monkeypatch.setattr(again, "write_again", counted)
    return gone


def _play(top: Path, source: Path, seed: int, count: int) -> None:
    """Edit, run, and hold the outcome against a whole run in a fresh copy; after an error, take the edit back."""
    warm = copy_inputs(source, top / "warm")
    time.sleep(_STILL_S)
    assert run(warm).code == 0
    for number, (edit, chance) in enumerate(drawn(seed, count)):
        backup = Path(shutil.copytree(warm / "values", top / f"backup-{number}", symlinks=True))
        before = tree(warm)
        what = f"seed {seed}, edit {number}: {edit(warm, chance)}"
        time.sleep(_STILL_S)
        said, after = run(warm), tree(warm)
        cold = copy_inputs(warm, top / f"cold-{number}")
        whole = run(cold)
        assert (said.code, said.out, _BY_HAND.sub("", said.err)) == (whole.code, whole.out, whole.err), what
        if whole.code == 0:
            assert _differences(after, tree(cold)) == [], what
        else:
            assert _differences(before, tree(warm)) == [] or "by hand" in what or "deleted" in what, what
            shutil.rmtree(warm / "values")
            shutil.copytree(backup, warm / "values", symlinks=True)
        shutil.rmtree(cold)


def _differences(one: dict[str, bytes | str], other: dict[str, bytes | str]) -> list[str]:
    paths = sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))
    return [f"{path}: {_first_line(one.get(path), other.get(path))}" for path in paths]


def _first_line(one: bytes | str | None, other: bytes | str | None) -> str:
    if not isinstance(one, bytes) or not isinstance(other, bytes):
        return f"{one!r:.60}, {other!r:.60}"
    pairs = zip_longest(one.decode().split("\n"), other.decode().split("\n"))
    return next(f"{here!r}, {there!r}" for here, there in pairs if here != there)


@pytest.mark.slow
@pytest.mark.hypothesis
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_after_an_edit_comes_to_the_same_as_a_whole_one(
    tmp_path: Path, seed: int, short_ways: list[bool]
) -> None:
    _play(tmp_path, ROOT, seed, _EDITS)
    assert len(short_ways) >= _EDITS // 5


@pytest.mark.slow
@pytest.mark.hypothesis
def test_a_run_after_an_edit_comes_to_the_same_in_a_fleet_of_many_domains(
    tmp_path: Path, short_ways: list[bool]
) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    multiply(ROOT, fleet, 100)
    _play(tmp_path, fleet, 3, _EDITS)
    assert len(short_ways) >= _EDITS // 5


def test_a_small_change_goes_the_short_way(tmp_path: Path, short_ways: list[bool]) -> None:
    warm = copy_inputs(ROOT, tmp_path)
    file = warm / "values" / "apps" / "media" / "sonarr.yaml"
    time.sleep(_STILL_S)
    run(warm)
    for number, (old, new) in enumerate((("memory: 2Gi", "memory: 3Gi"), ("4.0.19.3001", "4.0.20")), 1):
        file.write_text(file.read_text().replace(old, new))
        time.sleep(_STILL_S)
        assert run(warm).code == 0
        assert len(short_ways) == number


def test_a_file_that_is_touched_during_a_run_leaves_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warm = copy_inputs(ROOT, tmp_path)
    file = warm / "values" / "apps" / "media" / "sonarr.yaml"
    write = write_tree

    def touch_and_write(held: Held, wanted: Tree) -> Report:
        file.write_text(file.read_text())
        return write(held, wanted)

    time.sleep(_STILL_S)
    monkeypatch.setattr(charts, "write", touch_and_write)
    assert run(warm).code == 0
    assert not (warm / ".cache" / "chartroom" / "memo.json").exists()
    assert not (warm / ".cache" / "chartroom" / "state.json").exists()
    monkeypatch.setattr(charts, "write", write)
    time.sleep(_STILL_S)
    assert run(warm).code == 0
    assert (warm / ".cache" / "chartroom" / "memo.json").exists()


def _start(root: Path) -> subprocess.Popen[str]:
    command = (sys.executable, "-c", "from generator.cli import main; main()", "charts", "--root", str(root))
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_run_that_is_killed_after_a_change_is_healed_by_the_next(tmp_path: Path) -> None:
    warm = copy_inputs(ROOT, tmp_path / "warm")
    file = warm / "values" / "apps" / "media" / "sonarr.yaml"
    time.sleep(_STILL_S)
    run(warm)
    chance = random.Random(5)
    for number in range(6):
        file.write_text(re.sub(r"limits: {memory: \w+}", f"limits: {{memory: {3 + number}Gi}}", file.read_text()))
        time.sleep(_STILL_S)
        with _start(warm) as killed:
            time.sleep(chance.uniform(0.1, 0.9))
            killed.send_signal(signal.SIGKILL)
        assert run(warm).code == 0
    cold = copy_inputs(warm, tmp_path / "cold")
    run(cold)
    assert _differences(tree(warm), tree(cold)) == []


@pytest.mark.slow
def test_two_runs_at_once_after_a_change_do_not_mix(tmp_path: Path) -> None:
    warm = copy_inputs(ROOT, tmp_path / "warm")
    file = warm / "values" / "apps" / "media" / "sonarr.yaml"
    time.sleep(_STILL_S)
    run(warm)
    file.write_text(file.read_text().replace("memory: 2Gi", "memory: 3Gi"))
    with _start(warm) as one, _start(warm) as other:
        ends = [process.communicate()[1] for process in (one, other)]
        assert [one.returncode, other.returncode] == [0, 0]
    assert sorted("nothing changed" in end for end in ends) == [False, True], ends
    cold = copy_inputs(warm, tmp_path / "cold")
    run(cold)
    assert _differences(tree(warm), tree(cold)) == []
