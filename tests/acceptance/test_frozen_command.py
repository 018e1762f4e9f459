"""What Kubernetes refuses to change is written down, and a change of it is refused here first."""

import json
from pathlib import Path

import pytest

from tests.acceptance.repository import ROOT, Run, chartroom, edit, put

ENVIRONMENTS = ("dev", "prod", "staging")
CLAIM = "PersistentVolumeClaim/media/kavita-config"


@pytest.fixture
def frozen(fleet: Path) -> Path:
    """A copy whose frozen fields are those of its values."""
    assert chartroom(fleet, "frozen").code == 0
    return fleet


def test_no_frozen_field_of_this_fleet_has_changed(fleet: Path) -> None:
    """What is new may be missing in tests/frozen/; what is there may not change without values/moves.yaml."""
    for environment in ENVIRONMENTS:
        assert json.loads((ROOT / "tests" / "frozen" / f"{environment}.json").read_text())

    run = chartroom(fleet, "frozen")

    assert (run.code, run.err) == (0, ""), run.out


def test_every_frozen_kind_is_written_down(frozen: Path) -> None:
    known = json.loads((frozen / "tests/frozen/prod.json").read_text())

    assert known[CLAIM] == {
        "accessModes": ["ReadWriteOnce"],
        "dataSource": None,
        "storage": "10Gi",
        "storageClassName": "longhorn-replicated",
        "volumeName": None,
    }
    assert known["Deployment/media/kavita"] == {
        "selector": {
            "matchLabels": {
                "app.kubernetes.io/component": "main",
                "app.kubernetes.io/instance": "media",
                "app.kubernetes.io/name": "kavita",
            }
        }
    }
    kinds = {name.partition("/")[0] for name in known}
    assert {"Deployment", "PersistentVolumeClaim", "PriorityClass", "Service", "StorageClass"} <= kinds
    assert {"NetworkPolicy", "HTTPRoute", "PrometheusRule"} & kinds == set()


def test_a_second_run_changes_nothing(frozen: Path) -> None:
    assert chartroom(frozen, "frozen") == Run(0, "nothing changed\n", "")


def test_new_objects_are_added_and_vanished_ones_dropped(frozen: Path) -> None:
    text = (frozen / "values/apps/media/kavita.yaml").read_text()
    put(frozen, "values/apps/media/kavita-two.yaml", text.replace("expose: {kavita: lan}", "expose: {kavita-two: lan}"))
    (frozen / "values/apps/media/kavita.yaml").unlink()

    assert chartroom(frozen, "frozen") == Run(0, "written down for prod, staging\n", "")

    known = json.loads((frozen / "tests/frozen/prod.json").read_text())
    assert CLAIM not in known
    assert known["PersistentVolumeClaim/media/kavita-two-config"]["storage"] == "10Gi"


def test_a_claim_may_grow(frozen: Path) -> None:
    edit(frozen, "values/apps/media/kavita.yaml", "config: {size: 10Gi", "config: {size: 11Gi")

    assert chartroom(frozen, "frozen") == Run(0, "written down for prod, staging\n", "")


def refusal(environment: str, field: str, before: str, after: str) -> str:
    return (
        f"tests/frozen/{environment}.json:1:1: error: {CLAIM} changes {field!r} from {before} to {after}, "
        "which the API server refuses [frozen/changed]\n    {\n    ^\n"
        f"  fix: take the change back, or announce it under {CLAIM!r} in values/moves.yaml with what, why and runbook\n"
    )


def test_a_claim_may_not_shrink(frozen: Path) -> None:
    edit(frozen, "values/apps/media/kavita.yaml", "config: {size: 10Gi", "config: {size: 9Gi")
    before = (frozen / "tests/frozen/prod.json").read_bytes()

    run = chartroom(frozen, "frozen")

    said = "".join(refusal(environment, "storage", '"10Gi"', '"9Gi"') for environment in ("prod", "staging"))
    assert run == Run(1, said, "2 errors; nothing was written\n")
    assert (frozen / "tests/frozen/prod.json").read_bytes() == before


def test_an_announced_change_is_written_down(frozen: Path) -> None:
    edit(
        frozen,
        "values/apps/media/kavita.yaml",
        "config: {size: 10Gi,",
        "config: {size: 10Gi, storageClassName: longhorn-single,",
    )
    refused = chartroom(frozen, "frozen")
    moves = "{what: another class, why: it replicates itself, runbook: docs/operations/guides/move-a-domain.md}"
    put(frozen, "values/moves.yaml", f"{CLAIM}:\n  storageClassName: {moves}\n")

    written = chartroom(frozen, "frozen")

    assert refused == Run(
        1,
        "".join(
            refusal(environment, "storageClassName", '"longhorn-replicated"', '"longhorn-single"')
            for environment in ("prod", "staging")
        ),
        "2 errors; nothing was written\n",
    )
    assert written == Run(0, "written down for prod, staging\n", "")
    known = json.loads((frozen / "tests/frozen/prod.json").read_text())
    assert known[CLAIM]["storageClassName"] == "longhorn-single"


def test_a_move_without_its_parts_is_a_finding(frozen: Path) -> None:
    put(frozen, "values/moves.yaml", f"{CLAIM}:\n  storageClassName: {{what: another class}}\n")

    assert chartroom(frozen, "frozen") == Run(
        1,
        f"values/moves.yaml:2:3: error: move of 'storageClassName' of {CLAIM!r} lacks why, runbook "
        "[frozen/incomplete-move]\n    "
        "  storageClassName: {what: another class}\n      ^\n  fix: state what, why and runbook\n",
        "1 error; nothing was written\n",
    )
