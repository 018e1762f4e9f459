# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""Every edge of the fleet: who, to whom, which ports, and why."""

from pathlib import Path

import pytest

from generator.fleet import Fleet
from generator.fleet.model import ApiServer, Endpoint, Internet, Nodes, Pods, ProbeTarget, Range
from tests.support.workspace import Repository

PROD, SITE = "values/environments/prod.yaml", "values/site.yaml"
VALKEY = (
    "summary: Cache\ncategory: streaming\nimage: docker.io/a/valkey:8.0.0\nports: {redis: 6379}\nprobes: tcp:redis\n"
    "resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}\nprovides: {valkey: {port: redis}}\n"
)
POSTGRES = (
    "summary: Cluster\ncategory: streaming\npostgres: {instances: 1, image: ghcr.io/a/pg:18.1, storage: {size: 5Gi, backup: tier1}, "
    "resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}}\n"
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.minimal(tmp_path)


def who(end: Endpoint) -> str:
    match end:
        case Pods():
            name = f"{end.service}/{end.component}" if end.component else end.service
            return f"{end.namespace}:{name}" + (" on its node" if end.host_network else "")
        case Internet():
            return f"internet {end.host}"
        case Range():
            return f"{end.name} {end.cidr}"
        case ApiServer():
            return "api"
        case Nodes():
            return "nodes"


def edges(fleet: Fleet, *reasons: str) -> list[str]:
    """The edges of some reasons as lines, in order of the alphabet."""
    return sorted(
        f"{who(edge.source)} -> {who(edge.target)} "
        + (",".join(f"{port.number or '*'}/{port.protocol}" for port in edge.ports) or "all")
        + f" ({edge.reason})"
        for edge in fleet.edges
        if edge.reason in reasons
    )


def test_edges_of_the_minimal_repository(repository: Repository) -> None:
    reasons = ("talks_to", "called_by", "needs", "dns", "gateway", "scrape", "probe", "load_balancer", "namespace")
    assert edges(repository.fleet(), *reasons) == [
        "lan 10.0.20.0/24 -> media:plex/main 32400/TCP (load_balancer)",
        "lan 10.0.20.0/24 -> media:traefik/main 8000/TCP (gateway)",
        "lan 10.0.20.0/24 -> media:traefik/main 8443/TCP (gateway)",
        "media:plex/main -> kube-system:kube-dns 53/UDP,53/TCP (dns)",
        "media:traefik/main -> kube-system:kube-dns 53/UDP,53/TCP (dns)",
        "media:traefik/main -> media:plex/main 32400/TCP (gateway)",
        "prometheus:prometheus -> kube-system:kube-dns 53/UDP,53/TCP (dns)",
        "prometheus:prometheus -> prometheus:prometheus all (namespace)",
    ]


def test_talks_to_reaches_services_the_api_server_nodes_the_lan_and_the_internet(repository: Repository) -> None:
    repository.workload("worked", "ports: {api: 80, dns: 53/UDP}\n")
    repository.workload(
        "a",
        "ports: {own: 81}\ntalks_to:\n  services: [plex, 'worked:dns', kubernetes, 'self:own', prometheus]\n"
        "  internet: [example.net, '*.example.org:80', '*:53/UDP', 'example.com:*']\n"
        "  lan: ['nas:445', 'lan:*', '10.0.20.7:80/UDP', '10.0.20.16/28:81', 'talos-1:50000', 'pve-1:8006']\n"
        "  nodes: [10250]\n",
    )
    assert repository.findings() == ""
    assert edges(repository.fleet(), "talks_to") == [
        "media:a/main -> 10.0.20.16/28 10.0.20.16/28 81/TCP (talks_to)",
        "media:a/main -> 10.0.20.7 10.0.20.7/32 80/UDP (talks_to)",
        "media:a/main -> api 6443/TCP (talks_to)",
        "media:a/main -> internet * 53/UDP (talks_to)",
        "media:a/main -> internet *.example.org 80/TCP (talks_to)",
        "media:a/main -> internet example.com */TCP (talks_to)",
        "media:a/main -> internet example.net 443/TCP (talks_to)",
        "media:a/main -> lan 10.0.20.0/24 */TCP (talks_to)",
        "media:a/main -> media:a/main 81/TCP (talks_to)",
        "media:a/main -> media:plex/main 32400/TCP (talks_to)",
        "media:a/main -> media:worked/main 53/UDP (talks_to)",
        "media:a/main -> nas 10.0.10.5/32 445/TCP (talks_to)",
        "media:a/main -> nodes 10250/TCP (talks_to)",
        "media:a/main -> prometheus:prometheus 9090/TCP (talks_to)",
        "media:a/main -> pve-1 10.0.10.21/32 8006/TCP (talks_to)",
        "media:a/main -> talos-1 10.0.10.11/32 50000/TCP (talks_to)",
    ]


def test_rights_at_the_api_server_bring_the_edge_to_it(repository: Repository) -> None:
    repository.workload("a", "rbac: {namespace: [{apiGroups: [''], resources: [pods], verbs: [get]}]}\n")
    (edge,) = [edge for edge in repository.fleet().edges if isinstance(edge.target, ApiServer)]
    assert (who(edge.source), edge.place[1:]) == ("media:a/main", (6, 1))


def test_callers_without_a_file_are_let_in(repository: Repository) -> None:
    repository.workload(
        "a",
        "ports: {hook: 81, web: 80}\ncalled_by: {kubernetes: [hook], nodes: [web], lan: {lan: [web], internet: [hook]}}\n",
    )
    assert repository.findings() == ""
    assert edges(repository.fleet(), "called_by") == [
        "api -> media:a/main 81/TCP (called_by)",
        "internet * -> media:a/main 81/TCP (called_by)",
        "lan 10.0.20.0/24 -> media:a/main 80/TCP (called_by)",
        "nodes -> media:a/main 80/TCP (called_by)",
    ]


def test_component_is_reached_by_the_name_of_its_port_alone(repository: Repository) -> None:
    repository.change(
        "values/apps/media/plex.yaml",
        "probes: /identity",
        "probes: /identity\ncomponents: {worker: {inherit: [resources], image: docker.io/a/b:1.0.0, ports: {worker: 3030}, "
        "probes: tcp:worker, talks_to: [plex]}}",
    )
    repository.workload("a", "talks_to: ['plex:worker']\n")
    assert repository.findings() == ""
    assert edges(repository.fleet(), "talks_to") == [
        "media:a/main -> media:plex/worker 3030/TCP (talks_to)",
        "media:plex/worker -> media:plex/main 32400/TCP (talks_to)",
    ]


def test_call_of_what_is_off_is_left_out_and_listed(repository: Repository) -> None:
    repository.workload("a", "talks_to: [plex]\nenv: {URL: '${url:plex}'}\n")
    repository.write(PROD, "summary: x\ndisabled: [apps/media/plex]\n")
    assert repository.findings() == ""
    fleet = repository.fleet()
    assert edges(fleet, "talks_to") == []
    assert [(item.what, item.why) for item in fleet.edges_left_out] == [("a -> plex", "plex is off here")]
    container = fleet.services["a"].components["main"].container
    assert container is not None
    assert container.env["URL"] == "http://plex.media.svc.cluster.local:32400"


def test_needs_bring_the_edge_to_their_provider(repository: Repository) -> None:
    repository.write("values/apps/media/valkey.yaml", VALKEY)
    repository.write("values/apps/media/pg.yaml", POSTGRES)
    repository.change(SITE, "monitoring:", "providers: {postgres: pg, valkey: valkey}\nmonitoring:")
    repository.workload(
        "a", "needs: [postgres, valkey]\ncomponents: {w: {inherit: [resources, probes], image: docker.io/a/b:1.0.0}}\n"
    )
    assert repository.findings() == ""
    fleet = repository.fleet()
    assert edges(fleet, "needs") == [
        "media:a/main -> media:pg 5432/TCP (needs)",
        "media:a/main -> media:valkey/main 6379/TCP (needs)",
    ]
    assert edges(fleet, "namespace")[:2] == [
        "media:pg -> api 6443/TCP (namespace)",
        "media:pg -> media:pg all (namespace)",
    ]
    # A cluster writes its copies to where the site keeps them.
    assert edges(fleet, "talks_to") == ["media:pg -> internet nas.example.net 3900/TCP (talks_to)"]


def test_scraper_reaches_metrics_and_prober_the_rest(repository: Repository) -> None:
    repository.change(SITE, "scraper: prometheus", "scraper: prometheus, prober: blackbox")
    repository.workload("blackbox", "ports: {http: 9115}\n")
    repository.change(
        "values/apps/media/plex.yaml",
        "ports: {http: 32400}",
        "ports: {http: 32400, stats: 9000, more: 9001}\nmetrics: {port: [stats, more]}",
    )
    repository.workload("a", "ports: {dns: 53/UDP, web: 80}\n")
    repository.workload("job", "")
    assert repository.findings() == ""
    fleet = repository.fleet()
    assert edges(fleet, "scrape", "probe") == [
        "media:blackbox/main -> media:a/main 80/TCP (probe)",
        "media:blackbox/main -> media:traefik/main 8000/TCP (probe)",
        "prometheus:prometheus -> media:plex/main 9000/TCP (scrape)",
        "prometheus:prometheus -> media:plex/main 9001/TCP (scrape)",
    ]


def test_prober_asks_a_chart_where_its_service_is_stated(repository: Repository) -> None:
    repository.change(SITE, "scraper: prometheus", "scraper: prometheus, prober: blackbox")
    repository.workload("blackbox", "ports: {http: 9115}\n")
    assert [probe for probe in repository.fleet().probes if probe.service == "prometheus"] == []
    path = "values/apps/media/prometheus.yaml"
    repository.change(path, "{http: 9090}", '{http: 9090, web: {port: 9091, service: "prometheus-web:80"}}')
    assert [probe.target for probe in repository.fleet().probes if probe.service == "prometheus"] == [
        "prometheus-web.prometheus.svc.cluster.local:80"
    ]
    assert "media:blackbox/main -> prometheus:prometheus 9091/TCP (probe)" in edges(repository.fleet(), "probe")


PROBES = {
    "readiness by HTTP": ("ports: {http: 80}", "/ready", ("http_2xx", "http://a.media.svc.cluster.local:80/ready")),
    "readiness by number": ("ports: {http: 80}", "{readiness: {httpGet: {port: 80}}}", ("http_2xx", "http://a.media.svc.cluster.local:80/")),
    "readiness on another port": ("ports: {http: 80, api: 81}", "{readiness: {httpGet: {path: /x, port: api}}}", ("tcp_connect", "a.media.svc.cluster.local:80")),
    "readiness by HTTPS": ("ports: {http: 80}", "{readiness: {httpGet: {path: /x, port: http, scheme: HTTPS}}}", ("tcp_connect", "a.media.svc.cluster.local:80")),
    "readiness with headers": ("ports: {http: 80}", "{readiness: {httpGet: {port: http, httpHeaders: [{name: A, value: b}]}}}", ("tcp_connect", "a.media.svc.cluster.local:80")),
    "readiness by TCP": ("ports: {web: 80}", "tcp:web", ("tcp_connect", "a.media.svc.cluster.local:80")),
    "no readiness": ("ports: {web: 80}", "{liveness: tcp:web}", ("tcp_connect", "a.media.svc.cluster.local:80")),
    "UDP only": ("ports: {dns: 53/UDP}", "{none: x}", None),
    "http over UDP": ("ports: {http: 80/UDP, web: 81}", "{none: x}", ("tcp_connect", "a.media.svc.cluster.local:81")),
    "no port": ("args: [x]", "{none: x}", None),
    "CronJob": ("kind: CronJob\nschedule: '@daily'", None, None),
}  # fmt: skip


@pytest.mark.parametrize("name", PROBES)
def test_prober_asks_what_it_can(repository: Repository, name: str) -> None:
    ports, probes, expected = PROBES[name]
    repository.change(SITE, "scraper: prometheus", "scraper: prometheus, prober: prometheus")
    repository.workload("a", ports + "\n")
    line = "" if probes is None else f"probes: {probes}\n"
    repository.change("values/apps/media/a.yaml", "probes: {none: it has no port}\n", line)
    assert repository.findings() == ""
    found: list[ProbeTarget] = [probe for probe in repository.fleet().probes if probe.service == "a"]
    assert [(probe.module, probe.target) for probe in found] == ([expected] if expected else [])


def test_what_no_policy_sees_is_listed(repository: Repository) -> None:
    repository.workload(
        "a",
        "ports: {http: 80}\ntalks_to: [plex]\nnamespace: {name: own, pod_security: {level: privileged, reason: x, until: 2027-05-31}}\n"
        "exceptions: {net: {allow: {hostNetwork: true}, reason: mDNS, until: 2027-05-31}}\n",
    )
    repository.workload("b", "talks_to: [a]\n")
    assert repository.findings() == ""
    fleet = repository.fleet()
    assert [(item.what, item.why) for item in fleet.not_enforced] == [
        ("a as source of talks_to", "its pods have the address of their node"),
        ("a as target of talks_to", "its pods have the address of their node"),
    ]
    assert edges(fleet, "talks_to") == [
        "media:b/main -> own:a/main on its node 80/TCP (talks_to)",
        "own:a/main on its node -> media:plex/main 32400/TCP (talks_to)",
    ]
    # Its names are resolved by its node.
    assert not [line for line in edges(fleet, "dns") if line.startswith("own")]


def test_pods_of_a_chart_on_their_node_are_known_by_port(repository: Repository) -> None:
    repository.change(
        "values/apps/media/prometheus.yaml",
        "ports: [http]}}",
        "ports: [http]}, agent: {kind: DaemonSet, hostNetwork: true, resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}, ports: [agent]}}",
    )
    repository.change("values/apps/media/prometheus.yaml", "ports: {http: 9090}", "ports: {http: 9090, agent: 9100}")
    repository.workload("a", "talks_to: [prometheus, 'prometheus:agent']\n")
    assert repository.findings() == ""
    assert edges(repository.fleet(), "talks_to") == [
        "media:a/main -> prometheus:prometheus 9090/TCP (talks_to)",
        "media:a/main -> prometheus:prometheus on its node 9100/TCP (talks_to)",
    ]
    claims = [(claim.key, claim.holder) for claim in repository.fleet().claims if claim.kind == "host-port"]
    assert claims == [("9100/TCP", "prometheus")]


def test_mover_of_volumes_reaches_the_destinations(repository: Repository) -> None:
    repository.workload("velero")
    assert edges(repository.fleet(), "talks_to") == [
        "media:velero/main -> internet nas.example.net 3900/TCP (talks_to)"
    ]
