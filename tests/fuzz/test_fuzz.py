"""Whatever the shape accepts is refused with a place, or comes out right at the other end."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from generator.testing.fleets import NAMES, fleets
from generator.testing.strategies import services
from generator.testing.trial import as_text, from_text
from tests.fuzz.conftest import Tries

KEPT = sorted((Path(__file__).parent / "kept").glob("*.yaml"))
# One stand serves all examples of a test: each example replaces the files of the one before it.
STAND_IS_SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@STAND_IS_SHARED
@given(fleet=fleets())
def test_a_small_fleet_is_refused_with_places_or_renders_as_written(tries: Tries, fleet: dict[str, Any]) -> None:
    tries.expect_no_fault(tries.stand.try_fleet(fleet))


@STAND_IS_SHARED
@given(service=services(names=NAMES))
def test_whatever_fits_the_shape_is_refused_with_places_or_renders_as_written(
    tries: Tries, service: dict[str, Any]
) -> None:
    tries.expect_no_fault(tries.stand.try_fleet({"app": service}))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_once_went_wrong_does_not_again(tries: Tries, path: Path) -> None:
    tries.expect_no_fault(tries.stand.try_files(from_text(path.read_text(encoding="utf-8"))))


def test_kept_files_are_taken_apart_as_they_were_put_together() -> None:
    files = {"a": "x: |-\n  1\n  ---\n  2\n", "b": "y: 1\n"}
    assert from_text("# Why it is kept.\n" + as_text(files)) == files
