"""What is allowed against what is declared: nothing wider, nothing missing."""

from typing import Any

import pytest

from generator.finding import Place
from generator.network import (
    EVERY_PORT,
    Addresses,
    ApiServer,
    Declared,
    End,
    HostName,
    Missing,
    Nodes,
    Open,
    Pods,
    PortSet,
    Reach,
    Surroundings,
    Wider,
    address_set,
    as_data,
    compare,
    declared_pods,
    matrix,
    name_of,
    port,
)
from generator.network.comparison import covers
from tests.network.objects import by_label, cilium, namespace, plain, pod

_HERE = Place("values/apps/media/a1.yaml", 3, 1)
_PLAIN = Surroundings(
    pods=("10.244.0.0/16",), nodes=("10.0.0.1", "10.0.0.2"), api=("10.0.0.10",), own=("10.0.0.0/24",), namespaces=()
)
_CILIUM = Surroundings("cilium", _PLAIN.nodes, _PLAIN.api, _PLAIN.pods, _PLAIN.own, namespaces=())
_A1, _A2 = Pods("a", {"app": "a1"}), Pods("a", {"app": "a2"})
_PODS = [namespace("a"), namespace("up"), pod("a", "a1"), pod("a", "a2")]
_DENY = [plain("a", "deny", policyTypes=["Ingress", "Egress"]), plain("up", "deny", policyTypes=["Ingress", "Egress"])]
_NAME = "kubernetes.io/metadata.name"
_TO = {"ports": [{"port": 80}]}


def edge(source: End, target: End, ports: PortSet | None = None) -> Declared:
    return Declared(source, target, port(80) if ports is None else ports, "caller", "callee", _HERE)


def world(*items: dict[str, Any], around: Surroundings = _PLAIN, edges: list[Declared] | None = None) -> Reach:
    return Reach([*_PODS, *_DENY, *items], around, declared_pods(edges or []))


def egress(target: dict[str, Any], name: str = "out", app: str = "a1", **ports: Any) -> dict[str, Any]:
    rule = {"to": [target]} | (ports or _TO)
    return plain("a", name, podSelector=by_label(app=app), policyTypes=["Egress"], egress=[rule])


def ingress(source: dict[str, Any], name: str = "in", app: str = "a2") -> dict[str, Any]:
    return plain("a", name, podSelector=by_label(app=app), policyTypes=["Ingress"], ingress=[{"from": [source]} | _TO])


_OUT = egress({"podSelector": by_label(app="a2")})
_IN = ingress({"podSelector": by_label(app="a1")})


def test_a_declared_edge_with_both_ends_is_clean() -> None:
    edges = [edge(_A1, _A2)]
    found = compare(world(_OUT, _IN, edges=edges), edges)
    assert (found.wider, found.missing, found.open, found.more) == ((), (), (), 0)


def test_a_rule_dropped_is_missing_at_its_end() -> None:
    edges = [edge(_A1, _A2)]
    assert compare(world(_OUT, edges=edges), edges).missing == (Missing(edges[0], (("ingress", "a/a2", port(80)),)),)
    assert compare(world(_IN, edges=edges), edges).missing == (Missing(edges[0], (("egress", "a/a1", port(80)),)),)


def test_an_edge_that_nobody_declares_is_wider_at_both_ends() -> None:
    found = compare(world(_OUT, _IN), [])
    assert [(item.policy, item.direction, str(item)) for item in found.wider] == [
        ("NetworkPolicy/a/out", "egress", "a/a1 may call a/a2 on 80/TCP"),
        ("NetworkPolicy/a/in", "ingress", "a/a1 may call a/a2 on 80/TCP"),
    ]


def test_a_port_too_many_is_wider_by_that_port() -> None:
    wide = egress({"podSelector": by_label(app="a2")}, ports=[{"port": 80, "endPort": 82}])
    edges = [edge(_A1, _A2)]
    found = compare(world(wide, _IN, edges=edges), edges)
    assert found.wider == (Wider("NetworkPolicy/a/out", "egress", "a/a1", "a/a2", port(81, "TCP", 82)),)


def test_all_pods_of_a_namespace_are_one_end() -> None:
    edges = [edge(_A1, Pods("up"), EVERY_PORT)]
    out = egress({"namespaceSelector": by_label(**{_NAME: "up"})}, ports=[])
    into = plain(
        "up",
        "in",
        ingress=[{"from": [{"namespaceSelector": by_label(**{_NAME: "a"}), "podSelector": by_label(app="a1")}]}],
    )
    found = compare(world(out, into, edges=edges), edges)
    assert (found.wider, found.missing) == ((), ())


def test_addresses_are_compared_exactly() -> None:
    edges = [edge(_A1, Addresses(address_set(["192.168.1.0/24"])))]
    exact = egress({"ipBlock": {"cidr": "192.168.1.0/24"}})
    assert compare(world(exact, edges=edges), edges).wider == ()
    wide = egress({"ipBlock": {"cidr": "192.168.0.0/23"}})
    assert [str(item) for item in compare(world(wide), edges).wider] == ["a/a1 may call 192.168.0.0/24 on 80/TCP"]
    narrow = egress({"ipBlock": {"cidr": "192.168.1.0/25"}})
    assert compare(world(narrow), edges).missing == (Missing(edges[0], (("egress", "a/a1", port(80)),)),)


def test_the_nodes_and_the_api_server_are_addresses_for_plain_policies() -> None:
    edges = [edge(_A1, Nodes()), edge(_A1, ApiServer(), port(6443))]
    nodes = [{"ipBlock": {"cidr": f"{address}/32"}} for address in _PLAIN.nodes]
    spec = [{"to": nodes} | _TO, {"to": [{"ipBlock": {"cidr": "10.0.0.10/32"}}], "ports": [{"port": 6443}]}]
    policy = plain("a", "out", podSelector=by_label(app="a1"), policyTypes=["Egress"], egress=spec)
    found = compare(world(policy), edges)
    assert (found.wider, found.missing) == ((), ())


def test_the_nodes_and_the_api_server_are_entities_for_cilium() -> None:
    edges = [edge(_A1, Nodes()), edge(_A1, ApiServer()), edge(ApiServer(), _A2)]
    rules = [{"toEntities": ["host", "remote-node", "kube-apiserver"], "toPorts": [{"ports": [{"port": "80"}]}]}]
    calls = [{"fromEntities": ["host", "remote-node", "kube-apiserver"], "toPorts": [{"ports": [{"port": "80"}]}]}]
    items = [
        cilium("a", "out", endpointSelector=by_label(app="a1"), egress=rules),
        cilium("a", "in", endpointSelector=by_label(app="a2"), ingress=calls),
    ]
    found = compare(world(*items, around=_CILIUM), edges)
    assert found.missing == ()
    assert {str(item) for item in found.wider} == {
        f"{who} on 80/SCTP, 80/UDP"
        for who in (
            *(f"a/a1 may call entity {name}" for name in ("host", "kube-apiserver", "remote-node")),
            *(f"entity {name} may call a/a2" for name in ("host", "kube-apiserver", "remote-node")),
        )
    }
    assert [item.lacking for item in compare(world(around=_CILIUM), edges).missing] == [
        (("egress", "a/a1", port(80)),),
        (("egress", "a/a1", port(80)),),
        (("ingress", "a/a2", port(80)),),
    ]


def _named(*hosts: dict[str, str], lookups: str | None = "*", app: str = "a1") -> dict[str, Any]:
    rules: list[dict[str, Any]] = [
        {"toFQDNs": list(hosts), "toPorts": [{"ports": [{"port": "80", "protocol": "TCP"}]}]}
    ]
    if lookups is not None:
        rules.append({"toPorts": [{"ports": [{"port": "53"}], "rules": {"dns": [{"matchPattern": lookups}]}}]})
    return cilium("a", "names", endpointSelector=by_label(app=app), egress=rules)


@pytest.mark.parametrize(
    ("policy", "missing"),
    [
        (_named({"matchName": "x.example.org"}), False),
        (_named({"matchPattern": "*.example.org"}), False),
        (_named({"matchName": "x.example.org"}, lookups="*.example.org"), False),
        (_named({"matchName": "x.example.org"}, lookups="*.example.net"), True),
        (_named({"matchName": "x.example.org"}, lookups=None), True),
        (_named({"matchName": "y.example.org"}), True),
        (cilium("a", "world", egress=[{"toEntities": ["world"], "toPorts": [{"ports": [{"port": "80"}]}]}]), False),
    ],
)
def test_a_name_is_reached_if_it_is_allowed_and_its_answer_is_read(policy: dict[str, Any], missing: bool) -> None:
    edges = [edge(_A1, HostName("x.example.org"))]
    expected = (Missing(edges[0], (("egress", "a/a1", port(80)),)),) if missing else ()
    assert compare(world(policy, around=_CILIUM), edges).missing == expected


def test_a_name_that_nobody_declares_is_wider() -> None:
    policy = _named({"matchName": "x.example.org"}, {"matchPattern": "*.y.org"}, lookups=None)
    edges = [edge(_A1, HostName("*.y.org"))]
    assert [str(item) for item in compare(world(policy, around=_CILIUM), edges).wider] == [
        "a/a1 may call x.example.org on 80/TCP"
    ]


def test_under_plain_policies_a_name_is_every_public_address() -> None:
    special = "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/3"
    public = {"cidr": "0.0.0.0/0", "except": special.split()}
    edges = [edge(_A1, HostName("x.example.org"))]
    found = compare(world(egress({"ipBlock": public})), edges)
    assert (found.wider, found.missing) == ((), ())
    everything = compare(world(egress({"ipBlock": {"cidr": "0.0.0.0/0"}})), edges)
    assert str(everything.wider[-1]) == "a/a1 may call 0.0.0.0/8, 10.0.0.0/9, 10.128.0.0/10, … on 80/TCP"


def test_what_is_denied_is_not_wider() -> None:
    policy = cilium(
        "a", "mixed", endpointSelector=by_label(app="a1"),
        egress=[{"toCIDR": ["192.168.0.0/23"], "toPorts": [{"ports": [{"port": "80", "protocol": "TCP"}]}]}],
        egressDeny=[{"toCIDR": ["192.168.0.0/24"]}],
    )  # fmt: skip
    edges = [edge(_A1, Addresses(address_set(["192.168.1.0/24"])))]
    found = compare(world(policy, around=_CILIUM), edges)
    assert (found.wider, found.missing) == ((), ())


def test_pods_of_ours_that_nobody_isolates_are_open() -> None:
    reach = Reach([*_PODS, _DENY[0]], _PLAIN)
    assert compare(reach, []).open == (
        Open("all pods of up", "up", "ingress"),
        Open("all pods of up", "up", "egress"),
    )


def test_an_edge_to_pods_that_do_not_exist_is_missing() -> None:
    edges = [edge(_A1, Pods("a", {"app": "gone"}))]
    reach = world(egress({"podSelector": by_label(app="gone")}))
    assert compare(reach, edges).missing == (Missing(edges[0], (("ingress", "no pod of a", port(80)),)),)


def test_a_host_policy_has_edges_to_the_nodes() -> None:
    caller = by_label(app="a2", **{"io.kubernetes.pod.namespace": "a"})
    rule = {"fromEndpoints": [caller], "toPorts": [{"ports": [{"port": "80"}]}]}
    policy = cilium(None, "host", nodeSelector={}, ingress=[rule])
    edges = [edge(_A1, Nodes())]
    reach = world(policy, around=_CILIUM)
    found = compare(reach, edges)
    assert name_of(reach, reach.nodes) == "the nodes"
    assert [str(item) for item in found.wider] == ["a/a2 may call the nodes on 80/SCTP, 80/TCP, 80/UDP"]
    assert found.missing[0].lacking == (("egress", "a/a1", port(80)), ("ingress", "the nodes", port(80)))


def test_a_policy_that_allows_everything_is_blamed_for_everything() -> None:
    edges = [edge(_A1, _A2)]
    everything = cilium(None, "all", ingress=[{"fromEntities": ["all"]}], egress=[{"toEntities": ["all"]}])
    found = compare(world(_OUT, _IN, everything, around=_CILIUM, edges=edges), edges)
    assert {item.policy for item in found.wider} == {"CiliumClusterwideNetworkPolicy/all"}
    lines = {str(item) for item in found.wider}
    assert "a/a2 may call a/a1 on every port" in lines
    assert "a/a1 may call every address on every port" not in lines  # nodes and pods are inside
    assert "a/a1 may call entity host on every port" in lines


def test_a_clusterwide_policy_of_rendered_pods_invents_none_elsewhere() -> None:
    """`up` has no rendered pod: pods with the label of a1 are not taken to exist there as well."""
    around = Surroundings("cilium", pods=("10.244.0.0/16",), namespaces=())
    wide = cilium(None, "wide", endpointSelector=by_label(app="a1"), egress=[{"toFQDNs": [{"matchPattern": "*"}]}])
    reach = world(wide, around=around)
    assert [group.name for group in reach.groups] == ["a/a1", "a/a2", "all pods of up"]
    assert [str(item) for item in compare(reach, []).wider] == ["a/a1 may call * on every port"]
    peers = plain("a", "in", podSelector=by_label(app="a2"), policyTypes=["Ingress"],
                  ingress=[{"from": [{"namespaceSelector": {}, "podSelector": by_label(app="a1")}]}])  # fmt: skip
    assert [group.name for group in world(peers).groups] == ["a/a1", "a/a2", "all pods of up"]


def test_a_clusterwide_policy_of_pods_that_nobody_renders_takes_them_to_exist() -> None:
    around = Surroundings("cilium", pods=("10.244.0.0/16",), namespaces=())
    wide = cilium(None, "wide", endpointSelector=by_label(app="other"), egress=[{"toEntities": ["kube-apiserver"]}])
    found = compare(world(wide, around=around), [])
    assert [str(item) for item in found.wider] == ["pods app=other of up may call entity kube-apiserver on every port"]


def test_pairs_of_a_policy_that_is_far_too_wide_are_counted() -> None:
    found = compare(world(plain("a", "all", ingress=[{"from": [{"namespaceSelector": {}}]}])), [], weigh=2)
    assert len(found.wider) == 2
    assert found.more == 4


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("x.org", "x.org", True),
        ("x.org", "y.org", False),
        ("*", "anything.at.all", True),
        ("*", "*.x.org", True),
        ("*.x.org", "a.x.org", True),
        ("*.x.org", "a.b.x.org", False),
        ("**.x.org", "a.b.x.org", True),
        ("*.x.org", "x.org", False),
        ("*.x.org", "*.x.org", True),
        ("*.x.org", "*.y.x.org", False),
        ("a*.x.org", "abc.x.org", True),
        ("*.x.org", "**.x.org", False),
        ("axorg", "a.org", False),
    ],
)
def test_patterns_of_names(pattern: str, name: str, expected: bool) -> None:
    assert covers(pattern, name) is expected


def test_the_matrix_sums_up_by_name() -> None:
    policies = [
        _OUT, _IN, egress({"ipBlock": {"cidr": "192.168.1.0/24"}}, "lan"), _named({"matchName": "x.org"}, lookups=None),
        cilium("a", "api", endpointSelector=by_label(app="a2"), ingress=[{"fromEntities": ["kube-apiserver"]}]),
    ]  # fmt: skip
    reach = Reach([*_PODS, _DENY[0], *policies], _CILIUM)
    assert as_data(matrix(reach, lambda number: name_of(reach, number))) == {
        "a/a1": {"192.168.1.0/24": "80/TCP", "a/a2": "80/TCP", "x.org": "80/TCP"},
        "all pods of up": {"all pods of up": "every port", "everything": "every TCP port, every UDP port"},
        "everything": {"all pods of up": "every TCP port, every UDP port"},
        "kube-apiserver": {"a/a2": "every port"},
    }
