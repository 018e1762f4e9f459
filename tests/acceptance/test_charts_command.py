"""`chartroom charts` as a user runs it: what it prints, what it writes, how it ends."""

import re
from pathlib import Path

from tests.acceptance.repository import Run, changes, chartroom, copy_repository, edit, files_of, put

COUNTS = re.compile(
    r"^\d+ services, \d+ domains, 3 environments: (.*?)(?:; \d+ warnings?)? \(\d+\.\d s\)$", re.MULTILINE
)


def closing(run: Run) -> str:
    """What stderr says beside counts and seconds."""
    return COUNTS.sub(r"\1", run.err)


def test_the_committed_output_is_what_charts_writes(tmp_path: Path) -> None:
    root = copy_repository(tmp_path / "fleet")
    before = files_of(root)

    run = chartroom(root, "charts", "--quiet")

    assert changes(before, files_of(root)) == [], "make charts, and commit what it wrote"
    assert (run.code, run.out, closing(run)) == (0, "", "nothing changed\n")


def test_everything_comes_back_when_all_of_it_is_deleted(written: Path, fleet: Path) -> None:
    import shutil

    for path in ("kubernetes/prod", "kubernetes/dev", "kubernetes/staging", "docs/reference", ".schemas", ".chartroom"):
        shutil.rmtree(fleet / path)
    for chart in (fleet / "charts").iterdir():
        if chart.name != "common" and chart.is_dir():
            shutil.rmtree(chart)

    run = chartroom(fleet, "charts", "--quiet")

    assert run.code == 0
    assert changes(files_of(written), files_of(fleet)) == []
    assert (fleet / ".chartroom/ledger").read_bytes() == (written / ".chartroom/ledger").read_bytes()


def test_a_second_run_changes_nothing(fleet: Path) -> None:
    times = {path: (fleet / path).lstat().st_mtime_ns for path in files_of(fleet)}

    run = chartroom(fleet, "charts", "--quiet")

    assert (run.code, run.out, closing(run)) == (0, "", "nothing changed\n")
    assert {path: (fleet / path).lstat().st_mtime_ns for path in files_of(fleet)} == times


def test_a_run_without_the_cache_writes_the_same(fleet: Path) -> None:
    import shutil

    shutil.rmtree(fleet / ".cache")

    assert closing(chartroom(fleet, "charts", "--quiet")) == "nothing changed\n"


def test_check_is_clean_and_writes_nothing(fleet: Path) -> None:
    run = chartroom(fleet, "charts", "--check", "--quiet")

    assert (run.code, run.out, closing(run)) == (0, "", "no difference\n")


def test_check_fails_with_one_clear_line_after_a_hand_edit(fleet: Path) -> None:
    path = "charts/productivity/templates/tika.yaml"
    edit(fleet, path, '"name" "tika"', '"name" "tikka"')

    run = chartroom(fleet, "charts", "--check", "--quiet")

    found = """{{- include "common.service" (dict "root" $ "name" "tikka" "..."""
    wanted = """{{- include "common.service" (dict "root" $ "name" "tika" "s..."""
    line = """{{- include "common.service" (dict "root" $ "name" "tikka" "service" .) }}"""
    assert (run.code, closing(run)) == (1, "1 difference\n")
    assert run.out == (
        f"{path}:2:1: error: {path} differs from what 'chartroom charts' writes (edited by hand): "
        f"{found!r} stands where {wanted!r} belongs [output/edited]\n"
        f"    {line}\n"
        "    ^\n"
        "  fix: move the edit into the file that the header names (or drop it), run 'make charts' and commit\n"
    )


def test_check_names_every_kind_of_difference(fleet: Path) -> None:
    (fleet / "docs/reference/ports.md").unlink()
    put(fleet, "charts/media/notes.txt", "mine\n")
    edit(fleet, "values/apps/media/kavita.yaml", "summary: Comic, manga", "summary: Manga")

    run = chartroom(fleet, "charts", "--check", "--quiet")

    rest = {
        line.rpartition(" ")[2]: line for line in run.out.splitlines() if line.endswith("]") and ": error: " in line
    }
    assert run.code == 1
    assert rest["[output/stray]"] == (
        "charts/media/notes.txt:1:1: error: charts/media/notes.txt was not generated, and lies in a generated folder "
        "[output/stray]"
    )
    assert rest["[output/missing]"] == (
        "docs/reference/ports.md:1:1: error: docs/reference/ports.md is missing, 'chartroom charts' writes it "
        "[output/missing]"
    )
    stale = [line for line in run.out.splitlines() if line.endswith("[output/stale]")]
    assert next(line for line in stale if line.startswith("docs/reference/services/kavita.md")) == (
        "docs/reference/services/kavita.md:5:1: error: docs/reference/services/kavita.md differs from what "
        "'chartroom charts' writes (the values have changed): 'Comic, manga and e-book server' stands where "
        "'Manga and e-book server' belongs [output/stale]"
    )
    assert set(rest) == {"[output/stale]", "[output/stray]", "[output/missing]", "[output/ledger]"}


def test_charts_overwrites_an_edit_by_hand_and_says_so(written: Path, fleet: Path) -> None:
    edit(fleet, "charts/productivity/Chart.yaml", "productivity", "prod") if (
        (fleet / "charts/productivity/Chart.yaml").read_text().count("productivity") == 1
    ) else put(fleet, "charts/productivity/Chart.yaml", "mine\n")

    run = chartroom(fleet, "charts", "--quiet")

    assert (run.code, run.out) == (0, "")
    assert closing(run) == "overwrote an edit by hand: charts/productivity/Chart.yaml\n1 file written\n"
    assert changes(files_of(written), files_of(fleet)) == []


def test_a_file_that_a_person_put_there_stays_and_is_named(fleet: Path) -> None:
    put(fleet, "charts/media/notes.txt", "mine\n")

    run = chartroom(fleet, "charts", "--quiet")

    assert run.code == 1
    assert run.out == (
        "charts/media/notes.txt:1:1: error: charts/media/notes.txt was not generated, and lies in a generated folder "
        "[output/stray]\n    mine\n    ^\n  fix: delete it or move it away\n"
    )
    assert (fleet / "charts/media/notes.txt").read_text() == "mine\n"


def test_warnings_are_printed_counted_and_may_fail_the_run(fleet: Path) -> None:
    plain = chartroom(fleet, "charts")
    strict = chartroom(fleet, "charts", "--check", "--fail-on", "warning")

    count = plain.out.count(": warning: ")
    assert count > 0
    assert plain.code == 0
    assert f"nothing changed; {count} warnings (" in plain.err
    assert (strict.code, strict.out) == (1, plain.out)


def test_nothing_is_written_while_there_is_an_error(fleet: Path) -> None:
    before = files_of(fleet, ".")
    put(fleet, "values/apps/media/kavita.yaml", "summary: Comics\n")
    put(fleet, "values/apps/media/extra.yaml", "summery: x\n")
    wrong = files_of(fleet, ".")

    run = chartroom(fleet, "charts")

    assert run.code == 1
    assert re.fullmatch(r"\d+ errors; nothing was written\n", run.err)
    assert run.out == (
        "values/apps/media/extra.yaml:1:1: error: service 'extra' is nothing yet [catalogue/missing-field]\n"
        "    summery: x\n    ^\n  fix: add `image`, `chart`, `postgres`, `objects` or `retired`\n"
        "values/apps/media/extra.yaml:1:1: error: the file lacks 'category' [shape/missing-key]\n"
        "    summery: x\n    ^\n  fix: add 'category'\n"
        "values/apps/media/extra.yaml:1:1: error: the file has no field 'summery', did you mean 'summary'? "
        "[shape/unknown-key]\n"
        "    summery: x\n    ^\n  fix: rename or remove 'summery'\n"
        "values/apps/media/kavita.yaml:1:1: error: service 'kavita' is nothing yet [catalogue/missing-field]\n"
        "    summary: Comics\n    ^\n  fix: add `image`, `chart`, `postgres`, `objects` or `retired`\n"
        "values/apps/media/kavita.yaml:1:1: error: the file lacks 'category' [shape/missing-key]\n"
        "    summary: Comics\n    ^\n  fix: add 'category'\n"
    )
    assert [line for line in changes(wrong, files_of(fleet, ".")) if "/lock" not in line] == []
    assert changes(before, wrong) == ["+ values/apps/media/extra.yaml", "~ values/apps/media/kavita.yaml"]


def test_outside_of_a_repository_the_command_says_so(tmp_path: Path) -> None:
    for command in (["charts"], ["charts", "--check"], ["render"], ["list"], ["explain", "x"], ["fix"], ["frozen"]):
        run = chartroom(tmp_path, *command)
        assert (run.code, run.out) == (2, "")
        assert run.err == (
            f"error: {tmp_path}: no folder 'values' here; "
            "run chartroom at the top of the repository, or name it with --root\n"
        )


def test_the_repository_is_found_from_below_and_by_root(fleet: Path, tmp_path: Path) -> None:
    below = chartroom(fleet / "values" / "apps", "charts", "--quiet")
    named = chartroom(tmp_path, "charts", "--quiet", "--root", str(fleet))

    assert closing(below) == closing(named) == "nothing changed\n"


def test_usage_errors_end_with_two(tmp_path: Path) -> None:
    run = chartroom(tmp_path, "charts", "--chek")

    assert (run.code, run.out) == (2, "")
    assert run.err == (
        "Usage: chartroom charts [OPTIONS]\nTry 'chartroom charts --help' for help.\n\n"
        "Error: No such option '--chek'. (Did you mean one of: '--check', '--help'?)\n"
    )


def test_a_folder_that_cannot_be_written_is_one_clear_error(fleet: Path) -> None:
    put(fleet, "charts/wiki", "a file where a folder belongs\n")
    edit(fleet, "values/apps/productivity/domain.yaml", "[documents, conversion]", "[documents, conversion]")
    put(fleet, "values/apps/wiki/domain.yaml", WIKI_DOMAIN)
    put(fleet, "values/apps/wiki/wiki.yaml", WIKI)

    run = chartroom(fleet, "charts", "--quiet")

    assert run.code == 3
    assert run.err.startswith("error: ")
    assert "charts/wiki" in run.err
    assert run.err.count("\n") == 1


WIKI_DOMAIN = """\
summary: A wiki
owner: alex
categories: [pages]
budget: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 1Gi}, storage: 5Gi}
"""
WIKI = """\
summary: Wiki
category: pages
image: ghcr.io/requarks/wiki:2.5.300
ports: {http: 3000}
probes: /healthz
resources: {requests: {cpu: 50m, memory: 128Mi}, limits: {memory: 512Mi}}
"""
