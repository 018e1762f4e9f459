"""`list`, `explain` and `render` as a user runs them, and what a terminal gets that a pipe does not."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.repository import Run, chartroom, command_line, duplicate, environment, files_of, put

DOMAIN = """\
summary: Game servers
owner: alex
categories: [servers]
budget: {requests: {cpu: 1, memory: 2Gi}, limits: {memory: 8Gi}, storage: 50Gi}
defaults: {priorityClassName: background}
"""
GO = """\
summary: Go
category: servers
image: ghcr.io/example/go:1.0
ports: {http: 80}
probes: /alive
resources: {requests: {cpu: 50m, memory: 128Mi}, limits: {memory: 512Mi}}
env: {HOST: "${fqdn:go}"}
storage: {data: {size: 1Gi, mountPath: /data, backup: tier2}}
expose: {go: lan}
"""
CHESS = "summary: Chess\ncategory: servers\nretired: {since: 2026-02-14, successor: go, reason: nobody played}\n"
OFF = """\
summary: Draughts
category: servers
image: ghcr.io/example/draughts:1.0
probes: {none: a batch of moves}
resources: {requests: {cpu: 50m, memory: 128Mi}, limits: {memory: 512Mi}}
"""


@pytest.fixture(scope="module")
def games(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fleet with a small domain whose every line is known here."""
    from tests.acceptance.repository import edit

    root = duplicate(written, tmp_path_factory.mktemp("games") / "fleet")
    put(root, "values/apps/games/domain.yaml", DOMAIN)
    put(root, "values/apps/games/go.yaml", GO)
    put(root, "values/apps/games/chess.yaml", CHESS)
    put(root, "values/apps/games/draughts.yaml", OFF)
    edit(root, "values/environments/prod.yaml", "disabled: [", "disabled: [apps/games/draughts, ")
    return root


def test_list_prints_a_table(games: Path) -> None:
    assert chartroom(games, "list", "--domain", "games") == Run(
        0,
        "SERVICE   DOMAIN      STATE    FORM      NAMESPACE  HOSTS\n"
        "chess     apps/games  retired  retired   -          -\n"
        "draughts  apps/games  off      workload  -          -\n"
        "go        apps/games  on       workload  games      go.home.example.net\n",
        "prod: 1 of 3 services on\n",
    )


def test_list_prints_json(games: Path) -> None:
    run = chartroom(games, "list", "--domain", "games", "--env", "staging", "--json")

    assert (run.code, run.err) == (0, "")
    assert json.loads(run.out)[2] == {
        "name": "go",
        "tier": "apps",
        "domain": "games",
        "state": "on",
        "form": "workload",
        "namespace": "games",
        "hosts": "go.staging.example.net",
        "summary": "Go",
    }


def test_explain_names_the_file_and_line_of_each_value(games: Path) -> None:
    site = (games / "values/site.yaml").read_text().splitlines()
    line = next(number for number, text in enumerate(site, start=1) if text.startswith("defaults: "))
    text = site[line - 1]

    def at(key: str) -> str:
        return f"values/site.yaml:{line}:{text.index(key) + len(key) + 3}"

    path = "values/apps/games/go.yaml"
    rows = [
        ("FIELD", "VALUE IN PROD", "FROM"),
        ("summary", "Go", f"{path}:1:10"),
        ("category", "servers", f"{path}:2:11"),
        ("expose.go.gateway[0]", "lan", f"{path}:9:14"),
        ("priorityClassName", "background", "values/apps/games/domain.yaml:5:31"),
        ("securityContext.runAsUser", "1000", at("runAsUser")),
        ("securityContext.runAsGroup", "1000", at("runAsGroup")),
        ("securityContext.fsGroup", "1000", at("fsGroup")),
        ("env.TZ", "Europe/Berlin", f"values/site.yaml:{line}:{text.index('TZ: ') + 5}"),
        ("env.HOST", "go.home.example.net", f"{path}:7:13"),
        ("image", "ghcr.io/example/go:1.0", f"{path}:3:8"),
        ("ports.http.port", "80", f"{path}:4:15"),
    ]

    run = chartroom(games, "explain", "go", "--env", "prod")

    assert (run.code, run.err) == (0, "")
    printed = [tuple(cell.strip() for cell in row.split("  ") if cell.strip()) for row in run.out.splitlines()]
    assert printed[:4] == rows[:4]
    assert set(rows) <= set(printed)
    assert ("strategy", "Recreate", "default of the format") in printed


def test_explain_prints_one_field(games: Path) -> None:
    assert chartroom(games, "explain", "go", "storage.data") == Run(
        0,
        "FIELD                          VALUE IN PROD        FROM\n"
        "storage.data.size              1Gi                  values/apps/games/go.yaml:8:24\n"
        "storage.data.mountPath         /data                values/apps/games/go.yaml:8:40\n"
        "storage.data.backup.tier       tier2                values/apps/games/go.yaml:8:55\n"
        "storage.data.storageClassName  longhorn-replicated  values/site.yaml:23:12\n"
        "storage.data.accessModes[0]    ReadWriteOnce        default of the format\n",
        "",
    )


def test_render_prints_a_service_a_domain_and_an_environment(games: Path) -> None:
    before = files_of(games, ".")

    service = chartroom(games, "render", "go")
    domain = chartroom(games, "render", "games")

    assert (service.code, service.err) == (0, "")
    assert {line for line in service.out.splitlines() if line.startswith("# Source")} == {
        "# Source: games/templates/go.yaml"
    }
    assert service.out.startswith("---\n# Source: games/templates/go.yaml\napiVersion: apps/v1\nkind: Deployment\n")
    assert set(service.out.split("---\n")) <= set(domain.out.split("---\n"))
    assert "kind: ResourceQuota" in domain.out
    assert files_of(games, ".") == before


LOOKS = {"render": ("render", "go"), "render all": ("render",)}


@pytest.mark.parametrize("name", LOOKS)
def test_findings_stay_out_of_the_pipe_that_waits_for_manifests(games: Path, name: str, tmp_path: Path) -> None:
    broken = duplicate(games, tmp_path / "broken")
    put(broken, "values/apps/games/go.yaml", GO.replace("cpu: 50m", "cpu: 50q"))
    run = chartroom(broken, *LOOKS[name])
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith("values/apps/games/go.yaml:6:29: error: ")
    assert run.err.endswith("\n1 error; nothing was rendered\n")


UNKNOWN = {
    "a service": (("explain", "goo"), "service 'goo' does not exist, did you mean 'go'?"),
    "a field": (("explain", "go", "stroage"), "'go' has no value at 'stroage', did you mean 'storage'?"),
    "an environment": (
        ("list", "--env", "prd"),
        "environment 'prd' does not exist, did you mean 'prod'?, there are prod, dev, staging",
    ),
    "a domain": (("list", "--domain", "gamse"), "domain 'gamse' does not exist, did you mean 'games'?"),
    "a service to render": (("render", "draught"), "'draught' renders nothing here"),
    "an environment to render": (
        ("render", "--env", "test"),
        "environment 'test' does not exist, there are prod, dev, staging",
    ),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_does_not_exist_is_said_with_the_nearest_name(case: str, games: Path) -> None:
    arguments, message = UNKNOWN[case]

    assert chartroom(games, *arguments) == Run(2, "", f"error: {message}\n")


def on_a_terminal(root: Path, *arguments: str, **variables: str) -> str:
    """What a person sees: stdout is a terminal."""
    master, slave = pty.openpty()
    child = subprocess.Popen(
        command_line(*arguments), cwd=root, env=environment() | variables, stdout=slave, stderr=subprocess.DEVNULL
    )
    os.close(slave)
    seen = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux says so at the end of a terminal
            break
        if not part:
            break
        seen += part
    os.close(master)
    child.wait()
    return seen.decode().replace("\r\n", "\n")


def test_colours_only_on_a_terminal(games: Path) -> None:
    heading = "SERVICE   DOMAIN      STATE    FORM      NAMESPACE  HOSTS"

    assert on_a_terminal(games, "list", "--domain", "games").startswith(f"\x1b[1m{heading}\x1b[0m\n")
    assert on_a_terminal(games, "list", "--domain", "games", NO_COLOR="1").startswith(f"{heading}\n")
    assert "\x1b" not in chartroom(games, "list", "--domain", "games").out


def test_findings_are_coloured_on_a_terminal_only(games: Path, tmp_path: Path) -> None:
    root = tmp_path / "broken"
    put(root, "values/site.yaml", "a: [\n")

    assert "\x1b[31m\x1b[1m error: \x1b[0m" in on_a_terminal(root, "charts")
    piped = chartroom(root, "charts")
    assert "\x1b" not in piped.out + piped.err


def test_completion_prints_a_script_and_completes_services(games: Path) -> None:
    for shell, mark in (
        ("bash", "complete -o nosort -F"),
        ("zsh", "#compdef chartroom"),
        ("fish", "complete --no-files"),
    ):
        run = chartroom(games, env={"_CHARTROOM_COMPLETE": f"{shell}_source"})
        assert mark in run.out

    asked = {"_CHARTROOM_COMPLETE": "bash_complete", "COMP_CWORD": "2"}
    service = chartroom(games, env=asked | {"COMP_WORDS": "chartroom explain dra"})
    environments = chartroom(games, env=asked | {"COMP_WORDS": "chartroom list --env s", "COMP_CWORD": "3"})
    assert service.out == "plain,draughts\n"
    assert environments.out == "plain,staging\n"


ARENA = """\
summary: Arena
category: servers
image: ghcr.io/example/arena:1.0
args: ["--self=${address:self}", "--plain"]
ports: {http: 80}
probes: tcp:http
resources: {requests: {cpu: 50m, memory: 128Mi}, limits: {memory: 512Mi}}
initContainers:
  wait:
    image: ghcr.io/example/wait:1.0
    env: {FOR: "${host:go}"}
    resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 32Mi}}
talks_to: [go]
components:
  bots:
    image: ghcr.io/example/bots:1.0
    env: {ARENA: "${url:self}"}
    probes: {none: nobody asks}
    resources: {requests: {cpu: 50m, memory: 128Mi}, limits: {memory: 512Mi}}
    talks_to: [self:http]
objects:
  ConfigMap/arena-rules: {apiVersion: v1, data: {url: "http://${host:go}", rounds: "3"}}
"""


def test_explain_shows_references_filled_in_wherever_they_stand(games: Path, tmp_path: Path) -> None:
    from tests.acceptance.repository import duplicate

    root = duplicate(games, tmp_path / "fleet")
    put(root, "values/apps/games/arena.yaml", ARENA)
    path = "values/apps/games/arena.yaml"

    found = {
        field: chartroom(root, "explain", "arena", field).out.splitlines()[1:]
        for field in (
            "args",
            "initContainers.wait.env.FOR",
            "components.bots.env.ARENA",
            "components.bots.kind",
            "objects",
        )
    }

    assert {field: [row.split() for row in rows] for field, rows in found.items()} == {
        "args": [
            ["args[0]", "--self=arena.games.svc.cluster.local:80", f"{path}:4:8"],
            ["args[1]", "--plain", f"{path}:4:34"],
        ],
        "initContainers.wait.env.FOR": [["initContainers.wait.env.FOR", "go.games.svc.cluster.local", f"{path}:11:16"]],
        "components.bots.env.ARENA": [
            ["components.bots.env.ARENA", "http://arena.games.svc.cluster.local:80", f"{path}:17:18"]
        ],
        "components.bots.kind": [["components.bots.kind", "Deployment", "default", "of", "the", "format"]],
        "objects": [
            ["objects.ConfigMap/arena-rules.apiVersion", "v1", f"{path}:22:39"],
            ["objects.ConfigMap/arena-rules.data.url", "http://go.games.svc.cluster.local", f"{path}:22:55"],
            ["objects.ConfigMap/arena-rules.data.rounds", "3", f"{path}:22:84"],
        ],
    }


def test_a_terminal_shows_progress_on_what_takes_longer_than_a_second(written: Path, tmp_path: Path) -> None:
    from generator.tree import hold
    from tests.acceptance.repository import duplicate

    root = duplicate(written, tmp_path / "fleet")
    master, slave = pty.openpty()
    with hold(root):
        child = subprocess.Popen(
            command_line("charts", "--quiet"), cwd=root, env=environment(), stdout=subprocess.DEVNULL, stderr=slave
        )
        os.close(slave)
        seen = b""
        while "generating …".encode() not in seen:
            seen += os.read(master, 4096)
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # the end of a terminal
            break
        if not part:
            break
        seen += part
    os.close(master)

    assert child.wait() == 0
    assert "generating …\r\x1b[K".encode() in seen
