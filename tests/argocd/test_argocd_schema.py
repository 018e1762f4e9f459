"""Everything that is written, against schemas: ours, and in development the whole ones."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from generator.argocd import build, survey
from generator.chart import build as build_charts
from generator.fleet import Fleet
from generator.helm import ChartTexts, Engine, library_texts
from generator.pipeline.workspace import open_workspace
from generator.schema import Validator
from tests.argocd.fleets import small

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT.parent / "shared" / "crd-schemas" / "argoproj.io"


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    """What our own catalogue becomes, from its charts as Helm renders them."""
    fleets: dict[str, Fleet] = dict(open_workspace(ROOT).fleets)
    charts = {path: text for path, text in build_charts(fleets).items() if isinstance(text, str)}
    library, engine = library_texts(ROOT / "charts" / "common"), Engine()
    made: dict[str, str] = {}
    for environment, fleet in fleets.items():
        rendered = {}
        for name in sorted({path.split("/")[1] for path in charts}):
            prefix = f"charts/{name}/"
            own = {path.removeprefix(prefix): text for path, text in charts.items() if path.startswith(prefix)}
            pairs = engine.render(ChartTexts(name, own | library), own[f"values-{environment}.yaml"])
            rendered[name] = survey(_seen(yaml.safe_load(pair.document)) for pair in pairs)
        made |= build(fleet, rendered)
    return made


def _seen(manifest: dict[str, Any]) -> tuple[str, str, str | None, str]:
    group = manifest["apiVersion"].rpartition("/")[0]
    return group, manifest["kind"], manifest["metadata"].get("namespace"), manifest["metadata"]["name"]


def objects(made: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, text in made.items():
        for found in yaml.safe_load_all(text):
            yield path, found


def faults(made: dict[str, str]) -> list[tuple[str, str]]:
    validator = Validator("1.36")
    return [(path, str(fault)) for path, found in objects(made) for fault in validator.check(found)]


def test_the_small_fleet_fits_our_closed_schemas() -> None:
    assert faults(build(*small())) == []


def test_the_catalogue_fits_our_closed_schemas(catalogue: dict[str, str]) -> None:
    assert faults(catalogue) == []


def test_no_two_objects_of_an_environment_are_one(catalogue: dict[str, str]) -> None:
    seen = set()
    for path, found in objects(catalogue):
        meta = found["metadata"]
        key = (path.split("/")[1], found["kind"], meta.get("namespace"), meta["name"])
        assert key not in seen
        seen.add(key)


def test_no_folder_of_the_catalogue_is_deeper_than_five(catalogue: dict[str, str]) -> None:
    assert max(path.count("/") for path in catalogue) <= 5


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["Application", "AppProject"])
def test_what_we_write_fits_the_whole_schema(kind: str, catalogue: dict[str, str]) -> None:
    schema = json.loads((REFERENCE / f"{kind.lower()}_v1alpha1.json").read_text())
    validator = jsonschema_rs.validator_for(schema)
    mine = [found for _, found in objects(catalogue | build(*small())) if found["kind"] == kind]
    assert mine
    assert [
        (found["metadata"]["name"], error.message) for found in mine for error in validator.iter_errors(found)
    ] == []
