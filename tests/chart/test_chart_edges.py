"""Both ends of every edge are rendered, and nothing but edges: read back from the policies alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.fleet.model import Edge, Fleet, Internet, Pods, Range
from tests.chart.catalogue import fleets, render_all, with_edits

Policy = dict[str, Any]


def pods(peer: dict[str, Any], namespace: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    where = peer.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name", namespace)
    return where, tuple(sorted(peer.get("podSelector", {}).get("matchLabels", {}).items()))


def connections(policies: list[Policy], direction: str, word: str) -> Iterator[tuple[Any, Any, Any]]:
    """(own pods, peer, port) of every rule of the plain policies."""
    for policy in policies:
        own = pods({"podSelector": policy["spec"]["podSelector"]}, policy["metadata"]["namespace"])
        for rule in policy["spec"].get(direction, []):
            for peer in rule[word]:
                other = peer["ipBlock"]["cidr"] if "ipBlock" in peer else pods(peer, "")
                for port in rule.get("ports", [{"protocol": "any"}]):
                    yield own, other, (port.get("port"), port["protocol"])


def ends(edge: Edge) -> Iterator[tuple[Any, Any, Any]]:
    def name(end: Any) -> Any:
        match end:
            case Pods(namespace=namespace, labels=labels):
                return namespace, tuple(sorted(labels.items()))
            case Range(cidr=cidr):
                return cidr
            case Internet():
                return "0.0.0.0/0"
            case _:
                raise AssertionError(end)

    for port in edge.ports or [None]:
        yield name(edge.source), name(edge.target), (port.number, port.protocol) if port else (None, "any")


def is_plain(fleet: Fleet, edge: Edge) -> bool:
    """Say whether a plain policy has both ends as they are: no node, no entity."""
    return all(
        isinstance(end, Internet | Range) or (isinstance(end, Pods) and not end.host_network)
        for end in (edge.source, edge.target)
    )


@pytest.mark.parametrize("environment", ["prod", "staging"])
def test_policies_hold_each_edge_twice_and_nothing_else(tmp_path: Path, environment: str) -> None:
    edit = {"site.yaml": ("network_policy: cilium", "network_policy: kubernetes")}
    fleet = with_edits(tmp_path, edit)[environment]
    found = render_all(with_edits(tmp_path / "again", edit), environment)
    policies = [
        item for item in found if item["kind"] == "NetworkPolicy" and item["metadata"]["name"] != "volsync-mover"
    ]
    outward = set(connections(policies, "egress", "to"))
    inward = {(other, own, port) for own, other, port in connections(policies, "ingress", "from")}
    edges = [edge for edge in fleet.edges if is_plain(fleet, edge)]
    expected_out, expected_in = set(), set()
    for edge in edges:
        if isinstance(edge.source, Pods) and _is_ours(fleet, edge.source):
            expected_out |= set(ends(edge))
        if isinstance(edge.target, Pods) and _is_ours(fleet, edge.target):
            expected_in |= set(ends(edge))
    assert len(expected_out) > 15
    by_address = {f"{node.address}/32" for node in fleet.inventory.nodes.values()} | {f"{fleet.site.kubernetes.api}/32"}
    assert {item for item in outward if item[1] not in by_address} == expected_out
    assert {item for item in inward if item[0] not in by_address} == expected_in


def _is_ours(fleet: Fleet, end: Pods) -> bool:
    return end.service in fleet.services and end.namespace != "kube-system"


def test_the_fixture_has_an_edge_of_each_kind() -> None:
    reasons = {edge.reason for edge in fleets()["prod"].edges}
    assert reasons >= {
        "talks_to",
        "called_by",
        "needs",
        "dns",
        "gateway",
        "scrape",
        "probe",
        "load_balancer",
        "namespace",
    }
