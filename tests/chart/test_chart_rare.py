"""Fields that the catalogue does not use, as the objects that people get."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.finding import Severity, format_finding
from generator.pipeline.generate import Charts
from generator.pipeline.workspace import open_workspace
from generator.testing.minimal import minimal_files

Manifest = dict[str, Any]
Render = Callable[..., dict[tuple[str, str], Manifest]]
EMPTY: Mapping[str, str] = {}
APP = """\
summary: A service
category: tools
image: ghcr.io/example/app:1.0.0
probes: tcp:http
ports: {http: 8080}
resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}
"""


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Render the small site with one more service, `app`; whatever is wrong with it is printed."""

    def of(
        more: str, site: tuple[tuple[str, str], ...] = (), more_files: Mapping[str, str] = EMPTY
    ) -> dict[tuple[str, str], Manifest]:
        files = {**minimal_files(), "values/apps/trial/app.yaml": APP + more, **more_files}
        for old, new in site:
            assert old in files["values/site.yaml"]
            files["values/site.yaml"] = files["values/site.yaml"].replace(old, new)
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        workspace = open_workspace(tmp_path)
        errors = [item for item in workspace.findings if item.severity is Severity.ERROR]
        assert not errors, "\n".join(format_finding(item, tmp_path) for item in errors)
        rendered = Charts(workspace).render(("prod",))["prod"]
        objects = [yaml.safe_load(pair.document) for pairs in rendered.values() for pair in pairs]
        return {(item["kind"], item["metadata"]["name"]): item for item in objects}

    return of


def test_components_share_a_claim(render: Render) -> None:
    objects = render("""\
storage: {data: {size: 1Gi, accessModes: [ReadWriteMany], mountPath: /data, backup: tier1}}
components:
  nightly:
    inherit: [image, resources]
    kind: CronJob
    schedule: "0 3 * * *"
    storage: {data: {existingClaim: app-data, mountPath: /data, subPath: inner, readOnly: true}}
""")
    pod = objects["CronJob", "app-nightly"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    shared = {"name": "data", "persistentVolumeClaim": {"claimName": "app-data"}}
    assert pod["volumes"] == [shared, {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}]
    assert pod["containers"][0]["volumeMounts"][0] == {
        "name": "data",
        "mountPath": "/data",
        "subPath": "inner",
        "readOnly": True,
    }


def test_queries_of_an_objective_get_each_window(render: Render) -> None:
    objects = render("""\
slo:
  latency:
    objective: 99
    errorQuery: 'sum(rate(slow{route="{{.x}}"}[{{.window}}]))'
    totalQuery: 'sum(rate(all[{{ .window }}]))'
""")
    alerts = {
        rule["alert"]: rule["expr"]
        for group in objects["PrometheusRule", "app"]["spec"]["groups"]
        for rule in group["rules"]
        if "slo" in rule["labels"]
    }
    assert alerts["ErrorBudgetBurningFast"] == (
        '(((sum(rate(slow{route="{{.x}}"}[1h]))) / (sum(rate(all[1h])))) > 0.144'
        ' and ((sum(rate(slow{route="{{.x}}"}[5m]))) / (sum(rate(all[5m])))) > 0.144)'
        ' or (((sum(rate(slow{route="{{.x}}"}[6h]))) / (sum(rate(all[6h])))) > 0.06'
        ' and ((sum(rate(slow{route="{{.x}}"}[30m]))) / (sum(rate(all[30m])))) > 0.06)'
    )


def test_ingress_of_nginx_limits_bodies_and_speaks_tls_to_the_pod(render: Render) -> None:
    objects = render(
        "expose: {app: {gateway: lan, scheme: https, body_size: 20Mi}}\n",
        site=(("routing: gateway-api", "routing: ingress"), ("gatewayClassName: traefik,", "gatewayClassName: nginx,")),
    )
    assert objects["Ingress", "app"]["metadata"]["annotations"] == {
        "cert-manager.io/cluster-issuer": "letsencrypt",
        "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS",
        "nginx.ingress.kubernetes.io/proxy-body-size": "20971520",
    }
    assert "annotations" not in objects["Service", "app"]["metadata"]


def test_volsync_copies_the_claim_of_each_replica(render: Render) -> None:
    objects = render(
        "kind: StatefulSet\nreplicas: 2\nstorage: {data: {size: 1Gi, mountPath: /data, backup: tier1}}\n",
        site=(("backup: velero", "backup: volsync"),),
        more_files={
            "values/apps/trial/volsync.yaml": "summary: Copies\ncategory: system\n"
            'chart: {name: volsync, repository: "https://charts.example.net", version: 1.0.0, pods: {}}\n'
        },
    )
    sources = {name: item["spec"]["sourcePVC"] for (kind, name), item in objects.items() if kind == "ReplicationSource"}
    assert sources == {"data-app-0": "data-app-0", "data-app-1": "data-app-1"}
    rules = [rule for group in objects["PrometheusRule", "app"]["spec"]["groups"] for rule in group["rules"]]
    stale = next(rule["expr"] for rule in rules if rule["alert"] == "BackupStale")
    assert 'obj_name=~"data-app-0|data-app-1"' in stale


def test_issuer_proves_a_name_by_dynamic_updates(render: Render) -> None:
    short = "{cloudflare: {token: cloudflare/API_TOKEN}}"
    fields = 'nameserver: "10.0.20.2:53", tsigKeyName: fleet, tsigAlgorithm: HMACSHA512, tsigSecret: shared/TSIG'
    objects = render("", site=((short, f"{{rfc2136: {{{fields}}}}}"),))
    assert objects["ClusterIssuer", "letsencrypt"]["spec"]["acme"]["solvers"] == [
        {
            "dns01": {
                "rfc2136": {
                    "nameserver": "10.0.20.2:53",
                    "tsigKeyName": "fleet",
                    "tsigAlgorithm": "HMACSHA512",
                    "tsigSecretSecretRef": {"name": "issuer-letsencrypt", "key": "TSIG"},
                }
            }
        }
    ]
    (data,) = objects["ExternalSecret", "issuer-letsencrypt"]["spec"]["data"]
    assert (data["secretKey"], data["remoteRef"]["key"], data["remoteRef"]["property"]) == ("TSIG", "shared", "TSIG")


def test_share_is_read_only_where_no_container_writes(tmp_path: Path) -> None:
    sides = "initContainers: {side: {image: docker.io/a/b:1, command: [/copy], volumeMounts: {media: /m}, "
    sides += "resources: {requests: {cpu: 1m, memory: 8Mi}, limits: {memory: 8Mi}}}}\n"
    reading = "storage: {media: {nfs: media, mountPath: /media, readOnly: true}}\n"
    named = {}
    for name, more in {
        "reads": reading,
        "writes": reading.replace(", readOnly: true", ""),
        "both": reading + sides,
    }.items():
        files = {**minimal_files(), "values/apps/trial/app.yaml": APP + more}
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        (pair,) = open_workspace(tmp_path).fleets["prod"].nfs
        named[name] = (pair.name, pair.read_only)
    # Read-only is part of a volume's source, which may never change: so another name.
    assert named["writes"] == named["both"] == ("trial-app-media-52cc22", False)
    assert named["reads"] == ("trial-app-media-f085d9", True)


def test_components_with_databases_of_their_own_get_a_uri_each(render: Render) -> None:
    objects = render("""\
needs: {valkey: {database: 5, env: {A: uri}}}
components:
  same: {inherit: [image, resources, needs], probes: {none: no port}}
  other:
    inherit: [image, resources]
    probes: {none: no port}
    needs: {valkey: {database: 6, env: {A: uri}}}
""")

    def key_of(workload: str) -> str:
        container = objects["Deployment", workload]["spec"]["template"]["spec"]["containers"][0]
        return next(str(item["valueFrom"]["secretKeyRef"]["key"]) for item in container["env"] if item["name"] == "A")

    texts = objects["ExternalSecret", "app"]["spec"]["target"]["template"]["data"]
    assert {name: texts[key_of(name)].rpartition("/")[2] for name in ("app", "app-same", "app-other")} == {
        "app": "5",
        "app-same": "5",
        "app-other": "6",
    }
