"""`chartroom new` as a user runs it: a file that passes, or nothing at all."""

from pathlib import Path

import pytest

from tests.acceptance.repository import Run, changes, chartroom, files_of

WIZARR = ("apps/media/wizarr", "--summary", "Invitations", "--category", "management")
IMAGE = ("--image", "ghcr.io/wizarrrr/wizarr:4.2.0")
FILE = """\
# yaml-language-server: $schema=../../../.schemas/service.json
summary: Invitations
category: management
image: ghcr.io/wizarrrr/wizarr:4.2.0
ports:
  http: 5690
probes: tcp:http
resources:
  requests:
    cpu: 50m
    memory: 128Mi
  limits:
    memory: 512Mi
"""
HOST = """\
expose:
  invite:
    gateway: lan
    auth: app
"""
DOMAIN = """\
# yaml-language-server: $schema=../../../.schemas/domain.json
summary: Game servers
owner: alex
categories:
- servers
budget:
  requests:
    cpu: 1
    memory: 2Gi
  limits:
    memory: 8Gi
  storage: 50Gi
"""


def test_new_writes_a_service_that_passes(fleet: Path) -> None:
    run = chartroom(fleet, "new", *WIZARR, *IMAGE, "--port", "5690", "--host", "invite")

    assert run == Run(0, "wrote values/apps/media/wizarr.yaml\n", "next: chartroom charts\n")
    assert (fleet / "values/apps/media/wizarr.yaml").read_text() == FILE + HOST
    assert chartroom(fleet, "charts", "--quiet").code == 0
    assert chartroom(fleet, "charts", "--check", "--quiet").code == 0


def test_new_asks_for_what_is_not_given(fleet: Path) -> None:
    run = chartroom(
        fleet, "new", "apps/media/wizarr", stdin="Invitations\nmanagement\nghcr.io/wizarrrr/wizarr:4.2.0\n5690\n"
    )

    questions = (
        "What is it, in at most 80 letters: Category of the domain (acquisition, streaming, management): "
        "Image (registry/name:tag): HTTP port (0 for none): "
    )
    assert run == Run(0, "wrote values/apps/media/wizarr.yaml\n", f"{questions}next: chartroom charts\n")
    assert (fleet / "values/apps/media/wizarr.yaml").read_text() == FILE


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("apps/media/sonarr",), "service 'sonarr' exists: values/apps/media/sonarr.yaml"),
        (
            ("apps/medai/wizarr",),
            "domain 'medai' does not exist ('chartroom new --domain apps/medai' makes it), did you mean 'media'?",
        ),
        (("--domain", "apps/media"), "domain 'media' exists: values/apps/media/domain.yaml"),
    ],
)
def test_new_asks_nothing_that_it_would_throw_away(fleet: Path, arguments: tuple[str, ...], said: str) -> None:
    assert chartroom(fleet, "new", *arguments) == Run(2, "", f"error: {said}\n")


def test_new_writes_a_service_without_a_port(fleet: Path) -> None:
    assert chartroom(fleet, "new", *WIZARR, *IMAGE, "--port", "0").code == 0

    wanted = FILE.replace("ports:\n  http: 5690\nprobes: tcp:http\n", "probes:\n  none: it has no port\n")
    assert (fleet / "values/apps/media/wizarr.yaml").read_text() == wanted


def test_new_writes_a_domain_that_passes_and_takes_a_service(fleet: Path) -> None:
    domain = ("--summary", "Game servers", "--owner", "alex", "--category", "servers")
    made = chartroom(fleet, "new", "--domain", "apps/games", *domain)

    assert made == Run(0, "wrote values/apps/games/domain.yaml\n", "next: chartroom new apps/games/<service>\n")
    assert (fleet / "values/apps/games/domain.yaml").read_text() == DOMAIN
    again = chartroom(fleet, "new", "--domain", "apps/games", *domain)
    assert again == Run(2, "", "error: domain 'games' exists: values/apps/games/domain.yaml\n")
    service = ("--summary", "Go", "--category", "servers", "--image", "ghcr.io/a/go:1.0", "--port", "80")
    assert chartroom(fleet, "new", "apps/games/go", *service).code == 0
    assert chartroom(fleet, "charts", "--quiet").code == 0
    assert (fleet / "charts/games/templates/go.yaml").exists()


# arguments after `new` -> what stderr says
REFUSED = {
    "it exists": (
        ("apps/media/sonarr", *WIZARR[1:], *IMAGE, "--port", "1"),
        "service 'sonarr' exists: values/apps/media/sonarr.yaml",
    ),
    "it exists in another domain": (
        ("apps/media/tika", *WIZARR[1:], *IMAGE, "--port", "1"),
        "service 'tika' exists: values/apps/productivity/tika.yaml",
    ),
    "no such domain": (
        ("apps/medai/wizarr", *WIZARR[1:], *IMAGE, "--port", "1"),
        "domain 'medai' does not exist ('chartroom new --domain apps/medai' makes it), did you mean 'media'?",
    ),
    "a domain of another tier": (
        ("core/media/wizarr", *WIZARR[1:], *IMAGE, "--port", "1"),
        "domain 'media' is of tier 'apps': write apps/media/wizarr",
    ),
    "no such tier": (
        ("app/media/wizarr", *WIZARR[1:], *IMAGE, "--port", "1"),
        "'app' is no tier, core, platform, apps are, did you mean 'apps'?",
    ),
    "another form": (
        ("apps/media", *WIZARR[1:], *IMAGE, "--port", "1"),
        "'apps/media' is not of the form tier/domain/service, such as apps/media/sonarr",
    ),
    "a way out": (
        ("apps/media/../../x", *WIZARR[1:], *IMAGE, "--port", "1"),
        "'apps/media/../../x' is not of the form tier/domain/service, such as apps/media/sonarr",
    ),
    "no name": (
        ("apps/media/..", *WIZARR[1:], *IMAGE, "--port", "1"),
        "name '..' is not a DNS label of at most 52 letters: lower-case letters, digits and hyphens",
    ),
    "capitals": (
        ("apps/media/Wizarr", *WIZARR[1:], *IMAGE, "--port", "1"),
        "name 'Wizarr' is not a DNS label of at most 52 letters: lower-case letters, digits and hyphens",
    ),
    "a reserved name": (("apps/media/self", *WIZARR[1:], *IMAGE, "--port", "1"), "name 'self' is reserved"),
    "a reserved domain": (
        ("--domain", "apps/shared-config", "--summary", "x", "--owner", "alex", "--category", "x"),
        "name 'shared-config' is reserved",
    ),
    "a moving tag": (
        (*WIZARR, "--image", "ghcr.io/wizarrrr/wizarr:latest", "--port", "1"),
        "values/apps/media/wizarr.yaml would not pass, so it was not written:\n"
        "values/apps/media/wizarr.yaml:4:8: error: image 'ghcr.io/wizarrrr/wizarr:latest' has the moving tag 'latest' "
        "[catalogue/moving-tag]\n    image: ghcr.io/wizarrrr/wizarr:latest\n           ^\n  fix: name a version",
    ),
    "a category that the domain lacks": (
        (*WIZARR[:4], "games", *IMAGE, "--port", "1"),
        "values/apps/media/wizarr.yaml would not pass, so it was not written:\n"
        "values/apps/media/wizarr.yaml:3:11: error: 'wizarr' has category 'games', domain 'media' has no such "
        "[catalogue/unknown-category]\n    category: games\n              ^\n"
        "  fix: write one of acquisition, streaming, management, or add it to values/apps/media/domain.yaml",
    ),
    "a new domain that would not pass": (
        ("--domain", "apps/games", "--summary", "x", "--owner", "alex", "--category", "Game servers"),
        "values/apps/games/domain.yaml would not pass, so it was not written:\n"
        "values/apps/games/domain.yaml:5:3: error: 'categories[0]' is 'Game servers', at most 63 lower-case letters, "
        "digits and hyphens is expected [shape/value]\n    - Game servers\n      ^\n"
        "  fix: write at most 63 lower-case letters, digits and hyphens",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_new_refuses_and_leaves_nothing_behind(case: str, written: Path) -> None:
    arguments, message = REFUSED[case]
    before = files_of(written, "values")
    folders = sorted(path for path in (written / "values").rglob("*") if path.is_dir())

    run = chartroom(written, "new", *arguments)

    assert run == Run(2, "", f"error: {message}\n")
    assert changes(before, files_of(written, "values")) == []
    assert sorted(path for path in (written / "values").rglob("*") if path.is_dir()) == folders


def test_new_that_is_broken_off_leaves_nothing_behind(written: Path) -> None:
    before = files_of(written, "values")

    run = chartroom(written, "new", "apps/media/wizarr", stdin="Invitations\n")

    assert (run.code, run.out) == (130, "")
    assert run.err.endswith("aborted\n")
    assert changes(before, files_of(written, "values")) == []
