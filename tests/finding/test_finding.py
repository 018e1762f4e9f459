"""Findings: how they are printed, ordered and told apart."""

import os
from pathlib import Path

import pytest

from generator.finding import Finding, Place, Severity, Unusable, format_finding, has_errors, sort_findings

HERE = Place("values/a.yaml", 2, 7)
FINDING = Finding(HERE, "claim/vlan", "'b' claims VLAN 10", "choose another", also=(Place("values/site.yaml", 3, 1),))


def test_place_prints_as_compilers_do() -> None:
    assert str(HERE) == "values/a.yaml:2:7"


def test_finding_prints_line_caret_also_and_fix(tmp_path: Path) -> None:
    (tmp_path / "values").mkdir()
    (tmp_path / "values/a.yaml").write_text("b:\n  vlan: 10\n")
    assert format_finding(FINDING, tmp_path) == (
        "values/a.yaml:2:7: error: 'b' claims VLAN 10 [claim/vlan]\n"
        "      vlan: 10\n"
        "          ^\n"
        "  also: values/site.yaml:3:1\n"
        "  fix: choose another"
    )


@pytest.mark.parametrize(
    ("path", "printed"),
    [
        ("values/a\nb.yaml", r"values/a\nb.yaml"),
        ("values/\x1b[31mred.yaml", r"values/\x1b[31mred.yaml"),
        ("values/\u202egnp.yaml", r"values/\u202egnp.yaml"),
        ("values/\udcff.yaml", r"values/\xff.yaml"),
        ("values/häuser.yaml", "values/häuser.yaml"),
    ],
)
def test_whatever_a_file_is_called_a_finding_stays_on_its_lines(path: str, printed: str) -> None:
    place = Place(path, 2, 7)
    finding = Finding(place, "r", f"{path} is odd", f"rename {path}", also=(place,))
    assert format_finding(finding) == (
        f"{printed}:2:7: error: {printed} is odd [r]\n  also: {printed}:2:7\n  fix: rename {printed}"
    )


def test_letters_of_a_source_line_that_do_not_print_are_shown_as_escapes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: \x1b[31m b: 1\n")
    assert format_finding(Finding(Place("a.yaml", 1, 11), "r", "m", "f"), tmp_path) == (
        "a.yaml:1:11: error: m [r]\n    a: \\x1b[31m b: 1\n                 ^\n  fix: f"
    )


def test_caret_stays_under_its_letter_behind_tabs(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("\ta:\tb\n")
    finding = Finding(Place("a.yaml", 1, 5), "r", "m", "f", Severity.WARNING)
    assert format_finding(finding, tmp_path) == "a.yaml:1:5: warning: m [r]\n    \ta:\tb\n    \t  \t^\n  fix: f"


@pytest.mark.parametrize(
    ("content", "line"),
    [(None, 1), (b"\xff\n", 1), (b"a\n", 2), (b"a\n", 0), (b"x" * 161, 1)],
    ids=["no-file", "not-utf8", "behind-the-end", "no-line", "too-long-to-show"],
)
def test_source_line_is_left_out_when_it_cannot_be_shown(tmp_path: Path, content: bytes | None, line: int) -> None:
    if content is not None:
        (tmp_path / "a.yaml").write_bytes(content)
    finding = Finding(Place("a.yaml", line, 1), "r", "m", "f")
    assert format_finding(finding, tmp_path) == f"a.yaml:{line}:1: error: m [r]\n  fix: f"


def test_without_a_root_no_source_is_read() -> None:
    finding = Finding(HERE, "r", "m", "f")
    assert format_finding(finding) == "values/a.yaml:2:7: error: m [r]\n  fix: f"


def test_findings_sort_by_place_as_numbers_then_rule_then_message() -> None:
    late, early = Finding(Place("a", 10, 1), "r", "m", "f"), Finding(Place("a", 9, 1), "r", "m", "f")
    other_rule, other_message = Finding(Place("a", 9, 1), "q", "m", "f"), Finding(Place("a", 9, 1), "r", "l", "f")
    assert sort_findings([late, early, other_rule, other_message, early]) == (other_rule, other_message, early, late)


def test_only_errors_are_errors() -> None:
    warning = Finding(HERE, "r", "m", "f", Severity.WARNING)
    assert not has_errors([warning])
    assert has_errors([warning, FINDING])


def test_unusable_carries_its_findings_in_order() -> None:
    first = Finding(Place("a"), "r", "m", "f")
    error = Unusable([FINDING, first])
    assert (error.findings, str(error)) == ((first, FINDING), "2 findings")


def test_a_pipe_is_not_read_for_its_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.yaml")
    finding = Finding(Place("x.yaml"), "source/stray", "'x.yaml' is no file", "remove it")
    assert format_finding(finding, tmp_path) == (
        "x.yaml:1:1: error: 'x.yaml' is no file [source/stray]\n  fix: remove it"
    )
