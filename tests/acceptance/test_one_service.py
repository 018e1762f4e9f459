"""A service of 20 lines changes what the foundation promises, and nothing else; removing it restores every byte."""

import re
from pathlib import Path

import pytest

from tests.acceptance.repository import changes, chartroom, files_of, put

FILE = "values/apps/media/linkwarden.yaml"
# 20 lines that use a bit of everything: database, bucket, volume, share, route, metrics, another service.
SERVICE = """\
summary: Bookmarks with a copy of each page
category: management
image: ghcr.io/linkwarden/linkwarden:v2.9.0
ports: {http: 3000, metrics: 9000}
probes: {liveness: tcp:http, readiness: /}
resources: {requests: {cpu: 50m, memory: 256Mi}, limits: {memory: 1Gi}}
needs:
  postgres: {env: {DATABASE_URL: uri}}
  bucket: {env: {S3_BUCKET: bucket, S3_KEY: access_key_id, S3_SECRET: secret_access_key}}
env:
  NEXTAUTH_URL: https://${fqdn:links}
  SONARR_URL: ${url:sonarr}
secrets: [NEXTAUTH_SECRET]
storage:
  data: {size: 5Gi, mountPath: /data, backup: tier2}
  media: {nfs: media, mountPath: /media, readOnly: true}
metrics: {port: metrics}
load_balancer: {ip: 10.0.10.150, ports: [http], from: [lan]}
expose: {links: lan}
talks_to: [sonarr]
"""
STAGING = "  linkwarden: {load_balancer: null}\n"
OBJECTS = """\
~ Cluster/databases/postgres
+ Database/databases/postgres-linkwarden
+ Deployment/media/linkwarden
+ ExternalSecret/databases/postgres-role-linkwarden
+ ExternalSecret/media/linkwarden
+ HTTPRoute/media/links
~ NetworkPolicy/databases/postgres
+ NetworkPolicy/media/linkwarden
~ NetworkPolicy/media/sonarr
~ NetworkPolicy/monitoring/kube-prometheus-stack
~ NetworkPolicy/storage/garage
~ NetworkPolicy/traefik/traefik
+ PersistentVolumeClaim/media/linkwarden-data
+ PersistentVolumeClaim/media/linkwarden-media
+ PrometheusRule/media/linkwarden
+ Service/media/linkwarden
+ Service/media/linkwarden-lb
+ ServiceAccount/media/linkwarden
+ ServiceMonitor/media/linkwarden
""".splitlines()
PAGES = """\
~ docs/reference/README.md
~ docs/reference/backup.md
~ docs/reference/buckets.md
~ docs/reference/claims.tsv
~ docs/reference/databases.md
~ docs/reference/images.md
~ docs/reference/network.md
~ docs/reference/ports.md
~ docs/reference/secrets.md
~ docs/reference/services.md
~ docs/reference/services/garage.md
~ docs/reference/services/kube-prometheus-stack.md
+ docs/reference/services/linkwarden.md
~ docs/reference/services/postgres.md
~ docs/reference/services/sonarr.md
~ docs/reference/services/traefik.md
~ docs/reference/startup.md
""".splitlines()
_NAME = re.compile(r"^metadata:\n(?:  .*\n)*?  name: (\S+)", re.MULTILINE)


def objects(root: Path, environment: str) -> dict[str, bytes]:
    """Every rendered object by kind, namespace and name, the digits of a share left out."""
    found: dict[str, bytes] = {}
    for text in chartroom(root, "render", "--env", environment).out.split("---\n")[1:]:
        kind = re.search(r"^kind: (\S+)", text, re.MULTILINE)
        name = _NAME.search(text)
        namespace = re.search(r"^  namespace: (\S+)", text, re.MULTILINE)
        assert kind is not None
        assert name is not None
        plain = re.sub(r"-[0-9a-f]{6}$", "", name[1])
        found[f"{kind[1]}/{namespace[1] if namespace else '-'}/{plain}"] = text.encode()
    return found


@pytest.mark.slow
def test_adding_a_service_changes_what_it_touches_and_removing_it_restores_every_byte(fleet: Path) -> None:
    assert len(SERVICE.splitlines()) == 20
    environments = ("prod", "staging", "dev")
    files = files_of(fleet, ".chartroom/ledger", "charts", "kubernetes", "docs", ".schemas")
    rendered = {environment: objects(fleet, environment) for environment in environments}
    staging = (fleet / "values/environments/staging.yaml").read_text()

    put(fleet, FILE, SERVICE)
    put(fleet, "values/environments/staging.yaml", staging + STAGING)
    assert chartroom(fleet, "charts", "--quiet").code == 0

    new = files_of(fleet, ".chartroom/ledger", "charts", "kubernetes", "docs", ".schemas")
    changed = {environment: changes(rendered[environment], objects(fleet, environment)) for environment in environments}
    assert changed["prod"] == OBJECTS
    assert changed["staging"] == [line for line in OBJECTS if line != "+ Service/media/linkwarden-lb"]
    assert changed["dev"] == []
    written = changes(files, new)
    assert [line for line in written if line[2:].startswith("docs/")] == PAGES
    assert [line for line in written if line[2:].startswith("kubernetes/")] == [
        f"~ kubernetes/{environment}/{path}.yaml"
        for environment in ("prod", "staging")
        for path in ("apps/media", "namespaces/media")
    ]
    charts = {line[2:].split("/")[1] for line in written if line[2:].startswith("charts/")}
    assert charts == {"databases", "media", "networking", "observability", "storage"}
    own = [line for line in written if line[2:].startswith("charts/media/") and "/values" not in line]
    assert own == ["~ charts/media/README.md", "+ charts/media/templates/linkwarden.yaml"]

    (fleet / FILE).unlink()
    put(fleet, "values/environments/staging.yaml", staging)
    assert chartroom(fleet, "charts", "--quiet").code == 0

    assert changes(files, files_of(fleet, ".chartroom/ledger", "charts", "kubernetes", "docs", ".schemas")) == []


NAMED = """
prowlarr sonarr radarr nzbhydra2 sabnzbd qbittorrent recyclarr plex jellyfin kavita tautulli
organizr seerr overseerr home-assistant mosquitto node-red zigbee2mqtt esphome ollama open-webui
langfuse mlflow jupyterhub paperless-ngx gotenberg tika harbor portainer backstage vector
openobserve netdata blackbox-exporter prometheus-operator-crds kube-prometheus-stack argo-cd cilium
gateway-api-crds metallb cert-manager external-secrets longhorn snapshot-controller traefik
traefik-internet velero volsync garage reloader cloudnative-pg plugin-barman-cloud postgres valkey
clickhouse
"""


def test_every_named_service_is_listed(written: Path) -> None:
    """Point 8 of the foundation, word by word."""
    names = NAMED.split()

    listed = {line.split()[0]: line.split()[2] for line in chartroom(written, "list", "--env", "prod").out.splitlines()}

    assert [name for name in names if name not in listed] == []
    assert {name: listed[name] for name in ("organizr", "portainer", "overseerr", "sonarr")} == {
        "organizr": "off",
        "portainer": "off",
        "overseerr": "retired",
        "sonarr": "on",
    }
