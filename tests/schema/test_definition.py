"""CustomResourceDefinitions of others as closed schemas: what the API server takes, and what it refuses or drops."""

from typing import Any

import pytest

from generator.schema import Kind, SchemaError, Validator, definitions_of, has_cel

SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["size", "mode"],
    "properties": {
        "size": {"type": "integer", "format": "int32", "minimum": 1, "exclusiveMinimum": True},
        "mode": {"type": "string", "enum": ["fast", "safe"], "default": "safe"},
        "note": {"type": "string", "nullable": True, "enum": ["a"]},
        "port": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True,
                 "properties": {"known": {"type": "integer"}}},
        "any": {"x-kubernetes-preserve-unknown-fields": True},
        "empty": {"type": "object"},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "names": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string", "maxLength": 3}},
        "template": {"type": "object", "x-kubernetes-embedded-resource": True,
                     "x-kubernetes-preserve-unknown-fields": True},
        "one": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "not": {"required": ["c"]}},
    },
}  # fmt: skip


def a_definition(*versions: dict[str, Any], api: str = "apiextensions.k8s.io/v1") -> dict[str, Any]:
    listed = versions or (a_version("v1"),)
    spec = {"group": "example.net", "names": {"kind": "Widget"}, "scope": "Namespaced", "versions": list(listed)}
    return {"apiVersion": api, "kind": "CustomResourceDefinition", "metadata": {"name": "widgets"}, "spec": spec}


def a_version(name: str, spec: dict[str, Any] | None = None, *, served: bool = True) -> dict[str, Any]:
    properties = {"apiVersion": {"type": "string"}, "metadata": {"type": "object"}, "spec": spec or SPEC}
    return {"name": name, "served": served, "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}}}


def a_widget(version: str = "v1", **spec: Any) -> dict[str, Any]:
    metadata = {"name": "w", "namespace": "shop"}
    return {"apiVersion": f"example.net/{version}", "kind": "Widget", "metadata": metadata, "spec": {"size": 2, **spec}}


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator("1.36", dict(definitions_of(a_definition())))


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"mode": "fast"},
        {"note": None},
        {"note": "a"},
        # A null that nothing allows is dropped before the server judges.
        {"mode": None, "labels": {"a": None}},
        {"port": 80},
        {"port": "http"},
        {"free": {"known": 1, "other": [1]}},
        {"any": [1, "a", {}]},
        {"any": {"a": 1}},
        {"empty": {}},
        {"labels": {"a": "b"}},
        {"names": ["a", "b"]},
        {"template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"y": 1}}},
        {"one": {"a": "x"}},
    ],
)
def test_accepts_what_the_server_takes(validator: Validator, spec: dict[str, Any]) -> None:
    assert [fault.message for fault in validator.check(a_widget(**spec))] == []


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"sise": 1}, "spec: unknown field 'sise', did you mean 'size'?"),
        ({"size": None}, "spec.size: the value is missing, an integer is expected"),
        ({"size": 1}, "spec.size: 1 is refused by 'exclusiveMinimum'"),
        ({"size": 2**31}, "spec.size: 2147483648 is too large, at most 2147483647 is expected"),
        ({"mode": "sage"}, "spec.mode: 'sage' is none of fast, safe, did you mean 'safe'?"),
        ({"port": 1.5}, "spec.port: 1.5 is a number, an integer or a text is expected"),
        ({"free": {"known": "x"}}, "spec.free.known: 'x' is text, an integer is expected"),
        ({"empty": {"x": 1}}, "spec.empty: unknown field 'x'"),
        ({"labels": {"a": 1}}, "spec.labels.a: 1 is a number, a text is expected"),
        ({"names": ["a", "a"]}, "spec.names: [\"a\", \"a\"] is refused by 'uniqueItems'"),
        ({"names": ["long"]}, "spec.names[0]: 'long' is refused by 'maxLength'"),
        ({"names": [None]}, "spec.names[0]: the value is missing, a text is expected"),
        ({"template": {"spec": {}}}, "spec.template: 'apiVersion' is missing"),
        ({"template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"nam": "x"}}},
         "spec.template.metadata: unknown field 'nam', did you mean 'name'?"),
        ({"one": {"a": "x", "b": "y"}}, "spec.one: a and b exclude each other"),
        ({"one": {"c": 1}}, "spec.one: unknown field 'c', known are a, b"),
    ],
)  # fmt: skip
def test_refuses_what_the_server_refuses_or_drops(validator: Validator, spec: dict[str, Any], said: str) -> None:
    assert validator.check(a_widget(**spec))[0].message == f"Widget/w: {said}"


def test_metadata_is_that_of_kubernetes(validator: Validator) -> None:
    widget = a_widget()
    widget["metadata"]["lables"] = {}
    assert [fault.path for fault in validator.check(widget)] == [("metadata", "lables")]


def test_every_served_version_has_its_own_schema() -> None:
    older = {"type": "object", "properties": {"size": {"type": "string"}}}
    found = dict(
        definitions_of(a_definition(a_version("v1"), a_version("v1beta1", older), a_version("v0", served=False)))
    )
    assert list(found) == [Kind("example.net", "v1", "Widget"), Kind("example.net", "v1beta1", "Widget")]
    validator = Validator("1.36", found)
    assert validator.check(a_widget("v1beta1", size="big")) == ()
    unserved = Kind("example.net", "v0", "Widget")
    assert (validator.should_know(unserved), validator.should_know(Kind("other.net", "v0", "Widget"))) == (True, False)


def test_definition_stands_before_a_schema_of_ours() -> None:
    kind = Kind("cert-manager.io", "v1", "Certificate")
    body = a_definition(a_version("v1", {"type": "object", "properties": {"ours": {"type": "string"}}}))
    body["spec"] |= {"group": kind.group, "names": {"kind": kind.name}}
    widget = a_widget() | {"apiVersion": kind.api_version, "kind": kind.name, "spec": {"ours": "x"}}
    assert Validator("1.36").check(widget) != ()
    assert Validator("1.36", dict(definitions_of(body))).check(widget) == ()


def test_old_and_broken_definitions_are_told() -> None:
    with pytest.raises(SchemaError) as old:
        dict(definitions_of(a_definition(api="apiextensions.k8s.io/v1beta1")))
    assert str(old.value) == (
        "CustomResourceDefinition/widgets is of apiextensions.k8s.io/v1beta1, apiextensions.k8s.io/v1 is expected:"
        " take the definition of a newer release"
    )
    broken = a_definition()
    del broken["spec"]["names"]
    with pytest.raises(SchemaError, match=r"^CustomResourceDefinition/widgets cannot be used: it lacks 'names'$"):
        dict(definitions_of(broken))


def test_rules_in_cel_are_known_of() -> None:
    with_cel = SPEC | {"x-kubernetes-validations": [{"rule": "self.size < 9"}]}
    assert has_cel(a_definition(a_version("v1", with_cel)))
    assert not has_cel(a_definition())
