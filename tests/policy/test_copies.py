"""A template of claims is copied where each of its claims is, as rarely as the one that is copied least."""

from typing import Any

import pytest

from generator.policy.backup import Copies

CLAIMS = ("data-app-0", "data-app-1")
VOLUME: dict[str, Any] = {"name": "data-app", "labels": {}}


def source(claim: str, schedule: str) -> dict[str, Any]:
    return {
        "kind": "ReplicationSource",
        "metadata": {"namespace": "media", "name": claim},
        "spec": {"sourcePVC": claim, "trigger": {"schedule": schedule}, "restic": {"repository": "r"}},
    }


def copies(claims: tuple[str, ...], **schedules: str) -> list[tuple[str, int | None]]:
    objects = {name: source(name.replace("_", "-"), schedule) for name, schedule in schedules.items()}
    return [(copy["by"], copy["longest_gap_s"]) for copy in Copies(objects, None).of(VOLUME, "media", claims)]


@pytest.mark.parametrize(
    ("schedules", "expected"),
    [
        ({}, []),
        ({"data_app_0": "0 * * * *"}, []),
        ({"data_app_0": "0 * * * *", "data_app": "0 * * * *"}, []),
        ({"data_app_0": "0 * * * *", "data_app_1": "0 0 * * *"}, [("data_app_1", 24 * 3600)]),
        ({"data_app_0": "0 * * * *", "data_app_1": "never"}, [("data_app_1", None)]),
    ],
    ids=["nothing", "one of two", "another claim", "both", "both, one who knows when"],
)
def test_every_replica_must_be_copied(schedules: dict[str, str], expected: list[tuple[str, int | None]]) -> None:
    assert copies(CLAIMS, **schedules) == expected


def test_a_claim_is_copied_by_its_name() -> None:
    assert copies(("data-app",), data_app="0 * * * *") == [("data_app", 3600)]


def test_no_replica_is_no_copy() -> None:
    assert copies((), data_app="0 * * * *") == []
