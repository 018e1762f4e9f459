"""One result of a check, printed in seven formats, and the baseline that a fleet starts from."""

from generator.report.baseline import BaselineUnusable, format_baseline, read_baseline
from generator.report.error import ReportUsage
from generator.report.fleet import connections_of, facts_of_fleets
from generator.report.list import fingerprints, list_findings, mark_baselined
from generator.report.model import (
    BudgetUse,
    Connection,
    End,
    EnvironmentCount,
    Holding,
    Listed,
    Meter,
    NodeUse,
    Report,
    RuleRun,
    Skip,
    Timing,
    Unenforced,
    WaiverLine,
)
from generator.report.output import FORMATS, destinations, render
from generator.report.text import summary, verdict

__all__ = [
    "FORMATS",
    "BaselineUnusable",
    "BudgetUse",
    "Connection",
    "End",
    "EnvironmentCount",
    "Holding",
    "Listed",
    "Meter",
    "NodeUse",
    "Report",
    "ReportUsage",
    "RuleRun",
    "Skip",
    "Timing",
    "Unenforced",
    "WaiverLine",
    "connections_of",
    "destinations",
    "facts_of_fleets",
    "fingerprints",
    "format_baseline",
    "list_findings",
    "mark_baselined",
    "read_baseline",
    "render",
    "summary",
    "verdict",
]
