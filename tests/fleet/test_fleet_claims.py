# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""What collisions offer instead, what `chartroom fix` may write, and what environments may share."""

from pathlib import Path

import pytest

from generator.catalogue import read_sources
from generator.finding import Finding
from generator.fleet.free import free_addresses
from generator.fleet.standing import standing_text
from generator.source import place_at
from tests.support.workspace import Repository

SITE, PROD, DEV = "values/site.yaml", "values/inventory/prod.yaml", "values/environments/dev.yaml"
BALANCED = "ports: {{http: {port}}}\nload_balancer: {{ip: {ip}, ports: [http], from: [lan]}}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.minimal(tmp_path)


def claims(repository: Repository) -> list[Finding]:
    return [finding for finding in repository.all_findings() if finding.rule.startswith(("claim/", "fleet/ip-auto"))]


OFFERS = {
    "vm id": (PROD, "vm_id: 102", "vm_id: 101", "102"),
    "mac": (PROD, 'mac: "02:00:00:00:01:02"', 'mac: "02:00:00:00:01:01"', '"02:00:00:00:01:02"'),
    "address": (PROD, "address: 10.0.10.13", "address: 10.0.10.12", "10.0.10.2"),
    "vlan": (SITE, "vlan: 20", "vlan: 10", None),
    "subnet": (SITE, "subnet: 10.0.20.0/24, router: 10.0.20.1", "subnet: 10.0.10.0/24, router: 10.0.10.2", None),
    "named address": (SITE, "nas: 10.0.10.5", "nas: 10.0.10.1", None),
}


@pytest.mark.parametrize("name", OFFERS)
def test_collision_offers_what_may_be_written_in_its_place(repository: Repository, name: str) -> None:
    path, old, new, expected = OFFERS[name]
    repository.change(path, old, new)
    found = [finding for finding in claims(repository) if finding.place.path == path]
    assert [finding.replacement for finding in found] == [expected]


def test_what_is_written_in_its_place_removes_the_collision(repository: Repository) -> None:
    repository.workload("jellyfin", BALANCED.format(port=32400, ip="10.0.20.11"))
    (finding,) = claims(repository)
    assert finding.replacement == "10.0.20.12"
    lines = (repository.root / finding.place.path).read_text().splitlines()
    line = lines[finding.place.line - 1]
    at = finding.place.column - 1
    assert line[at:].startswith("10.0.20.11")
    lines[finding.place.line - 1] = line[:at] + finding.replacement + line[at + len("10.0.20.11") :]
    repository.write(finding.place.path, "\n".join(lines) + "\n")
    assert repository.findings() == ""


def test_valkey_number_is_written_only_where_one_stands(repository: Repository) -> None:
    repository.write(
        "values/apps/media/valkey.yaml",
        "summary: Cache\ncategory: streaming\nimage: docker.io/a/valkey:8.0.0\nports: {redis: 6379}\nprobes: tcp:redis\n"
        "resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}\nprovides: {valkey: {port: redis}}\n",
    )
    repository.workload("a", "needs: {valkey: {from: valkey}}\n")
    repository.workload("b", "needs: {valkey: {from: valkey}}\n")
    repository.workload("c", "needs: {valkey: {from: valkey, database: 0}}\n")
    found = claims(repository)
    assert [(finding.place.path[-6:], finding.fix, finding.replacement) for finding in found] == [
        ("b.yaml", "write `database: 1`", None),
        ("c.yaml", "write `database: 1`", "1"),
    ]
    tree = read_sources(repository.root).services["c"].layer
    assert found[1].place == place_at(tree, ("needs", "valkey", "database"))


def test_sixteen_services_fill_a_valkey(repository: Repository) -> None:
    repository.write(
        "values/apps/media/valkey.yaml",
        "summary: Cache\ncategory: streaming\nimage: docker.io/a/valkey:8.0.0\nports: {redis: 6379}\nprobes: tcp:redis\n"
        "resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}\nprovides: {valkey: {port: redis}}\n",
    )
    for number in range(16):
        repository.workload(f"s{number:02}", f"needs: {{valkey: {{from: valkey, database: {number}}}}}\n")
    repository.workload("t", "needs: {valkey: {from: valkey, database: 5}}\n")
    (finding,) = claims(repository)
    assert (finding.fix, finding.replacement) == ("run another Valkey, all numbers of 'valkey' are taken", None)


def test_full_ranges_of_ids_addresses_and_vlans_offer_nothing(repository: Repository) -> None:
    repository.change(PROD, "vm_ids: 100-119", "vm_ids: 100-101")
    repository.change(PROD, "vm_id: 102", "vm_id: 101")
    (finding,) = claims(repository)
    assert (finding.fix, finding.replacement) == ("choose another VM id", None)


def test_network_without_a_free_address_says_so(repository: Repository) -> None:
    repository.change(
        SITE,
        "subnet: 10.0.10.0/24, router: 10.0.10.1}",
        "subnet: 10.0.10.0/27, router: 10.0.10.1, dhcp: 10.0.10.14-10.0.10.30}",
    )
    repository.change(
        SITE,
        "addresses: {nas: 10.0.10.5}",
        "addresses: {nas: 10.0.10.5" + "".join(f", n{n}: 10.0.10.{n}" for n in (2, 3, 4, 6, 7, 8, 9)) + "}",
    )
    repository.change(PROD, "address: 10.0.10.13", "address: 10.0.10.12")
    found = claims(repository)
    assert [(finding.fix, finding.replacement) for finding in found] == [
        ("choose a free address of network 'cluster' (next: 10.0.10.13)", "10.0.10.13")
    ]
    repository.change(SITE, "n9: 10.0.10.9", "n9: 10.0.10.9, n13: 10.0.10.13")
    (finding,) = claims(repository)
    assert (finding.fix, finding.replacement) == (
        "make room in network 'cluster' (10.0.10.0/27), nothing is free there",
        None,
    )


def test_last_vlan_has_no_next(repository: Repository) -> None:
    repository.change(SITE, "vlan: 10", "vlan: 4094")
    repository.change(SITE, "vlan: 20", "vlan: 4094")
    assert [finding.fix for finding in claims(repository)] == ["choose another VLAN"]


def test_free_addresses_skip_ends_of_the_subnet_and_what_is_taken(repository: Repository) -> None:
    repository.change(SITE, "range: 10.0.20.10-10.0.20.20", "range: 10.0.20.0-10.0.20.20")
    fleet = repository.fleet()
    assert {name: str(address) for name, address in free_addresses(fleet.site, fleet.claims).items()} == {
        "lan": "10.0.20.2"
    }


def test_free_addresses_end_with_the_address_space(repository: Repository) -> None:
    repository.change(
        SITE,
        "  lan: {network: lan, range: 10.0.20.10-10.0.20.20}",
        "  lan: {network: nowhere, range: 255.255.255.254-255.255.255.255}",
    )
    fleet = repository.fleet()
    assert str(free_addresses(fleet.site, fleet.claims)["lan"]) == "255.255.255.254"


SHARED = {
    "a network with its VLAN and router": ("", []),
    "a network of which one environment changes what is not claimed": (
        "  networks: {cluster: {vlan: 110, subnet: 10.2.10.0/24, router: 10.2.10.1}, lan: {dhcp: null}}\n", [],
    ),
    "a named address, also with another address of one's own": ("  addresses: {nas: 10.2.10.5}\n", []),
    "a subnet under another name": (
        "  networks: {cluster: {vlan: 110, subnet: 10.2.10.0/24, router: 10.2.10.1}, guest: {vlan: 20, subnet: 10.0.20.0/24, router: 10.0.20.1}}\n",
        ["claim/vlan", "claim/network", "claim/address"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_environments_may_share(repository: Repository, name: str) -> None:
    line, expected = SHARED[name]
    repository.with_dev()
    if "networks" in line:
        repository.change(DEV, "  networks: {cluster: {vlan: 110, subnet: 10.2.10.0/24, router: 10.2.10.1}}\n", line)
    else:
        repository.change(DEV, "services:\n", line + "services:\n")
    assert sorted({finding.rule for finding in claims(repository)}) == sorted(expected)


def test_claims_of_a_cluster_do_not_collide_across_environments(repository: Repository) -> None:
    repository.with_dev()
    fleets = repository.open().fleets
    shared = {(claim.kind, claim.key) for claim in fleets["prod"].claims} & {
        (claim.kind, claim.key) for claim in fleets["dev"].claims
    }
    assert {("namespace", "media"), ("service", "media/plex"), ("network", "10.0.20.0/24"), ("host", "pve-1")} <= shared
    assert repository.findings() == ""


def standing(repository: Repository) -> None:
    """Write down who holds what, as a run does."""
    repository.write("docs/reference/claims.tsv", standing_text(repository.open().fleets.values()))


def test_newcomer_gives_way_to_who_stood_there_before(repository: Repository) -> None:
    standing(repository)
    repository.workload("aardvark", BALANCED.format(port=32400, ip="10.0.20.11"))
    assert repository.findings() == (
        "values/apps/media/aardvark.yaml:7:21: error: 'aardvark' claims load-balancer IP 10.0.20.11 port 32400/TCP, already held by 'plex' at values/apps/media/plex.yaml:10:21 [claim/load-balancer]\n"
        "    load_balancer: {ip: 10.0.20.11, ports: [http], from: [lan]}\n"
        "                        ^\n"
        "  also: values/apps/media/plex.yaml:10:21\n"
        "  fix: choose a free address of pool 'lan' (next: 10.0.20.12)"
    )


def test_two_newcomers_are_told_apart_by_their_names(repository: Repository) -> None:
    standing(repository)
    for name in ("radarr", "sonarr"):
        repository.workload(name, BALANCED.format(port=7878, ip="10.0.20.12"))
    (finding,) = claims(repository)
    assert finding.message == (
        "'sonarr' claims load-balancer IP 10.0.20.12 port 7878/TCP, held by 'radarr' at values/apps/media/radarr.yaml:7:21"
    )


def test_named_address_gives_way_to_a_balancer_that_stood_there_before(repository: Repository) -> None:
    standing(repository)
    repository.change(SITE, "addresses: {nas: 10.0.10.5}", "addresses: {nas: 10.0.10.5, tv: 10.0.20.11}")
    (finding,) = claims(repository)
    assert (finding.message, finding.fix) == (
        "'tv' claims address 10.0.20.11, already held by 'plex' at values/apps/media/plex.yaml:10:21",
        "choose another address",
    )


def test_balancer_gives_way_to_an_address_that_stood_there_before(repository: Repository) -> None:
    repository.change(SITE, "addresses: {nas: 10.0.10.5}", "addresses: {nas: 10.0.10.5, tv: 10.0.20.12}")
    standing(repository)
    repository.workload("aardvark", BALANCED.format(port=1, ip="10.0.20.12"))
    (finding,) = claims(repository)
    assert finding.message == (
        "'aardvark' claims load-balancer IP 10.0.20.12 port 1/TCP, already held by 'tv' at values/site.yaml:10:33"
    )
    assert finding.replacement == "10.0.20.13"


@pytest.mark.parametrize("content", [b"", b"\xff", b"\n\n", b"<<<<<<< ours\nmac\n=======\n"])
def test_what_says_nothing_of_who_stood_there_is_read_as_nobody(repository: Repository, content: bytes) -> None:
    repository.write("docs/reference/claims.tsv", "")
    (repository.root / "docs/reference/claims.tsv").write_bytes(content)
    repository.workload("aardvark", BALANCED.format(port=32400, ip="10.0.20.11"))
    (finding,) = claims(repository)
    assert finding.message.startswith("'plex' claims load-balancer IP 10.0.20.11 port 32400/TCP, held by 'aardvark' at")
