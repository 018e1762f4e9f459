"""Findings, fingerprints, the baseline, and which report goes where."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from generator.finding import Finding, Place, Severity
from generator.report import (
    BaselineUnusable,
    EnvironmentCount,
    Meter,
    Report,
    ReportUsage,
    Skip,
    destinations,
    fingerprints,
    format_baseline,
    list_findings,
    mark_baselined,
    read_baseline,
)
from generator.report.list import owner_of
from generator.report.units import cores, level, percent, size
from tests.report.sample import CLASH, GOLDEN, MEDIA, MOVING, NO_PROBE, OLD, WAIVED, listed, write_files

JELLYFIN = f"{MEDIA}/jellyfin.yaml"


def _prints(root: Path, *findings: Finding) -> list[str]:
    return [item.fingerprint for item in list_findings(root, findings)]


def test_a_fingerprint_stays_when_lines_move(tmp_path: Path) -> None:
    write_files(tmp_path)
    before = _prints(tmp_path, MOVING, NO_PROBE)
    file = tmp_path / JELLYFIN
    file.write_text("# a remark\n\n" + file.read_text().replace("image: ", "image:    "))
    moved = [replace(MOVING, place=Place(JELLYFIN, 4, 11)), replace(NO_PROBE, place=Place(JELLYFIN, 7, 9))]
    assert _prints(tmp_path, *moved) == before


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "images/other"},
        {"place": Place(JELLYFIN, 1, 1)},
        {"place": Place(f"{MEDIA}/plex.yaml", 2, 8)},
        {"objects": ("Deployment/media/jellyfin",)},
    ],
)
def test_a_fingerprint_changes_with(change: dict[str, object], tmp_path: Path) -> None:
    write_files(tmp_path)
    assert _prints(tmp_path, replace(MOVING, **change)) != _prints(tmp_path, MOVING)  # type: ignore[arg-type]


def test_a_fingerprint_does_not_change_with_the_message_where_the_line_is_known(tmp_path: Path) -> None:
    write_files(tmp_path)
    assert _prints(tmp_path, replace(MOVING, message="another text")) == _prints(tmp_path, MOVING)
    absent = replace(MOVING, place=Place("values/absent.yaml"))
    assert _prints(tmp_path, replace(absent, message="another text")) != _prints(tmp_path, absent)


def test_a_fingerprint_of_a_whole_file_does_not_hang_on_its_first_line(tmp_path: Path) -> None:
    write_files(tmp_path)
    whole = replace(MOVING, place=Place(JELLYFIN))
    before = _prints(tmp_path, whole)
    file = tmp_path / JELLYFIN
    file.write_text(f"# a remark\n{file.read_text()}")
    assert _prints(tmp_path, whole) == before


def test_a_fingerprint_does_not_hang_on_environments(tmp_path: Path) -> None:
    write_files(tmp_path)
    one = replace(MOVING, objects=("prod: Deployment/media/jellyfin",))
    two = replace(MOVING, objects=("dev: Deployment/media/jellyfin", "prod: Deployment/media/jellyfin"))
    assert _prints(tmp_path, one) == _prints(tmp_path, two)


def test_equal_fingerprints_are_numbered_in_order() -> None:
    twice = fingerprints((MOVING, replace(MOVING, place=Place(JELLYFIN, 9, 1)), OLD), ("same", " same ", "same"))
    assert [text.rpartition(":")[2] for text in twice] == ["1", "2", "1"]
    assert twice[0].rpartition(":")[0] == twice[1].rpartition(":")[0] != twice[2].rpartition(":")[0]


def test_a_listed_finding_knows_its_line_its_owner_and_why_it_is_silent(tmp_path: Path) -> None:
    found = {item.finding: item for item in listed(tmp_path)}
    assert found[CLASH].source_line == "  ip: 10.0.20.11"
    assert found[CLASH].scalar_length == len("10.0.20.11")
    assert (found[CLASH].service, found[CLASH].domain) == ("jellyfin", "media")
    assert found[CLASH].environments == ("prod", "staging")
    assert (found[WAIVED].state, found[WAIVED].until) == ("waived", "2027-03-01")
    assert found[OLD].state == "baselined"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b\n", Place("f.yaml", 1, 1 + 2)),  # a blank, no scalar begins there
        ('a: "b\n  c"\n', Place("f.yaml", 1, 4)),  # a scalar of two lines
        ("a: [\n", Place("f.yaml", 9, 9)),  # no such line
        ("a: 'b\n", Place("f.yaml", 1, 4)),  # no YAML to its end
    ],
)
def test_a_replacement_without_a_plain_scalar_is_no_fix(text: str, place: Place, tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text(text)
    (item,) = list_findings(tmp_path, [replace(CLASH, place=place)])
    assert item.scalar_length is None


def test_a_line_that_is_too_long_or_unreadable_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text("a: " + "b" * 200)
    (tmp_path / "bytes.yaml").write_bytes(b"a: \xff\n")
    places = [Place("long.yaml"), Place("bytes.yaml"), Place("absent.yaml"), Place("long.yaml", 7)]
    items = list_findings(tmp_path, [replace(MOVING, place=place) for place in places])
    assert [item.source_line for item in items] == [None] * 4


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("values/apps/media/sonarr.yaml", ("sonarr", "media")),
        ("values/core/storage/domain.yaml", ("", "storage")),
        ("values/platform/ai/files/prompt.txt", ("", "ai")),
        ("values/environments/prod.yaml", ("", "")),
        ("values/templates/a/b.yaml", ("", "")),
        ("charts/media/values.yaml", ("", "")),
    ],
)
def test_the_owner_is_read_off_the_path(path: str, owner: tuple[str, str]) -> None:
    assert owner_of(path) == owner


def test_the_baseline_is_written_whole(tmp_path: Path) -> None:
    assert format_baseline(listed(tmp_path)) == (GOLDEN / "baseline.json").read_text()
    assert format_baseline([]) == '{\n  "format": "chartroom-baseline/1",\n  "findings": []\n}\n'


def test_what_the_baseline_has_is_counted_and_what_is_new_fails(tmp_path: Path) -> None:
    write_files(tmp_path)
    file = tmp_path / "baseline.json"
    old = list_findings(tmp_path, [MOVING, CLASH], waived={WAIVED: ("why", "2027-03-01")})
    file.write_text(format_baseline(old))
    known = read_baseline(file)
    assert len(known) == 2

    same, gone = mark_baselined(old, known)
    report = Report("0", "2026-11-21", same, baseline_gone=gone)
    assert ([item.state for item in same], gone) == (["baselined", "baselined", "waived"], 0)
    assert not report.fails()

    now, gone = mark_baselined(list_findings(tmp_path, [MOVING, OLD, NO_PROBE]), known)
    states = {item.finding: item.state for item in now}
    assert (states, gone) == ({MOVING: "baselined", OLD: "open", NO_PROBE: "open"}, 1)
    assert Report("0", "2026-11-21", now).fails()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "the baseline cannot be read (No such file or directory)"),
        ("{\n  nonsense", "the baseline is not JSON"),
        ("[]", "the baseline has the format None, 'chartroom-baseline/1' is expected"),
        (
            '{"format": "chartroom-baseline/9"}',
            "the baseline has the format 'chartroom-baseline/9', 'chartroom-baseline/1' is expected",
        ),
        ('{"format": "chartroom-baseline/1"}', "the baseline has no list of findings"),
        ('{"format": "chartroom-baseline/1", "findings": [{}]}', "entry 1 of the baseline has no fingerprint"),
        ('{"format": "chartroom-baseline/1", "findings": ["a"]}', "entry 1 of the baseline has no fingerprint"),
    ],
)
def test_a_baseline_that_is_none_says_so(content: str | None, message: str, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BaselineUnusable) as caught:
        read_baseline(file)
    place = f"{file}:2:3" if content and "nonsense" in content else str(file)
    assert str(caught.value) == f"{place}: {message}; write it again with --write-baseline"


A, B = Path("a"), Path("b")


@pytest.mark.parametrize(
    ("formats", "outputs", "pairs"),
    [
        ((), (), (("text", None),)),
        ((), (A,), (("text", A),)),
        (("json",), (), (("json", None),)),
        (("text", "sarif"), (A,), (("text", None), ("sarif", A))),
        (("html", "sarif"), (A, B), (("html", A), ("sarif", B))),
    ],
)
def test_files_belong_to_the_last_formats(
    formats: tuple[str, ...], outputs: tuple[Path, ...], pairs: tuple[tuple[str, Path | None], ...]
) -> None:
    assert destinations(formats, outputs) == pairs


@pytest.mark.parametrize(
    ("formats", "outputs", "message"),
    [
        (
            ("text", "json", "html"),
            (A,),
            "text, json would all be printed to stdout: give all but one a file with --output",
        ),
        (("json",), (A, B), "2 times --output and 1 times --format: each file needs a format of its own"),
        (
            ("html", "json", "text"),
            (Path("gate.html"), Path("gate.json")),
            "gate.html would hold json: files belong to the last formats, in their order, so a format without"
            " --output comes first",
        ),
    ],
)
def test_reports_without_a_place_are_refused(formats: tuple[str, ...], outputs: tuple[Path, ...], message: str) -> None:
    with pytest.raises(ReportUsage) as caught:
        destinations(formats, outputs)
    assert str(caught.value) == message


def test_a_count_that_does_not_add_up_is_missing_objects() -> None:
    assert EnvironmentCount("prod", 10, 7, (Skip("a", "b", 2),)).missing == 1


def test_warnings_fail_only_where_the_bar_is_raised(tmp_path: Path) -> None:
    report = Report("0", "2026-11-21", list_findings(tmp_path, [NO_PROBE]))
    assert (report.fails(), report.fails(Severity.WARNING)) == (False, True)


@pytest.mark.parametrize(
    ("meter", "shown"),
    [
        (Meter(5), ("", "unbounded")),
        (Meter(0, 0), ("0%", "ok")),
        (Meter(1, 0), ("over", "over")),
        (Meter(899, 1000), ("89%", "ok")),
        (Meter(9, 10), ("90%", "near")),
        (Meter(9999, 10000), ("99%", "near")),
        (Meter(10, 10), ("100%", "near")),
        (Meter(11, 10), ("110%", "over")),
    ],
)
def test_a_meter_is_never_rounded_up(meter: Meter, shown: tuple[str, str]) -> None:
    assert (percent(meter), level(meter)) == shown


@pytest.mark.parametrize(("amount", "text"), [(0, "0 cores"), (250, "250m"), (1000, "1 core"), (3250, "3.25 cores")])
def test_cores_are_what_people_read(amount: int, text: str) -> None:
    assert cores(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0 B"), (1023, "1,023 B"), (1 << 20, "1 MiB"), (13 << 29, "6.5 GiB"), (3 << 40, "3 TiB")]
)
def test_sizes_are_what_people_read(amount: int, text: str) -> None:
    assert size(amount) == text


def test_the_baseline_is_json_that_others_can_read(tmp_path: Path) -> None:
    data = json.loads(format_baseline(listed(tmp_path)))
    assert [sorted(entry) for entry in data["findings"]] == [["fingerprint", "objects", "path", "rule"]] * 5
