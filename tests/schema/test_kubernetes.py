"""Kubernetes' schemas: found by group, bundled, and honest about what is missing."""

import json
from pathlib import Path

import pytest

from generator.schema import Kind, SchemaError, kubernetes
from generator.schema.kubernetes import Definitions, known_versions, load_definitions, schema_folder

VERSIONS = ["1.34", "1.35", "1.36", "1.37"]


@pytest.mark.parametrize("version", VERSIONS)
def test_version_has_the_kinds_that_we_emit(version: str) -> None:
    definitions = load_definitions(version)
    assert definitions.version == version
    for api_version, name in [
        ("apps/v1", "Deployment"),
        ("v1", "Service"),
        ("batch/v1", "CronJob"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("storage.k8s.io/v1", "StorageClass"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ]:
        schema = definitions.schema_of(Kind.of(api_version, name))
        assert schema is not None
        assert str(kubernetes._referred(schema)[-1]).startswith("io.k8s.")


@pytest.mark.parametrize("written", ["1.36", "v1.36", "1.36.2", "v1.36.2"])
def test_version_may_be_written_in_full(written: str) -> None:
    assert load_definitions(written).version == "1.36"


def test_kind_is_found_by_its_whole_group() -> None:
    definitions = load_definitions("1.36")
    assert definitions.schema_of(Kind("networking.k8s.io", "v1", "NetworkPolicy")) is not None
    assert definitions.schema_of(Kind("networking.istio.io", "v1", "NetworkPolicy")) is None
    assert definitions.schema_of(Kind("", "v1", "DeleteOptions")) is None


def test_kind_reads_and_writes_its_api_version() -> None:
    assert Kind.of("apps/v1", "Deployment") == Kind("apps", "v1", "Deployment")
    assert Kind.of("v1", "Service") == Kind("", "v1", "Service")
    assert [str(Kind.of("apps/v1", "A")), str(Kind.of("v1", "B"))] == ["apps/v1 A", "v1 B"]


@pytest.mark.parametrize("version", ["1.99", "later"])
def test_unknown_version_names_the_known_ones(version: str) -> None:
    with pytest.raises(SchemaError) as refused:
        load_definitions(version)
    assert str(refused.value) == (
        f"kubernetes-validate has no schemas for Kubernetes {version!r}, only for 1.25, 1.26, 1.27, 1.28, 1.29, 1.30, "
        "1.31, 1.32, 1.33, 1.34, 1.35, 1.36, 1.37: name one of them under kubernetes.version in values/site.yaml"
    )


REINSTALL = "install the pinned kubernetes-validate again (`make` does it)"


def test_truncated_schemas_say_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "v1.36.0-local-strict" / "_definitions.json"
    file.parent.mkdir()
    real = (schema_folder() / "v1.36.0-local-strict" / "_definitions.json").read_text()
    for content in ["", real[: len(real) // 2], "[]", "{}"]:
        file.write_text(content)
        load_definitions.cache_clear()
        with pytest.raises(SchemaError) as refused:
            load_definitions("1.36", tmp_path)
        assert str(refused.value) == f"{file} is missing or truncated: {REINSTALL}"
    file.write_text(json.dumps({"$defs": {}}))
    load_definitions.cache_clear()
    with pytest.raises(SchemaError) as refused:
        load_definitions("1.36", tmp_path)
    assert str(refused.value) == f"{file} lacks kinds that every Kubernetes has: {REINSTALL}"
    file.unlink()
    load_definitions.cache_clear()
    with pytest.raises(SchemaError) as refused:
        load_definitions("1.36", tmp_path)
    assert str(refused.value) == f"{file} is missing or truncated: {REINSTALL}"


def test_missing_schemas_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SchemaError) as refused:
        known_versions(tmp_path)
    assert str(refused.value) == f"{tmp_path} holds no strict schemas: {REINSTALL}"
    with pytest.raises(SchemaError) as refused:
        known_versions(tmp_path / "absent")
    assert str(refused.value) == f"{tmp_path / 'absent'} cannot be read: {REINSTALL}"
    monkeypatch.setattr(kubernetes, "find_spec", lambda _: None)
    with pytest.raises(SchemaError) as refused:
        schema_folder()
    assert str(refused.value) == f"kubernetes-validate is not installed: {REINSTALL}"


def test_reference_to_a_lacking_definition_is_an_error() -> None:
    definitions = Definitions("1.36", {"a": {"$ref": "#/$defs/b"}})
    with pytest.raises(SchemaError) as refused:
        definitions.bundled({"$ref": "#/$defs/a"})
    assert str(refused.value) == f"the schemas of Kubernetes 1.36 in kubernetes-validate lack 'b': {REINSTALL}"
