"""Resolved environments in, the files of `charts/` out."""

from generator.chart.build import (
    ChartValues,
    Patcher,
    Scopes,
    build,
    build_values,
    chart_values,
    domain_values,
    domains_of,
    lone_values,
    names_of,
    no_patches,
    scopes_of,
    write_chart,
    write_templates,
)
from generator.chart.chart import Files, Link, service_template
from generator.chart.delta import delta, merged
from generator.chart.error import ChartError
from generator.chart.patch import apply_patches
from generator.chart.readme import SHARED
from generator.chart.scope import Scope, scope_of
from generator.chart.seen import Seen, seen_in
from generator.chart.service import service_values

__all__ = [
    "SHARED",
    "ChartError",
    "ChartValues",
    "Files",
    "Link",
    "Patcher",
    "Scope",
    "Scopes",
    "Seen",
    "apply_patches",
    "build",
    "build_values",
    "chart_values",
    "delta",
    "domain_values",
    "domains_of",
    "lone_values",
    "merged",
    "names_of",
    "no_patches",
    "scope_of",
    "scopes_of",
    "seen_in",
    "service_template",
    "service_values",
    "write_chart",
    "write_templates",
]
