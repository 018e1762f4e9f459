"""A rendered text is cut into objects as Kubernetes cuts it."""

from generator.finding import Severity
from generator.schema import Fault, Manifest, dotted, read_manifests

RENDERED = """\
---
# Source: media/templates/sonarr.yaml
apiVersion: v1
kind: Service
metadata:
  name: sonarr
---
# Source: media/templates/empty.yaml
---
# Source: media/templates/radarr.yaml

apiVersion: v1
kind: ConfigMap
metadata: {name: radarr}
--- # a comment
kind: Secret
"""


def test_objects_carry_template_and_line() -> None:
    reading = read_manifests(RENDERED)
    assert reading.faults == ()
    assert [(manifest.source, manifest.line, manifest.name) for manifest in reading.manifests] == [
        ("media/templates/sonarr.yaml", 2, "Service/sonarr"),
        ("media/templates/radarr.yaml", 10, "ConfigMap/radarr"),
        ("", 16, "Secret/None"),
    ]


def test_source_is_a_comment_before_the_object_only() -> None:
    text = "data:\n  note: |\n    x\n# Source: lies/here.yaml\n"
    assert read_manifests(text).manifests == (Manifest("", {"data": {"note": "x\n"}}, 1),)


def test_one_bad_document_hides_no_other() -> None:
    reading = read_manifests("a: [1\n---\nkind: A\n---\nb: 0777\n--- b\nkind: B\n")
    assert [manifest.object for manifest in reading.manifests] == [{"kind": "A"}, {"b": 511}, {"kind": "B"}]
    assert reading.faults == (
        Fault(
            "schema/unreadable",
            (),
            "this is no YAML: did not find expected ',' or ']'",
            "correct the text",
            line=2,
        ),
        Fault(
            "schema/ambiguous-scalar",
            (),
            "the plain scalar '0777' is the number 511 to Kubernetes and something else to other YAML readers",
            'write "0777" if a text is meant, and the plain value if not',
            Severity.WARNING,
            line=5,
        ),
        Fault(
            "schema/unreadable",
            (),
            "the line '--- b' begins like a separator of documents, Kubernetes refuses the rest of it",
            "write '---' alone on its line",
            line=6,
        ),
    )


def test_list_counts_as_its_items() -> None:
    reading = read_manifests("apiVersion: v1\nkind: List\nitems:\n- {kind: A}\n- {kind: B}\n- 3\n")
    assert [manifest.object for manifest in reading.manifests] == [{"kind": "A"}, {"kind": "B"}]
    assert [fault.message for fault in reading.faults] == ["the document is a number, an object is expected"]
    (kept,) = read_manifests("apiVersion: v1\nkind: List\nitems: x\n").manifests
    assert kept.object["kind"] == "List"


def test_document_that_is_no_object_is_a_fault() -> None:
    reading = read_manifests("- 1\n---\ntext\n---\ntrue\n---\nnull\n---\n2\n")
    assert reading.manifests == ()
    assert [(fault.line, fault.message, fault.fix) for fault in reading.faults] == [
        (1, "the document is a list, an object is expected", "write one object"),
        (3, "the document is a text, an object is expected", "write one object"),
        (5, "the document is true or false, an object is expected", "write one object"),
        (9, "the document is a number, an object is expected", "write one object"),
    ]


def test_name_of_an_object_without_metadata_says_so() -> None:
    assert Manifest("", {"kind": "A", "metadata": []}, 1).name == "A/None"


def test_path_is_written_as_people_do() -> None:
    assert dotted(("spec", "containers", 0, "env")) == "spec.containers[0].env"
    assert dotted(("metadata", "labels", "a.b/c")) == 'metadata.labels["a.b/c"]'
    assert dotted(()) == ""
