"""The help text of every command, whole: tests/acceptance/help/<command>.txt.

`python -m tests.acceptance.test_help` writes what the commands print today.
"""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from generator.cli.main import cli
from tests.acceptance.repository import Run, chartroom

HELP = Path(__file__).with_name("help")


def words_of(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and those below it, as the words that a user writes."""
    yield words
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from words_of(inner, (*words, name))


COMMANDS = list(words_of(cli))


def file_of(words: tuple[str, ...]) -> Path:
    return HELP / f"{'-'.join(words) or 'chartroom'}.txt"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_is_what_it_was(words: tuple[str, ...], tmp_path: Path) -> None:
    text = file_of(words).read_text(encoding="utf-8")

    assert chartroom(tmp_path, *words, "--help") == Run(0, text, "")


def test_help_survives_the_loss_of_docstrings(tmp_path: Path) -> None:
    for words in COMMANDS:
        run = chartroom(tmp_path, *words, "--help", env={"PYTHONOPTIMIZE": "2"})
        assert run == Run(0, file_of(words).read_text(encoding="utf-8"), ""), words


def test_no_help_text_is_left_of_a_command_that_is_gone() -> None:
    assert sorted(HELP.iterdir()) == sorted(file_of(words) for words in COMMANDS)


def test_every_command_shows_an_example() -> None:
    silent = [
        words[0]
        for words in COMMANDS
        if len(words) == 1 and f"\n  chartroom {words[0]}" not in file_of(words).read_text(encoding="utf-8")
    ]

    assert [name for name in silent if name not in PLAIN] == []


# A list without options worth showing, and a group whose commands show their own.
PLAIN = ("waivers", "policy")


def test_version_and_no_arguments(tmp_path: Path) -> None:
    from generator import __version__

    assert chartroom(tmp_path, "--version") == Run(0, f"chartroom, version {__version__}\n", "")
    bare = chartroom(tmp_path)
    assert file_of(()).read_text(encoding="utf-8") in (bare.out, bare.err)


if __name__ == "__main__":
    HELP.mkdir(exist_ok=True)
    for name in COMMANDS:
        file_of(name).write_text(chartroom(Path.cwd(), *name, "--help").out, encoding="utf-8")
