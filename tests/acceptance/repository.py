"""A fresh copy of this repository and the command `chartroom` in it, as a user has them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the commands read and write, and what a page may look at.
PARTS = (
    ".chartroom/ledger",
    ".gitattributes",
    ".gitignore",
    ".schemas",
    "README.md",
    "bootstrap",
    "charts",
    "docs",
    "kubernetes",
    "policies",
    "tests/cases",
    "tests/facts",
    "tests/frozen",
    "values",
)
_PROGRAM = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[0] = 'chartroom'; from generator.cli import main; main()"
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one command came to: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


def copy_repository(folder: Path) -> Path:
    """Copy what is generated from and what is generated, links as links, and return the copy's top."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".cache"))
        elif source.exists():
            shutil.copy2(source, target)
    if (ROOT / ".tools").exists():
        (folder / ".tools").symlink_to(ROOT / ".tools")
    return folder


def duplicate(source: Path, target: Path) -> Path:
    """Copy a copy."""
    shutil.copytree(source, target, symlinks=True)
    return target


def chartroom(root: Path, *arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Run:
    """Run the command in `root` and return what it came to."""
    done = subprocess.run(
        command_line(*arguments),
        cwd=root,
        env=environment() | dict(env or {}),
        input=stdin.encode(),
        capture_output=True,
        check=False,
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


def command_line(*arguments: str) -> list[str]:
    return [sys.executable, "-c", _PROGRAM, *arguments]


def environment() -> dict[str, str]:
    """A terminal's environment without what the machine adds of its own."""
    kept = {key: value for key, value in os.environ.items() if key.startswith(("COVERAGE_", "COV_"))}
    path = os.environ.get("PATH", os.defpath)
    return kept | {"PATH": path, "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "80"}


def files_of(root: Path, *folders: str) -> dict[str, bytes]:
    """Every file and link at or below `folders` by its path; a link by its target."""
    found: dict[str, bytes] = {}
    for top in folders or GENERATED:
        if (root / top).is_file():
            found[top] = (root / top).read_bytes()
        for folder, inner, names in os.walk(root / top):
            for name in [*names, *inner]:
                path = Path(folder, name)
                if path.is_symlink():
                    found[str(path.relative_to(root))] = b"-> " + os.fsencode(path.readlink())
                elif path.is_file():
                    found[str(path.relative_to(root))] = path.read_bytes()
    return found


GENERATED = ("charts", "kubernetes", "docs/reference", ".schemas")


def changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """The paths that differ, `+` new, `-` gone, `~` other bytes."""
    new = [f"+ {path}" for path in after.keys() - before.keys()]
    gone = [f"- {path}" for path in before.keys() - after.keys()]
    other = [f"~ {path}" for path in before.keys() & after.keys() if before[path] != after[path]]
    return sorted([*new, *gone, *other], key=lambda line: line[2:])


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Replace a text that stands in a file exactly once."""
    text = (root / path).read_bytes().decode()
    assert text.count(old) == 1, f"{path}: {old!r} stands there {text.count(old)} times"
    (root / path).write_bytes(text.replace(old, new).encode())


def put(root: Path, path: str, text: str) -> None:
    """Write a file, its folder too."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(text.encode())


@cache
def tools_missing(*names: str) -> str:
    """Which command-line tools are not built yet; empty where all are."""
    absent = [name for name in names if not (ROOT / ".tools" / "bin" / name).exists()]
    return f"not built: {', '.join(absent)}; make test does it" if absent else ""
