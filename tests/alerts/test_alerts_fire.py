"""Every default alert against real Prometheus: series on which it fires, series on which it does not."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.catalogue import LIBRARY, ROOT, manifests, one

PROMTOOL = ROOT / ".tools" / "bin" / "promtool"
RUNBOOK = ROOT / "docs" / "operations" / "runbooks" / "alerts.md"
NAMES = {
    "BackupStale",
    "CertificateExpiring",
    "JobFailed",
    "MemoryNearLimit",
    "PodRestarting",
    "QuotaNearlyUsed",
    "ReplicaFailure",
    "TargetDown",
    "VolumeFilling",
}
Series = dict[str, str]
POD = 'namespace="home",pod="photos-5d8f6c7b9d-x2x4k",container="photos"'
SIDECAR = 'namespace="home",pod="photos-5d8f6c7b9d-x2x4k",container="proxy"'
CLAIM = 'namespace="media",persistentvolumeclaim="sonarr-config"'
CRON = 'namespace="media",cronjob="recyclarr"'
FAILURE = 'namespace="home",deployment="mosquitto",condition="ReplicaFailure",status="true"'
INDEX = 'namespace="home",statefulset="photos-index"'
QUOTA = 'namespace="media",resource="requests.memory"'
UP = 'up{namespace="media",job="sonarr"}'
FULL = f"kubelet_volume_stats_capacity_bytes{{{CLAIM}}}"
FREE = f"kubelet_volume_stats_available_bytes{{{CLAIM}}}"
USED = f"container_memory_working_set_bytes{{{POD}}}"
LIMIT = f'kube_pod_container_resource_limits{{{POD},resource="memory"}}'
STARTED, DONE = (
    f"kube_cronjob_status_last_schedule_time{{{CRON}}}",
    f"kube_cronjob_status_last_successful_time{{{CRON}}}",
)
CERTIFICATE = 'certmanager_certificate_expiration_timestamp_seconds{name="gateway-lan"}'
VELERO = 'velero_backup_last_successful_timestamp{schedule="tier2"}'
BARMAN = 'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="databases",pod="postgres-1"}'
# Alert, the PrometheusRule that carries it, does it fire, when (series have a value a minute), series.
CASES: list[tuple[str, str, bool, str, Series]] = [
    ("TargetDown", "sonarr", True, "20m", {UP: "0x20"}),
    ("TargetDown", "sonarr", True, "20m", {}),
    ("TargetDown", "sonarr", False, "14m", {UP: "0x20"}),
    ("TargetDown", "sonarr", False, "20m", {UP: "1x20"}),
    ("TargetDown", "mosquitto", True, "20m", {'probe_success{job="mosquitto"}': "0x20"}),
    ("TargetDown", "mosquitto", False, "20m", {'probe_success{job="mosquitto"}': "1x20"}),
    ("PodRestarting", "photos", True, "40m", {f"kube_pod_container_status_restarts_total{{{POD}}}": "0+1x40"}),
    ("PodRestarting", "photos", True, "40m", {f"kube_pod_init_container_status_restarts_total{{{SIDECAR}}}": "0+1x40"}),
    ("PodRestarting", "photos", False, "40m", {f"kube_pod_container_status_restarts_total{{{POD}}}": "0x20 1x20"}),
    ("MemoryNearLimit", "photos", True, "20m", {USED: "95x20", LIMIT: "100x20"}),
    ("MemoryNearLimit", "photos", False, "20m", {USED: "85x20", LIMIT: "100x20"}),
    ("VolumeFilling", "sonarr", True, "8h", {FREE: "1000-1x480", FULL: "5000x480"}),
    ("VolumeFilling", "sonarr", True, "8h", {FREE: "50x480", FULL: "5000x480"}),
    ("VolumeFilling", "sonarr", False, "8h", {FREE: "4000-0.01x480", FULL: "5000x480"}),
    ("BackupStale", "sonarr", True, "9h", {VELERO: "0x540"}),
    ("BackupStale", "sonarr", True, "2h", {}),
    ("BackupStale", "sonarr", False, "9h", {VELERO: "0+60x540"}),
    ("BackupStale", "postgres", True, "6h", {BARMAN: "0x360"}),
    ("BackupStale", "postgres", False, "6h", {BARMAN: "0+60x360"}),
    ("CertificateExpiring", "traefik", True, "2h", {CERTIFICATE: "1728000x120"}),
    ("CertificateExpiring", "traefik", False, "2h", {CERTIFICATE: "3456000x120"}),
    ("JobFailed", "recyclarr", True, "2h", {STARTED: "600x120", DONE: "0x120"}),
    ("JobFailed", "recyclarr", True, "2h", {STARTED: "600x120"}),
    ("JobFailed", "recyclarr", False, "2h", {STARTED: "600x120", DONE: "900x120"}),
    (
        "JobFailed",
        "photos",
        True,
        "5m",
        {'kube_job_status_failed{namespace="home",job_name="photos-migrate-0a1b2c"}': "1x5"},
    ),
    (
        "JobFailed",
        "photos",
        False,
        "5m",
        {'kube_job_status_failed{namespace="home",job_name="photos-migrate-0a1b2c"}': "0x5"},
    ),
    ("ReplicaFailure", "mosquitto", True, "15m", {f"kube_deployment_status_condition{{{FAILURE}}}": "1x15"}),
    ("ReplicaFailure", "mosquitto", False, "15m", {f"kube_deployment_status_condition{{{FAILURE}}}": "0x15"}),
    (
        "ReplicaFailure",
        "photos",
        True,
        "15m",
        {f"kube_statefulset_status_replicas{{{INDEX}}}": "1x15", f"kube_statefulset_replicas{{{INDEX}}}": "2x15"},
    ),
    (
        "QuotaNearlyUsed",
        "namespace",
        True,
        "20m",
        {f'kube_resourcequota{{{QUOTA},type="used"}}': "95x20", f'kube_resourcequota{{{QUOTA},type="hard"}}': "100x20"},
    ),
    (
        "QuotaNearlyUsed",
        "namespace",
        False,
        "20m",
        {f'kube_resourcequota{{{QUOTA},type="used"}}': "85x20", f'kube_resourcequota{{{QUOTA},type="hard"}}': "100x20"},
    ),
    ("ErrorBudgetBurningFast", "sonarr", True, "2h", {UP: "0x120"}),
    ("ErrorBudgetBurningFast", "sonarr", False, "2h", {UP: "1x120"}),
    ("ErrorBudgetBurningSlow", "sonarr", True, "5h", {UP: "0x300"}),
    ("ErrorBudgetBurningSlow", "sonarr", False, "5h", {UP: "1x300"}),
    ("QueueStuck", "sonarr", True, "2h", {"sonarr_queue_total": "101x120"}),
    ("QueueStuck", "sonarr", False, "2h", {"sonarr_queue_total": "99x120"}),
]


def rule(name: str) -> dict[str, Any]:
    if name != "namespace":
        return one("PrometheusRule", name)
    return next(
        item
        for item in manifests()
        if item["metadata"].get("namespace") == "media"
        and item["metadata"]["name"] == name
        and item["kind"] == "PrometheusRule"
    )


@pytest.mark.slow
@pytest.mark.skipif(not PROMTOOL.exists(), reason="promtool is not built")
def test_every_alert_fires_when_it_should_and_only_then(tmp_path: Path) -> None:
    """One run of promtool over all cases: each loads only the rules of its own service."""
    for number, (alert, name, fires, at, series) in enumerate(CASES):
        rules = tmp_path / f"rules-{number}.yaml"
        rules.write_text(yaml.safe_dump(rule(name)["spec"]))
        expected = [{"labels": "{}", "value": 1}] if fires else []
        count = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'
        test = {
            "interval": "1m",
            "name": f"{number}: {alert} of {name}",
            "input_series": [{"series": key, "values": values} for key, values in series.items()],
            "promql_expr_test": [{"expr": count, "eval_time": at, "exp_samples": expected}],
        }
        suite = {"rule_files": [rules.name], "evaluation_interval": "1m", "tests": [test]}
        (tmp_path / f"case-{number}.yaml").write_text(yaml.safe_dump(suite))
    cases = sorted(path.name for path in tmp_path.glob("case-*.yaml"))
    found = subprocess.run(
        [PROMTOOL, "test", "rules", *cases], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_default_alert_has_a_case_that_fires_and_one_that_does_not() -> None:
    told = {(alert, fires) for alert, _, fires, _, _ in CASES}
    assert {(name, fires) for name in NAMES for fires in (True, False)} <= told
    defined = re.findall(r'define "common\.alert\.(\w+)"', (LIBRARY / "templates" / "_alert.tpl").read_text())
    assert set(defined) - {"severity"} == {name.lower() for name in NAMES}


def test_every_alert_links_a_section_of_the_runbook() -> None:
    sections = {line.removeprefix("## ").lower() for line in RUNBOOK.read_text().splitlines() if line.startswith("## ")}
    linked = set()
    for item in manifests():
        if item["kind"] != "PrometheusRule":
            continue
        for found in item["spec"]["groups"][0]["rules"]:
            page, _, section = found["annotations"]["runbook"].partition("#")
            assert page == "docs/operations/runbooks/alerts.md"
            linked.add(section)
    assert linked - {""} == sections
    assert {name.lower() for name in NAMES} | {"errorbudgetburning"} == sections


def test_alerts_say_whose_they_are_and_how_bad() -> None:
    for item in manifests():
        if item["kind"] == "PrometheusRule":
            for found in item["spec"]["groups"][0]["rules"]:
                labels = found["labels"]
                assert labels["severity"] in ("critical", "warning")
                assert labels["owner"] == "alex"
                assert labels["domain"]
                assert labels.get("service") or labels.get("namespace")
                assert found["annotations"]["summary"]


def test_a_disabled_alert_is_not_there() -> None:
    names = [found["alert"] for found in one("PrometheusRule", "sonarr")["spec"]["groups"][0]["rules"]]
    assert names == [
        "BackupStale",
        "MemoryNearLimit",
        "ReplicaFailure",
        "TargetDown",
        "VolumeFilling",
        "QueueStuck",
        "ErrorBudgetBurningFast",
        "ErrorBudgetBurningSlow",
    ]
