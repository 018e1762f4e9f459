"""Copies of this repository for the tests of this folder."""

from pathlib import Path

import pytest

from tests.acceptance.repository import chartroom, copy_repository, duplicate


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which everything is written; read it, never change it."""
    root = copy_repository(tmp_path_factory.mktemp("written") / "fleet")
    assert chartroom(root, "charts", "--quiet").code == 0
    return root


@pytest.fixture
def fleet(written: Path, tmp_path: Path) -> Path:
    """A copy of one's own in which everything is written."""
    return duplicate(written, tmp_path / "fleet")
