"""The guide's commands work from top to bottom, and the runbooks name only commands and options that there are."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from provision.cli.main import provision
from tests.provision.cli.console import Console
from tests.provision.inventory.inventory_files import ROOT

OPERATIONS = ROOT / "docs/operations"
GUIDE = OPERATIONS / "guides/empty-proxmox-host-to-kubectl.md"
PAGES = [
    GUIDE,
    OPERATIONS / "guides/provision-beside-others.md",
    *(
        OPERATIONS / f"runbooks/{name}.md"
        for name in ("lost-node", "lost-control-plane", "lost-quorum", "renewed-certificates", "upgrade-gone-wrong")
    ),
]


def commands(page: Path) -> list[list[str]]:
    """Return the `provision` commands of a page's shell blocks and of its text."""
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    return [shlex.split(line.strip())[1:] for line in blocks.splitlines() if line.strip().startswith("provision ")]


def test_guide_works_from_top_to_bottom(shell: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    done = []
    for command in commands(GUIDE):
        words = command[2:] if command[0] == "--env" else command
        if "--create-token" in words:
            shell.log_in("dev", monkeypatch)
        else:
            done.append(shell.done("dev", *words))
    assert len(done) == 8
    assert "plan of dev: nothing to do" in done[-1]


def understood(command: list[str]) -> str:
    """Return the path of a command that there is, with options that it has."""
    context = click.Context(provision, info_name="provision")
    group: click.Command = provision
    words, path = (command[2:] if command[0] in ("--env", "-e") else list(command)), []
    while isinstance(group, click.Group):
        path.append(words.pop(0))
        found = group.get_command(context, path[-1])
        assert found is not None, command
        group = found
    known = {option for parameter in group.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known, command
    return " ".join(path)


def every_command(group: click.Group = provision, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield each command and group with its path."""
    yield path, group
    for name, command in group.commands.items():
        inner = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from every_command(command, inner)
        else:
            yield inner, command


@pytest.mark.parametrize(
    ("path", "command"), list(every_command()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_help_has_examples_that_work(path: str, command: click.Command) -> None:
    text = CliRunner().invoke(provision, [*path.split(), "--help"], terminal_width=80, max_content_width=80).output
    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in text.partition("Commands:")[2]
    examples = text.partition("Examples:\n")[2].splitlines()
    assert examples
    for line in examples:
        words = shlex.split(line.partition("#")[0].partition("|")[0])
        assert words[0] == "provision"
        assert understood(words[1:]).startswith(path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_names_only_what_there_is(page: Path) -> None:
    for command in commands(page):
        understood(command)
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert target.startswith("http") or (page.parent / target).exists(), target


def test_every_cell_of_the_comparison_is_tried_or_cited() -> None:
    text = (OPERATIONS / "guides/provision-beside-others.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    head, _, *rest = rows
    sources = set(re.findall(r"^(\d)\. ", text, re.MULTILINE))
    assert len(rest) > 10
    for name, ours, *others in rest:
        assert len(others) == len(head) - 2, name
        assert "(tried: " in ours or "(tried" in ours, (name, ours)
        for cell in others:
            cited = set(re.findall(r"\[(\d)\]", cell))
            assert cited <= sources, (name, cell)
            assert cited or cell in ("n/v", "does not apply") or cell.endswith(", n/v"), (name, cell)
    tried = re.findall(r"\(tried: `([^`]+)`", text)
    assert tried
    for place in tried:
        file = place.split()[0]
        known = [file] if "/" in file else [str(path) for path in (ROOT / "tests/provision").rglob(file)]
        assert known, file
        assert all((ROOT / path).exists() for path in known), place
