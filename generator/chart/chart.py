"""The files of one chart, from the values of each environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from generator.chart.delta import Values, delta
from generator.chart.readme import readme_text
from generator.chart.schema import schema_text
from generator.emitter import emit

LIBRARY = "common"
VERSION = "1.0.0"
_IGNORED = "Chart.lock\n"
_NAMESPACES = """\
{{- range $name, $namespace := .Values.namespaces }}
{{- include "common.service" (dict "root" $ "name" $name "service" $namespace) }}
{{- end -}}
"""


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link; `target` is relative to the folder that holds it."""

    target: str


Files = dict[str, str | Link]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart to write. `values` has one entry per environment, complete; `rows` is the table of its README."""

    name: str
    summary: str
    source: str
    default: str
    values: Mapping[str, Values]
    rows: tuple[Mapping[str, str], ...]


def chart_files(chart: Chart) -> Files:
    """Every file of a chart, by its path below the repository."""
    folder = PurePosixPath("charts", chart.name)
    header = _header(chart)
    base = chart.values[chart.default]
    services = _services(chart)
    kinds = {
        kind
        for values in chart.values.values()
        for group in ("services", "namespaces")
        for service in values.get(group, {}).values()
        for kind in service["objects"]
    }
    files: Files = {
        **template_files(chart),
        "README.md": readme_text(
            chart.name, chart.summary, chart.source, chart.default, tuple(chart.values), chart.rows
        ),
        ".helmignore": _IGNORED,
        "values.schema.json": schema_text(chart.name, services, kinds, chart.values),
        "values.yaml": emit(
            base, header=f"{header}\nComplete for {chart.default}; values-<environment>.yaml says what differs."
        ),
        f"charts/{LIBRARY}": Link(f"../../{LIBRARY}"),
    }
    for environment, values in chart.values.items():
        what = (
            "Nothing differs: values.yaml is this environment." if values is base else f"What differs in {environment}."
        )
        files[f"values-{environment}.yaml"] = emit(delta(base, values), header=f"{header}\n{what}")
    return {str(folder / path): files[path] for path in sorted(files)}


def template_files(chart: Chart) -> dict[str, str]:
    """What a chart renders with, its values and the library aside, by the path within the chart."""
    files = {"Chart.yaml": emit(_metadata(chart), header=_header(chart))}
    for name in _services(chart):
        files[f"templates/{name}.yaml"] = service_template(name)
    if any("namespaces" in values for values in chart.values.values()):
        files["templates/namespaces.yaml"] = _NAMESPACES
    return files


def _header(chart: Chart) -> str:
    return f"Generated from {chart.source} by `make charts`: change that, not this."


def _services(chart: Chart) -> list[str]:
    return sorted({name for values in chart.values.values() for name in values["services"]})


def service_template(name: str) -> str:
    """The three lines that print one service. Without the `with`, one that is off would print an empty workload."""
    return (
        f'{{{{- with index .Values.services "{name}" }}}}\n'
        f'{{{{- include "common.service" (dict "root" $ "name" "{name}" "service" .) }}}}\n'
        "{{- end -}}\n"
    )


def _metadata(chart: Chart) -> Values:
    return {
        "apiVersion": "v2",
        "name": chart.name,
        "description": chart.summary,
        "type": "application",
        "version": VERSION,
        "dependencies": [{"name": LIBRARY, "version": VERSION}],
    }
