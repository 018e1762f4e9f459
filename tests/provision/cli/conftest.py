"""A console in front of a fresh simulated site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.provision.cli.console import Console, console


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Console]:
    """The command line, the repository and the site."""
    with console(tmp_path) as running:
        yield running
