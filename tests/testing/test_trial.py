"""A trial sees what must not happen: each fault is made once, in a copy of the library or of the places."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.finding import Finding, Place
from generator.testing import trial as module
from generator.testing.site import sound_service
from generator.testing.trial import Stand
from tests.testing.test_carried import ROOT

TEMPLATES = "charts/common/templates"
ARGUMENTS = "args: {{ toRawJson . }}"


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path)
    shutil.copytree(ROOT / "charts/common", tmp_path / "charts/common")
    return stand


@pytest.fixture
def sabotage(stand: Stand) -> Callable[[str, str, str], None]:
    def replace(name: str, old: str, new: str) -> None:
        path = stand.root / TEMPLATES / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return replace


def test_sound_fleet_passes(stand: Stand) -> None:
    tried = stand.try_fleet({"app": sound_service(), "b": sound_service(args=["a: b"])}, with_document=True)
    assert tried.passed
    assert tried.document is not None
    assert "Deployment" in tried.document["by_kind"]
    assert tried.text.startswith("# values/apps/trial/app.yaml\nsummary: A service\n")


def test_fleet_of_the_trial_before_is_gone(stand: Stand) -> None:
    stand.try_fleet({"app": sound_service()})
    assert stand.try_fleet({"b": sound_service(talks_to=["app"])}).findings


def test_findings_refuse_a_fleet_and_are_no_fault(stand: Stand) -> None:
    tried = stand.try_fleet({"app": sound_service(ports={"http": 0})})
    assert [finding.rule for finding in tried.findings] == ["shape/value"]
    assert (tried.faults, tried.passed) == ([], False)


def test_late_refusal_counts_as_findings(stand: Stand) -> None:
    patch = {"Deployment/other": {"merge": {"spec": {"paused": True}}, "reason": "none"}}
    tried = stand.try_fleet({"app": sound_service(patch=patch)})
    assert [finding.rule for finding in tried.findings] == ["patch/unknown-object"]
    assert tried.faults == []


@pytest.mark.parametrize(
    ("place", "is_inside"),
    [
        (Place("values/site.yaml", 1, 1), True),
        (Place("values/site.yaml", 1, 500), False),
        (Place("values/site.yaml", 5_000, 1), False),
        (Place("values/none.yaml", 1, 1), False),
        (Place("charts/common/Chart.yaml", 1, 1), False),
    ],
)
def test_finding_outside_of_what_people_wrote_is_a_fault(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, place: Place, is_inside: bool
) -> None:
    finding = Finding(place, "x/y", "it is wrong", "mend it")

    def follow(root: Path, trial: module.Trial, *, with_document: bool) -> None:
        trial.findings = (finding,)

    monkeypatch.setattr(module, "_follow", follow)
    tried = stand.try_fleet({"app": sound_service()})
    said = f"x/y points at {place}, which is no place in a file: it is wrong"
    assert tried.faults == ([] if is_inside else [said])


def test_exception_is_a_fault(stand: Stand) -> None:
    (stand.root / TEMPLATES / "_service.tpl").write_text("{{")
    (fault,) = stand.try_fleet({"app": sound_service()}).faults
    assert fault.startswith("HelmError: charts/")


def test_text_that_breaks_out_is_a_fault(stand: Stand, sabotage: Callable[[str, str, str], None]) -> None:
    sabotage("_container.tpl", ARGUMENTS, 'args: {{ join "," . }}')
    tried = stand.try_fleet({"app": sound_service(args=["a: b\n---\nkind: Secret"])})
    assert any(fault.startswith("charts/trial/templates/app.yaml: ") for fault in tried.faults)


def test_text_that_arrives_changed_is_a_fault(stand: Stand, sabotage: Callable[[str, str, str], None]) -> None:
    sabotage("_container.tpl", ARGUMENTS, 'args: ["x"]')
    sabotage("_configmap.tpl", 'include "common.yaml" .body.data', 'toYaml (dict "a" "b")')
    tried = stand.try_fleet({"app": sound_service(args=["y"], files={"/a": "text"})})
    assert tried.faults == [
        "args of container 'app' of 'app' is not rendered as it was written",
        "file '/a' of container 'app' of 'app' is not rendered as it was written",
    ]


def test_object_that_is_not_rendered_is_a_fault(stand: Stand, sabotage: Callable[[str, str, str], None]) -> None:
    path = stand.root / TEMPLATES / "_configmap.tpl"
    name = path.read_text().split('"')[1]
    path.write_text(f'{{{{- define "{name}" }}}}{{{{- end }}}}')
    tried = stand.try_fleet({"app": sound_service(files={"/a": "text"})})
    assert "ConfigMap/app-files is not there" in tried.faults


def test_object_that_stands_as_it_was_written_is_refused_by_the_schemas(stand: Stand) -> None:
    fleet = {"app": sound_service(objects={"Kind/name": {"spec": {}}})}
    trial = stand.try_fleet(fleet)
    assert (trial.findings, trial.faults, trial.passed) == ((), [], False)
    (said,) = trial.schemas
    assert said.startswith("charts/trial/templates/app.yaml: Kind/name: ")
    patched = {"app": sound_service(patch={"Deployment/app": {"merge": {"spec": {"x": 1}}, "reason": "a try"}})}
    (said,) = stand.try_fleet(patched).schemas
    assert said.startswith("charts/trial/templates/app.yaml: Deployment/app: spec: unknown field 'x', known are ")
