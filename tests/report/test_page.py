"""The page as a browser has it: no fault of accessibility, nothing fetched, and its controls work."""

import json
import re
from pathlib import Path

import pytest

from bench.chromium import Chromium
from generator.report import Report, render
from tests.report.sample import sample

_MEDIA = [("screen", "light"), ("screen", "dark"), ("print", "light"), ("print", "dark")]
_SHOWN = "[...document.querySelectorAll('.finding:not([hidden])')].map((item) => item.dataset.rule)"
_HEADINGS = "[...document.querySelectorAll('.group:not([hidden]) > h3')].map((item) => item.textContent)"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "report.html"
    file.write_text(render(sample(tmp_path), "html"), encoding="utf-8")
    return file


def _open(browser: Chromium, page: Path) -> None:
    browser.media("screen", color_scheme="light")
    browser.size(1280, 900)
    browser.open(page.as_uri())


def _set(selector: str, value: str, event: str) -> str:
    target = f"document.querySelector({json.dumps(selector)})"
    return f"{target}.value = {json.dumps(value)}; {target}.dispatchEvent(new Event('{event}')); 0"


@pytest.mark.parametrize(("kind", "scheme"), _MEDIA)
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(browser: Chromium, axe: str, page: Path, kind: str, scheme: str, width: int) -> None:
    _open(browser, page)
    browser.media(kind, color_scheme=scheme)
    browser.size(width, 900)
    browser.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; }); 0")
    browser.evaluate("document.querySelector('.matrix button')?.click(); 0")
    browser.evaluate(f"{axe}; 0")
    run = "axe.run(document, {resultTypes: ['violations']}).then((found) => JSON.stringify(found.violations))"
    found = json.loads(browser.evaluate(run))
    assert [(fault["id"], node["html"], node["failureSummary"]) for fault in found for node in fault["nodes"]] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_no_wider_than_the_window(browser: Chromium, page: Path, width: int) -> None:
    _open(browser, page)
    browser.size(width, 900)
    assert browser.evaluate("document.documentElement.scrollWidth") == width


def test_the_page_complains_of_nothing_and_fetches_nothing(browser: Chromium, page: Path) -> None:
    _open(browser, page)
    assert browser.failures == []
    assert browser.evaluate("performance.getEntriesByType('resource').length") == 0
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"""(?:src|href|action)=["'](?!#)|url\(|@import|fetch\(""", text) == []


def test_the_policy_of_the_page_stops_a_script_that_is_not_ours(browser: Chromium, page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("<main", "<script>document.title = 'owned'</script><p onclick='x()'></p><main"))
    _open(browser, page)
    assert browser.evaluate("document.title") == "Policy gate: 3 errors, 1 warning"
    assert any("Content Security Policy" in failure for failure in browser.failures)


def test_without_choice_errors_and_warnings_are_shown(browser: Chromium, page: Path) -> None:
    _open(browser, page)
    assert browser.evaluate(_HEADINGS) == ["Errors 3", "Warnings 1"]
    assert browser.evaluate("document.querySelector('#shown').textContent") == "4 of 6 findings shown"


def test_the_filter_takes_several_words(browser: Chromium, page: Path) -> None:
    _open(browser, page)
    browser.evaluate(_set("#filter", "JELLYFIN load-balancer", "input"))
    assert browser.evaluate(_SHOWN) == ["network/lb-ip-unique"]
    browser.evaluate(_set("#filter", "nothing has this", "input"))
    assert browser.evaluate(_SHOWN) == []
    assert browser.evaluate("document.querySelector('#shown').textContent") == "0 of 6 findings shown"


def test_findings_are_grouped_by_rule_and_by_service(browser: Chromium, page: Path) -> None:
    _open(browser, page)
    browser.evaluate(
        "document.querySelectorAll('input[name=kind]').forEach((box) => { if (!box.checked) box.click(); }); 0"
    )
    browser.evaluate(_set("#group", "service", "change"))
    assert browser.evaluate(_HEADINGS) == ["jellyfin 3", "plex 2", "whole site 1"]
    browser.evaluate(_set("#group", "rule", "change"))
    assert browser.evaluate(_HEADINGS)[0] == "images/moving-tag 1Images have a tag that does not move"
    browser.evaluate(_set("#group", "severity", "change"))
    assert browser.evaluate(_HEADINGS) == ["Errors 3", "Warnings 1", "Waived 1", "In the baseline 1"]


def test_one_environment_can_be_chosen(browser: Chromium, page: Path) -> None:
    _open(browser, page)
    browser.evaluate("document.querySelector('.pick [data-environment=dev]').click(); 0")
    shown = "[...document.querySelectorAll('.environment:not([hidden])')].map((part) => part.dataset.environment)"
    assert browser.evaluate(shown) == ["dev", "dev"]
    assert browser.evaluate(_SHOWN) == ["pods/read-only-root", "workload/probes"]
    cells = "document.querySelectorAll('#registry tbody tr:not([hidden]) td:first-child code')"
    rows = f"[...{cells}].map((cell) => cell.textContent)"
    assert browser.evaluate(rows) == ["10.0.10.1"]
    browser.evaluate("document.querySelector('.pick [data-environment=\"\"]').click(); 0")
    assert browser.evaluate(shown) == ["prod", "dev", "prod", "prod", "dev"]


def test_a_cell_lists_its_connections(browser: Chromium, page: Path) -> None:
    _open(browser, page)
    cell = "document.querySelector('.matrix button[data-source=media][data-target=databases]')"
    browser.evaluate(f"{cell}.click(); 0")
    lines = "[...document.querySelectorAll('.listing tbody tr')]"
    rows = f"{lines}.map((row) => [...row.cells].map((cell) => cell.textContent))"
    assert browser.evaluate(rows) == [
        ["jellyfin", "valkey", "6379/TCP", "declared"],
        ["plex", "postgres", "5432/TCP", "not declared"],
    ]
    assert browser.evaluate("document.querySelector('.listing caption').textContent") == "media to databases in prod"
    browser.evaluate(f"{cell}.click(); 0")
    assert browser.evaluate("document.querySelector('.listing').hidden") is True


def test_the_registry_is_looked_up(browser: Chromium, page: Path) -> None:
    _open(browser, page)
    browser.evaluate(_set("#look-up", "32400 plex", "input"))
    assert browser.evaluate("document.querySelector('#looked-up').textContent") == "1 entry"
    kinds = "[...document.querySelectorAll('#registry details:not([hidden]) h3')].map((part) => part.textContent)"
    assert browser.evaluate(kinds) == ["Load-balancer address and port"]


def test_an_empty_page_has_no_fault(browser: Chromium, axe: str, tmp_path: Path) -> None:
    file = tmp_path / "empty.html"
    file.write_text(render(Report("0", "2026-11-21"), "html"), encoding="utf-8")
    _open(browser, file)
    browser.evaluate(f"{axe}; 0")
    run = "axe.run(document, {resultTypes: ['violations']}).then((found) => JSON.stringify(found.violations))"
    assert json.loads(browser.evaluate(run)) == []
    assert browser.failures == []


def test_the_page_can_be_read_without_its_script(browser: Chromium, page: Path) -> None:
    page.write_text(re.sub(r"<script>.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL))
    _open(browser, page)
    assert browser.evaluate(_HEADINGS) == ["Errors 3", "Warnings 1", "Waived 1", "In the baseline 1"]
    assert browser.evaluate("getComputedStyle(document.querySelector('.tools')).display") == "none"
