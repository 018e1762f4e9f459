"""Whatever fits the shape of a service is answered with findings that have a place, never with an exception."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings

from generator.emitter import emit
from generator.finding import format_finding
from generator.testing.strategies import services
from tests.support.workspace import DEV, WORKLOAD, Repository

BASE: dict[str, Any] = yaml.safe_load(WORKLOAD.format(name="b"))
NAMES = ("a", "b", "plex", "prometheus")
OVERRIDE = "values/environments/dev.yaml"


@settings(max_examples=60)
@given(
    first=services(names=NAMES),
    second=services(names=NAMES, base=BASE),
    override=services(names=NAMES, nulls=True),
)
def test_services_of_the_right_shape_bring_findings_and_no_exception(
    tmp_path_factory: Any, first: dict[str, Any], second: dict[str, Any], override: dict[str, Any]
) -> None:
    repository = Repository.minimal(_root(tmp_path_factory)).with_dev()
    second = {**second, "category": "streaming"}
    repository.write("values/apps/media/a.yaml", emit(first))
    repository.write("values/apps/media/b.yaml", emit(second))
    changes = yaml.safe_load(DEV)
    changes["services"]["b"] = override
    repository.write(OVERRIDE, emit(changes))
    for finding in repository.all_findings():
        lines = (repository.root / finding.place.path).read_text(encoding="utf-8").split("\n")
        assert 1 <= finding.place.line <= len(lines), format_finding(finding)
        assert finding.fix
        assert "\n" not in finding.message, finding.message


def _root(factory: Any) -> Path:
    """One folder for all examples of a run: only three files of it change."""
    root: Path = factory.getbasetemp() / "any-service"
    root.mkdir(exist_ok=True)
    return root
