"""Every command of every runbook is run, in its page's order, in the situation that the page is for."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.provision.apply.test_apply_disasters import lose
from tests.provision.cli.console import Console
from tests.provision.cli.test_cli_pages import OPERATIONS, commands

CONTROL_PLANES = {100: "10.0.10.11", 101: "10.0.10.12", 102: "10.0.10.13"}
Situation = Callable[[Console], None]


def small_prod(shell: Console) -> None:
    """Leave of prod what the runbooks speak of: three control planes and one worker."""
    path = shell.root / "values/inventory/prod.yaml"
    text = path.read_text()
    text = text[: text.index("\nvms:")] + "\n"
    path.write_text("".join(line for line in text.splitlines(keepends=True) if not re.match(r"  talos-[567]:", line)))


def silent(*addresses: str) -> Situation:
    """Let machines be on, and not answer."""

    def break_them(shell: Console) -> None:
        def off(together: Any) -> None:
            for address in addresses:
                together.talos.nodes[address].power_off()

        shell.site.call(off)

    return break_them


def gone(*vm_ids: int) -> Situation:
    """Let VMs be lost."""
    return lambda shell: lose(shell.site, *vm_ids)


def nothing(shell: Console) -> None:
    """Leave everything as it is."""


def upgrade_that_fails(shell: Console) -> None:
    """Ask for the next Talos, and let its installer fail on the first node."""
    shell.edit("prod.yaml", "version: v1.13.9", "version: v1.13.10")
    shell.site.call(lambda together: together.talos.faults.set("upgrade-exit-code", match="talos-1"))
    assert "ended with exit code" in shell.refused("prod", "upgrade", "--yes")


# Page → each command's beginning, what has happened before it, how it ends, and what it says.
PLAYED: dict[str, list[tuple[str, Situation, int, str]]] = {
    "renewed-certificates": [
        ("secrets rotate", nothing, 0, "talosconfig: good until 20"),
        ("kubeconfig", nothing, 0, "kubeconfig"),
    ],
    "upgrade-gone-wrong": [
        ("status", upgrade_that_fails, 0, "talos-1         running   configured    v1.13.9"),
        ("upgrade --plan", nothing, 0, "upgrade of prod: 4 steps"),
        ("upgrade", nothing, 0, "upgrade of prod: done"),
    ],
    "lost-node": [
        ("status", silent("10.0.10.14"), 1, "talos-4         running   silent"),
        ("replace talos-4", nothing, 0, "replace of prod: done"),
        ("plan", gone(103), 0, "forget node"),
        ("apply", nothing, 0, "plan of prod: done"),
    ],
    "lost-control-plane": [
        ("etcd members", gone(101), 1, "problem: talos-2"),
        ("etcd snapshot before.db", nothing, 0, "before.db: "),
        ("plan", nothing, 0, "leave etcd"),
        ("apply", nothing, 0, "plan of prod: done"),
        ("replace talos-2", nothing, 0, "replace of prod: done"),
    ],
    "lost-quorum": [
        ("etcd snapshot last.db", silent("10.0.10.12", "10.0.10.13"), 0, "a copy of a database"),
        ("apply --recover-from snapshot.db", gone(*CONTROL_PLANES), 0, "plan of prod: done"),
    ],
}


@pytest.mark.slow
def test_every_command_of_the_runbooks_does_what_the_page_says(
    shell: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    small_prod(shell)
    shell.log_in("prod", monkeypatch)
    shell.done("prod", "apply", "--yes")
    for page, rows in PLAYED.items():
        if page == "lost-quorum":
            shell.done("prod", "etcd", "snapshot", "snapshot.db")
        written = [command[2:] for command in commands(OPERATIONS / f"runbooks/{page}.md")]
        assert len(written) == len(rows), page
        for words, (beginning, happened, code, said) in zip(written, rows, strict=True):
            assert " ".join(words).startswith(beginning), (page, words)
            happened(shell)
            result = shell.run("prod", *words, entered="y\n")
            assert result.exit_code == code, (page, words, result.output)
            assert said in result.output, (page, words, result.output)
        assert "plan of prod: nothing to do" in shell.done("prod", "plan"), page
    assert "problem" not in shell.done("prod", "etcd", "members")
    assert shell.site.call(lambda together: together.talos.splits()) == []
