"""What `check` says of each difference, whole, and that it changes nothing."""

from pathlib import Path

import pytest

from generator.finding import Finding, Place, format_finding
from generator.tree import LEDGER_PATH, LOCK_PATH, Content, Link, TreeError, check, compare, hold, seal
from generator.tree.ledger import parse_ledger
from tests.tree.trees import NEW, OLD, SCOPE, ledger, on_disk, tree_of, write_tree

ONE: dict[str, Content] = {"charts/a.yaml": b"one\ntwo\nthree\n"}
COMMIT = "run 'make charts' and commit"
MOVE_THE_EDIT = "move the edit into the file that the header names (or drop it), run 'make charts' and commit"


def found(path: str, line: int, rule: str, message: str, fix: str) -> Finding:
    return Finding(Place(path, line), f"output/{rule}", f"{path} {message}", fix)


def test_check_finds_nothing_after_a_run(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)

    assert check(tmp_path, tree_of(OLD)) == ()


@pytest.mark.parametrize(
    ("edit", "line", "difference"),
    [
        (b"one\n2\nthree\n", 2, "'2' stands where 'two' belongs"),
        (b"one\n", 2, "'' stands where 'two' belongs"),
        (b"one", 2, "it ends where 'two' belongs"),
        (b"one\ntwo\nthree\nfour\n", 4, "'four' stands where '' belongs"),
        (b"one\ntwo\nthree\n\n", 5, "'' stands where it should end"),
        (b"\xff\n" + b"x" * 100, 1, "'\\\\xff' stands where 'one' belongs"),
        (b"one\n" + b"x" * 100, 2, f"'{'x' * 60}...' stands where 'two' belongs"),
        (b"", 1, "'' stands where 'one' belongs"),
        (b"one\r\ntwo\r\nthree\r\n", 1, "'one\\r' stands where 'one' belongs"),
    ],
)
def test_check_points_at_the_first_line_of_a_hand_edit(tmp_path: Path, edit: bytes, line: int, difference: str) -> None:
    write_tree(tmp_path, ONE)
    (tmp_path / "charts/a.yaml").write_bytes(edit)

    message = f"differs from what 'chartroom charts' writes (edited by hand): {difference}"
    assert check(tmp_path, tree_of(ONE)) == (found("charts/a.yaml", line, "edited", message, MOVE_THE_EDIT),)


def test_check_prints_one_clear_finding_after_a_hand_edit(tmp_path: Path) -> None:
    write_tree(tmp_path, ONE)
    (tmp_path / "charts/a.yaml").write_text("one\n  zwei\nthree\n")

    (finding,) = check(tmp_path, tree_of(ONE))

    assert format_finding(finding) == (
        "charts/a.yaml:2:1: error: charts/a.yaml differs from what 'chartroom charts' writes (edited by hand): "
        "'zwei' stands where 'two' belongs [output/edited]\n"
        "  fix: move the edit into the file that the header names (or drop it), run 'make charts' and commit"
    )


def test_check_names_every_kind_of_difference(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD | {"charts/kept.yaml": b"", "charts/gone.yaml": b""})
    (tmp_path / "charts/kept.yaml").write_bytes(b"edited")
    (tmp_path / "charts/gone.yaml").unlink()
    (tmp_path / "charts/stray\x1b.yaml").write_bytes(b"")
    (tmp_path / "kubernetes/dev").mkdir()
    (tmp_path / "kubernetes/dev/foreign.yaml").write_bytes(b"")
    wanted = NEW | {"kubernetes/dev/foreign.yaml": b"x"}
    before = on_disk(tmp_path)

    findings = check(tmp_path, tree_of(wanted))

    differs = "differs from what 'chartroom charts' writes (the values have changed): "
    missing = "is missing, 'chartroom charts' writes it"
    left_over = "was generated, and nothing asks for it any more"
    new_line = ledger_line(tmp_path, wanted)
    assert findings == (
        found(LEDGER_PATH, 3, "ledger", f"differs from what 'chartroom charts' writes: {new_line}", COMMIT),
        found(
            "charts/kept.yaml",
            1,
            "kept",
            "was generated, then edited by hand, and nothing asks for it any more; no run deletes it",
            f"delete it or move it away, {COMMIT}",
        ),
        found(
            "charts/media/Chart.yaml",
            2,
            "stale",
            differs + "'version: 1.0.0' stands where 'version: 1.0.1' belongs",
            COMMIT,
        ),
        found(
            "charts/media/charts/common",
            1,
            "stale",
            differs + "'a link to ../../common' stands where 'a link to ../../common-2' belongs",
            COMMIT,
        ),
        found("charts/media/templates/radarr.yaml", 1, "left-over", left_over, COMMIT),
        found(
            "charts/stray\\x1b.yaml",
            1,
            "stray",
            "was not generated, and lies in a generated folder",
            "delete it or move it away",
        ),
        found("docs/reference/ports.md", 1, "left-over", left_over, COMMIT),
        found("docs/reference/ports.md/all.md", 1, "missing", missing, COMMIT),
        found("kubernetes/dev/apps/media.yaml", 1, "missing", missing, COMMIT),
        found(
            "kubernetes/dev/foreign.yaml",
            1,
            "foreign",
            "was not generated, and stands where 'chartroom charts' writes",
            f"move it away, {COMMIT}",
        ),
        found("kubernetes/prod/apps/media.yaml", 1, "left-over", left_over, COMMIT),
        found("kubernetes/staging", 1, "missing", missing, COMMIT),
    )
    assert on_disk(tmp_path) == before


def ledger_line(root: Path, wanted: dict[str, Content]) -> str:
    """Say how line 3 of the ledger differs: the file that is gone stands first in it."""
    gone = next(line for line in ledger(root).splitlines() if line.endswith("charts/gone.yaml"))
    kept = next(line for line in ledger(root).splitlines() if line.endswith("charts/kept.yaml"))
    return f"'{gone[:60]}...' stands where '{kept[:60]}...' belongs"


def test_check_finds_a_ledger_that_a_merge_left(tmp_path: Path) -> None:
    write_tree(tmp_path, ONE)
    with (tmp_path / LEDGER_PATH).open("a") as stream:
        stream.write(f"{'0' * 64}  charts/a.yaml\n")

    (finding,) = check(tmp_path, tree_of(ONE))

    assert (finding.place, finding.rule) == (Place(LEDGER_PATH, 4), "output/ledger")


def test_check_works_where_no_run_ever_wrote_and_leaves_nothing(tmp_path: Path) -> None:
    assert [finding.rule for finding in check(tmp_path, tree_of(ONE))] == ["output/ledger", "output/missing"]
    assert list(tmp_path.iterdir()) == []


def test_check_waits_for_a_run_that_writes(tmp_path: Path) -> None:
    write_tree(tmp_path, ONE)
    with hold(tmp_path), pytest.raises(TreeError) as error:
        check(tmp_path, tree_of(ONE), wait_s=0.1)

    holder = (tmp_path / LOCK_PATH).read_text().strip()
    assert str(error.value) == f".chartroom/lock: held by {holder}, which writes here now; run again when it has ended"


def test_compare_counts_what_is_unchanged(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)

    drift = compare(tmp_path, tree_of(NEW), parse_ledger(ledger(tmp_path)))

    assert drift.unchanged == ("charts/media/templates/sonarr.yaml",)


def test_seal_is_the_same_while_nothing_is_touched(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    sealed = seal(tmp_path, SCOPE)

    assert sealed is not None
    assert seal(tmp_path, SCOPE) == sealed
    write_tree(tmp_path, NEW)
    assert seal(tmp_path, SCOPE) not in (None, sealed)
    write_tree(tmp_path, OLD)
    assert seal(tmp_path, SCOPE) == sealed


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("charts/media/Chart.yaml", b"edited"),
        ("charts/media/Chart.yaml", None),
        ("charts/media/Chart.yaml", Link("values.yaml")),
        ("charts/media/charts/common", Link("elsewhere")),
        ("charts/stray.yaml", b""),
        ("charts/media/linked folder", Link("templates")),
        ("charts/.chartroom-tmp-1", b""),
    ],
)
def test_seal_is_broken_by_any_touch(tmp_path: Path, path: str, content: Content | None) -> None:
    write_tree(tmp_path, OLD)
    place = tmp_path / path
    place.unlink(missing_ok=True)
    if isinstance(content, Link):
        place.symlink_to(content.target)
    elif content is not None:
        place.write_bytes(content)

    assert seal(tmp_path, SCOPE) is None


def test_seal_is_broken_by_a_ledger_with_two_lines_for_a_file(tmp_path: Path) -> None:
    write_tree(tmp_path, ONE)
    with (tmp_path / LEDGER_PATH).open("a") as stream:
        stream.write(f"{'0' * 64}  charts/a.yaml\n")

    assert seal(tmp_path, SCOPE) is None


def test_seal_reads_files_outside_of_the_scope_that_the_ledger_lists(tmp_path: Path) -> None:
    write_tree(tmp_path, ONE)
    with (tmp_path / LEDGER_PATH).open("a") as stream:
        stream.write(f"{'0' * 64}  site/old.md\n")

    assert seal(tmp_path, SCOPE) is None
