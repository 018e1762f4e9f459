# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""Layers of a service: site, domain, templates, file, environment; and what each may remove."""

from pathlib import Path
from typing import Any

import pytest

from generator.catalogue import Resolver, read_sources
from generator.catalogue.service import Component, Container, Service
from generator.source import plain
from tests.support.workspace import DEV, ENVIRONMENT, Repository

SITE, DOMAIN, PROD = "values/site.yaml", "values/apps/media/domain.yaml", "values/environments/prod.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.minimal(tmp_path)


def service(repository: Repository, name: str = "a", environment: str = "prod") -> Service:
    assert repository.findings() == ""
    return repository.catalogue(environment).services[name]


def component(found: Service, name: str = "main") -> tuple[Component, Container]:
    part = found.components[name]
    assert part.container is not None
    return part, part.container


def test_each_layer_lies_over_the_one_below(repository: Repository) -> None:
    repository.change(SITE, 'env: {TZ: "${site:timezone}"}', "env: {L: site, SITE: x}")
    repository.change(DOMAIN, "owner: alex", "owner: alex\ndefaults: {env: {L: domain, DOMAIN: x}}")
    repository.write("values/templates/far.yaml", "env: {L: far, FAR: x}\n")
    repository.write("values/templates/near.yaml", "template: far\nenv: {L: near, NEAR: x}\n")
    repository.workload("a", "template: near\nenv: {L: file, FILE: x}\n")
    repository.write(PROD, ENVIRONMENT + "services: {a: {env: {L: environment, ENV: x}}}\n")
    _, main = component(service(repository))
    assert main.env == {
        "L": "environment",
        "SITE": "x",
        "DOMAIN": "x",
        "FAR": "x",
        "NEAR": "x",
        "FILE": "x",
        "ENV": "x",
    }
    origins = {name: main.tree.child("env").value_place(name).path for name in main.env}
    assert origins == {
        "L": PROD,
        "SITE": SITE,
        "DOMAIN": DOMAIN,
        "FAR": "values/templates/far.yaml",
        "NEAR": "values/templates/near.yaml",
        "FILE": "values/apps/media/a.yaml",
        "ENV": PROD,
    }
    assert repository.catalogue().services["a"].templates == ("far", "near")


@pytest.mark.parametrize("layer", ["domain", "template", "file", "environment"])
def test_any_layer_may_remove_a_default(repository: Repository, layer: str) -> None:
    more = {"domain": "", "template": "template: t\n", "file": "env: {TZ: null}\n", "environment": ""}[layer]
    if layer == "domain":
        repository.change(DOMAIN, "owner: alex", "owner: alex\ndefaults: {env: {TZ: null}}")
    if layer == "template":
        repository.write("values/templates/t.yaml", "env: {TZ: null}\n")
    if layer == "environment":
        repository.write(PROD, ENVIRONMENT + "services: {a: {env: {TZ: null}}}\n")
    repository.workload("a", more)
    found = service(repository)
    _, main = component(found)
    assert main.env == {}
    assert "TZ" not in found.tree.child("env")


def test_what_an_environment_removes_does_not_come_back_from_below(repository: Repository) -> None:
    repository.workload("a", "env: {TZ: UTC}\n")
    repository.write(PROD, ENVIRONMENT + "services: {a: {env: {TZ: null}}}\n")
    assert component(service(repository))[1].env == {}


def test_null_with_nothing_to_remove_is_said_once_though_two_environments_read_it(repository: Repository) -> None:
    repository.with_dev()
    repository.workload("a", "workingDir: null\n")
    assert repository.findings() == (
        "values/apps/media/a.yaml:6:13: error: null removes 'workingDir', and no layer below has it "
        "[source/null-removes-nothing]\n"
        "    workingDir: null\n"
        "                ^\n"
        "  fix: delete the line, or give 'workingDir' a value"
    )


def test_null_in_values_of_a_chart_is_passed_on_unless_it_removes(repository: Repository) -> None:
    chart = "values/apps/media/prometheus.yaml"
    repository.change(chart, "version: 1.2.3", "version: 1.2.3\n  values: {a: 1, b: null, storage: {d: {size: 1}}}")
    repository.write(
        PROD, ENVIRONMENT + "services: {prometheus: {chart: {values: {a: null, c: null, storage: {d: {nfs: 2}}}}}}\n"
    )
    found = service(repository, "prometheus").chart
    assert found is not None
    # The keys below are the chart's own: size and nfs are no alternatives there.
    assert found.values == {"b": None, "storage": {"d": {"size": 1, "nfs": 2}}, "c": None}


def test_null_in_a_patch_is_passed_on(repository: Repository) -> None:
    repository.workload("a", "patch: {Deployment/a: {merge: {spec: {x: null}}, reason: because}}\n")
    assert service(repository).patches["Deployment/a"].merge == {"spec": {"x": None}}


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        ("storage: {d: {size: 5Gi, backup: tier1, mountPath: /d}}", "{storage: {d: {nfs: media}}}", "nfs"),
        ("storage: {d: {nfs: media, mountPath: /d}}", "{storage: {d: {size: 5Gi, backup: tier4}}}", "size"),
        ("storage: {d: {size: 5Gi, backup: tier1, mountPath: /d}}", "{storage: {d: {emptyDir: {}}}}", "emptyDir"),
        ("storage: {probes: {nfs: media, mountPath: /d}}", "{storage: {probes: {emptyDir: {}}}}", "emptyDir"),
    ],
)
def test_choosing_a_volume_removes_the_other_one(repository: Repository, below: str, above: str, expected: str) -> None:
    repository.workload("a", below + "\n")
    repository.write(PROD, ENVIRONMENT + f"services: {{a: {above}}}\n")
    part, _ = component(service(repository))
    assert [volume.form for volume in part.volumes.values()] == [expected]


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        ("probes: tcp:http", "{probes: /ping}", {"httpGet"}),
        ("probes: /ping", "{probes: tcp:http}", {"tcpSocket"}),
        ("probes: /ping", "{probes: {liveness: {exec: {command: [x]}}, startup: {grpc: {port: 80}}}}", {"httpGet", "exec", "grpc"}),
        ("probes: /ping", "{probes: {none: why}}", set()),
        ("probes: {none: why}", "{probes: {liveness: /ping}}", {"httpGet"}),
    ],
)  # fmt: skip
def test_choosing_a_probe_removes_the_other_one(
    repository: Repository, below: str, above: str, expected: set[str]
) -> None:
    repository.workload("a")
    repository.change("values/apps/media/a.yaml", "probes: {none: it has no port}", f"ports: {{http: 80}}\n{below}")
    repository.write(PROD, ENVIRONMENT + f"services: {{a: {above}}}\n")
    _, main = component(service(repository))
    handlers = {
        key for probe in main.probes.values() for key in probe if key in ("httpGet", "tcpSocket", "exec", "grpc")
    }
    assert handlers == expected
    assert main.no_probes == ("why" if not expected else None)


def test_choosing_a_file_an_alert_or_a_path_removes_the_other_one(repository: Repository) -> None:
    repository.workload(
        "a",
        "ports: {http: 80, api: 81}\nfiles: {/f: text}\nexpose: {a: {gateway: lan, path: /x}}\n"
        "alerts: {Full: {expr: up, severity: info, summary: x}}\n",
    )
    repository.write(
        PROD,
        ENVIRONMENT + "services: {a: {files: {/f: {secret: KEY}}, expose: {a: {paths: {/: http, /api: api}}}, "
        "alerts: {Full: {disabled: why}}}}\n",
    )
    found = service(repository)
    _, main = component(found)
    assert (main.files["/f"].text, main.files["/f"].secret is not None) == (None, True)
    assert found.expose["a"].paths == {"/": "http", "/api": "api"}
    assert (found.alerts["Full"].expr, found.alerts["Full"].disabled) == (None, "why")


def test_components_get_defaults_then_what_they_inherit_then_their_own(repository: Repository) -> None:
    repository.change(SITE, 'env: {TZ: "${site:timezone}"}', "env: {A: site, B: site, C: site}")
    repository.workload(
        "a",
        "env: {B: main, C: main}\nworkingDir: /main\n"
        "components:\n"
        "  worker: {inherit: [resources, probes, env], image: docker.io/a/w:1.0.0, env: {C: own, D: own}}\n"
        "  other: {inherit: [resources, probes], image: docker.io/a/w:1.0.0, env: {A: null}}\n",
    )
    found = service(repository)
    assert component(found, "worker")[1].env == {"A": "site", "B": "main", "C": "own", "D": "own"}
    assert component(found, "other")[1].env == {"B": "site", "C": "site"}
    assert component(found, "worker")[1].working_dir is None
    assert [part.workload for part in found.components.values()] == ["a", "a-worker", "a-other"]


def test_an_environment_reaches_into_a_component(repository: Repository) -> None:
    repository.workload(
        "a", "components: {worker: {inherit: [resources, probes], image: docker.io/a/w:1.0.0, args: [x]}}\n"
    )
    repository.write(PROD, ENVIRONMENT + "services: {a: {components: {worker: {replicas: 3, args: null}}}}\n")
    part, container = component(service(repository), "worker")
    assert (part.replicas, container.args) == (3, None)


def test_defaults_do_not_lie_under_charts_init_containers_or_clusters(repository: Repository) -> None:
    repository.workload(
        "a",
        "initContainers: {once: {image: docker.io/a/b:1.0.0, resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}}}\n",
    )
    found = service(repository)
    assert found.components["main"].init_containers["once"].env == {}
    assert "env" not in service(repository, "prometheus").tree


def test_template_is_filled_in_keys_and_texts(repository: Repository) -> None:
    repository.write(
        "values/templates/t.yaml",
        "env: {'${SERVICE}__URL': 'http://${service}', ESCAPED: '$${service}', OTHER: '$${x} ${service}'}\n"
        "secrets: ['${SERVICE}_KEY']\nargs: ['${service}', '${site:zone}']\n",
    )
    repository.workload("my-app", "template: t\n")
    assert repository.findings() == ""
    _, main = component(repository.fleet().services["my-app"])
    assert main.env == {
        "TZ": "Europe/Berlin",
        "MY_APP__URL": "http://my-app",
        "ESCAPED": "${service}",
        "OTHER": "${x} my-app",
    }
    assert (main.args, list(main.secrets)) == (("my-app", "home.example.net"), ["MY_APP_KEY"])


def test_what_a_template_becomes_must_have_the_shape(repository: Repository) -> None:
    repository.write("values/templates/t.yaml", "ports: {'${service}': '${service}/UDP'}\n")
    repository.workload("a-name-of-more-than-fifteen", "template: t\n")
    assert repository.findings() == (
        "values/templates/t.yaml:1:9: error: 'ports' has the key 'a-name-of-more-than-fifteen', at most 15 lower-case "
        "letters, digits and hyphens is expected [shape/key]\n"
        "    ports: {'${service}': '${service}/UDP'}\n"
        "            ^\n"
        "  fix: rename the key\n"
        "values/templates/t.yaml:1:23: error: 'ports.a-name-of-more-than-fifteen.port' is 'a-name-of-more-than-fifteen', "
        "an integer is expected [shape/value]\n"
        "    ports: {'${service}': '${service}/UDP'}\n"
        "                          ^\n"
        "  fix: write an integer"
    )


SWITCHES = {
    "nothing stated": ("", {"plex", "traefik", "prometheus"}),
    "service off": ("disabled: [apps/media/plex]", {"traefik", "prometheus"}),
    "domain off": ("disabled: [apps/media]", set()),
    "tier off, service on": ("disabled: [apps]\nenabled: [apps/media/traefik]", {"traefik"}),
    "tier on, domain off, service on": (
        "enabled: [apps, apps/media/traefik]\ndisabled: [apps/media]", {"traefik"},
    ),
    "only what is enabled": ("enabled: [apps/media/traefik]", {"traefik"}),
    "enabled less one": ("enabled: [apps]\ndisabled: [apps/media/plex]", {"traefik", "prometheus"}),
    "both on one path: off": ("enabled: [apps/media/plex]\ndisabled: [apps/media/plex]", set()),
}  # fmt: skip


@pytest.mark.parametrize("name", SWITCHES)
def test_the_longest_path_decides_what_runs(repository: Repository, name: str) -> None:
    switches, expected = SWITCHES[name]
    repository.write(PROD, ENVIRONMENT + switches + "\n")
    catalogue = repository.catalogue()
    assert catalogue.services.keys() == expected
    assert catalogue.off.keys() == {"plex", "traefik", "prometheus"} - expected


def test_retired_services_neither_run_nor_are_off(repository: Repository) -> None:
    repository.write(
        "values/apps/media/old.yaml",
        "summary: Old\ncategory: streaming\nretired: {since: 2026-02-14, successor: plex, reason: replaced}\n",
    )
    catalogue = repository.catalogue()
    assert (list(catalogue.retired), "old" in catalogue.services, "old" in catalogue.off) == (["old"], False, False)
    assert catalogue.retired["old"].retired is not None
    stated = plain(catalogue.retired["old"].tree.child("retired"))
    assert stated == {"since": "2026-02-14", "successor": "plex", "reason": "replaced"}


def test_owner_and_categories_are_those_of_each_environment(repository: Repository) -> None:
    repository.with_dev()
    repository.write("values/environments/dev.yaml", DEV + "domains: {media: {owner: sam, categories: [network]}}\n")
    repository.workload(
        "a",
        "exceptions: {x: {allow: {readOnlyRootFilesystem: false}, reason: because, until: 2027-05-31}}\n",
    )
    resolver = Resolver(read_sources(repository.root))
    owners: dict[str, Any] = {}
    for name in ("prod", "dev"):
        catalogue = resolver.resolve(name)
        assert catalogue is not None
        owners[name] = catalogue.services["a"].components["main"].grants["x"].owner
    assert owners == {"prod": "alex", "dev": "sam"}
    assert "'a' has category 'streaming', domain 'media' has no such" in repository.findings()


def test_environment_that_cannot_be_read_is_not_resolved(repository: Repository) -> None:
    resolver = Resolver(read_sources(repository.root))
    assert resolver.resolve("staging") is None


def test_site_that_cannot_be_read_hides_no_fault_of_others(repository: Repository) -> None:
    repository.workload("radarr", "talks_to: [plex, plx]\n")
    repository.write(SITE, "zone: [\n")
    assert repository.findings() == (
        "values/apps/media/radarr.yaml:6:18: error: 'radarr' talks to 'plx', which does not exist, "
        "did you mean 'plex'? [fleet/unknown-service]\n"
        "    talks_to: [plex, plx]\n"
        "                     ^\n"
        "  fix: name a service that exists\n"
        "values/site.yaml:2:1: error: not YAML: did not find expected node content [source/syntax]\n"
        "  fix: check quotes, brackets and indentation here and on the line above"
    )
