"""Every pod is restricted by default, and an exception changes what it says and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from tests.chart.catalogue import manifests, one, render_all, with_edits
from tests.chart.restricted import breaches, pod_of

KINDS = {"Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"}


def test_every_pod_without_an_exception_is_restricted() -> None:
    seen = set()
    for manifest in manifests():
        pod = pod_of(manifest)
        if pod is not None and manifest["metadata"]["name"] != "vector":
            seen.add(manifest["kind"])
            assert list(breaches(pod)) == [], manifest["metadata"]["name"]
    assert seen == KINDS - {"DaemonSet"}


def test_every_pod_is_hardened_beyond_the_standard() -> None:
    for manifest in manifests():
        pod = pod_of(manifest)
        if pod is None:
            continue
        may_ask = manifest["metadata"]["name"] in ("vector", "photos-worker")
        assert pod["automountServiceAccountToken"] is may_ask
        assert pod["enableServiceLinks"] is False
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert "/tmp" in [mount["mountPath"] for mount in container["volumeMounts"]]


def test_accounts_hold_no_token() -> None:
    accounts = [item for item in manifests() if item["kind"] == "ServiceAccount"]
    assert len(accounts) == 9
    assert {item["automountServiceAccountToken"] for item in accounts} == {False}


def test_the_exceptions_of_vector_are_exactly_those_it_states() -> None:
    pod = pod_of(one("DaemonSet", "vector"))
    assert pod is not None
    assert sorted(breaches(pod)) == ["vector: runAsNonRoot", "vector: runAsUser", "volume logs", "volume state"]
    assert one("ClusterRoleBinding", "chartroom-vector")["subjects"][0]["namespace"] == "vector"


GRANTS: list[tuple[str, list[str], dict[str, Any]]] = [
    ("hostNetwork: true", ["hostNetwork"], {"dnsPolicy": "ClusterFirstWithHostNet"}),
    ("hostPID: true", ["hostPID"], {}),
    ("hostIPC: true", ["hostIPC"], {}),
    ("privileged: true", ["mosquitto: allowPrivilegeEscalation", "mosquitto: drop", "mosquitto: privileged"], {}),
    ("allowPrivilegeEscalation: true", ["mosquitto: allowPrivilegeEscalation"], {}),
    ("runAsUser: 0, runAsNonRoot: false", ["mosquitto: runAsNonRoot", "mosquitto: runAsUser"], {}),
    ("capabilities: {add: [NET_ADMIN]}", ["mosquitto: add"], {}),
    ("hostPort: {mqtt: 1883}", ["mosquitto: hostPort"], {}),
    ("seccompProfile: {type: Unconfined}", ["mosquitto: seccompProfile"], {}),
    ("sysctls: [{name: net.ipv4.tcp_syncookies, value: '1'}]", [], {}),
]


# What the namespace has to declare for it; everything else is below baseline.
LEVELS = {"baseline": ("allowPrivilegeEscalation", "runAsUser"), "": ("sysctls",)}


@pytest.mark.parametrize(("allow", "expected", "fields"), GRANTS, ids=[allow for allow, _, _ in GRANTS])
def test_a_grant_loosens_what_it_names(tmp_path: Path, allow: str, expected: list[str], fields: dict[str, Any]) -> None:
    level = next((level for level, words in LEVELS.items() if allow.startswith(words)), "privileged")
    security = f", pod_security: {{level: {level}, reason: tried, until: 2027-05-31}}" if level else ""
    text = (
        "ports: {mqtt: 1883}\n"
        f"namespace: {{name: broker{security}}}\n"
        f"exceptions: {{tried: {{allow: {{{allow}}}, reason: tried, until: 2027-05-31}}}}\n"
    )
    fleets = with_edits(tmp_path, {"apps/home/mosquitto.yaml": ("ports: {mqtt: 1883}\n", text)})
    pods = [
        pod
        for item in render_all(fleets)
        if item["metadata"]["name"] == "mosquitto" and (pod := pod_of(item)) is not None
    ]
    assert len(pods) == 1
    assert sorted(breaches(pods[0])) == expected
    assert fields.items() <= pods[0].items()
    if "sysctls" in allow:
        assert pods[0]["securityContext"]["sysctls"] == [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]
