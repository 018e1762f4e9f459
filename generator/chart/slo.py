"""Objectives: alerts on how fast the error budget burns, over a long and a short window at once."""

import re
from collections.abc import Iterator

from generator.catalogue.service import Json, Service, Slo

# What people write in a query where the window belongs, as the schema tells them.
_WINDOW = re.compile(r"\{\{ *\.window *\}\}")
# Long window, short window, burn rate: 2% of a month's budget in an hour, 5% in six, 10% in a day and in three.
_FAST = (("1h", "5m", 14.4), ("6h", "30m", 6.0))
_SLOW = (("1d", "2h", 3.0), ("3d", "6h", 1.0))


def slo_alerts(service: Service, up: tuple[str, str] | None, marks: dict[str, str], runbook: str) -> Iterator[Json]:
    """Two alerts per objective: one that wakes somebody, one that makes a ticket."""
    for slo in service.slos.values():
        queries = _queries(slo, up)
        if queries is None:
            continue
        budget = (100 - slo.objective) / 100
        for name, severity, windows in (("Fast", "critical", _FAST), ("Slow", "warning", _SLOW)):
            summary = f"The error budget of {slo.name} ({slo.objective:g}%) of {service.name} burns too fast"
            yield {
                "alert": f"ErrorBudgetBurning{name}",
                "expr": " or ".join(_burning(queries, budget, *window) for window in windows),
                "annotations": {"summary": summary, "runbook": f"{runbook}#errorbudgetburning"},
                "labels": {"severity": severity, "slo": slo.name, **marks},
            }


def _queries(slo: Slo, up: tuple[str, str] | None) -> tuple[str, str | None] | None:
    """Errors and all; `availability` without queries counts the time that the service did not answer."""
    if slo.error_query is not None:
        return slo.error_query, slo.total_query
    if up is None:
        return None
    return f"1 - avg(avg_over_time({up[0]}{{{up[1]}}}[{{{{.window}}}}]))", None


def _burning(queries: tuple[str, str | None], budget: float, long: str, short: str, rate: float) -> str:
    return "(" + " and ".join(f"{_ratio(queries, window)} > {rate * budget:.6g}" for window in (long, short)) + ")"


def _ratio(queries: tuple[str, str | None], window: str) -> str:
    errors, total = queries
    ratio = f"({errors})" if total is None else f"(({errors}) / ({total}))"
    return _WINDOW.sub(window, ratio)
