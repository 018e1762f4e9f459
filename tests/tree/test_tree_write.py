"""What a run does to the disk."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.tree import LEDGER_PATH, TEMPORARY, Content, Link, Report, Scope, Tree, TreeError, check, hold, write
from generator.tree.ledger import WRITTEN_PATH
from tests.tree.trees import NEW, OLD, ledger, ledger_paths, on_disk, tree_of, write_tree

EDIT = b"edited by a person\n"


def test_write_writes_all_into_an_empty_folder(tmp_path: Path) -> None:
    report = write_tree(tmp_path, OLD)

    assert report == Report(written=tuple(sorted(OLD)), overwritten=(), deleted=(), unchanged=0, findings=())
    assert on_disk(tmp_path) == OLD


def test_write_writes_a_ledger_that_sha256sum_can_check(tmp_path: Path) -> None:
    write_tree(tmp_path, {"charts/a b.yaml": b"a\n", "charts/l": Link("a b.yaml")})

    of_file = hashlib.sha256(b"a\n").hexdigest()
    of_link = hashlib.sha256(b"symbolic link to a b.yaml").hexdigest()
    assert ledger(tmp_path) == (
        "# Files that 'chartroom charts' wrote, each with the SHA-256 of its content (of its target for a link).\n"
        "# Commit this file. Several lines for one path come from a merge; the next run settles them.\n"
        f"{of_file}  charts/a b.yaml\n"
        f"{of_link}  charts/l\n"
    )
    run = subprocess.run(
        ["sha256sum", "--check", LEDGER_PATH], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.stdout == "charts/a b.yaml: OK\ncharts/l: FAILED\n"


def test_write_touches_nothing_when_nothing_changed(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    before = {place: place.lstat() for place in tmp_path.rglob("*") if place.name != "lock"}

    report = write_tree(tmp_path, OLD)

    assert report == Report(written=(), overwritten=(), deleted=(), unchanged=6, findings=())
    assert {place: place.lstat().st_mtime_ns for place in before} == {
        place: status.st_mtime_ns for place, status in before.items()
    }
    assert {place: place.lstat().st_ino for place in before} == {
        place: status.st_ino for place, status in before.items()
    }


def test_write_brings_an_old_tree_to_a_new_one_and_back(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    old_ledger = ledger(tmp_path)

    report = write_tree(tmp_path, NEW)

    assert on_disk(tmp_path) == NEW
    assert report == Report(
        written=(
            "charts/media/Chart.yaml",
            "charts/media/charts/common",
            "docs/reference/ports.md/all.md",
            "kubernetes/dev/apps/media.yaml",
            "kubernetes/staging",
        ),
        overwritten=(),
        deleted=(
            "charts/media/templates/radarr.yaml",
            "docs/reference/ports.md",
            "kubernetes/prod/apps/media.yaml",
        ),
        unchanged=1,
        findings=(),
    )
    assert ledger_paths(tmp_path) == sorted(NEW)
    write_tree(tmp_path, OLD)
    assert on_disk(tmp_path) == OLD
    assert ledger(tmp_path) == old_ledger


def test_write_overwrites_a_wanted_file_that_a_person_edited_and_says_so(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    (tmp_path / "charts/media/Chart.yaml").write_bytes(EDIT)

    report = write_tree(tmp_path, OLD)

    assert (report.written, report.overwritten) == (("charts/media/Chart.yaml",), ("charts/media/Chart.yaml",))
    assert on_disk(tmp_path) == OLD


@pytest.mark.parametrize("runs_before", [0, 1])
def test_write_never_deletes_an_unwanted_file_that_a_person_edited(tmp_path: Path, runs_before: int) -> None:
    write_tree(tmp_path, OLD)
    (tmp_path / "charts/media/templates/radarr.yaml").write_bytes(EDIT)

    for _ in range(runs_before):
        write_tree(tmp_path, NEW)

    report = write_tree(tmp_path, NEW)

    assert on_disk(tmp_path) == NEW | {"charts/media/templates/radarr.yaml": EDIT}
    assert [finding.rule for finding in report.findings] == ["output/kept"]


def test_write_forgets_an_edited_file_once_it_was_moved_away(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    (tmp_path / "charts/media/templates/radarr.yaml").write_bytes(EDIT)
    write_tree(tmp_path, NEW)
    (tmp_path / "charts/media/templates/radarr.yaml").unlink()

    assert write_tree(tmp_path, NEW).findings == ()
    assert ledger_paths(tmp_path) == sorted(NEW)


def test_write_leaves_a_file_that_no_run_wrote(tmp_path: Path) -> None:
    (tmp_path / "charts/media").mkdir(parents=True)
    (tmp_path / "charts/media/Chart.yaml").write_bytes(EDIT)
    (tmp_path / "charts/media/notes.txt").write_bytes(EDIT)

    report = write_tree(tmp_path, OLD)

    assert on_disk(tmp_path) == OLD | {"charts/media/Chart.yaml": EDIT, "charts/media/notes.txt": EDIT}
    assert [(finding.rule, finding.place.path) for finding in report.findings] == [
        ("output/foreign", "charts/media/Chart.yaml"),
        ("output/stray", "charts/media/notes.txt"),
    ]
    assert "charts/media/Chart.yaml" not in ledger_paths(tmp_path)
    write_tree(tmp_path, {})
    assert on_disk(tmp_path) == {"charts/media/Chart.yaml": EDIT, "charts/media/notes.txt": EDIT}


def test_write_takes_over_files_that_stand_as_wanted_when_the_ledger_is_lost(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    (tmp_path / LEDGER_PATH).unlink()

    assert write_tree(tmp_path, OLD) == Report((), (), (), unchanged=6, findings=())
    assert ledger_paths(tmp_path) == sorted(OLD)


def test_write_leaves_folders_of_people_and_droppings_of_editors_alone(tmp_path: Path) -> None:
    for path in ("charts/common/a.tpl", "charts/README.md", "charts/.DS_Store", "charts/a.yaml~", "values/site.yaml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(EDIT)
    before = on_disk(tmp_path)

    assert write_tree(tmp_path, OLD).findings == ()
    write_tree(tmp_path, {})
    assert on_disk(tmp_path) == before


def test_write_deletes_what_was_generated_into_a_folder_that_is_none_any_more(tmp_path: Path) -> None:
    with hold(tmp_path) as held:
        write(held, Tree(Scope(("site/pages",)), {"site/pages/a/b.md": b"b"}))

    assert write_tree(tmp_path, {}).deleted == ("site/pages/a/b.md",)
    assert on_disk(tmp_path) == {}


def test_write_removes_what_a_killed_run_left_half_written(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    for folder in ("charts/media", ".chartroom"):
        (tmp_path / folder / f"{TEMPORARY}4711").write_bytes(b"hal")

    assert write_tree(tmp_path, OLD) == Report((), (), (), unchanged=6, findings=())
    assert on_disk(tmp_path) == OLD


def test_write_settles_a_ledger_that_a_merge_left_with_both_sides(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    one_side = ledger(tmp_path)
    write_tree(tmp_path, NEW)
    both = f"<<<<<<< ours\n{one_side}=======\n{ledger(tmp_path)}>>>>>>> theirs\n"
    (tmp_path / LEDGER_PATH).write_text(both)

    report = write_tree(tmp_path, OLD)

    assert on_disk(tmp_path) == OLD
    assert report.overwritten == ()
    assert ledger(tmp_path) == one_side


def test_write_replaces_a_link_by_a_file_and_a_file_by_a_link(tmp_path: Path) -> None:
    write_tree(tmp_path, {"charts/a": Link("b"), "charts/b": b"b"})

    write_tree(tmp_path, {"charts/a": b"a", "charts/b": Link("a")})

    assert on_disk(tmp_path) == {"charts/a": b"a", "charts/b": Link("a")}


def test_write_leaves_what_a_link_of_a_person_points_to(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(EDIT)
    root = tmp_path / "root"
    write_tree(root, OLD)
    (root / "charts/media/Chart.yaml").unlink()
    (root / "charts/media/Chart.yaml").symlink_to(outside)

    assert write_tree(root, OLD).overwritten == ("charts/media/Chart.yaml",)
    assert on_disk(root) == OLD
    assert outside.read_bytes() == EDIT


@pytest.mark.parametrize(
    "ledger_line",
    [f"{'0' * 64}  ../values/site.yaml", f"{'0' * 64}  /etc/passwd", f"{'0' * 64}  .git/config"],
)
def test_write_refuses_a_ledger_that_leads_elsewhere(tmp_path: Path, ledger_line: str) -> None:
    (tmp_path / ".chartroom").mkdir()
    (tmp_path / LEDGER_PATH).write_text(ledger_line + "\n")

    with pytest.raises(TreeError) as error:
        write_tree(tmp_path, OLD)

    path = ledger_line.split()[1]
    assert str(error.value) == f"'{path}': this is no path below the output folder, or a name in it is reserved"


def test_write_refuses_a_ledger_line_that_no_run_wrote(tmp_path: Path) -> None:
    (tmp_path / ".chartroom").mkdir()
    (tmp_path / LEDGER_PATH).write_text("# x\ncharts/a.yaml\n")

    with pytest.raises(TreeError) as error:
        write_tree(tmp_path, OLD)

    assert str(error.value) == (
        ".chartroom/ledger:2: 'charts/a.yaml' is no line of a ledger (a SHA-256, two blanks, a path); "
        "take the file from Git: git checkout -- .chartroom/ledger"
    )


def test_write_refuses_a_ledger_that_is_a_link(tmp_path: Path) -> None:
    (tmp_path / ".chartroom").mkdir()
    (tmp_path / LEDGER_PATH).symlink_to("/etc/passwd")

    with pytest.raises(TreeError) as error:
        write_tree(tmp_path, OLD)

    assert str(error.value) == ".chartroom/ledger: is a symbolic link, a file is expected"


def test_write_follows_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        write_tree(tmp_path, OLD)
    finally:
        os.umask(umask)

    assert (tmp_path / "charts/media/Chart.yaml").stat().st_mode & 0o777 == 0o640


PATHS = ["charts/a.yaml", "charts/b/c.yaml", "charts/b/d/e.yaml", "kubernetes/f.yaml", "docs/reference/g.md"]
CONTENTS = st.sampled_from([b"", b"one\n", b"two\n"]) | st.sampled_from([Link("x"), Link("y")])
TREES = st.dictionaries(st.sampled_from(PATHS), CONTENTS)
EDITS = st.dictionaries(st.sampled_from([*PATHS, "charts/stray.yaml"]), st.sampled_from([EDIT, None]))


def test_write_deletes_what_it_wrote_itself_after_git_took_the_ledger_back(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    committed = (tmp_path / LEDGER_PATH).read_bytes()
    more = {**OLD, "charts/media/templates/new.yaml": b"new\n", "charts/media/new": Link("x")}
    write_tree(tmp_path, more)
    (tmp_path / LEDGER_PATH).write_bytes(committed)

    assert [finding.rule for finding in check(tmp_path, tree_of(OLD))] == ["output/left-over"] * 2
    report = write_tree(tmp_path, OLD)

    assert report.deleted == ("charts/media/new", "charts/media/templates/new.yaml")
    assert report.findings == ()
    assert on_disk(tmp_path) == OLD
    assert (tmp_path / LEDGER_PATH).read_bytes() == committed


@pytest.mark.parametrize("memory", [None, b"", b"no ledger\n", b"\xff"])
def test_write_leaves_what_nobody_remembers_and_what_a_person_edited_since(
    tmp_path: Path, memory: bytes | None
) -> None:
    write_tree(tmp_path, OLD)
    committed = (tmp_path / LEDGER_PATH).read_bytes()
    write_tree(tmp_path, {**OLD, "charts/media/a.yaml": b"a\n", "charts/media/b.yaml": b"b\n"})
    (tmp_path / LEDGER_PATH).write_bytes(committed)
    (tmp_path / "charts/media/b.yaml").write_bytes(EDIT)
    if memory is not None:
        (tmp_path / WRITTEN_PATH).write_bytes(memory)

    report = write_tree(tmp_path, OLD)

    strays = ["charts/media/b.yaml"] if memory is None else ["charts/media/a.yaml", "charts/media/b.yaml"]
    assert [(finding.place.path, finding.rule) for finding in report.findings] == [
        (path, "output/stray") for path in strays
    ]
    assert on_disk(tmp_path).keys() == OLD.keys() | set(strays)


def test_write_that_ends_early_forgets_nothing_that_git_took_from_the_ledger(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    committed = (tmp_path / LEDGER_PATH).read_bytes()
    write_tree(tmp_path, {**OLD, "charts/media/a.yaml": b"a\n"})
    (tmp_path / LEDGER_PATH).write_bytes(committed)

    def end(action: str, path: str, /) -> None:
        if action == "delete":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_tree(tmp_path, NEW, step=end)
    report = write_tree(tmp_path, NEW)

    assert "charts/media/a.yaml" in report.deleted
    assert on_disk(tmp_path) == NEW


@settings(max_examples=60, deadline=None)
@given(rounds=st.lists(st.tuples(TREES, EDITS), min_size=1, max_size=5))
def test_write_reaches_every_wanted_tree_and_never_loses_what_people_made(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[tuple[dict[str, Content], dict[str, bytes | None]]]
) -> None:
    root = tmp_path_factory.mktemp("root")
    for wanted, edits in rounds:
        before = on_disk(root)
        owned = set(ledger_paths(root)) if (root / LEDGER_PATH).exists() else set()

        report = write_tree(root, wanted)

        after = {path: content for path, content in on_disk(root).items() if not path.endswith("/")}
        by_people = {path: EDIT for path, content in before.items() if content == EDIT}
        lost = set(by_people) - set(after)
        assert not lost
        assert all(path in owned and path in wanted for path in by_people if after[path] != EDIT)
        assert {path: content for path, content in after.items() if content != EDIT} == {
            path: content for path, content in wanted.items() if after[path] != EDIT
        }
        assert {finding.place.path for finding in report.findings} == {
            path for path, content in after.items() if content == EDIT
        }
        for path, content in edits.items():
            edit(root / path, content)


def edit(place: Path, content: bytes | None) -> None:
    place.unlink(missing_ok=True)
    if content is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
