"""Our own schemas of custom resources: closed, usable at every version, no wider than the real ones."""

import json
import random
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from generator.schema import Kind, SchemaError, Validator, custom
from generator.schema.custom import custom_kinds, custom_schema, is_cluster_scoped
from generator.schema.kubernetes import OBJECT_META, Schema, load_definitions
from tests.schema.examples import example

CRD_SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "crd-schemas"
EXAMPLES_PER_KIND = 60
KINDS = custom_kinds()

# Of these kinds the reference material has no schema to compare with.
WITHOUT_REFERENCE = {
    "cilium.io/v2 CiliumBGPAdvertisement",
    "cilium.io/v2 CiliumBGPClusterConfig",
    "cilium.io/v2 CiliumBGPPeerConfig",
    "external-secrets.io/v1 SecretStore",
    "external-secrets.io/v1alpha1 PushSecret",
    "gateway.networking.k8s.io/v1beta1 ReferenceGrant",
    "generators.external-secrets.io/v1alpha1 Password",
    "metallb.io/v1beta1 BGPAdvertisement",
    "metallb.io/v1beta2 BGPPeer",
    "velero.io/v1 VolumeSnapshotLocation",
}
# Where we ask for more than the API server, and why.
STRICTER = {
    ("*", "spec"): "an object without a spec does nothing",
    ("ExternalSecret", "spec.data.sourceRef.storeRef"): "the only source that we allow there",
    ("Gateway", "spec.addresses.type"): "its default is easily taken for another",
    ("Gateway", "spec.addresses.value"): "an address without a value is assigned by chance",
    ("Probe", "spec.prober"): "the operator skips a Probe without one, with a log line only",
    ("Probe", "spec.targets"): "the operator skips a Probe without one, with a log line only",
    ("Database", "spec.cluster.name"): "a reference to nothing",
    ("ScheduledBackup", "spec.method"): "its default goes away with CloudNativePG 1.31",
}


def schema_of(kind: Kind, version: str = "1.36") -> Schema:
    schema = custom_schema(kind, load_definitions(version))
    assert schema is not None
    return schema


def test_kinds_are_those_of_the_issue() -> None:
    assert len(KINDS) == 44
    assert len({kind.group for kind in KINDS}) == 14


@pytest.mark.parametrize("version", ["1.34", "1.35", "1.36", "1.37"])
def test_every_schema_compiles_at_every_version(version: str) -> None:
    for kind in KINDS:
        schema = schema_of(kind, version)
        jsonschema_rs.Draft202012Validator(schema)
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_examples_keep_to_the_schema_and_nothing_else_does(kind: Kind, validator: Validator) -> None:
    schema = schema_of(kind)
    for seed in range(20):
        made = example(schema, random.Random(seed))
        assert validator.check(made) == ()
    made["chartroom"] = 1
    (fault,) = validator.check(made)
    assert fault.path == ("chartroom",)


def test_schema_files_stand_where_their_kind_says() -> None:
    files = sorted(str(file.relative_to(custom.FOLDER)) for file in custom.FOLDER.glob("*/*"))
    assert files == sorted(f"{kind.group}/{kind.name.lower()}_{kind.version}.yaml" for kind in KINDS)


def test_scope_is_known() -> None:
    assert is_cluster_scoped(Kind("cert-manager.io", "v1", "ClusterIssuer"))
    assert not is_cluster_scoped(Kind("cert-manager.io", "v1", "Issuer"))
    assert not is_cluster_scoped(Kind("example.net", "v1", "Thing"))


def test_kind_is_not_mistaken_for_one_written_otherwise() -> None:
    definitions = load_definitions("1.36")
    assert custom_schema(Kind("cert-manager.io", "v1", "certificate"), definitions) is None
    assert custom_schema(Kind("example.net", "v1", "Thing"), definitions) is None


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    (
        {
            "apiVersion": "cilium.io/v2",
            "kind": "CiliumNetworkPolicy",
            "spec": {"endpointSelector": {}, "egress": [{"toFQDNs": [{}]}]},
        },
        "CiliumNetworkPolicy/it: spec.egress[0].toFQDNs[0]: one of matchName, matchPattern is missing",
        "add one of them",
    ),
    (
        {
            "apiVersion": "cilium.io/v2",
            "kind": "CiliumNetworkPolicy",
            "spec": {"endpointSelector": {}, "nodeSelector": {}, "ingress": []},
        },
        "CiliumNetworkPolicy/it: spec: endpointSelector and nodeSelector exclude each other",
        "keep one of them",
    ),
    (
        {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "spec": {"endpointSelector": {}}},
        "CiliumNetworkPolicy/it: spec: one of ingress, ingressDeny, egress, egressDeny is missing",
        "add one of them",
    ),
    (
        {
            "apiVersion": "cilium.io/v2",
            "kind": "CiliumNetworkPolicy",
            "spec": {"endpointSelector": {}, "egress": [{"toEntities": ["words"]}]},
        },
        "CiliumNetworkPolicy/it: spec.egress[0].toEntities[0]: 'words' is none of all, world, cluster, host, init, "
        "ingress, unmanaged, remote-node, health, none, kube-apiserver, did you mean 'world'?",
        "write world",
    ),
    (
        {"apiVersion": "cilium.io/v2", "kind": "CiliumLoadBalancerIPPool", "spec": {"allowFirstLastIPs": "Maybe"}},
        "CiliumLoadBalancerIPPool/it: spec.allowFirstLastIPs: 'Maybe' is none of Yes, No",
        "write one of these",
    ),
    (
        {
            "apiVersion": "velero.io/v1",
            "kind": "Schedule",
            "spec": {"schedule": "@daily", "template": {"ttl": "14d"}},
        },
        "Schedule/it: spec.template.ttl: '14d' is not a duration such as 90s, 15m or 2h30m",
        "write a duration such as 90s, 15m or 2h30m",
    ),
    (
        {"apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool", "spec": {"adresses": ["10.0.0.0/24"]}},
        "IPAddressPool/it: spec: unknown field 'adresses', did you mean 'addresses'?",
        "rename it to 'addresses'",
    ),
    (
        {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "Gateway",
            "spec": {"gatewayClassName": "", "listeners": [{"name": "a", "port": 70000, "protocol": "HTTP"}]},
        },
        "Gateway/it: spec.gatewayClassName: '' is empty",
        "give it a value, or remove the key",
    ),
    (
        {
            "apiVersion": "generators.external-secrets.io/v1alpha1",
            "kind": "Password",
            "spec": {"length": 3, "noUpper": False, "allowRepeat": True, "encoding": "hexx"},
        },
        "Password/it: spec.encoding: 'hexx' is none of base64, base64url, base32, hex, raw, did you mean 'hex'?",
        "write hex",
    ),
    (
        {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "spec": {"target": {"template": {"engineVersion": "v1"}}},
        },
        "ExternalSecret/it: spec.target.template.engineVersion: 'v1' is not v2",
        "write v2",
    ),
]


@pytest.mark.parametrize(("object_", "message", "fix"), FAULTS)
def test_fault_is_worded_whole(validator: Validator, object_: dict[str, Any], message: str, fix: str) -> None:
    fault = validator.check(object_ | {"metadata": {"name": "it"}})[0]
    assert (fault.message, fault.fix) == (message, fix)


def test_damaged_file_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom, "FOLDER", tmp_path)
    file = tmp_path / "example.net" / "thing_v1.yaml"
    file.parent.mkdir()
    thing, definitions = Kind("example.net", "v1", "Thing"), load_definitions("1.36")
    file.write_text("kind: Thing\n")
    with pytest.raises(SchemaError) as refused:
        custom_schema(thing, definitions)
    assert str(refused.value) == f"{file} is no schema of a custom resource: install chartroom again"
    custom._sheet.cache_clear()
    file.write_text("kind: [")
    with pytest.raises(SchemaError, match=r"thing_v1\.yaml cannot be read: install chartroom again"):
        custom_schema(thing, definitions)
    custom._sheet.cache_clear()
    file.write_text(
        "apiVersion: example.net/v1\nkind: Thing\nscope: cluster\nfields: {size: $size}\ntypes: {size: integer}\n"
    )
    assert custom_kinds() == (thing,)
    assert custom_schema(thing, definitions) is not None
    custom._sheet.cache_clear()


def reference_of(kind: Kind) -> Path:
    return CRD_SCHEMAS / kind.group / f"{kind.name.lower()}_{kind.version}.json"


@pytest.mark.shared
def test_every_kind_has_a_reference_or_is_listed() -> None:
    assert {str(kind) for kind in KINDS if not reference_of(kind).is_file()} == WITHOUT_REFERENCE


@pytest.mark.shared
@pytest.mark.parametrize("kind", [kind for kind in KINDS if str(kind) not in WITHOUT_REFERENCE], ids=str)
def test_what_ours_accepts_theirs_accepts(kind: Kind) -> None:
    schema = schema_of(kind)
    theirs = jsonschema_rs.validator_for(json.loads(reference_of(kind).read_text()))
    for seed in range(EXAMPLES_PER_KIND):
        made = example(schema, random.Random(seed))
        assert [(error.instance_path, error.message) for error in theirs.iter_errors(made)] == []


@pytest.mark.shared
def test_required_fields_agree_but_for_those_listed() -> None:
    lacking: list[tuple[str, str]] = []
    stricter: set[tuple[str, str]] = set()
    for kind in KINDS:
        if reference_of(kind).is_file():
            schema = schema_of(kind)
            theirs = json.loads(reference_of(kind).read_text())
            for path, ours_asks, theirs_asks in demands(schema, theirs, schema["$defs"], ""):
                lacking += [(kind.name, f"{path}{name}") for name in sorted(theirs_asks - ours_asks)]
                stricter |= {(kind.name, f"{path}{name}") for name in ours_asks - theirs_asks}
    assert lacking == []
    identity = {"apiVersion", "kind", "metadata"}
    listed = {entry if entry[1] != "spec" else ("*", "spec") for entry in stricter if entry[1] not in identity}
    assert listed == set(STRICTER)


def demands(ours: Schema, theirs: Schema, own: dict[str, Schema], path: str) -> list[tuple[str, set[str], set[str]]]:
    """Return what ours and theirs require of each object that ours describes, and check that theirs knows it."""
    name = ours.get("$ref", "").removeprefix("#/$defs/")
    if name.startswith("io.k8s.") or name == OBJECT_META:
        return []
    if name:
        return demands(own[name], theirs, own, path)
    if "items" in ours:
        return demands(ours["items"], theirs["items"], own, path)
    found = []
    if "properties" in ours:
        found.append((path, set(ours.get("required", ())), set(theirs.get("required", ()))))
        for field, inner in ours["properties"].items():
            if path or field not in {"apiVersion", "kind", "metadata"}:
                assert field in theirs["properties"], f"{path}{field} is unknown to the reference"
                found += demands(inner, theirs["properties"][field], own, f"{path}{field}.")
    return found
