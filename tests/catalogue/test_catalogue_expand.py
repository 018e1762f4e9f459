# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""Every shorthand is written out in full, at its own place, before layers meet."""

from typing import Any

import pytest
from hypothesis import given

from generator.catalogue.expand import expand_service
from generator.emitter import emit
from generator.source import Map, plain, read_bytes
from generator.testing.strategies import services
from tests.support.workspace import Repository

ROOT = "values/apps/media/a.yaml"
SHORT = {
    "namespace": ("namespace: own", {"namespace": {"name": "own"}}),
    "expose": ("expose: {a: lan}", {"expose": {"a": {"gateway": ["lan"]}}}),
    "expose of several": ("expose: {a: {gateway: lan, auth: app}}", {"expose": {"a": {"gateway": ["lan"], "auth": "app"}}}),
    "load balancer ports": ("load_balancer: {ports: [http, dns]}", {"load_balancer": {"ports": {"http": 0, "dns": 0}}}),
    "load balancer numbers": ("load_balancer: {ports: {http: 80}}", {"load_balancer": {"ports": {"http": 80}}}),
    "objective": ("slo: {availability: 99.5}", {"slo": {"availability": {"objective": 99.5}}}),
    "port": ("ports: {http: 80}", {"ports": {"http": {"port": 80}}}),
    "port with protocol": ("ports: {dns: 53/UDP}", {"ports": {"dns": {"port": 53, "protocol": "UDP"}}}),
    "secrets": ("secrets: [A, B]", {"secrets": {"A": "A", "B": "B"}}),
    "file": ("files: {/a: text}", {"files": {"/a": {"text": "text"}}}),
    "probes by path": (
        "probes: /ping",
        {"probes": {name: {"httpGet": {"path": "/ping", "port": "http"}} for name in ("startup", "liveness", "readiness")}},
    ),
    "probes by port": (
        "probes: tcp:web",
        {"probes": {name: {"tcpSocket": {"port": "web"}} for name in ("startup", "liveness", "readiness")}},
    ),
    "one probe": ("probes: {liveness: /live}", {"probes": {"liveness": {"httpGet": {"path": "/live", "port": "http"}}}}),
    "no probes": ("probes: {none: why}", {"probes": {"none": "why"}}),
    "backup": ("storage: {a: {size: 1Gi, backup: tier1}}", {"storage": {"a": {"size": "1Gi", "backup": {"tier": "tier1"}}}}),
    "host path": ("storage: {a: {hostPath: /a}}", {"storage": {"a": {"hostPath": {"path": "/a"}}}}),
    "calls": ("talks_to: [b, c:web]", {"talks_to": {"services": ["b", "c:web"]}}),
    "need": ("needs: postgres", {"needs": {"postgres": {}}}),
    "needs": ("needs: [postgres, bucket]", {"needs": {"postgres": {}, "bucket": {}}}),
    "metrics": ("metrics: /m", {"metrics": {"path": "/m"}}),
    "metrics port": ("metrics: {port: web}", {"metrics": {"port": ["web"]}}),
    "strategy": ("strategy: Recreate", {"strategy": {"type": "Recreate"}}),
    "mount": ("initContainers: {i: {volumeMounts: {a: /a}}}", {"initContainers": {"i": {"volumeMounts": {"a": {"mountPath": "/a"}}}}}),
    "init container": ("initContainers: {i: {ports: {m: 1}, secrets: [K]}}", {"initContainers": {"i": {"ports": {"m": {"port": 1}}, "secrets": {"K": "K"}}}}),
    "component": ("components: {w: {ports: {m: 1}, needs: valkey}}", {"components": {"w": {"ports": {"m": {"port": 1}}, "needs": {"valkey": {}}}}}),
    "postgres": ("postgres: {storage: {size: 1Gi, backup: tier1}}", {"postgres": {"storage": {"size": "1Gi", "backup": {"tier": "tier1"}}}}),
    "chart": (
        "chart: {pods: {p: {storage: {d: {size: 1Gi, backup: tier1}}}}, values: {probes: /not-ours}}",
        {"chart": {"pods": {"p": {"storage": {"d": {"size": "1Gi", "backup": {"tier": "tier1"}}}}}, "values": {"probes": "/not-ours"}}},
    ),
    "null is left for merging": ("ports: null\nstorage: {a: null}", {"ports": None, "storage": {"a": None}}),
    "template reference": ('ports: {http: "${service}/UDP"}', {"ports": {"http": {"port": "${service}", "protocol": "UDP"}}}),
}  # fmt: skip


def layer(text: str) -> Map:
    document = read_bytes("f.yaml", text.encode())
    assert document.findings == ()
    return document.tree


@pytest.mark.parametrize("name", SHORT)
def test_shorthand_is_written_out(name: str) -> None:
    short, long = SHORT[name]
    assert plain(expand_service(layer(short))) == long


def test_what_is_written_out_keeps_the_place_of_the_shorthand() -> None:
    tree = expand_service(layer("ports:\n  http: 80\nprobes: /ping\nsecrets: [A, B]\n"))
    port = tree.child("ports").child("http")
    assert port.value_place("port")[1:] == (2, 9)
    probe = tree.child("probes").child("liveness").child("httpGet")
    assert (probe.value_place("path")[1:], probe.value_place("port")[1:]) == ((3, 9), (3, 9))
    assert tree.child("secrets").key_place("B")[1:] == (4, 14)


def test_expanding_leaves_its_input_alone() -> None:
    tree = layer(SHORT["component"][0])
    before = plain(tree)
    expand_service(tree)
    assert plain(tree) == before


@given(service=services(nulls=True))
def test_expanding_again_changes_nothing(service: dict[str, Any]) -> None:
    once = expand_service(layer(emit(service)))
    assert plain(expand_service(once)) == plain(once)


BASE = "summary: A\ncategory: streaming\nimage: docker.io/a/b:1.0.0\nresources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}\n"
EQUAL = {
    "ports and probes": (
        "ports: {http: 80, dns: 53/UDP}\nprobes: /ping\n",
        "ports: {http: {port: 80}, dns: {port: 53, protocol: UDP}}\nprobes: {startup: /ping, liveness: /ping, readiness: {httpGet: {path: /ping, port: http}}}\n",
    ),
    "storage and files": (
        "probes: {none: x}\nstorage: {a: {size: 5Gi, backup: tier1, mountPath: /a}}\nfiles: {/f: text}\n",
        "probes: {none: x}\nstorage: {a: {size: 5Gi, backup: {tier: tier1}, mountPath: /a}}\nfiles: {/f: {text: text}}\n",
    ),
    "calls, secrets and strategy": (
        "probes: {none: x}\ntalks_to: [plex]\nsecrets: [A]\nstrategy: Recreate\nnamespace: own\n",
        "probes: {none: x}\ntalks_to: {services: [plex]}\nsecrets: {A: A}\nstrategy: {type: Recreate}\nnamespace: {name: own}\n",
    ),
    "exposure": (
        "probes: {none: x}\nports: {http: 80}\nexpose: {a: lan}\nload_balancer: {ip: 10.0.20.12, ports: [http], from: [lan]}\nmetrics: /m\n",
        "probes: {none: x}\nports: {http: 80}\nexpose: {a: {gateway: [lan]}}\nload_balancer: {ip: 10.0.20.12, ports: {http: 80}, from: [lan]}\nmetrics: {path: /m}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUAL)
def test_shorthand_and_long_form_are_the_same_service(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    pairs = []
    for text in EQUAL[name]:
        repository = Repository.minimal(tmp_path_factory.mktemp("r"))
        repository.write(ROOT, BASE + text)
        assert repository.findings() == ""
        fleet = repository.fleet()
        edges = [(edge.source, edge.target, edge.ports, edge.reason) for edge in fleet.edges]
        claims = [(claim.kind, claim.key, claim.holder) for claim in fleet.claims]
        component = fleet.services["a"].components["main"]
        assert component.container is not None
        shown = (
            component.container.probes,
            component.container.ports.keys(),
            component.strategy,
            component.talks_to.services,
        )
        pairs.append(
            (sorted(edges, key=repr), claims, [part if not isinstance(part, tuple) else len(part) for part in shown])
        )
    assert pairs[0] == pairs[1]
