# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""What is filled in: references, variables, secrets, needs, start-up windows, names."""

import re
from pathlib import Path
from typing import Any

import pytest

from generator.catalogue.service import Container, SecretRef
from generator.finding import format_finding
from tests.support.workspace import Repository

SITE = "values/site.yaml"
PROVIDERS = "providers: {postgres: pg, valkey: valkey, bucket: store}\nmonitoring:"
HEAD = "summary: P\ncategory: streaming\n"
RESOURCES = "resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}"
PG = (
    HEAD + f"postgres: {{instances: 1, image: ghcr.io/a/pg:18.1, storage: {{size: 5Gi, backup: tier1}}, {RESOURCES}}}\n"
)
VALKEY = HEAD + f"image: docker.io/a/valkey:8.0.0\nports: {{redis: 6379}}\nprobes: tcp:redis\n{RESOURCES}\n"
STORE = HEAD + f"image: docker.io/a/store:8.0.0\nports: {{s3: 3900}}\nprobes: tcp:s3\n{RESOURCES}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.minimal(tmp_path)


def container(repository: Repository, name: str = "a", component: str = "main") -> Container:
    assert repository.findings() == ""
    found = repository.fleet().services[name].components[component].container
    assert found is not None
    return found


REFERENCES = {
    "${port:self}": "80",
    "${port:self:dns}": "53",
    "${host:self}": "a.media.svc.cluster.local",
    "${address:self}": "a.media.svc.cluster.local:80",
    "${url:self}": "http://a.media.svc.cluster.local:80",
    "${port:plex}": "32400",
    "${host:plex}": "plex.media.svc.cluster.local",
    "${address:plex:http}": "plex.media.svc.cluster.local:32400",
    "${url:plex}": "http://plex.media.svc.cluster.local:32400",
    "${url:prometheus}": "http://prometheus-server.prometheus.svc.cluster.local:80",
    "${host:prometheus}": "prometheus-server.prometheus.svc.cluster.local",
    "${host:traefik}": "traefik.media.svc.cluster.local",
    "${url:plex:worker}": "http://plex-worker.media.svc.cluster.local:3030",
    "${fqdn:a}": "a.home.example.net",
    "${fqdn:b.c.home.example.net}": "b.c.home.example.net",
    "${site:zone}": "home.example.net",
    "${site:environment}": "prod",
    "${site:networks.lan.subnet}": "10.0.20.0/24",
    "${site:networks.lan.vlan}": "20",
    "${site:kubernetes.version}": "1.36",
    "$${site:zone}": "${site:zone}",
    "$$${site:zone}": "$${site:zone}",
    "a ${site:zone} b ${port:self} c": "a home.example.net b 80 c",
    "$(A0) $$(B)": "$(A0) $$(B)",
    "no reference, $ and {}": "no reference, $ and {}",
}


def test_references_are_filled_in_once(repository: Repository) -> None:
    repository.change(
        "values/apps/media/prometheus.yaml",
        "ports: {http: 9090}",
        "ports: {http: {port: 9090, service: 'prometheus-server:80'}}",
    )
    repository.change(
        "values/apps/media/plex.yaml",
        "probes: /identity",
        "probes: /identity\ncomponents: {worker: {inherit: [resources], image: docker.io/a/b:1.0.0, ports: {worker: 3030}, probes: tcp:worker}}",
    )
    env = "".join(f"  A{index}: '{text}'\n" for index, text in enumerate(REFERENCES))
    repository.workload(
        "a",
        f"ports: {{http: 80, dns: 53/UDP}}\nexpose: {{a: lan, b.c.home.example.net: lan}}\n"
        f"talks_to: [plex, 'plex:worker', prometheus, 'traefik:web']\nenv:\n{env}args: ['${{port:self}}']\ncommand: ['${{site:zone}}']\n"
        "files: {/f: '${site:zone}'}\n"
        "objects: {Thing/x: {apiVersion: a/v1, '${site:zone}': ['${port:self}', 5]}}\n",
    )
    found = container(repository)
    assert {text: found.env[f"A{index}"] for index, text in enumerate(REFERENCES)} == REFERENCES
    assert (found.args, found.command, found.files["/f"].text) == (("80",), ("home.example.net",), "${site:zone}")
    assert repository.fleet().services["a"].objects == {
        "Thing/x": {"apiVersion": "a/v1", "home.example.net": ["80", 5]}
    }


def test_what_was_filled_in_is_not_read_again(repository: Repository) -> None:
    repository.change(SITE, "failure_domain: nas", "failure_domain: '${site:zone}'")
    repository.workload("a", "env: {A: '${site:backup.destinations.nas.failure_domain}'}\n")
    assert container(repository).env["A"] == "${site:zone}"


def test_values_of_a_chart_are_filled_in(repository: Repository) -> None:
    repository.change(
        "values/apps/media/prometheus.yaml",
        "version: 1.2.3",
        "version: 1.2.3\n  values: {a: ['${site:zone}'], '${site:environment}': '$${x}'}",
    )
    chart = repository.fleet().services["prometheus"].chart
    assert chart is not None
    assert chart.values == {"a": ["home.example.net"], "prod": "${x}"}


def test_variables_are_texts_in_an_order_that_kubernetes_can_fill(repository: Repository) -> None:
    repository.workload(
        "a",
        "env: {C: '$(B)', B: '$(A) $(KEY)', A: 5, D: true, E: false, F: {valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}}\nsecrets: [KEY]\n",
    )
    found = container(repository)
    assert list(found.env) == ["TZ", "A", "D", "E", "F", "B", "C"]
    assert found.env == {
        "TZ": "Europe/Berlin", "A": "5", "D": "true", "E": "false", "B": "$(A) $(KEY)", "C": "$(B)",
        "F": {"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
    }  # fmt: skip


def test_variables_keep_the_order_of_the_file_where_none_uses_another(repository: Repository) -> None:
    repository.workload("a", "env: {B: x, A: $$(C), C: z}\n")
    assert list(container(repository).env) == ["TZ", "B", "A", "C"]


def test_secrets_are_of_the_service_of_another_or_shared(repository: Repository) -> None:
    repository.workload(
        "a",
        "secrets: {OWN: KEY, OTHER: plex/TOKEN, SHARED: cloudflare/API, MINE: a/KEY}\nfiles: {/f: {secret: FILE}}\ntalks_to: [plex]\n",
    )
    found = container(repository)
    assert {name: (ref.owner, ref.key, ref.object_key) for name, ref in found.secrets.items()} == {
        "OWN": ("media/a", "KEY", "KEY"),
        "OTHER": ("media/plex", "TOKEN", "plex.TOKEN"),
        "SHARED": ("cloudflare", "API", "cloudflare.API"),
        "MINE": ("media/a", "KEY", "a.KEY"),
    }
    secret = found.files["/f"].secret
    assert secret is not None
    assert secret.owner == "media/a"


def keys_of(ref: SecretRef) -> tuple[str, str, str, str | None]:
    return ref.owner, ref.key, ref.object_key, ref.template


def test_needs_become_variables_and_secrets(repository: Repository) -> None:
    repository.change(SITE, "monitoring:", PROVIDERS)
    repository.write("values/apps/media/pg.yaml", PG)
    repository.write(
        "values/apps/media/valkey.yaml", VALKEY + "provides: {valkey: {port: redis, password: VALKEY_PASSWORD}}\n"
    )
    repository.write("values/apps/media/store.yaml", STORE + "provides: {bucket: {port: s3, region: garage}}\n")
    repository.workload(
        "my-app",
        "needs:\n"
        "  postgres: {env: {H: host, P: port, DB: dbname, U: username, PW: password, URI: uri}, extensions: [vector]}\n"
        "  valkey: {env: {VH: host, VP: port, VN: dbname, VU: username, VPW: password, VURI: uri}, database: 3}\n"
        "  bucket: {env: {BH: host, BP: port, BB: bucket, BE: endpoint, BR: region, BA: access_key_id, BS: secret_access_key}}\n",
    )
    found = container(repository, "my-app")
    store, cache, base = (
        "store.media.svc.cluster.local",
        "valkey.media.svc.cluster.local",
        "pg-rw.media.svc.cluster.local",
    )
    assert found.env == {
        "TZ": "Europe/Berlin", "H": base, "P": "5432", "DB": "my_app", "U": "my_app", "VH": cache, "VP": "6379", "VN": "3", "VU": "default",
        "BH": store, "BP": "3900", "BB": "my-app", "BE": f"http://{store}:3900", "BR": "garage",
    }  # fmt: skip
    assert {name: keys_of(ref) for name, ref in found.secrets.items()} == {
        "PW": ("media/my-app", "POSTGRES_PASSWORD", "POSTGRES_PASSWORD", None),
        "URI": (
            "media/my-app",
            "POSTGRES_PASSWORD",
            "POSTGRES_URI",
            f"postgresql://my_app:{{value}}@{base}:5432/my_app",
        ),
        "VPW": ("media/valkey", "VALKEY_PASSWORD", "valkey.VALKEY_PASSWORD", None),
        "VURI": ("media/valkey", "VALKEY_PASSWORD", "VALKEY_URI", f"redis://:{{value}}@{cache}:6379/3"),
        "BA": ("media/my-app", "BUCKET_ACCESS_KEY_ID", "BUCKET_ACCESS_KEY_ID", None),
        "BS": ("media/my-app", "BUCKET_SECRET_ACCESS_KEY", "BUCKET_SECRET_ACCESS_KEY", None),
    }
    fleet = repository.fleet()
    assert [(item.cluster, item.name, item.service, item.secret_key, item.extensions) for item in fleet.databases] == [
        ("pg", "my_app", "my-app", "POSTGRES_PASSWORD", ("vector",))
    ]
    assert [(item.provider, item.name, item.service) for item in fleet.buckets] == [("store", "my-app", "my-app")]


def test_open_valkey_gives_its_address_in_plain(repository: Repository) -> None:
    repository.write("values/apps/media/valkey.yaml", VALKEY + "provides: {valkey: {port: redis}}\n")
    repository.workload("a", "needs: {valkey: {from: valkey, env: {URL: uri}}}\n")
    assert container(repository).env["URL"] == "redis://valkey.media.svc.cluster.local:6379/0"


def test_chart_gets_the_secrets_of_its_needs(repository: Repository) -> None:
    repository.write("values/apps/media/pg.yaml", PG)
    repository.change(
        "values/apps/media/prometheus.yaml",
        "ports: {http: 9090}",
        "ports: {http: 9090}\nneeds: {postgres: {from: pg, env: {password: password}}}",
    )
    assert repository.findings() == ""
    main = repository.fleet().services["prometheus"].main
    assert main is not None
    assert {name: keys_of(ref) for name, ref in main.secrets.items()} == {
        "password": ("media/prometheus", "POSTGRES_PASSWORD", "POSTGRES_PASSWORD", None)
    }


CHAIN = {0: 60, 1: 120, 2: 180, 3: 240, 4: 300, 5: 360, 6: 360, 7: 360}


def test_start_up_window_widens_by_step_up_to_half_an_hour(repository: Repository) -> None:
    for step in CHAIN:
        after = f"depends_on: [s{step - 1}]\n" if step else ""
        repository.workload(f"s{step}", f"ports: {{http: 80}}\n{after}")
        repository.change(f"values/apps/media/s{step}.yaml", "probes: {none: it has no port}", "probes: /ping")
    assert repository.findings() == ""
    fleet = repository.fleet()
    assert {step: fleet.steps[f"s{step}"] for step in CHAIN} == {step: step for step in CHAIN}
    found: dict[int, Any] = {}
    for step in CHAIN:
        main = fleet.services[f"s{step}"].components["main"].container
        assert main is not None
        found[step] = main.probes["startup"]["failureThreshold"]
        assert main.probes["liveness"]["failureThreshold"] == 5
    assert found == CHAIN


def test_start_up_window_that_is_stated_stands(repository: Repository) -> None:
    repository.workload("a", "ports: {http: 80}\ndepends_on: [plex]\n")
    repository.change(
        "values/apps/media/a.yaml",
        "probes: {none: it has no port}",
        "probes: {startup: {httpGet: {}, failureThreshold: 7}, liveness: /}",
    )
    probes = container(repository).probes
    assert probes["startup"] == {
        "httpGet": {"port": "http", "path": "/"}, "failureThreshold": 7, "timeoutSeconds": 5, "periodSeconds": 5,
    }  # fmt: skip
    assert probes["liveness"] == {
        "httpGet": {"port": "http", "path": "/"}, "failureThreshold": 5, "timeoutSeconds": 5, "periodSeconds": 30,
    }  # fmt: skip


def test_order_follows_depends_on_and_needs(repository: Repository) -> None:
    repository.write("values/apps/media/pg.yaml", PG)
    repository.workload("z", "needs: {postgres: {from: pg}}\n")
    repository.workload("a", "depends_on: [z, plex]\n")
    assert repository.findings() == ""
    fleet = repository.fleet()
    assert fleet.order == ("pg", "plex", "prometheus", "traefik", "z", "a")
    assert dict(fleet.steps) == {"pg": 0, "plex": 0, "prometheus": 0, "traefik": 0, "z": 1, "a": 2}


def test_cycle_does_not_keep_the_order_from_being_one(repository: Repository) -> None:
    repository.workload("a", "depends_on: [b]\n")
    repository.workload("b", "depends_on: [a]\n")
    repository.workload("c", "depends_on: [b]\n")
    assert sorted(repository.fleet().order) == ["a", "b", "c", "plex", "prometheus", "traefik"]


def test_share_is_a_pair_named_by_what_it_points_to(repository: Repository) -> None:
    repository.workload("a", "storage: {m: {nfs: media, mountPath: /m, readOnly: true}}\n")
    (pair,) = repository.fleet().nfs
    assert re.fullmatch("a-m-[0-9a-f]{6}", pair.claim)
    assert (pair.name, pair.server, pair.path, pair.size, pair.namespace, pair.read_only) == (
        f"media-{pair.claim}", "10.0.10.5", "/mnt/media", "20Ti", "media", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("path: /mnt/media", "path: /mnt/other", False),
        ("addresses: {nas: 10.0.10.5}", "addresses: {nas: 10.0.10.6}", False),
        ("size: 20Ti, ", "size: 20Ti, mountOptions: [nfsvers=4.1], ", False),
        ("size: 20Ti", "size: 30Ti", True),
        ("server: nas", "server: 10.0.10.5", True),
    ],
)
def test_identity_of_a_share_changes_only_with_what_cannot_change(
    repository: Repository, old: str, new: str, same: bool
) -> None:
    repository.workload("a", "storage: {m: {nfs: media, mountPath: /m}}\n")
    before = repository.fleet().nfs[0].name
    repository.change(SITE, old, new)
    assert (repository.fleet().nfs[0].name == before) == same


def test_namespaces_declare_a_level_and_who_owns_them(repository: Repository) -> None:
    repository.change(
        "values/apps/media/domain.yaml",
        "owner: alex",
        "owner: alex\npod_security: {level: baseline, reason: why, until: 2027-05-31}",
    )
    repository.workload(
        "a",
        "namespace: {name: own, pod_security: {level: privileged, reason: because, until: 2027-05-31}}\n"
        "exceptions: {x: {allow: {hostPID: true}, reason: because, until: 2027-05-31}}\n",
    )
    repository.workload("b", "namespace: plain\n")
    repository.change(
        "values/apps/media/prometheus.yaml", "ports: {http: 9090}", "ports: {http: 9090}\nnamespace: kube-system"
    )
    assert repository.findings() == ""
    found = repository.fleet().namespaces
    assert {
        name: (item.domain, item.service, item.level, item.reason, item.upstream, item.builtin)
        for name, item in found.items()
    } == {
        "kube-system": ("media", "prometheus", "restricted", None, True, True),
        "media": ("media", None, "baseline", "why", False, False),
        "own": ("media", "a", "privileged", "because", False, False),
        "plain": ("media", "b", "restricted", None, False, False),
    }
    assert repository.fleet().namespace_of == {
        "a": "own",
        "b": "plain",
        "plex": "media",
        "prometheus": "kube-system",
        "traefik": "media",
    }


LEVELS = {
    "runAsUser: 0": "baseline", "allowPrivilegeEscalation: true": "baseline", "runAsNonRoot: false": "baseline", "hostNetwork: true": "privileged",
    "hostPID: true": "privileged", "hostIPC: true": "privileged", "privileged: true": "privileged", "procMount: Unmasked": "privileged",
    "capabilities: {add: [CHOWN]}": "baseline", "capabilities: {add: [SYS_ADMIN]}": "privileged", "capabilities: {add: [NET_BIND_SERVICE]}": None,
    "readOnlyRootFilesystem: false": None, "seccompProfile: {type: Unconfined}": "privileged", "seccompProfile: {type: RuntimeDefault}": None,
    "appArmorProfile: {type: Unconfined}": "privileged", "seLinuxOptions: {level: 's0'}": None, "seLinuxOptions: {type: spc_t}": "privileged",
    "seLinuxOptions: {type: container_t}": None, "seLinuxOptions: {user: root}": "privileged",
    "sysctls: [{name: net.ipv4.tcp_syncookies, value: '1'}]": None, "sysctls: [{name: kernel.msgmax, value: '1'}]": "privileged",
    "podSecurity: baseline": "baseline",
}  # fmt: skip


@pytest.mark.parametrize("allow", LEVELS)
def test_exception_asks_for_a_level_of_pod_security(repository: Repository, allow: str) -> None:
    repository.workload("a", f"exceptions: {{x: {{allow: {{{allow}}}, reason: because, until: 2027-05-31}}}}\n")
    level = LEVELS[allow]
    found = [finding.message for finding in repository.all_findings() if finding.rule == "fleet/pod-security-level"]
    assert found == ([f"'a' needs level '{level}', namespace 'media' declares 'restricted'"] if level else [])


def test_image_without_a_digest_is_a_warning_unless_the_site_asks_for_one(repository: Repository) -> None:
    digest = "sha256:" + "0" * 64
    repository.change("values/apps/media/traefik.yaml", "3.7.1", f"3.7.1@{digest}")
    found = repository.all_findings()
    assert [(str(item.severity), item.rule, item.message, item.fix) for item in found] == [
        (
            "warning",
            "fleet/image-digest",
            "image 'docker.io/plexinc/pms:1.43.3' has no digest",
            "append `@sha256:<digest>`",
        )
    ]
    repository.change(SITE, "registries:", "require_digests: true\nregistries:")
    assert [str(finding.severity) for finding in repository.all_findings()] == ["error"]


def test_time_limit_of_a_host_is_a_warning_where_an_ingress_cannot_say_it(repository: Repository) -> None:
    plex = "values/apps/media/plex.yaml"
    repository.change(plex, "expose: {plex: lan}", "expose: {plex: {gateway: lan, timeouts: {request: 30s}}}")
    assert [item.rule for item in repository.all_findings()] == ["fleet/image-digest"] * 2
    repository.change(SITE, "routing: gateway-api", "routing: ingress")
    found = [item for item in repository.all_findings() if item.rule == "fleet/cannot-say"]
    assert [format_finding(item, repository.root) for item in found] == [
        "values/apps/media/plex.yaml:9:31: warning: host 'plex' of 'plex' limits the time, "
        "an Ingress has no word for that [fleet/cannot-say]\n"
        "    expose: {plex: {gateway: lan, timeouts: {request: 30s}}}\n"
        "                                  ^\n"
        "  fix: limit it in the service"
    ]


IMAGES = {
    "registry.k8s.io/ingress-nginx/controller:v1.15.1": "ingress-nginx",
    "docker.io/bitnamilegacy/redis:7.2.5": "Bitnami's free images",
    "ghcr.io/fallenbagel/jellyseerr:2.7.3": "Overseerr",
    "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z": "MinIO",
    "docker.io/minio/mc:RELEASE.2025-08-13T08-35-41Z": None,
    "docker.io/library/traefik:3.7.1": None,
}


@pytest.mark.parametrize("image", IMAGES)
def test_image_that_its_makers_left_is_a_warning(repository: Repository, image: str) -> None:
    repository.change(SITE, "registries: [", "registries: [registry.k8s.io, quay.io, ")
    repository.change("values/apps/media/plex.yaml", "docker.io/plexinc/pms:1.43.3", image)
    found = [item for item in repository.all_findings() if item.rule == "fleet/gone-upstream"]
    product = IMAGES[image]
    assert [(str(item.severity), item.message.startswith(f"'plex' runs {product}, ")) for item in found] == (
        [("warning", True)] if product else []
    )


def test_chart_that_its_makers_left_is_a_warning_with_its_successor(repository: Repository) -> None:
    repository.change("values/apps/media/prometheus.yaml", "name: prometheus", "name: ingress-nginx")
    found = [item for item in repository.all_findings() if item.rule == "fleet/gone-upstream"]
    assert [format_finding(item, repository.root) for item in found] == [
        "values/apps/media/prometheus.yaml:4:9: warning: 'prometheus' runs ingress-nginx, retired in March 2026, its "
        "README says not to deploy it anew (README and announcement of kubernetes/ingress-nginx, 2025-11-11) "
        "[fleet/gone-upstream]\n"
        "      name: ingress-nginx\n"
        "            ^\n"
        "  fix: move to a Gateway (Traefik, Cilium, Envoy Gateway) with `routing: gateway-api`"
    ]


def test_cluster_of_postgres_by_an_image_that_is_gone_is_a_warning(repository: Repository) -> None:
    repository.write("values/apps/media/pg.yaml", PG.replace("ghcr.io/a/pg:18.1", "docker.io/bitnami/postgresql:17.6"))
    found = [item for item in repository.all_findings() if item.rule == "fleet/gone-upstream"]
    assert [item.message.partition(",")[0] for item in found] == ["'pg' runs Bitnami's free images"]


def test_load_balancer_that_hides_its_callers_is_a_warning(repository: Repository) -> None:
    plex = "values/apps/media/plex.yaml"
    assert "fleet/hidden-callers" not in {item.rule for item in repository.all_findings()}
    repository.change(plex, "from: [lan]}", "from: [lan], externalTrafficPolicy: Cluster}")
    found = [item for item in repository.all_findings() if item.rule == "fleet/hidden-callers"]
    assert [format_finding(item) for item in found] == [
        f"{plex}:10:84: warning: load_balancer of 'plex' hides who calls behind a node's address, "
        "so 'from' cannot be kept [fleet/hidden-callers]\n"
        "  fix: leave externalTrafficPolicy out: it is Local then"
    ]
