"""What is read out of rendered manifests."""

from generator.argocd import ClusterObject, GroupKind, Rendered, Seen, scan, survey

STREAM = """\
---
# Source: media/templates/plex.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    name: not-this
  name: plex
  namespace: "media"
spec:
  template:
    metadata:
      name: nor-this
  name: nor-that
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: chartroom-vpn
rules: []
namespace: not-this-either
---
# only a comment
---
apiVersion: v1
kind: List
items: []
---
apiVersion: v1
kind: Service
metadata:
  name: 'plex'
  namespace: media
"""


def test_scan_finds_each_object_by_its_own_fields() -> None:
    assert list(scan(STREAM)) == [
        Seen("apps", "Deployment", "media", "plex"),
        Seen("rbac.authorization.k8s.io", "ClusterRole", None, "chartroom-vpn"),
        Seen("", "Service", "media", "plex"),
    ]


def test_scan_takes_one_document_without_dashes_and_one_without_a_name() -> None:
    assert list(scan("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  namespace: a\n")) == [
        Seen("", "ConfigMap", "a", "")
    ]


def test_scan_reads_the_usual_order_of_fields_like_any_other() -> None:
    usual = "apiVersion: {}\nkind: Deployment\nmetadata:\n  name: plex\n  namespace: media\n  labels:\n    a: b\n"
    other = "kind: Deployment\nmetadata:\n  labels:\n    a: b\n  namespace: media\n  name: plex\napiVersion: {}\n"
    for version in ("v1", "apps/v1", "monitoring.coreos.com/v1beta1"):
        assert list(scan(usual.format(version))) == list(scan(other.format(version)))
    # The name of a raw object may stand anywhere, and a text may hold what looks like one.
    quoted = usual.format("v1").replace("plex", '"8080"')
    assert list(scan(f"---\n# Source: x\n{quoted}")) == [Seen("", "Deployment", "media", "8080")]


def test_survey_parts_what_has_a_namespace_from_what_has_none() -> None:
    assert survey(scan(STREAM)) == Rendered(
        kinds=frozenset({GroupKind("apps", "Deployment"), GroupKind("", "Service")}),
        cluster=frozenset({ClusterObject("rbac.authorization.k8s.io", "ClusterRole", "chartroom-vpn")}),
        namespaces=frozenset({"media"}),
        objects=3,
    )


def test_survey_of_nothing_is_nothing() -> None:
    assert survey([]) == Rendered()
