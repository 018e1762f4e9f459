"""NetworkPolicy, case by case, as the Kubernetes documentation tells it and as linters got it wrong.

Every case is one cluster: pods a1, a2 (namespace `a`, team=red), b1 (namespace `b`, team=blue), and
the policies of the case. It lists who reaches whom; `-` in front says not.
"""

from typing import Any

import pytest

from generator.network import EVERY_PORT, PodGroup, Reach, Surroundings, address_set, port, show_ports
from tests.network.objects import by_label, expression, namespace, plain, pod

_PODS = [
    namespace("a", team="red"),
    namespace("b", team="blue"),
    pod("a", "a1", {"app": "a1", "tier": "web"}, http=8080, metrics=9090),
    pod("a", "a2", {"app": "a2"}, http=9000),
    pod("b", "b1", {"app": "b1", "tier": "web"}, http=8080),
]
_AROUND = Surroundings(pods=("10.244.0.0/16",), nodes=("10.0.0.1",), namespaces=())
TCP = "TCP"


def reach_of(*policies: dict[str, Any], around: Surroundings = _AROUND) -> Reach:
    return Reach([*_PODS, *policies], around)


def number(reach: Reach, name: str) -> int:
    return next(index for index, group in enumerate(reach.groups) if group.workloads == (name,))


def on(reach: Reach, source: str, target: str) -> str:
    return show_ports(reach.connection(number(reach, source), number(reach, target)))


_DENY_A = plain("a", "deny", policyTypes=["Ingress", "Egress"])
CASES: list[tuple[str, list[dict[str, Any]], dict[str, str]]] = [
    ("no policy: everybody reaches everybody", [], {"a1 a2": "every port", "b1 a1": "every port"}),
    (
        "an empty podSelector selects the whole namespace (kube-score #293, polaris)",
        [plain("a", policyTypes=["Ingress"])],
        {"a1 a2": "no port", "b1 a1": "no port", "a1 b1": "every port"},
    ),
    (
        "policies do not leave their namespace (checkov #7474)",
        [plain("b", podSelector=by_label(app="a1"))],
        {"b1 a1": "every port", "a2 a1": "every port"},
    ),
    (
        "ingress is the default of policyTypes",
        [plain("a", podSelector=by_label(app="a1"))],
        {"a2 a1": "no port", "a1 a2": "every port"},
    ),
    (
        "an egress rule makes Egress a default type as well",
        [plain("a", podSelector=by_label(app="a1"), egress=[{"to": [{"podSelector": by_label(app="a2")}]}])],
        {"a2 a1": "no port", "a1 a2": "every port", "a1 b1": "no port"},
    ),
    (
        "an empty egress list does not",
        [plain("a", podSelector=by_label(app="a1"), egress=[])],
        {"a2 a1": "no port", "a1 b1": "every port"},
    ),
    (
        "rules of a direction that policyTypes leaves out mean nothing",
        [plain("a", policyTypes=["Egress"], ingress=[{}])],
        {"a1 b1": "no port", "b1 a1": "every port"},
    ),
    (
        "one empty rule allows everything",
        [plain("a", policyTypes=["Ingress"], ingress=[{}])],
        {"b1 a1": "every port"},
    ),
    (
        "an empty list of rules allows nothing",
        [plain("a", policyTypes=["Ingress"], ingress=[])],
        {"b1 a1": "no port"},
    ),
    (
        "a missing and an empty list of peers are everybody",
        [
            plain("a", "x", podSelector=by_label(app="a1"), ingress=[{"from": [], "ports": [{"port": 1}]}]),
            plain("a", "y", podSelector=by_label(app="a1"), ingress=[{"ports": [{"port": 3}]}]),
        ],
        {"b1 a1": "1/TCP, 3/TCP"},
    ),
    (
        "a podSelector alone means pods of the policy's own namespace",
        [plain("a", ingress=[{"from": [{"podSelector": by_label(tier="web")}]}])],
        {"a1 a2": "every port", "b1 a2": "no port"},
    ),
    (
        "a namespaceSelector alone means all pods there",
        [plain("a", ingress=[{"from": [{"namespaceSelector": by_label(team="blue")}]}])],
        {"a1 a2": "no port", "b1 a2": "every port"},
    ),
    (
        "both in one peer are joined by and",
        [
            plain(
                "a",
                ingress=[{"from": [{"namespaceSelector": by_label(team="blue"), "podSelector": by_label(app="a1")}]}],
            )
        ],
        {"a1 a2": "no port", "b1 a2": "no port"},
    ),
    (
        "in two peers by or",
        [
            plain(
                "a",
                ingress=[{"from": [{"namespaceSelector": by_label(team="blue")}, {"podSelector": by_label(app="a1")}]}],
            )
        ],
        {"a1 a2": "every port", "b1 a2": "every port", "a2 a1": "no port"},
    ),
    (
        "an empty namespaceSelector is every namespace",
        [plain("a", ingress=[{"from": [{"namespaceSelector": {}}]}])],
        {"a1 a2": "every port", "b1 a2": "every port"},
    ),
    (
        "every namespace has its name as a label",
        [plain("a", ingress=[{"from": [{"namespaceSelector": by_label(**{"kubernetes.io/metadata.name": "b"})}]}])],
        {"b1 a1": "every port", "a2 a1": "no port"},
    ),
    (
        "In",
        [plain("a", podSelector=expression("app", "In", "a1", "x"))],
        {"b1 a1": "no port", "b1 a2": "every port"},
    ),
    ("NotIn", [plain("a", podSelector=expression("app", "NotIn", "a1"))], {"b1 a1": "every port", "b1 a2": "no port"}),
    (
        "NotIn holds where the label is absent",
        [plain("a", podSelector=expression("tier", "NotIn", "db"))],
        {"b1 a1": "no port", "b1 a2": "no port"},
    ),
    ("Exists", [plain("a", podSelector=expression("tier", "Exists"))], {"b1 a1": "no port", "b1 a2": "every port"}),
    (
        "DoesNotExist",
        [plain("a", podSelector=expression("tier", "DoesNotExist"))],
        {"b1 a1": "every port", "b1 a2": "no port"},
    ),
    (
        "labels and expressions are joined by and",
        [plain("a", podSelector=by_label(app="a1") | expression("tier", "DoesNotExist"))],
        {"b1 a1": "every port"},
    ),
    (
        "allows of several policies add up",
        [
            plain("a", "x", ingress=[{"from": [{"podSelector": {}}], "ports": [{"port": 80}]}]),
            plain("a", "y", ingress=[{"from": [{"podSelector": {}}], "ports": [{"port": 81}]}]),
        ],
        {"a1 a2": "80-81/TCP"},
    ),
    (
        "a second policy cannot take away",
        [plain("a", "x", ingress=[{}]), _DENY_A],
        {"b1 a1": "every port", "a1 b1": "no port"},
    ),
    (
        "both ends must allow",
        [_DENY_A, plain("a", "in", podSelector=by_label(app="a2"), ingress=[{"from": [{"podSelector": {}}]}])],
        {"a1 a2": "no port"},
    ),
    (
        "both ends must allow, on the same ports",
        [
            _DENY_A,
            plain("a", "in", ingress=[{"from": [{"podSelector": {}}], "ports": [{"port": 80, "endPort": 90}]}]),
            plain(
                "a",
                "out",
                policyTypes=["Egress"],
                egress=[{"to": [{"podSelector": {}}], "ports": [{"port": 85, "endPort": 99}]}],
            ),
        ],
        {"a1 a2": "85-90/TCP"},
    ),
    ("the protocol is TCP unless stated", [plain("a", ingress=[{"ports": [{"port": 53}]}])], {"b1 a1": "53/TCP"}),
    (
        "a protocol without a port is all of its ports",
        [plain("a", ingress=[{"ports": [{"protocol": "UDP"}]}])],
        {"b1 a1": "every UDP port"},
    ),
    (
        "a range includes its end",
        [plain("a", ingress=[{"ports": [{"port": 32000, "endPort": 32768, "protocol": "UDP"}]}])],
        {"b1 a1": "32000-32768/UDP"},
    ),
    (
        "on ingress a port's name is looked up in the pods of the policy, each for itself",
        [plain("a", ingress=[{"ports": [{"port": "http"}]}])],
        {"b1 a1": "8080/TCP", "b1 a2": "9000/TCP"},
    ),
    (
        "on egress in the pods that are called",
        [plain("b", policyTypes=["Egress"], egress=[{"to": [{"namespaceSelector": {}}], "ports": [{"port": "http"}]}])],
        {"b1 a1": "8080/TCP", "b1 a2": "9000/TCP"},
    ),
    (
        "a name that no container has is no port",
        [plain("a", ingress=[{"ports": [{"port": "grpc"}]}])],
        {"b1 a1": "no port"},
    ),
    (
        "nor one of another protocol",
        [plain("a", ingress=[{"ports": [{"port": "http", "protocol": "UDP"}]}])],
        {"b1 a1": "no port"},
    ),
    (
        "a name beside a number",
        [
            plain(
                "b",
                policyTypes=["Egress"],
                egress=[{"to": [{"namespaceSelector": {}}], "ports": [{"port": "metrics"}, {"port": 443}]}],
            )
        ],
        {"b1 a1": "443/TCP, 9090/TCP", "b1 a2": "443/TCP"},
    ),
    (
        "an address block that reaches into the pods' range means any pod",
        [plain("a", ingress=[{"from": [{"ipBlock": {"cidr": "10.244.3.0/24"}}]}])],
        {"b1 a1": "every port"},
    ),
    (
        "unless it is excepted",
        [plain("a", ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.244.0.0/16"]}}]}])],
        {"b1 a1": "no port"},
    ),
]


@pytest.mark.parametrize(("policies", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_policy_means(policies: list[dict[str, Any]], expected: dict[str, str]) -> None:
    reach = reach_of(*policies)
    assert {pair: on(reach, *pair.split()) for pair in expected} == expected


def test_address_blocks_mean_what_is_left_of_them() -> None:
    block = {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}
    reach = reach_of(plain("a", ingress=[{"from": [{"ipBlock": block}], "ports": [{"port": 80}]}]))
    subject = number(reach, "a1")
    assert reach.address_ports(subject, "ingress", address_set(["10.2.0.0/16"])) == port(80)
    assert reach.address_ports(subject, "ingress", address_set(["10.0.0.0/15"])) == ()
    assert reach.address_ports(subject, "egress", address_set(["1.1.1.1"])) == EVERY_PORT


def test_blocks_of_several_rules_cover_a_range_together() -> None:
    halves = [
        {"to": [{"ipBlock": {"cidr": "10.2.0.0/17"}}], "ports": [{"port": 80, "endPort": 90}]},
        {"to": [{"ipBlock": {"cidr": "10.2.128.0/17"}}], "ports": [{"port": 85, "endPort": 99}]},
    ]
    reach = reach_of(plain("a", policyTypes=["Egress"], egress=halves))
    assert reach.address_ports(number(reach, "a1"), "egress", address_set(["10.2.0.0/16"])) == port(85, TCP, 90)


def test_an_address_that_a_name_of_a_port_cannot_be_looked_up_in_is_not_allowed() -> None:
    rule = {"to": [{"ipBlock": {"cidr": "10.2.0.0/16"}}], "ports": [{"port": "http"}]}
    reach = reach_of(plain("a", policyTypes=["Egress"], egress=[rule]))
    assert reach.address_ports(number(reach, "a1"), "egress", address_set(["10.2.0.0/16"])) == ()


def test_namespaces_whose_pods_nobody_renders_are_one_peer() -> None:
    policy = plain("a", ingress=[{"from": [{"namespaceSelector": by_label(**{"kubernetes.io/metadata.name": "up"})}]}])
    reach = Reach([*_PODS, namespace("up"), policy], _AROUND)
    up = next(index for index, group in enumerate(reach.groups) if group.namespace == "up")
    assert reach.groups[up] == PodGroup("up", {}, rendered=False)
    assert reach.groups[up].name == "all pods of up"
    assert reach.connection(up, number(reach, "a1")) == EVERY_PORT


def test_pods_that_only_a_policy_names_there_are_taken_to_exist() -> None:
    peer = {"namespaceSelector": by_label(**{"kubernetes.io/metadata.name": "up"}), "podSelector": by_label(app="dns")}
    reach = Reach([*_PODS, namespace("up"), plain("a", ingress=[{"from": [peer]}])], _AROUND)
    names = [group.name for group in reach.groups if group.namespace == "up"]
    assert names == ["all pods of up", "pods app=dns of up"]
    dns = reach.matching("up", {"app": "dns"}).bit_length() - 1
    assert reach.connection(dns, number(reach, "a1")) == EVERY_PORT
    assert reach.matching("nowhere", {}) == 0


def test_declared_pods_count_where_nothing_rendered_has_their_labels() -> None:
    extra = [PodGroup("a", {"app": "a1"}), PodGroup("b", {"app": "made-by-an-operator"}), PodGroup("c", {})]
    reach = Reach(_PODS, _AROUND, extra)
    assert [group.name for group in reach.groups if not group.rendered] == [
        "pods app=made-by-an-operator of b",
        "all pods of c",
    ]


@pytest.mark.parametrize(
    ("spec", "doubt"),
    [
        ({"podSelector": expression("app", "Gt", "1")}, "operator 'Gt' of label 'app'"),
        ({"ingress": [{"from": [{}]}]}, "ingress rule 1: a peer without a selector"),
        (
            {"ingress": [{"from": [{"podSelector": expression("x", "Like")}]}]},
            "ingress rule 1: operator 'Like' of label 'x'",
        ),
        (
            {"ingress": [{}, {"from": [{"ipBlock": {"cidr": "10.0.0.0/33"}}]}]},
            "ingress rule 2: '10.0.0.0/33' does not appear to be an IPv4 or IPv6 network",
        ),
    ],
)
def test_what_cannot_be_judged_is_said(spec: dict[str, Any], doubt: str) -> None:
    assert reach_of(plain("a", **spec)).not_judged == (("NetworkPolicy/a/policy", doubt),)


def test_a_policy_of_cilium_is_nothing_where_cilium_does_not_enforce() -> None:
    item = {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "metadata": {"name": "x", "namespace": "a"}}
    reach = reach_of(item | {"spec": {"endpointSelector": {}, "ingress": [{}]}})
    assert reach.not_judged == (("CiliumNetworkPolicy/a/x", "only Cilium enforces this kind"),)
    assert on(reach, "b1", "a1") == "every port"


def test_policies_that_select_nobody_are_listed() -> None:
    assert reach_of(plain("a", "x", podSelector=by_label(app="gone")), _DENY_A).selects_nobody == ("NetworkPolicy/a/x",)
