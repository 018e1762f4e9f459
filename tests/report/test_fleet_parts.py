"""What a report takes from resolved fleets, on the real catalogue."""

from functools import lru_cache
from pathlib import Path

import pytest

from generator.fleet import Fleet
from generator.pipeline.workspace import open_workspace
from generator.report import Meter, connections_of, facts_of_fleets
from generator.report.fleet import natural
from generator.report.matrix import matrices, side
from generator.report.model import End

ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=1)
def fleets() -> dict[str, Fleet]:
    return dict(open_workspace(ROOT).fleets)


def test_each_domain_has_its_budget_in_each_environment() -> None:
    parts = facts_of_fleets(fleets())
    uses = {(use.environment, use.domain): use for use in parts["budgets"]}
    for name, fleet in fleets().items():
        assert {domain for environment, domain in uses if environment == name} == {*fleet.needs, *fleet.budgets}
        for domain, need in fleet.needs.items():
            limit = fleet.budgets[domain].cpu_m if domain in fleet.budgets else None
            assert uses[name, domain].cpu_m == Meter(need.cpu_m, limit)


def test_nodes_are_shown_together_and_with_the_largest_lost() -> None:
    for name, fleet in fleets().items():
        uses = [use for use in facts_of_fleets(fleets())["nodes"] if use.environment == name]
        workers = [node for node in fleet.inventory.nodes.values() if node.role == "worker"]
        assert uses[0].memory_bytes.limit == sum(node.allocatable_memory_bytes for node in workers)
        assert len(uses) == (2 if len(workers) > 1 else 1)
        if len(uses) == 2:
            largest = max(node.allocatable_memory_bytes for node in workers)
            assert uses[1].memory_bytes.limit == (uses[0].memory_bytes.limit or 0) - largest
            assert uses[1].cpu_m.used == uses[0].cpu_m.used


def test_every_address_and_port_of_the_claims_is_shown() -> None:
    holdings = facts_of_fleets(fleets())["holdings"]
    shown = {(item.environment, item.key, item.holder) for item in holdings}
    for fleet in fleets().values():
        for claim in fleet.claims:
            if claim.kind in ("address", "load-balancer", "host-port", "host", "vm-id", "mac"):
                assert (claim.environment, claim.key, claim.holder) in shown
    addresses = [item.key for item in holdings if item.kind == "address"]
    assert addresses == sorted(addresses, key=natural)


def test_ends_of_connections_get_their_domain() -> None:
    fleet = fleets()["prod"]
    matrix = {"sonarr": {"prowlarr": "9696/TCP", "internet": "443/TCP"}}
    found = connections_of(fleet, matrix)
    sonarr = End("sonarr", "media")
    assert [(item.source, item.target, item.ports, item.declared) for item in found] == [
        (sonarr, End("prowlarr", "media"), "9696/TCP", None),
        (sonarr, End("internet"), "443/TCP", None),
    ]
    compared = connections_of(fleet, matrix, wider=frozenset({("sonarr", "internet")}))
    assert [item.declared for item in compared] == [True, False]
    (shown,) = matrices(compared)
    assert (shown.rows, shown.columns, shown.undeclared) == (("media",), ("media", "internet"), 1)


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        (End("sonarr", "media"), "media"),
        (End("api.github.com"), "internet"),
        (End("*.plex.tv"), "internet"),
        (End("10.0.20.0/24"), "10.0.20.0/24"),
        (End("10.0.20.1"), "10.0.20.1"),
        (End("the nodes"), "the nodes"),
        (End("kube-apiserver"), "kube-apiserver"),
    ],
)
def test_the_side_of_an_end(end: End, shown: str) -> None:
    assert side(end) == shown


def test_numbers_in_keys_are_ordered_as_numbers() -> None:
    keys = ["10.0.10.1:443/TCP", "10.0.9.1:443/TCP", "10.0.9.1:80/TCP", "a", "vm-10", "vm-9"]
    assert sorted(keys, key=natural) == [
        "a", "vm-9", "vm-10", "10.0.9.1:80/TCP", "10.0.9.1:443/TCP", "10.0.10.1:443/TCP",
    ]  # fmt: skip
