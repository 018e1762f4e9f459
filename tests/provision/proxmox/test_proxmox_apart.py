"""Client and simulator check each other, so neither may use the other."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CLIENT = ROOT / "tofu-free-infra" / "provision" / "proxmox"
SIMULATOR = ROOT / "tests" / "simulators" / "proxmox"


def imported(file: Path) -> set[str]:
    """Return the modules that a file imports by their full names."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
    return found


@pytest.mark.parametrize(
    ("folder", "foreign"),
    [(CLIENT, ("tests", "generator", "provision.")), (SIMULATOR, ("provision", "generator", "proxmoxer", "requests"))],
)
def test_client_and_simulator_do_not_know_each_other(folder: Path, foreign: tuple[str, ...]) -> None:
    files = sorted(folder.rglob("*.py"))
    assert len(files) > 20
    wrong = [(file.name, name) for file in files for name in imported(file) if name.startswith(foreign)]
    assert wrong == []
