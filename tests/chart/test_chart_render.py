"""What services become: the complete output of one service per pattern, and what all of them share."""

import os

import pytest

from tests.chart.catalogue import HERE, manifests, one, rendered

# Deployment with sidecar, CronJob, StatefulSet with replicas and Job, DaemonSet with exceptions,
# load balancer and mounted secret, upstream chart, Postgres, objects and patch, gateways and backup.
GOLDEN = {
    "sonarr": ("media", "prod", "media/templates/sonarr.yaml"),
    "recyclarr": ("media", "prod", "media/templates/recyclarr.yaml"),
    "photos": ("home", "prod", "home/templates/photos.yaml"),
    "mosquitto": ("home", "prod", "home/templates/mosquitto.yaml"),
    "kiosk": ("home", "staging", "home/templates/kiosk.yaml"),
    "vector": ("observability", "prod", "observability/templates/vector.yaml"),
    "cert-manager": ("security", "prod", "security/templates/cert-manager.yaml"),
    "postgres": ("databases", "prod", "databases/templates/postgres.yaml"),
    "gateways": ("shared-config", "prod", "shared-config/templates/gateways.yaml"),
    "backup": ("shared-config", "prod", "shared-config/templates/backup.yaml"),
    "namespaces": ("media", "prod", "media/templates/namespaces.yaml"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_service_renders_as_before(name: str) -> None:
    chart, environment, source = GOLDEN[name]
    documents = [pair.document for pair in rendered(chart, environment) if pair.source == source]
    text = "---\n" + "\n---\n".join(documents) + "\n"
    golden = HERE / "golden" / f"{name}.yaml"
    if os.environ.get("CHARTROOM_WRITE_GOLDEN"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_no_claim_goes_with_its_application() -> None:
    # A claim on an NFS volume that went and came back stays Pending: its volume is Released (seen with ArgoCD).
    kept = {"argocd.argoproj.io/compare-options": "IgnoreExtraneous"}
    kept |= {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
    claims = [manifest for manifest in manifests() if manifest["kind"] == "PersistentVolumeClaim"]
    assert {"volumeName" in claim["spec"] for claim in claims} == {True, False}
    for claim in claims:
        assert kept.items() <= claim["metadata"].get("annotations", {}).items(), claim["metadata"]["name"]


def test_every_object_says_where_it_belongs() -> None:
    for manifest in manifests():
        labels = manifest["metadata"]["labels"]
        assert labels["app.kubernetes.io/managed-by"] == "chartroom"
        assert labels["app.kubernetes.io/part-of"] == labels["app.kubernetes.io/instance"]
        assert labels["app.kubernetes.io/name"]
        assert labels["chartroom/tier"] in ("core", "platform", "apps")


def test_no_document_has_trailing_blanks_or_empty_lines() -> None:
    for chart in ("media", "home", "observability", "security", "databases", "shared-config"):
        for pair in rendered(chart, "prod"):
            lines = pair.document.split("\n")
            assert [line for line in lines if line != line.rstrip() or not line] == [], pair


def test_selectors_are_the_frozen_three_labels() -> None:
    workloads = [item for item in manifests() if item["kind"] in ("Deployment", "StatefulSet", "DaemonSet")]
    assert len(workloads) == 7
    for item in workloads:
        chosen = item["spec"]["selector"]["matchLabels"]
        assert sorted(chosen) == [
            "app.kubernetes.io/component",
            "app.kubernetes.io/instance",
            "app.kubernetes.io/name",
        ]
        assert chosen.items() <= item["spec"]["template"]["metadata"]["labels"].items()


def test_labels_of_people_never_reach_a_selector() -> None:
    index = one("StatefulSet", "photos-index")
    assert index["metadata"]["labels"]["example.net/team"] == "home"
    assert "example.net/team" not in index["spec"]["selector"]["matchLabels"]


def test_no_pod_template_names_a_version_or_chart() -> None:
    for item in manifests():
        template = item.get("spec", {}).get("template")
        if isinstance(template, dict) and "metadata" in template:
            assert not [key for key in template["metadata"]["labels"] if "chart" in key and key.startswith("helm.sh")]


def test_replicas_bring_a_budget_and_spread_and_one_brings_none() -> None:
    budgets = sorted(item["metadata"]["name"] for item in manifests() if item["kind"] == "PodDisruptionBudget")
    assert budgets == ["photos-index", "photos-worker"]
    assert "topologySpreadConstraints" in one("Deployment", "photos-worker")["spec"]["template"]["spec"]
    assert "topologySpreadConstraints" not in one("Deployment", "sonarr")["spec"]["template"]["spec"]


def test_a_claim_template_says_only_what_can_never_change() -> None:
    templates = one("StatefulSet", "photos-index")["spec"]["volumeClaimTemplates"]
    assert templates == [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data"},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "10Gi"}},
                "storageClassName": "longhorn-replicated",
                "volumeMode": "Filesystem",
            },
        }
    ]


def test_a_job_is_another_job_when_its_pod_changes() -> None:
    jobs = [item["metadata"]["name"] for item in manifests() if item["kind"] == "Job"]
    assert len(jobs) == 1
    assert jobs[0].startswith("photos-migrate-")
    assert len(jobs[0]) == len("photos-migrate-") + 6


def test_braces_of_people_stay_text() -> None:
    data = one("ConfigMap", "recyclarr-files")["data"]
    assert "{{ .Values.domain }}" in data["recyclarr_config_recyclarr.yml"]
    args = one("CronJob", "recyclarr")["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert args == ["sync", "--log=<debug> & more"]


def test_variables_come_after_those_that_they_name() -> None:
    container = one("Deployment", "photos")["spec"]["template"]["spec"]["containers"][0]
    names = [entry["name"] for entry in container["env"]]
    assert names == ["DATABASE_URL", "TZ", "PUBLIC", "LABEL", "WEB"]
    assert container["env"][-2]["value"] == "it's 100% & <more>"


def test_a_database_password_has_one_source_on_both_sides() -> None:
    role = one("ExternalSecret", "postgres-role-photos")
    own = one("ExternalSecret", "photos")
    assert role["metadata"]["namespace"] == "databases"
    assert role["spec"]["data"][0]["remoteRef"]["key"] == own["spec"]["data"][0]["remoteRef"]["key"]
    assert role["spec"]["data"][0]["remoteRef"]["key"] == "/home/photos/POSTGRES_PASSWORD"
    assert role["spec"]["target"]["template"]["type"] == "kubernetes.io/basic-auth"
    assert own["spec"]["target"]["template"]["data"] == {
        "POSTGRES_URI": 'postgresql://photos:{{ index . "POSTGRES_URI" | urlquery }}'
        "@postgres-rw.databases.svc.cluster.local:5432/photos"
    }
    roles = one("Cluster", "postgres")["spec"]["managed"]["roles"]
    assert roles[0]["passwordSecret"]["name"] == role["metadata"]["name"]


def test_nothing_of_kube_system_is_cut_off() -> None:
    found = [item["kind"] for item in manifests() if item["metadata"].get("namespace") == "kube-system"]
    assert found == ["PrometheusRule"]
