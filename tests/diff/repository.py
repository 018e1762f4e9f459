"""A small repository under git, whose values can be edited and generated again."""

import shutil
import subprocess
from pathlib import Path

from click.testing import CliRunner

from generator.cli.main import cli
from generator.pipeline.charts import write_charts

_ROOT = Path(__file__).parents[2]
_FLEET = Path(__file__).parent / "fleet"
# A change of one file: what it says, what it shall say. None for the old text is a new file.
Edit = tuple[str, str | None, str | None]


def git(root: Path, *arguments: str) -> str:
    person = ("-c", "user.name=alex", "-c", "user.email=alex@example.net", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *person, *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make_repository(root: Path) -> Path:
    """Write the fleet below `root`, generate it and commit everything."""
    for file in sorted(_FLEET.glob("*.yaml")):
        path = root / f"{file.stem.replace('.', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, path)
    shutil.copytree(_ROOT / "charts/common", root / "charts/common")
    write_charts(root)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "base")
    return root


def edit(root: Path, *edits: Edit) -> None:
    """Change values and generate again."""
    for path, old, new in edits:
        file = root / "values" / path
        if new is None:
            file.unlink()
        elif old is None:
            file.write_text(new, encoding="utf-8")
        else:
            text = file.read_text(encoding="utf-8")
            assert text.count(old) == 1, (path, old)
            file.write_text(text.replace(old, new), encoding="utf-8")
    write_charts(root)


def diff(root: Path, *arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and everything that it printed."""
    done = CliRunner().invoke(cli, ["diff", *arguments, "--root", str(root)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output
