"""The help text of every command, whole: tests/acceptance/help/<command>.txt.

`python -m tests.acceptance.test_help` writes what the commands print today.
"""

from pathlib import Path

import pytest

from generator.cli.main import cli
from tests.acceptance.repository import Run, chartroom

HELP = Path(__file__).with_name("help")
COMMANDS = ("chartroom", *cli.commands)


def asked(command: str) -> list[str]:
    return ["--help"] if command == "chartroom" else [command, "--help"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_what_it_was(command: str, tmp_path: Path) -> None:
    text = (HELP / f"{command}.txt").read_text(encoding="utf-8")

    assert chartroom(tmp_path, *asked(command)) == Run(0, text, "")


def test_no_help_text_is_left_of_a_command_that_is_gone() -> None:
    assert {path.stem for path in HELP.iterdir()} == set(COMMANDS)


def test_every_command_shows_an_example() -> None:
    assert [name for name in cli.commands if f"\n  chartroom {name}" not in (HELP / f"{name}.txt").read_text()] == []


def test_version_and_no_arguments(tmp_path: Path) -> None:
    from generator import __version__

    assert chartroom(tmp_path, "--version") == Run(0, f"chartroom, version {__version__}\n", "")
    bare = chartroom(tmp_path)
    assert (HELP / "chartroom.txt").read_text(encoding="utf-8") in (bare.out, bare.err)


if __name__ == "__main__":
    HELP.mkdir(exist_ok=True)
    for name in COMMANDS:
        (HELP / f"{name}.txt").write_text(chartroom(Path.cwd(), *asked(name)).out, encoding="utf-8")
