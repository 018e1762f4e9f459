"""SARIF 2.1.0: what code scanning reads. The closed shape of what we emit is sarif.schema.json beside this file."""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import orjson

from generator.finding import Place
from generator.report.escape import visible
from generator.report.model import Listed, Report, RuleRun

Json = dict[str, Any]
FINGERPRINT = "chartroomFinding/v1"
_SOURCE_ROOT = "%SRCROOT%"
# The specification names this identifier for the schema of version 2.1.0.
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def format_sarif(report: Report) -> str:
    """Return one run. Rules that ran are listed whether they found anything or not."""
    return orjson.dumps(to_sarif(report), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def to_sarif(report: Report) -> Json:
    """Return the log as data."""
    rules = _rules(report)
    index = {rule.id: number for number, rule in enumerate(rules)}
    run: Json = {
        "tool": {
            "driver": {
                "name": "chartroom",
                "version": report.version,
                "rules": [_descriptor(rule) for rule in rules],
            }
        },
        "automationDetails": {"id": "chartroom/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_SOURCE_ROOT: {"description": {"text": "The top of the repository."}}},
        "invocations": [_invocation(report)],
        "results": [_result(item, index) for item in report.findings],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def sarif_schema() -> Json:
    """Return the JSON Schema of the part of SARIF that we emit."""
    schema: Json = orjson.loads(files("generator.report").joinpath("sarif.schema.json").read_bytes())
    return schema


def _rules(report: Report) -> tuple[RuleRun, ...]:
    """The rules that ran, and those that only a finding names."""
    known = dict(report.rules_by_id())
    for item in report.findings:
        finding = item.finding
        known.setdefault(finding.rule, RuleRun(finding.rule, finding.rule, finding.severity, stage="generation"))
    return tuple(sorted(known.values(), key=lambda rule: rule.id))


def _descriptor(rule: RuleRun) -> Json:
    why = visible(rule.why) or visible(rule.title)
    page = f" See {visible(rule.page)}." if rule.page else ""
    more: Json = {"helpUri": rule.reference} if rule.reference.startswith("https://") else {}
    return {
        "id": visible(rule.id),
        "shortDescription": {"text": visible(rule.title) or visible(rule.id)},
        "fullDescription": {"text": why},
        "defaultConfiguration": {"level": str(rule.severity)},
        "help": {"text": f"{why}{page}"},
        **more,
        "properties": {"tags": [visible(rule.stage)]},
    }


def _invocation(report: Report) -> Json:
    said = [f"This run is narrowed: {report.narrowed}"] if report.narrowed else []
    notes = [{"level": "note", "message": {"text": visible(text)}} for text in (*said, *report.notes) if text]
    return {"executionSuccessful": True, **({"toolExecutionNotifications": notes} if notes else {})}


def _result(item: Listed, index: Mapping[str, int]) -> Json:
    finding = item.finding
    result: Json = {
        "ruleId": visible(finding.rule),
        "ruleIndex": index[finding.rule],
        "level": str(finding.severity),
        "message": {"text": f"{visible(finding.message)}\nFix: {visible(finding.fix)}"},
        "locations": [_location(finding.place, item.source_line) | _logical(finding.objects)],
        "partialFingerprints": {FINGERPRINT: item.fingerprint},
    }
    if finding.also:
        result["relatedLocations"] = [
            {"id": number, **_location(place)} for number, place in enumerate(finding.also, start=1)
        ]
    if fix := _fix(item):
        result["fixes"] = [fix]
    if item.state != "open":
        until = f" (until {item.until})" if item.until else ""
        text = visible(f"{item.reason}{until}")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": text}]
    if item.state == "baselined":
        result["baselineState"] = "unchanged"
    return result


def _location(place: Place, line: str | None = None) -> Json:
    region: Json = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    if line is not None:
        region["snippet"] = {"text": visible(line)}
    return {"physicalLocation": {"artifactLocation": _artifact(place), "region": region}}


def _logical(objects: Iterable[str]) -> Json:
    named = [{"fullyQualifiedName": visible(name), "kind": "resource"} for name in objects]
    return {"logicalLocations": named} if named else {}


def _artifact(place: Place) -> Json:
    path = place.path.encode("utf-8", "surrogatepass")
    return {"uri": quote(path, safe="/"), "uriBaseId": _SOURCE_ROOT}


def _fix(item: Listed) -> Json:
    """Write over the scalar, where the finding has the one right answer and the scalar's end is known."""
    finding = item.finding
    if finding.replacement is None or not item.scalar_length:
        return {}
    start = finding.place.column
    deleted = {"startLine": finding.place.line, "startColumn": start, "endColumn": start + item.scalar_length}
    inserted = {"text": visible(finding.replacement)}
    change = {
        "artifactLocation": _artifact(finding.place),
        "replacements": [{"deletedRegion": deleted, "insertedContent": inserted}],
    }
    return {"description": {"text": visible(finding.fix)}, "artifactChanges": [change]}
