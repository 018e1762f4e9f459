"""The first lines that run: any Python 3 must be able to read them."""

import ast
from pathlib import Path

import pytest

from setup import too_old

ENTRY = Path(__file__).resolve().parents[2] / "tools" / "setup.py"


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 11, 7), (3, 14, 0), (4, 0, 0)])
def test_too_old_accepts(version: tuple[int, int, int]) -> None:
    assert too_old(version, "/usr/bin/python3") == ""


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13), (2, 7, 18)])
def test_too_old_says_one_line(version: tuple[int, int, int]) -> None:
    assert too_old(version, "/usr/bin/python3") == (
        f"python3 is {version[0]}.{version[1]} at /usr/bin/python3, "
        "Chartroom needs 3.11 or newer (make PYTHON=python3.12)"
    )


def test_entry_is_readable_by_an_old_python() -> None:
    ast.parse(ENTRY.read_text(), feature_version=(3, 4))
