"""Terminal sessions in Markdown pages: run each `$` line, compare what it prints with what the page says.

`python -m tests.acceptance.console PAGE...` writes what the commands print into the pages.

A page is one session in one fresh copy of the repository. In a block marked `console`, a line that begins with `$ `
is a command, lines that begin with `> ` continue it, and the others are what it prints. A `yaml` block after the
comment `<!-- file: PATH -->` is written to that file first. Seconds, and how many services, objects and warnings the
repository has, are the only things that may differ.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.repository import ROOT, chartroom, command_line, copy_repository, duplicate, environment, put

_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"<!-- file: (\S+) -->\s*\Z")
_VARYING = (
    (re.compile(r"\(\d+\.\d s\)"), "(0.0 s)"),
    (re.compile(r"\b\d+ services, \d+ domains?"), "N services, N domains"),
    (re.compile(r"\b\d+ of \d+ services on"), "N of N services on"),
    (re.compile(r"; \d+ warnings?\b"), "; N warnings"),
    (re.compile(r"\b\d+ of \d+ objects judged"), "N of N objects judged"),
    (re.compile(r"^\d+ connections that", re.MULTILINE), "N connections that"),
)


@dataclass(frozen=True, slots=True)
class Write:
    """A file that the reader is told to write."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what the page says it prints; `start` and `end` are where that stands in the page."""

    text: str
    output: str
    line: int
    start: int
    end: int
    indent: str


def steps_of(page: str) -> Iterator[Write | Command]:
    """Yield what a reader does, in order."""
    for fence in _FENCE.finditer(page):
        kind, indent = fence["kind"], fence["indent"]
        named = _FILE.search(page, 0, fence.start())
        if named is not None:
            yield Write(named[1], _dedent(fence["body"], indent))
        elif kind == "console":
            yield from _commands(page, fence.start("body"), fence["body"], indent)


def _dedent(body: str, indent: str) -> str:
    return "".join(line.removeprefix(indent) for line in body.splitlines(keepends=True))


def _commands(page: str, start: int, body: str, indent: str) -> Iterator[Command]:
    command: list[str] = []
    output: list[str] = []
    began = position = start
    for line in body.splitlines(keepends=True):
        text = line.removeprefix(indent)
        if text.startswith("$ "):
            if command:
                yield _command(page, command, output, began, position, indent)
            command, output, began = [text[2:]], [], position + len(line)
        elif text.startswith("> ") and not output and command:
            command.append(text[2:])
            began = position + len(line)
        else:
            assert command, f"a console block begins with {text!r}, not with '$ '"
            output.append(text)
        position += len(line)
    if command:
        yield _command(page, command, output, began, position, indent)


def _command(page: str, command: list[str], output: list[str], start: int, end: int, indent: str) -> Command:
    line = page.count("\n", 0, start)
    return Command("".join(command).removesuffix("\n"), "".join(output), line, start, end, indent)


class Session:
    """A shell in a copy of the repository."""

    def __init__(self, root: Path, programs: Path) -> None:
        self._root = root
        self._code = 0
        programs.mkdir(parents=True, exist_ok=True)
        words = " ".join(f'"{word}"' if " " in word else word for word in command_line())
        (programs / "chartroom").write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        (programs / "chartroom").chmod(0o755)
        tools = str(ROOT / ".tools" / "bin")
        self._environment = environment()
        self._environment["PATH"] = os.pathsep.join(
            (str(programs), tools, str(Path(sys.executable).parent), self._environment["PATH"])
        )
        self._environment |= {"HOME": str(programs), "GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat"}
        # A page shows what a terminal shows: both streams in the order in which they were written.
        self._environment["PYTHONUNBUFFERED"] = "1"

    def run(self, command: str) -> str:
        """Run one command; what it prints, stdout and stderr as a terminal shows them."""
        done = subprocess.run(
            ["/bin/sh", "-c", f"(exit {self._code})\n{command}"],
            cwd=self._root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self._code = done.returncode
        return done.stdout.decode()


def prepare(folder: Path) -> Path:
    """Make the copy in which sessions begin: everything written, everything committed."""
    root = copy_repository(folder)
    assert chartroom(root, "charts", "--quiet").code == 0
    identity = ["-c", "user.name=reader", "-c", "user.email=reader@example.net"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-q", "-m", "as it was"]):
        subprocess.run(["git", *arguments], cwd=root, env=environment(), check=True, capture_output=True)
    subprocess.run(["git", "config", "user.name", "reader"], cwd=root, env=environment(), check=True)
    subprocess.run(["git", "config", "user.email", "reader@example.net"], cwd=root, env=environment(), check=True)
    return root


def perform(page: str, base: Path, folder: Path) -> list[tuple[Command, str]]:
    """Do what a page says in a copy of `base`; each command with what it printed."""
    session = Session(duplicate(base, folder / "fleet"), folder / "programs")
    done = []
    for step in steps_of(page):
        match step:
            case Write():
                put(folder / "fleet", step.path, step.text)
            case Command():
                done.append((step, session.run(step.text)))
    return done


def normal(text: str) -> str:
    """The text without what may differ from run to run."""
    for pattern, shown in _VARYING:
        text = pattern.sub(shown, text)
    return text


def rewritten(page: str, done: list[tuple[Command, str]]) -> str:
    """The page with what the commands printed, where that is not what it says."""
    for command, printed in reversed(done):
        if normal(printed) != normal(command.output):
            text = "".join(
                command.indent + line if line.strip() else line for line in printed.splitlines(keepends=True)
            )
            page = page[: command.start] + text + page[command.end :]
    return page


def main(paths: list[str]) -> None:
    """Write what the commands of the pages print into the pages."""
    with tempfile.TemporaryDirectory() as scratch:
        base = prepare(Path(scratch, "base"))
        for number, path in enumerate(paths):
            page = Path(path).read_text(encoding="utf-8")
            new = rewritten(page, perform(page, base, Path(scratch, str(number))))
            if new != page:
                Path(path).write_text(new, encoding="utf-8")
                print(f"wrote {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
