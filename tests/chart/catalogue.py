"""The small catalogue beside this file, one service per pattern, read, resolved, built and rendered."""

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator.catalogue import Resolver, read_sources
from generator.catalogue.service import Service
from generator.chart import (
    ChartValues,
    Scopes,
    apply_patches,
    build_values,
    lone_values,
    scopes_of,
    service_template,
    write_chart,
)
from generator.finding import Severity
from generator.fleet.model import Fleet
from generator.fleet.resolve import resolve
from generator.helm import ChartTexts, Engine, Pairs, library_texts

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIBRARY = ROOT / "charts" / "common"
ENVIRONMENTS = ("prod", "staging")
Manifest = dict[str, Any]


def resolve_all(root: Path) -> dict[str, Fleet]:
    """Both environments of a catalogue that has no error."""
    resolver = Resolver(read_sources(root))
    assert resolver.sources.findings == ()
    fleets = {}
    for name in ENVIRONMENTS:
        found = resolver.resolve(name)
        assert found is not None
        fleets[name] = resolve(found)
        errors = [finding for finding in fleets[name].findings if finding.severity is Severity.ERROR]
        assert errors == []
    return fleets


def with_edits(tmp_path: Path, edits: Mapping[str, tuple[str, str]]) -> dict[str, Fleet]:
    """The catalogue with texts replaced: path below values/ -> (old, new)."""
    shutil.copytree(HERE / "values", tmp_path / "values")
    for path, (old, new) in edits.items():
        target = tmp_path / "values" / path
        text = target.read_text()
        assert old in text
        target.write_text(text.replace(old, new))
    return resolve_all(tmp_path)


@cache
def fleets() -> dict[str, Fleet]:
    return resolve_all(HERE)


@cache
def scopes() -> Scopes:
    return scopes_of(fleets())


@cache
def values() -> dict[str, ChartValues]:
    return build_values(scopes(), patcher(scopes()))


def patcher(known: Scopes) -> Any:
    """The patches of a service, as the pipeline makes them: rendered once without, laid over in Python."""

    def patch(environment: str, service: Service) -> Mapping[str, Manifest]:
        lone = {
            "Chart.yaml": f"{{apiVersion: v2, name: {service.domain}, version: 1.0.0}}",
            f"templates/{service.name}.yaml": service_template(service.name),
        }
        chart = ChartTexts(service.domain, lone | library_texts(LIBRARY))
        printed = Engine().render_complete(chart, lone_values(known[environment], environment, service))
        manifests = {f"{found['kind']}/{found['metadata']['name']}": found for found in parsed(printed)}
        patched, findings = apply_patches(service, manifests)
        assert findings == ()
        return patched

    return patch


def parsed(printed: Pairs) -> list[Manifest]:
    return [yaml.safe_load(pair.document) for pair in printed]


def chart_texts(name: str, known: Scopes, built: ChartValues) -> ChartTexts:
    prefix = f"charts/{name}/"
    files = write_chart(name, known, built)
    texts = {path.removeprefix(prefix): text for path, text in files.items() if isinstance(text, str)}
    return ChartTexts(name, texts | library_texts(LIBRARY))


@cache
def rendered(name: str, environment: str) -> Pairs:
    return Engine().render_complete(chart_texts(name, scopes(), values()[name]), values()[name][environment])


@cache
def manifests(environment: str = "prod") -> tuple[Manifest, ...]:
    return tuple(found for name in values() for found in parsed(rendered(name, environment)))


def one(kind: str, name: str, environment: str = "prod") -> Manifest:
    found = [item for item in manifests(environment) if (item["kind"], item["metadata"]["name"]) == (kind, name)]
    assert len(found) == 1, [item["metadata"]["name"] for item in manifests(environment) if item["kind"] == kind]
    return found[0]


def render_all(built: Mapping[str, Fleet], environment: str = "prod") -> list[Manifest]:
    """Every object of an edited catalogue in one environment."""
    known = scopes_of(built)
    charts = build_values(known)
    engine = Engine()
    return [
        found
        for name, chart in charts.items()
        for found in parsed(engine.render_complete(chart_texts(name, known, chart), chart[environment]))
    ]
