"""`chartroom fix` as a user runs it: the offered value in its place, everything else as it was."""

from pathlib import Path

from tests.acceptance.repository import Run, changes, chartroom, edit, files_of, put

FILE = "values/apps/media/wizarr.yaml"
SERVICE = """\
# Keep me.
summary: Invitations   # and me
category: management

image:   ghcr.io/wizarrrr/wizarr:4.2.0
ports: { http: 5690,  game: 7777 }
probes: tcp:http
resources: {requests: {cpu: 0.05, memory: 1024Mi}, limits: {memory: 2Gi}}   # odd   spacing
env: {A: yes,   B: 012}
load_balancer: {ip: auto, ports: [game], from: [lan]}   # drawn once
"""
FIXED = """\
# Keep me.
summary: Invitations   # and me
category: management

image:   ghcr.io/wizarrrr/wizarr:4.2.0
ports: { http: 5690,  game: 7777 }
probes: tcp:http
resources: {requests: {cpu: 50m, memory: 1Gi}, limits: {memory: 2Gi}}   # odd   spacing
env: {A: "yes",   B: "012"}
load_balancer: {ip: 10.0.10.104, ports: [game], from: [lan]}   # drawn once
"""
STAGING = "values/environments/staging.yaml"


def test_fix_writes_what_findings_offer_and_keeps_the_rest(fleet: Path) -> None:
    put(fleet, FILE, SERVICE)
    edit(fleet, STAGING, "\nservices:\n", "\nservices:\n  wizarr: {load_balancer: {ip: auto}}   # here too\n")
    before = files_of(fleet, "values")
    line = next(
        number for number, text in enumerate((fleet / STAGING).read_text().splitlines(), start=1) if "wizarr" in text
    )

    run = chartroom(fleet, "fix")

    assert run == Run(
        0,
        f"{FILE}:8:29: 0.05 -> 50m [shape/value]\n"
        f"{FILE}:8:43: 1024Mi -> 1Gi [catalogue/quantity]\n"
        f'{FILE}:9:10: yes -> "yes" [source/ambiguous-scalar]\n'
        f'{FILE}:9:20: 012 -> "012" [source/ambiguous-scalar]\n'
        f"{FILE}:10:21: auto -> 10.0.10.104 [fleet/ip-auto]\n"
        f"{STAGING}:{line}:32: auto -> 10.1.10.104 [fleet/ip-auto]\n",
        "6 values written, 0 errors left for a person\n",
    )
    assert (fleet / FILE).read_text() == FIXED
    assert "  wizarr: {load_balancer: {ip: 10.1.10.104}}   # here too\n" in (fleet / STAGING).read_text()
    assert changes(before, files_of(fleet, "values")) == [f"~ {FILE}", f"~ {STAGING}"]
    assert chartroom(fleet, "charts", "--quiet").code == 0


def test_fix_a_second_time_changes_nothing(fleet: Path) -> None:
    before = files_of(fleet, "values")

    assert chartroom(fleet, "fix") == Run(0, "", "0 values written, 0 errors left for a person\n")
    assert changes(before, files_of(fleet, "values")) == []


def test_fix_settles_a_collision_with_a_free_value(fleet: Path) -> None:
    put(fleet, FILE, FIXED.replace("10.0.10.104", "10.0.10.101").replace("7777", "32400"))
    edit(fleet, STAGING, "\nservices:\n", "\nservices:\n  wizarr: {load_balancer: {ip: 10.1.10.150}}\n")

    run = chartroom(fleet, "charts", "--quiet")

    plex = next(
        number
        for number, text in enumerate((fleet / "values/apps/media/plex.yaml").read_text().splitlines(), start=1)
        if text.startswith("load_balancer")
    )
    assert run == Run(
        1,
        f"{FILE}:10:21: error: 'wizarr' claims load-balancer IP 10.0.10.101 port 32400/TCP, "
        f"already held by 'plex' at "
        f"values/apps/media/plex.yaml:{plex}:21 [claim/load-balancer]\n"
        "    load_balancer: {ip: 10.0.10.101, ports: [game], from: [lan]}   # drawn once\n"
        "                        ^\n"
        f"  also: values/apps/media/plex.yaml:{plex}:21\n"
        "  fix: choose a free address of pool 'lan' (next: 10.0.10.104)\n",
        "1 error; nothing was written\n",
    )
    assert chartroom(fleet, "fix") == Run(
        0,
        f"{FILE}:10:21: 10.0.10.101 -> 10.0.10.104 [claim/load-balancer]\n",
        "1 value written, 0 errors left for a person\n",
    )
    assert chartroom(fleet, "charts", "--quiet").code == 0


def test_fix_moves_the_newcomer_whatever_its_name(fleet: Path) -> None:
    early = FILE.replace("wizarr", "aardvark")
    put(fleet, early, FIXED.replace("10.0.10.104", "10.0.10.101").replace("7777", "32400"))
    edit(fleet, STAGING, "\nservices:\n", "\nservices:\n  aardvark: {load_balancer: null}\n")

    assert chartroom(fleet, "fix") == Run(
        0,
        f"{early}:10:21: 10.0.10.101 -> 10.0.10.104 [claim/load-balancer]\n",
        "1 value written, 0 errors left for a person\n",
    )


def test_fix_goes_by_names_where_nothing_says_who_was_there_before(fleet: Path) -> None:
    early = FILE.replace("wizarr", "aardvark")
    put(fleet, early, FIXED.replace("10.0.10.104", "10.0.10.101").replace("7777", "32400"))
    edit(fleet, STAGING, "\nservices:\n", "\nservices:\n  aardvark: {load_balancer: null}\n")
    (fleet / "docs/reference/claims.tsv").write_bytes(b"\xff")

    run = chartroom(fleet, "fix")

    assert run.code == 0
    assert run.out.startswith("values/apps/media/plex.yaml:")
    assert run.out.endswith(": 10.0.10.101 -> 10.0.10.104 [claim/load-balancer]\n")


def test_fix_keeps_carriage_returns_and_the_byte_order_mark(fleet: Path) -> None:
    edit(fleet, STAGING, "\nservices:\n", "\nservices:\n  wizarr: {load_balancer: null}\n")
    put(fleet, FILE, "\ufeff" + SERVICE.replace("\n", "\r\n"))

    assert chartroom(fleet, "fix").code == 0

    assert (fleet / FILE).read_bytes().decode() == "\ufeff" + FIXED.replace("\n", "\r\n")


def test_fix_names_what_is_left_for_a_person(fleet: Path) -> None:
    put(
        fleet,
        FILE,
        FIXED.replace("load_balancer", "# load_balancer").replace("category: management", "category: games"),
    )

    assert chartroom(fleet, "fix") == Run(
        1,
        f"{FILE}:3:11: error: 'wizarr' has category 'games', domain 'media' has no such [catalogue/unknown-category]\n"
        "    category: games\n              ^\n"
        "  fix: write one of acquisition, streaming, management, or add it to values/apps/media/domain.yaml\n",
        "0 values written, 1 error left for a person\n",
    )
