"""Every fact of every catalogue row is in its service file, or its page says why not."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.catalogue import Resolver, read_sources
from generator.catalogue.service import Service
from generator.source import plain, read_file
from tests.acceptance.facts_walk import facts_of, stands
from tests.acceptance.platform_walk import platform_facts_of, stands_on_the_platform

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path.name for path in (ROOT / "tests" / "facts").glob("*.yaml"))
LONGEST_MEDIAN = 25


@cache
def services() -> Mapping[str, Service]:
    """The catalogue of the default environment, what is off there included."""
    catalogue = Resolver(read_sources(ROOT)).resolve("prod")
    assert catalogue is not None
    return {**catalogue.services, **catalogue.off, **catalogue.retired}


@cache
def document(name: str) -> dict[str, Any]:
    read = read_file(ROOT, f"tests/facts/{name}")
    assert read.findings == ()
    body = plain(read.tree)
    assert isinstance(body, dict)
    return body


def texts_of(service: Service) -> list[str]:
    """The service file and its templates."""
    paths = [service.path, *(f"values/templates/{name}.yaml" for name in service.templates)]
    return [(ROOT / path).read_text(encoding="utf-8") for path in paths]


def is_quoted(entry: Any, service: Service) -> bool:
    text, file = (entry["text"], entry["file"]) if isinstance(entry, dict) else (entry, None)
    if file is not None:
        return text in (ROOT / file).read_text(encoding="utf-8")
    return any(text in found for found in texts_of(service))


def covers(pattern: str, fact: str) -> bool:
    return pattern == fact or (pattern.endswith("*") and fact.startswith(pattern[:-1]))


@pytest.mark.parametrize("name", FILES)
def test_every_gotcha_is_quoted_or_said_to_be_unanswered(name: str) -> None:
    body = document(name)
    service = services()[body["service"]]
    for gotcha in body["gotchas"]:
        if gotcha["answer"] == "not answered":
            assert gotcha["why"], gotcha
        else:
            entry = {"text": gotcha["answer"], "file": gotcha["file"]} if "file" in gotcha else gotcha["answer"]
            assert is_quoted(entry, service), gotcha


@pytest.mark.parametrize("name", FILES)
def test_every_fact_of_a_row_is_there_or_answered(name: str) -> None:
    body = document(name)
    service = services()[body["service"]]
    omitted, found = body.get("omitted") or {}, body.get("found") or {}
    missing, untrue, used = [], [], set()
    for fact, is_there in _facts(body, service):
        patterns = {pattern for pattern in omitted if covers(pattern, fact)}
        if is_there:
            untrue += [fact for _ in ({fact} & {*omitted, *found})]
        elif fact in found:
            used.add(fact)
            untrue += [] if is_quoted(found[fact], service) else [fact]
        elif patterns:
            used |= patterns
        else:
            missing.append(fact)
    assert (missing, untrue, sorted({*omitted, *found} - used)) == ([], [], [])


def _facts(body: Mapping[str, Any], service: Service) -> Iterator[tuple[str, bool]]:
    """Every fact of the row, and whether the finished service has it."""
    if body["source"]["catalogue"] == "platform":
        for fact, details in platform_facts_of(body["row"]):
            yield fact, stands_on_the_platform(details, service)
    else:
        for fact, details in facts_of(body["row"]):
            yield fact, service.form != "retired" and stands(details, service)


def test_median_service_file_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    lengths = {}
    for path in (ROOT / "values").glob("*/*/*.yaml"):
        if path.name != "domain.yaml":
            lines = path.read_text(encoding="utf-8").splitlines()
            lengths[path.stem] = sum(1 for line in lines if line.strip() and not line.startswith("#"))
    ordered = sorted(lengths.values())
    median = ordered[len(ordered) // 2]
    longest = max(lengths, key=lengths.__getitem__)
    with capsys.disabled():
        print(f"\n{len(ordered)} service files, median {median} lines, longest {longest} ({lengths[longest]})")
    assert median <= LONGEST_MEDIAN
