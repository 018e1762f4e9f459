"""Measure the report page: writing it, and how long a browser takes until it can be read."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.chromium import Chromium, chromium, find_chromium
from generator.finding import Finding, Place, Severity
from generator.report import (
    BudgetUse,
    Connection,
    End,
    EnvironmentCount,
    Holding,
    Meter,
    Report,
    RuleRun,
    list_findings,
    render,
)

AIM_S = 1.0
_DOMAINS = 12
_ENVIRONMENTS = ("prod", "staging", "dev")
# From the start of the navigation until two frames after the load: then the first screen has been painted.
_READY = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"""
_FILTERED = """(() => {
  const box = document.querySelector("#filter");
  const began = performance.now();
  box.value = "service-1 limit";
  box.dispatchEvent(new Event("input"));
  document.body.getBoundingClientRect();
  return performance.now() - began;
})()"""


@dataclass(frozen=True, slots=True)
class PageTime:
    """One thing that was timed."""

    what: str
    seconds: float
    aim_s: float | None = None


def measure_page(findings: int = 500, runs: int = 5) -> list[PageTime]:
    """Return the times of a page with so many findings; without Chromium only that of writing it."""
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as scratch:
        top = Path(scratch)
        report = busy_report(top, findings)
        began = time.perf_counter()
        text = render(report, "html")
        rows = [PageTime(f"report page: write {findings} findings", time.perf_counter() - began)]
        page = top / "report.html"
        page.write_text(text, encoding="utf-8")
        program = find_chromium()
        if program is None:
            return rows
        with chromium(program) as browser:
            times = [_open(browser, page) for _ in range(runs + 1)][1:]
            filtered = float(browser.evaluate(_FILTERED)) / 1000
        rows.append(PageTime(f"report page: open {findings} findings", median(times), AIM_S))
        rows.append(PageTime(f"report page: filter {findings} findings", filtered))
        return rows


def _open(browser: Chromium, page: Path) -> float:
    """Seconds from the start of the navigation until the first screen stands."""
    browser.open(page.as_uri())
    return float(browser.evaluate(_READY)) / 1000


def busy_report(root: Path, findings: int) -> Report:
    """Return a report of a fleet in which much is wrong; its files are written below `root`."""
    return Report(
        version="0",
        today="2026-11-21",
        findings=list_findings(root, _findings(root, findings)),
        rules=tuple(RuleRun(f"rules/rule-{number}", f"Rule number {number}", Severity.ERROR) for number in range(80)),
        environments=tuple(EnvironmentCount(name, 600, 600, services=56) for name in _ENVIRONMENTS),
        budgets=tuple(_budgets()),
        connections=tuple(_connections()),
        holdings=tuple(
            Holding(name, "host name", f"service-{number}.{name}.example.net", f"service-{number}")
            for name in _ENVIRONMENTS
            for number in range(100)
        ),
    )


def _findings(root: Path, findings: int) -> Iterator[Finding]:
    for number in range(findings):
        service = number % 100
        path = f"values/apps/domain-{service % _DOMAINS}/service-{service}.yaml"
        file = root / path
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(f"field_{line}: value-{line}\n" for line in range(1, 31)), encoding="utf-8")
        yield Finding(
            Place(path, number % 30 + 1, 5),
            f"rules/rule-{number % 80}",
            f"'service-{service}' has a memory limit of {number}Mi, 64Mi at least is expected",
            "write resources.limits.memory: 64Mi",
            Severity.ERROR if number % 3 else Severity.WARNING,
            objects=(f"Deployment/domain-{service % _DOMAINS}/service-{service}",),
        )


def _budgets() -> Iterator[BudgetUse]:
    for environment in _ENVIRONMENTS:
        for number in range(_DOMAINS):
            meter = Meter(number * 300, 3000)
            yield BudgetUse(environment, f"domain-{number}", meter, meter, meter)


def _connections() -> Iterator[Connection]:
    for environment in _ENVIRONMENTS:
        for number in range(400):
            source, target = number % 100, (number * 7) % 100
            yield Connection(environment, _end(source), _end(target), "8080/TCP", declared=True)


def _end(number: int) -> End:
    return End(f"service-{number}", f"domain-{number % _DOMAINS}")
