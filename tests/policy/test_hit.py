"""What a rule yields, read: whom it concerns, and where."""

from typing import Any

from generator.finding import Severity
from generator.policy.hit import read_hits, stage_rule

RULE = stage_rule("house/rule", Severity.ERROR)


def _document(**objects: list[str]) -> dict[str, Any]:
    found = {name.replace("__", ":"): {"environments": where} for name, where in objects.items()}
    return {"environments": {"dev": {}, "prod": {}, "staging": {}}, "objects": found}


def test_parties_of_one_environment_are_found_there() -> None:
    document = _document(prod__a=["dev", "prod"], prod__b=["prod", "staging"])
    hits = read_hits(RULE, [{"msg": "both", "objects": ["prod:a", "prod:b"]}], document)
    assert [hit.environment for hit in hits] == ["prod"]


def test_parties_of_different_environments_concern_all_of_them() -> None:
    """A host of the site is filled by the machines of every environment."""
    finding = {"msg": "full", "objects": ["dev:Host/-/pve-1", "prod:Host/-/pve-1", "staging:Host/-/pve-1"]}
    assert [hit.environment for hit in read_hits(RULE, [finding], _document())] == ["dev", "prod", "staging"]
