"""The indexed evaluator against the naive one, on small random clusters."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.network import DIRECTIONS, Reach, Surroundings, address_set
from tests.network import naive
from tests.network.objects import cilium, namespace, plain, pod

_SPACES = ("a", "b")
_ADDRESSES = ("10.0.0.1", "10.0.0.9", "192.168.3.4")
_ENTITIES = ("host", "kube-apiserver")
_POINTS = (("TCP", 80), ("TCP", 85), ("UDP", 80), ("TCP", 8080))


def _draw_selector(keys: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    label = st.dictionaries(st.sampled_from(keys), st.sampled_from(["x", "y"]), max_size=1)
    operator = st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"])
    expression = st.tuples(st.sampled_from(keys), operator, st.sampled_from([["x"], ["x", "y"]])).map(
        lambda item: {"key": item[0], "operator": item[1]} | ({"values": item[2]} if "In" in item[1] else {})
    )
    return st.fixed_dictionaries(
        {}, optional={"matchLabels": label, "matchExpressions": st.lists(expression, max_size=1)}
    )


_SELECTOR = _draw_selector(("app", "tier"))
_SPACE_SELECTOR = st.one_of(
    _draw_selector(("team",)),
    st.sampled_from(_SPACES).map(lambda name: {"matchLabels": {"kubernetes.io/metadata.name": name}}),
)
_CIDR = st.sampled_from(["10.0.0.0/8", "10.0.0.0/24", "192.168.0.0/16", "0.0.0.0/0", "10.244.0.0/16"])
_BLOCK = st.fixed_dictionaries(
    {"cidr": _CIDR}, optional={"except": st.sampled_from([["10.0.0.0/28"], ["10.244.0.0/16"]])}
)
_PLAIN_PEER = st.one_of(
    _BLOCK.map(lambda block: {"ipBlock": block}),
    _SELECTOR.map(lambda found: {"podSelector": found}),
    _SPACE_SELECTOR.map(lambda found: {"namespaceSelector": found}),
    st.tuples(_SPACE_SELECTOR, _SELECTOR).map(lambda two: {"namespaceSelector": two[0], "podSelector": two[1]}),
)
_PLAIN_PORT = st.sampled_from(
    [
        {"port": 80}, {"port": 80, "endPort": 90}, {"port": "http"}, {"protocol": "UDP"},
        {"port": 80, "protocol": "UDP"}, {"port": "http", "protocol": "UDP"},
    ]
)  # fmt: skip


def _rules(word: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    rule = st.fixed_dictionaries(
        {}, optional={word: st.lists(_PLAIN_PEER, max_size=2), "ports": st.lists(_PLAIN_PORT, max_size=2)}
    )
    return st.lists(rule, max_size=2)


_PLAIN = st.tuples(
    st.sampled_from(_SPACES),
    st.fixed_dictionaries(
        {"podSelector": _SELECTOR},
        optional={
            "ingress": _rules("from"),
            "egress": _rules("to"),
            "policyTypes": st.sampled_from([["Ingress"], ["Egress"], ["Ingress", "Egress"]]),
        },
    ),
).map(lambda item: plain(item[0], **item[1]))  # type: ignore[arg-type]  # Hypothesis types the values as objects

_ENDPOINT = st.one_of(
    _SELECTOR,
    st.sampled_from(_SPACES).map(lambda name: {"matchLabels": {"io.kubernetes.pod.namespace": name}}),
    st.just({"matchExpressions": [{"key": "io.kubernetes.pod.namespace", "operator": "NotIn", "values": ["a"]}]}),
)
_CILIUM_PORT = st.sampled_from(
    [
        {"port": "0"}, {"port": "80"}, {"port": "80", "endPort": 90, "protocol": "TCP"},
        {"port": "http", "protocol": "TCP"}, {"port": "80", "protocol": "UDP"},
    ]
)  # fmt: skip


def _cilium_rules(word: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    entity = st.sampled_from(["world", "cluster", "all", "host", "kube-apiserver", "none"])
    peers = st.one_of(
        st.just({}),
        st.lists(_ENDPOINT, max_size=2).map(lambda found: {f"{word}Endpoints": found}),
        st.lists(entity, max_size=2).map(lambda found: {f"{word}Entities": found}),
        st.lists(_CIDR, max_size=2).map(lambda found: {f"{word}CIDR": found}),
    )
    ports = st.lists(st.lists(_CILIUM_PORT, min_size=1, max_size=2).map(lambda found: {"ports": found}), max_size=1)
    rule = st.tuples(peers, st.fixed_dictionaries({}, optional={"toPorts": ports})).map(lambda two: two[0] | two[1])
    return st.lists(rule, max_size=2)


_CILIUM = st.tuples(
    st.sampled_from([*_SPACES, None]),
    st.fixed_dictionaries(
        {"endpointSelector": _ENDPOINT},
        optional={
            "ingress": _cilium_rules("from"),
            "egress": _cilium_rules("to"),
            "ingressDeny": _cilium_rules("from"),
            "egressDeny": _cilium_rules("to"),
            "enableDefaultDeny": st.fixed_dictionaries(
                {}, optional={"ingress": st.booleans(), "egress": st.booleans()}
            ),
        },
    ),
).map(lambda item: cilium(item[0], **item[1]))


@st.composite
def _clusters(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
    labels = st.fixed_dictionaries(
        {}, optional={"app": st.sampled_from(["x", "y"]), "tier": st.sampled_from(["x", "y"])}
    )
    pods = []
    for where in _SPACES:
        for index in range(draw(st.integers(1, 2))):
            ports = draw(st.sampled_from([{}, {"http": 80}, {"http": 8080}]))
            pods.append(pod(where, f"{where}{index}", draw(labels), **ports))
    policies = draw(st.lists(st.one_of(_PLAIN, _CILIUM), min_size=1, max_size=4))
    named = [item | {"metadata": item["metadata"] | {"name": f"p{n}"}} for n, item in enumerate(policies)]
    spaces = [namespace("a", team="x"), namespace("b", team="y")]
    return [*spaces, *pods, *named], pods, draw(st.sampled_from(["kubernetes", "cilium"]))


@settings(max_examples=400, deadline=None)
@given(_clusters())
def test_the_indexed_evaluator_agrees_with_the_naive_one(
    cluster: tuple[list[dict[str, Any]], list[dict[str, Any]], str],
) -> None:
    objects, pods, enforcer = cluster
    around = Surroundings(
        enforcer, nodes=("10.0.0.1",), pods=("10.244.0.0/16",), namespaces=()  # type: ignore[arg-type]  # drawn
    )  # fmt: skip
    reach = Reach(objects, around)
    slow = naive.Cluster(objects, enforcer, "10.244.0.0/16", ["10.0.0.1"])
    number = {name: index for index, group in enumerate(reach.groups) for name in group.workloads}
    where = {(group.namespace, name): number[name] for group in reach.groups for name in group.workloads}
    listed = {(source, target): found for source, target, found in reach.connections()}
    for source in pods:
        one = where[source["metadata"]["namespace"], source["metadata"]["name"]]
        for target in pods:
            two = where[target["metadata"]["namespace"], target["metadata"]["name"]]
            for point in _POINTS:
                fast = any(_holds(item, point) for item in listed.get((one, two), ()))
                assert fast == slow.connected(source, target, *point), (source, target, point)
        for direction in DIRECTIONS:
            for address in _ADDRESSES:
                found = reach.address_ports(one, direction, address_set([address]))
                if enforcer == "cilium" and address in around.nodes:
                    continue  # an identity there, not an address
                for point in _POINTS:
                    fast = any(_holds(item, point) for item in found)
                    assert fast == slow.passes(source, direction, address, *point), (source, direction, address, point)
            if enforcer == "cilium":
                for entity in _ENTITIES:
                    found = reach.entity_ports(one, direction, entity)
                    for point in _POINTS:
                        fast = any(_holds(item, point) for item in found)
                        assert fast == slow.passes(source, direction, entity, *point), (source, direction, entity)


def _holds(item: tuple[str, int, int], point: tuple[str, int]) -> bool:
    return item[0] == point[0] and item[1] <= point[1] <= item[2]
