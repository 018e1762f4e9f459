"""The script that parses diagrams with mermaid's own parser."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "mermaid" / "parse.mjs"
NODE = ROOT / ".venv" / "bin" / "node"

GOOD = """\
# A page

```mermaid
flowchart LR
  subgraph lan["lan, 10.0.20.0/24"]
    a["plex (main)"]
  end
  a -- "tcp 32400" --> b
```

````markdown
```mermaid
this is an example, no diagram
```
````
"""
BAD = "text\n\n```mermaid\nflowchart LR\n  a --\n```\n"


def parse(*paths: Path) -> tuple[int, list[str]]:
    if not NODE.exists() or not (SCRIPT.parent / "node_modules").exists():
        pytest.skip("Node or mermaid is not set up; make test does it")
    answer = subprocess.run([NODE, SCRIPT, *paths], capture_output=True, text=True, check=False)
    return answer.returncode, (answer.stdout + answer.stderr).splitlines()


def test_a_good_diagram_is_counted(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(GOOD)
    assert parse(tmp_path) == (0, ["1 diagrams parsed, 0 with a fault"])


def test_a_bad_diagram_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text(BAD)
    (tmp_path / "good.md").write_text(GOOD)
    code, said = parse(tmp_path)
    assert code == 1
    assert said[0].startswith(f"{tmp_path / 'bad.md'}:4: Parse error on line 3: ")
    assert said[-1] == "2 diagrams parsed, 1 with a fault"


def test_an_absent_path_is_named(tmp_path: Path) -> None:
    assert parse(tmp_path / "none.md") == (2, [f"{tmp_path / 'none.md'}: no such file or folder"])


def test_every_diagram_of_the_repository_parses() -> None:
    command = ["git", "grep", "-l", "--untracked", "-E", "^ {0,3}```+mermaid", "--", "*.md"]
    named = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.splitlines()
    if named:
        code, said = parse(*(ROOT / name for name in named))
        assert (code, said[:-1]) == (0, [])


def test_no_argument_is_a_usage_fault() -> None:
    assert parse() == (2, ["usage: node tools/mermaid/parse.mjs FILE_OR_FOLDER..."])
