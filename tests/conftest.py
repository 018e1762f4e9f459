"""Settings of the whole suite: Hypothesis profiles, and what is skipped without ../shared."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

# No deadline: two cores are shared by many, and a slow example is no fault of the code.
EXAMPLES = DirectoryBasedExampleDatabase(ROOT / ".cache" / "hypothesis")
settings.register_profile("suite", deadline=None, database=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", settings.get_profile("suite"), max_examples=5_000)
settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, and so count, each development test where its reference material is absent."""
    if SHARED.is_dir():
        return
    absent = pytest.mark.skip(reason=f"development test: {SHARED} is absent")
    for item in items:
        if item.get_closest_marker("shared") is not None:
            item.add_marker(absent)
