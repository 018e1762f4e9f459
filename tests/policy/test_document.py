"""The fleet document: its schema, every object once, sums that agree with the model."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from generator.fleet import Fleet
from generator.pipeline.generate import Charts
from generator.pipeline.workspace import open_workspace
from generator.policy import Context, Entry, PolicyError, build_document, read_rules, to_bytes
from generator.policy.case import canary
from generator.policy.distil import looks_secret
from generator.schema import read_manifests
from tests.policy.engine import CASES, POLICIES, ROOT

TODAY = date(2026, 11, 21)
SCHEMA = json.loads((ROOT / "generator" / "policy" / "document.schema.json").read_text())


@pytest.fixture(scope="module")
def fleets() -> dict[str, Fleet]:
    return dict(open_workspace(ROOT).fleets)


@pytest.fixture(scope="module")
def document(fleets: dict[str, Fleet]) -> dict[str, Any]:
    rendered = Charts(open_workspace(ROOT)).render(tuple(fleets))
    entries = [
        Entry(environment, f"charts/{pair.source}", manifest.object)
        for environment, charts in rendered.items()
        for pairs in charts.values()
        for pair in pairs
        for manifest in read_manifests(pair.document).manifests
    ]
    return build_document([Context(name, fleet) for name, fleet in fleets.items()], entries, TODAY)


def faults(document: dict[str, Any]) -> list[str]:
    errors = jsonschema_rs.Draft202012Validator(SCHEMA).iter_errors(json.loads(to_bytes(document)))
    return [f"{list(error.instance_path)}: {error.message}" for error in errors]


def test_the_catalogue_fits_the_schema(document: dict[str, Any]) -> None:
    assert faults(document) == []


def test_the_canary_fits_the_schema() -> None:
    assert faults(canary(CASES, read_rules(POLICIES), TODAY)) == []


def test_the_schema_is_closed(document: dict[str, Any]) -> None:
    assert faults({**document, "extra": 1}) == ["[]: Additional properties are not allowed ('extra' was unexpected)"]


def test_the_same_fleet_gives_the_same_bytes(document: dict[str, Any], fleets: dict[str, Fleet]) -> None:
    assert len(to_bytes(document)) < 20_000_000
    assert to_bytes(json.loads(to_bytes(document))) == to_bytes(document)


def test_needs_of_rendered_objects_are_those_of_the_model(document: dict[str, Any], fleets: dict[str, Fleet]) -> None:
    fields = ("cpu_m", "memory_bytes", "memory_limit_bytes", "storage_bytes")
    for environment, fleet in fleets.items():
        rendered = document["environments"][environment]["needs"]["domains"]
        for name, need in fleet.needs.items():
            expected = {field: getattr(need, field) for field in fields}
            assert rendered.get(name, dict.fromkeys(fields, 0)) == expected, (environment, name)


def config_map(data: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "x"}, "data": data}


def test_an_object_that_environments_share_stands_once() -> None:
    same, other = config_map({"a": "1"}), config_map({"a": "2"})
    entries = [Entry("dev", "d.yaml", same), Entry("prod", "p.yaml", same), Entry("staging", "s.yaml", other)]
    built = build_document([Context("dev"), Context("prod"), Context("staging")], entries, TODAY)
    assert {name: item["environments"] for name, item in built["objects"].items()} == {
        "dev:ConfigMap/x/a": ["dev", "prod"],
        "staging:ConfigMap/x/a": ["staging"],
    }
    assert built["environments"]["prod"]["index"] == {"ConfigMap/x/a": "dev:ConfigMap/x/a"}
    assert "data" not in built["objects"]["dev:ConfigMap/x/a"]


def test_two_objects_of_one_name_both_stand_there() -> None:
    built = build_document(
        [Context("dev")], [Entry("dev", "a", config_map({})), Entry("dev", "b", config_map({}))], TODAY
    )
    assert list(built["objects"]) == ["dev:ConfigMap/x/a", "dev:ConfigMap/x/a+"]
    assert built["environments"]["dev"]["doubles"] == [
        {"name": "ConfigMap/x/a", "ids": ["dev:ConfigMap/x/a", "dev:ConfigMap/x/a+"]}
    ]


def test_a_quantity_that_cannot_be_counted_is_said() -> None:
    spec = {"containers": [{"name": "a", "resources": {"requests": {"cpu": "much"}}}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "x"}, "spec": spec}
    with pytest.raises(PolicyError) as raised:
        build_document([Context("dev")], [Entry("dev", "a", pod)], TODAY)
    assert str(raised.value) == "an object of the fleet has a quantity that cannot be counted: 'much' is no quantity"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password = correct-horse", True),
        ('{"api_key": "0123456789abcdef"}', True),
        ("-----BEGIN RSA PRIVATE KEY-----", True),
        ("key: AKIAABCDEFGHIJKLMNOP", True),
        ("password_file = /run/secrets/password", False),
        ("token: ${API_TOKEN}", False),
        ("password: $(cat /run/x)", False),
        ("secret: {{ .Value }}", False),
        ("api_key: !env_var SONARR_API_KEY", False),
        ("password: DB_PASSWORD", False),
        ("user = app", False),
    ],
)
def test_looks_secret(text: str, expected: bool) -> None:
    assert looks_secret(text) is expected


def test_ids_of_a_place_are_paths_of_the_repository(document: dict[str, Any]) -> None:
    paths = {Path(item["path"]).parts[0] for item in document["objects"].values()}
    assert paths == {"charts"}
