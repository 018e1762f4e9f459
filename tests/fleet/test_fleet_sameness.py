"""The same values always resolve to the same fleet: whatever the order on disk, the hash seed, the run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.catalogue import Resolver, folder, read_sources
from generator.fleet import check_environments, resolve
from tests.support.workspace import Repository

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import sys
from pathlib import Path
from generator.pipeline.workspace import open_workspace
workspace = open_workspace(Path(sys.argv[1]))
sys.stdout.write(repr((dict(workspace.fleets), workspace.findings)))
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository.minimal(tmp_path).with_dev()
    found.workload(
        "b", "depends_on: [a]\nenv: {A: '$(B)', B: x, C: '$(X)'}\nsecrets: [A, B]\ntalks_to: [a, nobody, 'plex:web']\n"
    )
    found.workload(
        "a", "depends_on: [b]\nports: {http: 32400}\nload_balancer: {ip: 10.0.20.11, ports: [http], from: [lan, wan]}\n"
    )
    return found


def shown(root: Path, seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", SHOW, str(root)], capture_output=True, check=True, env=environment, text=True
    )
    return done.stdout


def test_hash_seed_changes_nothing(repository: Repository) -> None:
    first = shown(repository.root, "1")
    assert "claims load-balancer IP" in first
    assert "lead back to where they began" in first
    assert first == shown(repository.root, "2")


def test_order_on_disk_changes_nothing(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = repr((repository.open().fleets, repository.open().findings))

    class Backwards:
        """A folder whose entries come in the opposite order."""

        def __init__(self, path: Path) -> None:
            with os.scandir(path) as found:
                self._entries = sorted(found, key=lambda entry: entry.name, reverse=True)

        def __enter__(self) -> "list[os.DirEntry[str]]":
            return self._entries

        def __exit__(self, *_: object) -> None:
            """Nothing is open any more."""

    scandir = type("os", (), {"scandir": Backwards, "DirEntry": os.DirEntry})
    monkeypatch.setattr(folder, "os", scandir)
    assert repr((repository.open().fleets, repository.open().findings)) == expected


def test_environments_may_be_resolved_in_either_order(repository: Repository) -> None:
    found = []
    for names in (("prod", "dev"), ("dev", "prod")):
        resolver = Resolver(read_sources(repository.root))
        catalogues = {name: resolver.resolve(name) for name in names}
        fleets = {name: resolve(catalogue) for name, catalogue in catalogues.items() if catalogue is not None}
        found.append(repr((fleets["prod"], fleets["dev"], check_environments([fleets["prod"], fleets["dev"]]))))
    assert found[0] == found[1]
