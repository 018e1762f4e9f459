"""Every format, whole."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from pydantic import BaseModel
from sarif_pydantic import Sarif  # type: ignore[import-untyped]  # it publishes no types

from generator.finding import Severity, format_finding
from generator.report import FORMATS, Report, list_findings, render, summary
from generator.report.json_format import report_schema
from generator.report.sarif import sarif_schema, to_sarif
from generator.report.text import format_listed
from tests.report.sample import CLASH, FORTY, GOLDEN, MOVING, NO_PROBE, sample, write_files
from tests.report.write_golden import golden

EMPTY = Report("0.1.0", "2026-11-21")


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_prints_the_sample(name: str, tmp_path: Path) -> None:
    assert render(sample(tmp_path), name) == golden(name).read_text(encoding="utf-8")


def test_the_summary_counts_by_rule(tmp_path: Path) -> None:
    assert f"{summary(sample(tmp_path))}\n" == (GOLDEN / "summary.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_prints_the_same_bytes_again(name: str, tmp_path: Path) -> None:
    first = render(sample(tmp_path), name)
    assert render(sample(tmp_path), name) == first


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("text", ""),
        ("github", "::notice title=chartroom::no findings; 0 rules ran\n"),
        (
            "junit",
            '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="chartroom" />\n',
        ),
    ],
)
def test_an_empty_report_is_short(name: str, text: str) -> None:
    assert render(EMPTY, name) == text


def test_an_empty_page_and_summary_say_that_nothing_was_found() -> None:
    assert "## ✅ Policy gate: nothing found" in render(EMPTY, "markdown")
    page = render(EMPTY, "html")
    assert "<title>Policy gate: 0 errors, 0 warnings</title>" in page
    assert "No rule found anything, and nothing had to be waived." in page
    assert '<section id="reach"' not in page
    assert '<section id="budgets"' not in page


def test_text_is_what_format_finding_prints(tmp_path: Path) -> None:
    """For findings without hostile letters the two agree, so that every command looks alike."""
    write_files(tmp_path)
    for item in list_findings(tmp_path, (CLASH, MOVING, NO_PROBE, FORTY)):
        assert format_listed(item) == format_finding(item.finding, tmp_path)


def test_json_keeps_to_its_schema(tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(report_schema())
    validator = jsonschema.Draft202012Validator(report_schema())
    for report in (sample(tmp_path), EMPTY):
        assert list(validator.iter_errors(json.loads(render(report, "json")))) == []


def test_the_json_schema_names_every_field_and_no_other(tmp_path: Path) -> None:
    validator = jsonschema.Draft202012Validator(report_schema())
    data = json.loads(render(sample(tmp_path), "json"))
    assert list(validator.iter_errors({**data, "more": 1}))
    for key in data:
        without = {name: value for name, value in data.items() if name != key}
        assert [error.message for error in validator.iter_errors(without)] == [f"'{key}' is a required property"]


def test_sarif_keeps_to_our_schema(tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(sarif_schema())
    validator = jsonschema.Draft202012Validator(sarif_schema())
    for report in (sample(tmp_path), EMPTY, replace(EMPTY, narrowed="--service sonarr")):
        assert list(validator.iter_errors(to_sarif(report))) == []


# In the specification, and not in version 0.6 of the model.
_LEFT_OUT = {
    ".runs.columnKind",
    ".runs.invocations.toolExecutionNotifications",
    ".runs.results.baselineState",
    ".runs.results.suppressions",
}


def test_sarif_is_read_by_a_model_that_others_keep(tmp_path: Path) -> None:
    """The model knows each field of ours but four, and loses nothing on the way."""
    log = to_sarif(sample(tmp_path))
    model = Sarif.model_validate(log)
    assert set(_unknown(model)) == _LEFT_OUT
    assert model.model_dump(by_alias=True, exclude_unset=True, mode="json") == log


def _unknown(model: BaseModel, path: str = "") -> list[str]:
    found = [f"{path}.{name}" for name in model.model_extra or ()]
    for name in type(model).model_fields:
        value = getattr(model, name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, BaseModel):
                found += _unknown(item, f"{path}.{name}")
    return found


def test_sarif_offers_a_fix_that_is_right(tmp_path: Path) -> None:
    """Applied to the file, the replacement stands where the old scalar stood, and nothing else moves."""
    results: list[dict[str, Any]] = to_sarif(sample(tmp_path))["runs"][0]["results"]
    (fixed,) = (result for result in results if "fixes" in result)
    (change,) = fixed["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    lines = (tmp_path / change["artifactLocation"]["uri"]).read_text().splitlines()
    line = lines[region["startLine"] - 1]
    before, after = line[: region["startColumn"] - 1], line[region["endColumn"] - 1 :]
    assert before + replacement["insertedContent"]["text"] + after == "  ip: 10.0.20.14"


def test_junit_keeps_to_the_schema_of_pytest(tmp_path: Path, junit_xsd: str) -> None:
    schema = xmlschema.XMLSchema(junit_xsd)
    for report in (sample(tmp_path), EMPTY):
        assert [error.reason for error in schema.iter_errors(render(report, "junit"))] == []


def test_github_shows_ten_of_a_kind_and_counts_the_rest(tmp_path: Path) -> None:
    many = [
        replace(MOVING, message=f"number {number:02}", severity=severity)
        for number in range(12)
        for severity in Severity
    ]
    lines = render(replace(EMPTY, findings=list_findings(tmp_path, many), narrowed="--env dev"), "github").splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"]
    assert lines[-1] == (
        "::notice title=chartroom::12 errors, 12 warnings; 0 rules ran; narrowed: --env dev; "
        "4 more not shown here, see the summary of the run"
    )


def test_markdown_shows_fifty_and_counts_the_rest(tmp_path: Path) -> None:
    many = [replace(MOVING, message=f"number {number:02}") for number in range(61)]
    text = render(
        replace(EMPTY, findings=list_findings(tmp_path, many), narrowed="--rule images/moving-tag"), "markdown"
    )
    assert text.count("**fix:**") == 50
    assert "\n**11 findings more** not shown here; the other reports of this run have them all.\n" in text
    assert "\n> Narrowed run: `--rule images/moving-tag`. It says nothing about what was left out.\n" in text


def test_the_summary_folds_what_is_rare_and_says_what_was_narrowed(tmp_path: Path) -> None:
    many = [replace(MOVING, rule=f"rules/rule-{number:02}") for number in range(15)]
    report = replace(EMPTY, findings=list_findings(tmp_path, many), narrowed="--service sonarr")
    lines = summary(report).splitlines()
    assert lines[11:] == [
        "    1  error    rules/rule-11",
        "    3  more, of 3 other rules",
        "narrowed: --service sonarr",
        "15 errors; 0 rules ran",
    ]
