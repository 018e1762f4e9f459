"""Every fault of an object, in words that say what to write."""

from copy import deepcopy
from typing import Any

import pytest

from generator.schema import Fault, Kind, Validator, read_manifests

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: sonarr
  namespace: media
spec:
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: sonarr
  template:
    metadata:
      labels:
        app.kubernetes.io/name: sonarr
    spec:
      containers:
      - name: main
        image: ghcr.io/home-operations/sonarr:4.0.19.3001
        ports:
        - name: http
          containerPort: 8989
        livenessProbe:
          httpGet:
            path: /ping
            port: http
        resources:
          requests:
            cpu: 50m
            memory: 384Mi
"""


def deployment(*edits: tuple[str, Any]) -> dict[str, Any]:
    """Return the Deployment with values put in at paths such as `spec.template.spec.containers.0.image`."""
    object_: dict[str, Any] = deepcopy(read_manifests(DEPLOYMENT).manifests[0].object)
    for path, value in edits:
        *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
        at: Any = object_
        for step in way:
            at = at[step]
        if value is ...:
            del at[last]
        else:
            at[last] = value
    return object_


def test_good_object_has_no_fault(validator: Validator) -> None:
    assert validator.check(deployment()) == ()


POD = "spec.template.spec"
MAIN = f"{POD}.containers.0"
FAULTS: list[tuple[tuple[str, Any], str, str]] = [
    (("spec.replicas", "2"), "spec.replicas: '2' is text, an integer is expected", "write 2 without quotes"),
    (("spec.replicas", "two"), "spec.replicas: 'two' is text, an integer is expected", "write an integer"),
    (("spec.replicas", True), "spec.replicas: true is a boolean, an integer is expected", "write an integer"),
    (("spec.replicas", 1.5), "spec.replicas: 1.5 is a number, an integer is expected", "write an integer"),
    (
        ("spec.replicas", 2**31),
        "spec.replicas: 2147483648 is too large, at most 2147483647 is expected",
        "write 2147483647 at most",
    ),
    (
        ("spec.replicas", -(2**31) - 1),
        "spec.replicas: -2147483649 is too small, at least -2147483648 is expected",
        "write -2147483648 at least",
    ),
    (("spec.paused", "true"), "spec.paused: 'true' is text, true or false is expected", "write true without quotes"),
    (
        (f"{MAIN}.env", {"TZ": "UTC"}),
        'spec.template.spec.containers[0].env: {"TZ": "UTC"} is a mapping, a list is expected',
        "write a list",
    ),
    (
        (f"{MAIN}.image", 3),
        "spec.template.spec.containers[0].image: 3 is a number, a text is expected",
        "write 3 in quotes",
    ),
    (
        ("metadata.labels", {"a.b/c": 1}),
        'metadata.labels["a.b/c"]: 1 is a number, a text is expected',
        "write 1 in quotes",
    ),
    (
        (f"{MAIN}.name", None),
        "spec.template.spec.containers[0].name: the value is missing, a text is expected",
        "give it a value, or remove the key",
    ),
    (
        (f"{MAIN}.livenessProbe.httpGet.port", ["http"]),
        'spec.template.spec.containers[0].livenessProbe.httpGet.port: ["http"] is a list, '
        "a text or an integer is expected",
        "write a text or an integer",
    ),
    (
        (f"{MAIN}.resources.requests.memory", "384 MB"),
        "spec.template.spec.containers[0].resources.requests.memory: "
        "'384 MB' is not a quantity such as 250m, 512Mi or 2Gi",
        "write a quantity such as 250m, 512Mi or 2Gi",
    ),
    (
        (f"{MAIN}.resources.requests.memory", ["1Gi"]),
        'spec.template.spec.containers[0].resources.requests.memory: ["1Gi"] is a list, '
        "a quantity such as 250m, 512Mi or 2Gi is expected",
        "write a quantity such as 250m, 512Mi or 2Gi",
    ),
    (("spec.selector", ...), "spec: 'selector' is missing", "add spec.selector"),
    (
        (f"{POD}.hostNetwrk", True),
        "spec.template.spec: unknown field 'hostNetwrk', did you mean 'hostNetwork'?",
        "rename it to 'hostNetwork'",
    ),
    (
        ("spec.media", 1),
        "spec: unknown field 'media', known are minReadySeconds, paused, progressDeadlineSeconds, replicas, "
        "revisionHistoryLimit, selector, strategy, template",
        "remove it, or use one of these",
    ),
    (
        (f"{POD}.media", 1),
        "spec.template.spec: unknown field 'media'",
        "remove it, or move it to where it belongs",
    ),
    (("metadata", []), "metadata: [] is a list, a mapping is expected", "write a mapping"),
    (("spec", "x" * 99), f"spec: '{'x' * 59}… is text, a mapping is expected", "write a mapping"),
]


@pytest.mark.parametrize(("edit", "said", "fix"), FAULTS)
def test_fault_is_worded_whole(validator: Validator, edit: tuple[str, Any], said: str, fix: str) -> None:
    called = "Deployment without a name" if edit[0] == "metadata" else "Deployment/sonarr"
    (fault,) = validator.check(deployment(edit))
    assert (fault.rule, fault.message, fault.fix) == ("schema/object", f"{called}: {said}", fix)


def test_every_fault_is_reported_the_best_first(validator: Validator) -> None:
    broken = deployment(
        ("spec.replicas", "2"),
        (f"{POD}.contaners", [{"name": "main"}]),
        (f"{POD}.containers", ...),
        ("spec.selector", ...),
        ("metadata.labels", {"a": 1}),
    )
    assert [(fault.path, fault.message) for fault in validator.check(broken)] == [
        (
            ("spec", "template", "spec", "contaners"),
            "Deployment/sonarr: spec.template.spec: unknown field 'contaners', did you mean 'containers'?",
        ),
        (("spec", "replicas"), "Deployment/sonarr: spec.replicas: '2' is text, an integer is expected"),
        (("spec", "selector"), "Deployment/sonarr: spec: 'selector' is missing"),
        (("metadata", "labels", "a"), "Deployment/sonarr: metadata.labels.a: 1 is a number, a text is expected"),
    ]


def check(validator: Validator, api_version: str, name: str, **fields: Any) -> tuple[Fault, ...]:
    return validator.check({"apiVersion": api_version, "kind": name, "metadata": {"name": "it"}} | fields)


def test_secret_data_must_be_base64(validator: Validator) -> None:
    assert check(validator, "v1", "Secret", data={"a": "aGk=", "b": "aG\nk=\n", "c": ""}) == ()
    (fault,) = check(validator, "v1", "Secret", data={"a": "not base64"})
    assert fault.message == "Secret/it: data.a: 'not base64' is not a text in base64"
    assert fault.fix == "write a text in base64"


@pytest.mark.parametrize(
    "quantity", ["1", "0", "+1", "0.5", ".5", "1.", "100m", "1k", "1Ki", "12e6", "1E3", "1e-3", "1E", 1, 0.5]
)
def test_quantity_is_taken(validator: Validator, quantity: str | float) -> None:
    assert validator.check(deployment((f"{MAIN}.resources", {"limits": {"memory": quantity}}))) == ()


@pytest.mark.parametrize("quantity", ["", "1 Gi", "1GB", "Gi", "1K", "1KI", "1ki", "e3", "--1", "1.2.3", "1Mi "])
def test_quantity_is_refused(validator: Validator, quantity: str) -> None:
    (fault,) = validator.check(deployment((f"{MAIN}.resources.limits", {"memory": quantity})))
    assert fault.keyword == "pattern"


UNKNOWN = [
    (
        "policy/v1beta1",
        "PodDisruptionBudget",
        ", it is in policy/v1",
        "write apiVersion: policy/v1",
    ),
    ("apps/v1", "Deploymnt", ", did you mean 'Deployment'?", "write kind: Deployment"),
    (
        "networking.istio.io/v1",
        "NetworkPolicy",
        ", it is in networking.k8s.io/v1",
        "write apiVersion: networking.k8s.io/v1",
    ),
    (
        "gateway.networking.k8s.io/v1alpha2",
        "ReferenceGrant",
        ", it is in gateway.networking.k8s.io/v1, gateway.networking.k8s.io/v1beta1",
        "write apiVersion: gateway.networking.k8s.io/v1beta1",
    ),
    (
        "example.net/v1",
        "Thing",
        "",
        "check apiVersion and kind, or hand its CustomResourceDefinition over with --crds",
    ),
]


@pytest.mark.parametrize(("api_version", "name", "hint", "fix"), UNKNOWN)
def test_unknown_kind_is_an_error_with_a_fix(
    validator: Validator, api_version: str, name: str, hint: str, fix: str
) -> None:
    assert check(validator, api_version, name) == (
        Fault(
            "schema/unknown-kind",
            ("kind",),
            f"{name}/it: {api_version} {name} is unknown to Kubernetes 1.36 and to our schemas{hint}",
            fix,
        ),
    )
    assert not validator.knows(api_version, name)


def test_schema_of_a_foreign_kind_can_be_handed_in() -> None:
    schema = {"type": "object", "properties": {"size": {"type": "integer"}}, "minProperties": 9}
    validator = Validator("1.36", {Kind("example.net", "v1", "Thing"): schema})
    assert validator.knows("example.net/v1", "Thing")
    assert [fault.message for fault in check(validator, "example.net/v1", "Thing", size="3")] == [
        'Thing/it: {"apiVersion": "example.net/v1", "kind": "Thing", "metadata"… is refused by \'minProperties\'',
        "Thing/it: size: '3' is text, an integer is expected",
    ]
    assert validator.fingerprint != Validator("1.36").fingerprint


@pytest.mark.parametrize(
    ("object_", "message", "fix"),
    [
        ({}, "an object of the keys none does not say its apiVersion and kind", "add apiVersion and kind"),
        (
            {"kind": "Pod", "spec": {}},
            "an object of the keys kind, spec does not say its apiVersion",
            "add apiVersion",
        ),
        ({"apiVersion": "v1", "kind": 3}, "an object of the keys apiVersion, kind does not say its kind", "add kind"),
    ],
)
def test_object_that_does_not_say_what_it_is(
    validator: Validator, object_: dict[str, Any], message: str, fix: str
) -> None:
    assert validator.check(object_) == (Fault("schema/identity", (), message, fix),)


def test_object_without_a_name_is_reported_beside_its_other_faults(validator: Validator) -> None:
    named = Fault(
        "schema/identity",
        ("metadata",),
        "ConfigMap without a name: metadata.name is missing",
        "add metadata.name",
    )
    assert validator.check({"apiVersion": "v1", "kind": "ConfigMap"}) == (named,)
    assert validator.check({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}}) == ()
    first, second = validator.check({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "data": []})
    assert (first, second.message) == (named, "ConfigMap without a name: data: [] is a list, a mapping is expected")
    (wrong,) = validator.check({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": 3}})
    assert wrong.message == "ConfigMap without a name: metadata.name: 3 is a number, a text is expected"
