"""Cilium's policies, case by case, as its documentation tells them.

The cluster is that of the plain cases: pods a1, a2 (namespace `a`, team=red), b1 (namespace `b`, team=blue).
"""

from typing import Any

import pytest

from generator.network import EVERY_PORT, NO_PORTS, Reach, Surroundings, address_set, port, show_ports, whole
from generator.network.policy import ENTITIES
from tests.network.objects import by_label, cilium, expression, namespace, plain, pod

_PODS = [
    namespace("a", team="red"),
    namespace("b", team="blue"),
    pod("a", "a1", {"app": "a1", "tier": "web"}, http=8080),
    pod("a", "a2", {"app": "a2"}, http=9000),
    pod("b", "b1", {"app": "b1", "tier": "web"}),
]
_AROUND = Surroundings(
    "cilium", pods=("10.244.0.0/16",), nodes=("10.0.0.1", "10.0.0.2"), api=("10.0.0.10",), namespaces=()
)
_HTTP = {"ports": [{"port": "80", "protocol": "TCP"}]}
_EVERYTHING_BUT_ICMP = "every SCTP port, every TCP port, every UDP port"


def reach_of(*items: dict[str, Any], around: Surroundings = _AROUND) -> Reach:
    return Reach([*_PODS, *items], around)


def number(reach: Reach, name: str) -> int:
    return next(index for index, group in enumerate(reach.groups) if group.workloads == (name,))


CASES: list[tuple[str, list[dict[str, Any]], dict[str, str]]] = [
    (
        "one empty rule denies all and allows nobody",
        [cilium("a", ingress=[{}])],
        {"a1 a2": "no port", "b1 a1": "no port", "a1 b1": "every port"},
    ),
    ("an empty list of rules changes nothing", [cilium("a", ingress=[], egress=[])], {"b1 a1": "every port"}),
    (
        "an empty selector of endpoints is the own namespace",
        [cilium("a", ingress=[{"fromEndpoints": [{}]}])],
        {"a1 a2": "every port", "b1 a1": "no port"},
    ),
    (
        "clusterwide it is every pod",
        [cilium(None, ingress=[{"fromEndpoints": [{}]}])],
        {"a1 a2": "every port", "b1 a1": "every port"},
    ),
    (
        "an empty list of endpoints is nobody, whatever the ports",
        [cilium("a", ingress=[{"fromEndpoints": [], "toPorts": [_HTTP]}])],
        {"a1 a2": "no port"},
    ),
    (
        "ports alone are open to everybody",
        [cilium("a", ingress=[{"toPorts": [_HTTP]}])],
        {"a1 a2": "80/TCP", "b1 a1": "80/TCP"},
    ),
    (
        "a label without a source is any source",
        [
            cilium(
                "a",
                endpointSelector=by_label(**{"any:app": "a1"}),
                ingress=[{"fromEndpoints": [by_label(app="a2")]}],
            )
        ],
        {"a2 a1": "every port", "b1 a1": "no port", "b1 a2": "every port"},
    ),
    (
        "k8s: is the prefix of Kubernetes' labels, others no pod has",
        [
            cilium("a", "x", ingress=[{"fromEndpoints": [by_label(**{"k8s:app": "a2"})]}]),
            cilium("a", "y", ingress=[{"fromEndpoints": [by_label(**{"container:app": "a1"})]}]),
        ],
        {"a2 a1": "every port", "a1 a2": "no port"},
    ),
    (
        "another namespace by its name",
        [cilium("a", ingress=[{"fromEndpoints": [by_label(**{"k8s:io.kubernetes.pod.namespace": "b"})]}])],
        {"b1 a1": "every port", "a1 a2": "no port"},
    ),
    (
        "or by its labels",
        [cilium("a", ingress=[{"fromEndpoints": [by_label(**{"io.cilium.k8s.namespace.labels.team": "blue"})]}])],
        {"b1 a1": "every port", "a1 a2": "no port"},
    ),
    (
        "every namespace where the name must just exist",
        [cilium("a", ingress=[{"fromEndpoints": [expression("k8s:io.kubernetes.pod.namespace", "Exists")]}])],
        {"b1 a1": "every port", "a1 a2": "every port"},
    ),
    (
        "a policy cannot select pods of another namespace",
        [cilium("a", endpointSelector=by_label(**{"io.kubernetes.pod.namespace": "b"}), ingress=[{}])],
        {"a1 b1": "every port", "b1 a1": "every port"},
    ),
    (
        "a clusterwide one may leave some out",
        [cilium(None, endpointSelector=expression("io.kubernetes.pod.namespace", "NotIn", "a"), ingress=[{}])],
        {"a1 b1": "no port", "b1 a1": "every port"},
    ),
    (
        "by service account",
        [cilium("a", ingress=[{"fromEndpoints": [by_label(**{"io.cilium.k8s.policy.serviceaccount": "default"})]}])],
        {"a1 a2": "every port"},
    ),
    (
        "port 0 is every port, ANY is TCP, UDP and SCTP",
        [cilium("a", ingress=[{"fromEndpoints": [{}], "toPorts": [{"ports": [{"port": "0"}]}]}])],
        {"a1 a2": _EVERYTHING_BUT_ICMP},
    ),
    (
        "a range, a protocol, a name",
        [
            cilium(
                "a",
                ingress=[
                    {
                        "fromEndpoints": [{}],
                        "toPorts": [
                            {"ports": [{"port": "1000", "endPort": 2000, "protocol": "UDP"}]},
                            {"ports": [{"port": "http", "protocol": "TCP"}]},
                        ],
                    }
                ],
            )
        ],
        {"a1 a2": "9000/TCP, 1000-2000/UDP", "a2 a1": "8080/TCP, 1000-2000/UDP"},
    ),
    (
        "ports that list none are all",
        [cilium("a", ingress=[{"fromEndpoints": [{}], "toPorts": [{"rules": {}}]}])],
        {"a1 a2": "every port"},
    ),
    (
        "ICMP by type, by name, by family",
        [
            cilium("a", "x", endpointSelector=by_label(app="a1"), ingress=[{"icmps": [{"fields": [{"type": 8}]}]}]),
            cilium(
                "a",
                "y",
                endpointSelector=by_label(app="a2"),
                ingress=[{"icmps": [{"fields": [{"family": "IPv6", "type": "EchoRequest"}]}]}],
            ),
        ],
        {"b1 a1": "ICMP type 8", "b1 a2": "ICMPv6"},
    ),
    (
        "what is denied stays denied, whoever allows it",
        [
            plain("a", "all", ingress=[{}]),
            cilium("a", ingressDeny=[{"fromEndpoints": [by_label(app="a2")], "toPorts": [_HTTP]}]),
        ],
        {"a2 a1": "ICMP, ICMPv6, every SCTP port, 0-79/TCP, 81-65535/TCP, every UDP port", "b1 a1": "every port"},
    ),
    (
        "a policy that only denies isolates as well",
        [cilium("a", egressDeny=[{"toEndpoints": [by_label(app="a2")]}])],
        {"a1 b1": "no port", "a1 a2": "no port", "b1 a1": "every port"},
    ),
    (
        "unless it says that it does not",
        [cilium("a", enableDefaultDeny={"egress": False}, egressDeny=[{"toEndpoints": [by_label(app="a2")]}])],
        {"a1 b1": "every port", "a1 a2": "no port"},
    ),
    (
        "default deny without a rule",
        [cilium("a", enableDefaultDeny={"ingress": True, "egress": False})],
        {"b1 a1": "no port", "a1 b1": "every port"},
    ),
    (
        "an allow of a policy that does not isolate changes nothing for others",
        [cilium(None, enableDefaultDeny={"ingress": False}, ingress=[{"fromEntities": ["all"]}])],
        {"b1 a1": "every port"},
    ),
    (
        "but adds where another policy isolates",
        [
            plain("a", "deny"),
            cilium(None, enableDefaultDeny={"ingress": False}, ingress=[{"fromEntities": ["cluster"]}]),
        ],
        {"b1 a1": "every port"},
    ),
    (
        "both kinds add up",
        [
            plain("a", "x", ingress=[{"from": [{"podSelector": {}}], "ports": [{"port": 80}]}]),
            cilium(
                "a",
                "y",
                ingress=[{"fromEndpoints": [{}], "toPorts": [{"ports": [{"port": "81", "protocol": "TCP"}]}]}],
            ),
        ],
        {"a1 a2": "80-81/TCP"},
    ),
    (
        "an address block never means pods here",
        [plain("a", ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])],
        {"b1 a1": "no port"},
    ),
    (
        "each of several specs counts",
        [
            cilium("a", endpointSelector=by_label(app="a1"), ingress=[{}])
            | {"specs": [{"endpointSelector": by_label(app="a2"), "ingress": [{}]}]}
        ],
        {"b1 a1": "no port", "b1 a2": "no port"},
    ),
    (
        "a Service stands for its pods",
        [
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": "s", "namespace": "a", "labels": {"x": "y"}},
                "spec": {"selector": {"app": "a2"}},
            },
            cilium("b", "x", egress=[{"toServices": [{"k8sService": {"serviceName": "s", "namespace": "a"}}]}]),
        ],
        {"b1 a2": "every port", "b1 a1": "no port"},
    ),
    (
        "also by its labels",
        [
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": "s", "namespace": "a", "labels": {"x": "y"}},
                "spec": {"selector": {"app": "a2"}},
            },
            cilium("b", "x", egress=[{"toServices": [{"k8sServiceSelector": {"selector": by_label(x="y")}}]}]),
        ],
        {"b1 a2": "every port", "b1 a1": "no port"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("policies", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_policy_means(policies: list[dict[str, Any]], expected: dict[str, str]) -> None:
    reach = reach_of(*policies)
    shown = {}
    for pair in expected:
        source, target = pair.split()
        shown[pair] = show_ports(reach.connection(number(reach, source), number(reach, target)))
    assert shown == expected


@pytest.mark.parametrize(
    ("rule", "entities", "world"),
    [
        ({"fromEntities": ["world"]}, set(), True),
        ({"fromEntities": ["cluster"]}, ENTITIES, False),
        ({"fromEntities": ["all"]}, ENTITIES, True),
        ({"fromEntities": ["host", "remote-node"]}, {"host", "remote-node"}, False),
        ({"fromEntities": ["kube-apiserver"]}, {"kube-apiserver"}, False),
        ({"fromEntities": ["none"]}, set(), False),
        ({"fromEntities": []}, set(), False),
        ({"fromNodes": [by_label(x="y")]}, {"host", "remote-node"}, False),
        ({"fromEndpoints": [by_label(**{"reserved:host": ""})]}, {"host"}, False),
        ({"fromEndpoints": [by_label(**{"reserved:world": ""})]}, set(), True),
        ({"fromCIDR": ["0.0.0.0/0", "::/0"]}, set(), True),
        ({"toPorts": [{"ports": [{"port": "0"}]}]}, ENTITIES, True),
    ],
)
def test_entities_are_told_apart(rule: dict[str, Any], entities: set[str], world: bool) -> None:
    reach = reach_of(cilium("a", ingress=[rule]))
    subject = number(reach, "a1")
    assert {name for name in ENTITIES if reach.entity_ports(subject, "ingress", name)} == entities
    assert bool(reach.address_ports(subject, "ingress", address_set(["192.168.1.1", "fd00::1"]))) is world


def test_a_block_means_neither_nodes_nor_pods() -> None:
    reach = reach_of(cilium("a", egress=[{"toCIDR": ["10.0.0.0/8"]}]))
    subject = number(reach, "a1")
    assert reach.address_ports(subject, "egress", address_set(["10.0.0.3"])) == EVERY_PORT
    for inside in ("10.0.0.1", "10.0.0.10", "10.244.0.1"):
        assert reach.address_ports(subject, "egress", address_set([inside])) == NO_PORTS, inside


def test_cidr_sets_have_exceptions_and_groups() -> None:
    group = {"apiVersion": "cilium.io/v2", "kind": "CiliumCIDRGroup", "metadata": {"name": "g"}}
    entries = [
        {"cidr": "192.168.0.0/16", "except": ["192.168.9.0/24"]},
        {"cidrGroupRef": "g", "except": ["172.16.1.0/24"]},
    ]
    reach = reach_of(
        group | {"spec": {"externalCIDRs": ["172.16.0.0/16"]}}, cilium("a", egress=[{"toCIDRSet": entries}])
    )
    subject = number(reach, "a1")
    allowed = [
        address
        for address in ("192.168.1.1", "192.168.9.1", "172.16.0.1", "172.16.1.1")
        if reach.address_ports(subject, "egress", address_set([address]))
    ]
    assert allowed == ["192.168.1.1", "172.16.0.1"]


@pytest.mark.parametrize(
    "addresses",
    [
        {"kind": "Endpoints", "apiVersion": "v1", "metadata": {"name": "s", "namespace": "b"}}
        | {"subsets": [{"addresses": [{"ip": "192.168.7.7"}]}]},
        {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1"}
        | {"metadata": {"name": "s-1", "namespace": "b", "labels": {"kubernetes.io/service-name": "s"}}}
        | {"endpoints": [{"addresses": ["192.168.7.7"]}]},
    ],
)
def test_a_service_without_a_selector_stands_for_its_addresses(addresses: dict[str, Any]) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": "b"}, "spec": {}}
    rule = {"toServices": [{"k8sService": {"serviceName": "s"}}]}
    reach = reach_of(service, addresses, cilium("b", egress=[rule]))
    assert reach.address_ports(number(reach, "b1"), "egress", address_set(["192.168.7.7"])) == EVERY_PORT
    assert reach.address_ports(number(reach, "b1"), "egress", address_set(["192.168.7.8"])) == NO_PORTS


@pytest.mark.parametrize(
    "part",
    [
        {"rules": {"http": [{"method": "GET"}]}},
        {"rules": {"dns": [{"matchName": "example.org"}]}},
        {"serverNames": ["example.org"]},
        {"listener": {"name": "x"}},
    ],
)
def test_a_rule_that_asks_for_more_than_ports_is_an_upper_bound(part: dict[str, Any]) -> None:
    reach = reach_of(cilium("a", ingress=[{"fromEndpoints": [{}], "toPorts": [_HTTP | part]}]))
    a1, a2 = number(reach, "a1"), number(reach, "a2")
    assert reach.ports(a1, "ingress", a2) == port(80)
    assert reach.ports(a1, "ingress", a2, sure=True) == NO_PORTS


def test_a_name_server_that_answers_everything_is_no_narrower_than_its_ports() -> None:
    rules = {"dns": [{"matchPattern": "*"}]}
    reach = reach_of(cilium("a", egress=[{"toEndpoints": [{}], "toPorts": [_HTTP | {"rules": rules}]}]))
    assert reach.ports(number(reach, "a1"), "egress", number(reach, "a2"), sure=True) == port(80)


@pytest.mark.parametrize(
    ("selector", "labels", "isolated", "allowed"),
    [
        ({}, ({"role": "x"},), True, True),
        (by_label(role="x"), ({"role": "x"}, {"role": "x"}), True, True),
        (by_label(role="x"), ({"role": "x"}, {"role": "y"}), False, True),
        (by_label(role="x"), ({"role": "y"},), False, False),
        (by_label(role="x"), (), False, True),
    ],
)
def test_host_policies_hold_for_the_nodes_if_they_select_all_of_them(
    selector: dict[str, Any], labels: tuple[dict[str, str], ...], isolated: bool, allowed: bool
) -> None:
    around = Surroundings("cilium", node_labels=labels, namespaces=())
    policy = cilium(None, nodeSelector=selector, ingress=[{"fromEndpoints": [{}], "toPorts": [_HTTP]}])
    reach = reach_of(policy, around=around)
    assert reach.isolated(reach.nodes, "ingress") is isolated
    assert bool(reach.allows(reach.nodes, "ingress")) is allowed
    if isolated:
        assert reach.ports(reach.nodes, "ingress", number(reach, "a1")) == port(80)


@pytest.mark.parametrize(
    ("spec", "doubts"),
    [
        ({"ingress": [{"fromRequires": [{}]}]}, ["ingress rule 1: fromRequires is not judged"]),
        ({"egressDeny": [{"toGroups": [{"aws": {}}]}]}, ["egressDeny rule 1: toGroups is not judged"]),
        ({"egress": [{"toEntities": ["moon"]}]}, ["egress rule 1: unknown entity 'moon'"]),
        (
            {"egress": [{"toCIDRSet": [{"cidrGroupRef": "g"}]}]},
            ["a group of CIDRs that nobody renders: g"],
        ),
        (
            {"egress": [{"toCIDRSet": [{"cidrGroupSelector": {}}]}]},
            ["a group of CIDRs that nobody renders: by label"],
        ),
        (
            {"egress": [{"toServices": [{"k8sServiceSelector": {"namespace": "z", "selector": {}}}]}]},
            ["toServices names a Service that nobody renders"],
        ),
        ({"endpointSelector": expression("x", "Lt")}, ["operator 'Lt' of label 'x'"]),
        ({"ingress": [{"fromEndpoints": [expression("x", "Lt")]}]}, ["ingress rule 1: operator 'Lt' of label 'x'"]),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_said(spec: dict[str, Any], doubts: list[str]) -> None:
    reach = reach_of(cilium("a", **spec))
    assert reach.not_judged == tuple(("CiliumNetworkPolicy/a/policy", doubt) for doubt in doubts)


def test_the_ports_of_a_protocol_without_a_number() -> None:
    rule = {"toPorts": [{"ports": [{"port": "0", "protocol": "UDP"}]}]}
    reach = reach_of(cilium("a", ingress=[rule]))
    assert reach.ports(number(reach, "a1"), "ingress", number(reach, "b1")) == whole("UDP")
