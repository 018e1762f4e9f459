"""One fault of one line is one finding, however many objects a schema refuses for it."""

from generator.finding import Finding, Place, Severity
from generator.pipeline.refused import Refused, findings_of_refused, kind_of_fault

LINE = Place("charts/common/templates/_defaults.tpl", 24, 1)


def _found(*messages: str, doors: tuple[str, ...] = ()) -> Finding:
    group = Refused(Severity.ERROR, set(messages), {"prod: Deployment/x"}, {Place(path) for path in doors})
    (finding,) = findings_of_refused({(LINE, "schema/object", kind_of_fault(messages[0]), "write true"): group})
    return finding


def test_what_is_wrong_is_told_apart_from_where() -> None:
    assert kind_of_fault("Deployment/a: spec.replicas: '2' is text, an integer is expected") == (
        "'2' is text, an integer is expected"
    )
    assert kind_of_fault("Deployment/a: v9 Deployment is unknown: to all") == "v9 Deployment is unknown: to all"


def test_one_fault_of_one_object_is_said_as_it_is() -> None:
    finding = _found("Deployment/a: spec.x: false is not true", doors=("values/apps/media/a.yaml",))
    assert finding.message == "Deployment/a: spec.x: false is not true"
    assert finding.also == ()


def test_many_objects_are_one_finding_with_the_file_of_each() -> None:
    names = ("a", "b", "c", "d")
    finding = _found(
        *(f"Deployment/{name}: spec.x: false is not true" for name in names),
        doors=tuple(f"values/apps/media/{name}.yaml" for name in names),
    )
    assert finding.message == (
        "Deployment/a: spec.x: false is not true; likewise Deployment/b, Deployment/c and 1 more"
    )
    assert [place.path for place in finding.also] == [f"values/apps/media/{name}.yaml" for name in names]


def test_two_places_of_one_object_are_told_by_their_path() -> None:
    finding = _found("Deployment/a: spec.x: false is not true", "Deployment/a: spec.y: false is not true")
    assert finding.message == "Deployment/a: spec.x: false is not true; likewise spec.y"
