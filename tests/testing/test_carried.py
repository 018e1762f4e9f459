"""What the package carries, and what a repository lays over it."""

import subprocess
from pathlib import Path

import pytest

from generator.pipeline import carried as module
from generator.pipeline.carried import (
    CASES,
    LIBRARY,
    POLICIES,
    RuleFolders,
    bring_library,
    carried,
    library_folder,
    rule_folders,
)
from generator.policy import PolicyUsage, read_rules
from tests.testing.house import OWNER

ROOT = Path(__file__).resolve().parents[2]


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_checkout_carries_its_own_folders() -> None:
    assert [carried(part) for part in (LIBRARY, POLICIES, CASES)] == [
        ROOT / part for part in (LIBRARY, POLICIES, CASES)
    ]


def test_wheel_carries_them_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data/policies").mkdir(parents=True)
    monkeypatch.setattr(module, "_PACKAGE", tmp_path)
    assert carried(POLICIES) == tmp_path / "data/policies"


def test_library_of_the_repository_wins_and_is_brought_once(tmp_path: Path) -> None:
    assert library_folder(tmp_path) == ROOT / LIBRARY
    assert bring_library(tmp_path)
    assert library_folder(tmp_path) == tmp_path / LIBRARY
    assert not bring_library(tmp_path)
    assert (tmp_path / LIBRARY / "Chart.yaml").read_bytes() == (ROOT / LIBRARY / "Chart.yaml").read_bytes()


def test_rules_of_a_checkout_are_its_own() -> None:
    folders = rule_folders(ROOT)
    assert (folders.policies, folders.cases) == (ROOT / POLICIES, ROOT / CASES)
    assert "pods/memory" in folders.own


def test_rules_of_a_repository_stand_beside_ours(tmp_path: Path) -> None:
    put(tmp_path, "policies/house/owner/owner.rego", OWNER)
    put(tmp_path, "policies/house/names/test_names.py", "")
    put(tmp_path, "tests/cases/house/owner/fail/x.yaml", "kind: x\n")
    folders = rule_folders(tmp_path)
    assert folders.own == {"house/owner", "house/names"}
    ids = {rule.id for rule in read_rules(folders.policies)}
    assert {"house/owner", "pods/memory"} <= ids
    assert (folders.cases / "house/owner/fail/x.yaml").read_text() == "kind: x\n"
    assert list((folders.cases / "pods/memory/fail").glob("*.yaml"))
    assert rule_folders(tmp_path) == folders


def test_repository_without_rules_gets_ours_as_they_lie_and_nothing_in_its_folder(tmp_path: Path) -> None:
    assert rule_folders(tmp_path) == RuleFolders(ROOT / POLICIES, ROOT / CASES, frozenset())
    assert list(tmp_path.iterdir()) == []


def test_git_never_takes_up_what_is_kept(tmp_path: Path) -> None:
    put(tmp_path, "policies/house/owner/owner.rego", OWNER)
    rule_folders(tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    seen = subprocess.run(["git", "status", "--short"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert seen.stdout == "?? policies/\n"


def test_merged_folder_follows_every_change(tmp_path: Path) -> None:
    before = rule_folders(tmp_path).policies
    put(tmp_path, "policies/house/owner/owner.rego", OWNER)
    after = rule_folders(tmp_path).policies
    assert before != after
    assert (after / "house/owner/owner.rego").read_text() == OWNER


def test_rule_of_our_name_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "policies/pods/memory/memory.rego", OWNER)
    with pytest.raises(PolicyUsage) as caught:
        rule_folders(tmp_path)
    assert str(caught.value) == "policies/pods/memory: Chartroom brings a rule of this name; call yours otherwise"
