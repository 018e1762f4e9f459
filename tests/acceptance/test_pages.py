"""Every terminal session in the README, the tutorial and the guides prints what its page says."""

from pathlib import Path

import pytest

from tests.acceptance.console import Command, Write, normal, perform, prepare, rewritten, steps_of
from tests.acceptance.repository import ROOT, tools_missing


def pages() -> list[str]:
    """The pages that hold a terminal session."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [str(path.relative_to(ROOT)) for path in found if "```console" in path.read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("base") / "fleet")


@pytest.mark.parametrize("page", pages())
def test_page_prints_what_it_says(page: str, base: Path, tmp_path: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    if "$ chartroom check" in text and tools_missing("conftest"):
        pytest.skip(tools_missing("conftest"))

    done = perform(text, base, tmp_path)

    said = [f"{page}:{command.line}\n$ {command.text}\n{normal(command.output)}" for command, _ in done]
    printed = [f"{page}:{command.line}\n$ {command.text}\n{normal(text)}" for command, text in done]
    assert printed == said, f"python -m tests.acceptance.console {page} writes what is printed into the page"


def test_the_readme_and_the_tutorial_are_among_them() -> None:
    assert {"README.md", "docs/tutorial/README.md"} <= set(pages())


PAGE = """\
Write this:

<!-- file: values/a.txt -->
```yaml
one: 1
```

```console
$ cat values/a.txt
one: 2
$ cat <<X
> two
> X
two
$ false
$ echo $?
1
```

- in a list

  ```console
  $ echo three
  ```

```sh
$ not run
```
"""


def test_steps_are_files_and_commands_in_order() -> None:
    steps = [
        (step.path, step.text) if isinstance(step, Write) else (step.line, step.text, step.output)
        for step in steps_of(PAGE)
    ]

    assert steps == [
        ("values/a.txt", "one: 1\n"),
        (9, "cat values/a.txt", "one: 2\n"),
        (13, "cat <<X\ntwo\nX", "two\n"),
        (15, "false", ""),
        (16, "echo $?", "1\n"),
        (23, "echo three", ""),
    ]


def test_a_page_is_performed_and_rewritten_with_what_was_printed(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()

    done = perform(PAGE, tmp_path / "base", tmp_path / "run")

    assert [text for _, text in done] == ["one: 1\n", "two\n", "", "1\n", "three\n"]
    wanted = PAGE.replace("one: 2\n", "one: 1\n").replace("  $ echo three\n", "  $ echo three\n  three\n")
    assert rewritten(PAGE, done) == wanted


def test_a_block_without_a_command_is_refused() -> None:
    with pytest.raises(AssertionError, match="a console block begins with 'one"):
        list(steps_of("```console\none\n```\n"))


def test_seconds_and_counts_may_differ() -> None:
    first = Command("x", "56 services, 13 domains, 3 environments: 3 files written; 13 warnings (1.2 s)\n", 1, 0, 0, "")
    other = "57 services, 14 domains, 3 environments: 3 files written; 1 warning (0.4 s)\n"

    assert normal(first.output) == normal(other)
    assert normal("3 files written") != normal("4 files written")
