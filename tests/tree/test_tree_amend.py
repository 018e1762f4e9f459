"""Some files of a tree replaced: with the care of a whole run, and only where all stands as the ledger says."""

from pathlib import Path

import pytest

from generator.tree import Content, Link, Scope, Tree, amend, hold, read_ledger, seal, seal_after, write

SCOPE = Scope(("charts",))
OLD: dict[str, Content] = {"charts/a/values.yaml": b"a: 1\n", "charts/a/README.md": b"# a\n", "charts/b": Link("a")}
NEW: dict[str, Content] = {**OLD, "charts/a/values.yaml": b"a: 2\n", "charts/a/README.md": b"# A\n"}


def _written(root: Path, entries: dict[str, Content]) -> Path:
    with hold(root) as held:
        write(held, Tree(SCOPE, entries))
    return root


def _standing(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file() and file.name != "lock"}


def test_amend_leaves_what_a_whole_run_would(tmp_path: Path) -> None:
    for name in ("whole", "part"):
        (tmp_path / name).mkdir()
    whole, part = _written(tmp_path / "whole", NEW), _written(tmp_path / "part", OLD)
    with hold(part) as held:
        assert amend(held, {path: NEW[path] for path in list(NEW)[:2]}) == (
            "charts/a/README.md",
            "charts/a/values.yaml",
        )
    assert _standing(part) == _standing(whole)
    assert seal(part, SCOPE) == seal_after(part) == seal(whole, SCOPE)


def test_amend_touches_nothing_that_is_as_wanted(tmp_path: Path) -> None:
    _written(tmp_path, OLD)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.name != "lock"}
    with hold(tmp_path) as held:
        assert amend(held, OLD) == ()
    assert before == {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.name != "lock"}


def test_amend_refuses_a_file_that_the_ledger_does_not_list(tmp_path: Path) -> None:
    _written(tmp_path, OLD)
    with hold(tmp_path) as held, pytest.raises(KeyError, match=r"charts/new"):
        amend(held, {**NEW, "charts/new": b""})
    assert (tmp_path / "charts/a/values.yaml").read_bytes() == b"a: 1\n"


def test_amend_ended_at_any_step_leaves_every_file_whole_and_ours(tmp_path: Path) -> None:
    class Ended(BaseException):
        pass

    for number in range(100):
        root = tmp_path / str(number)
        root.mkdir()
        _written(root, OLD)
        left = number

        def step(action: str, path: str, /) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Ended

        try:
            with hold(root) as held:
                amend(held, NEW, step=step)
        except Ended:
            for path, content in NEW.items():
                if isinstance(content, bytes):
                    assert (root / path).read_bytes() in (OLD[path], content)
            ledger = read_ledger(root)
            assert all(ledger.owns(path, (root / path).read_bytes()) for path in list(NEW)[:2])
            with hold(root) as held:
                assert write(held, Tree(SCOPE, NEW)).overwritten == ()
            assert seal(root, SCOPE) == seal_after(root)
        else:
            assert number > 8
            return
    raise AssertionError("it never came to its end")
