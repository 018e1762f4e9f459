"""From what a rule says about an object to the line of the manifest that it is about."""

from typing import Any

import pytest
import yaml

from generator.finding import Severity
from generator.pipeline.spot import at, path_of, spots_of
from generator.policy import Hit, Rule

TEXT = """\
# written by hand
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    spec:
      hostPID: true
      securityContext: {runAsNonRoot: false}
      containers:
        - name: web
          image: nginx:latest
          securityContext:
            capabilities:
              add: [CHOWN, SYS_ADMIN]
          ports:
            - {name: http, containerPort: 80}
            - name: dns
              containerPort: 53
              hostPort: 53
          env:
            - {name: A, value: "1"}
            - {name: B, value: "2"}
            - {name: A, value: "3"}
      volumes:
        - name: logs
          hostPath: {path: /var/log}
"""
POD = ("spec", "template", "spec")
WEB = (*POD, "containers", 0)


def a_rule(manifest: str = "", values: str = "") -> Rule:
    fields = tuple(tuple(field.split(".")) for field in manifest.split(", ") if field)
    named = tuple(values.split(".")) if values else ()
    return Rule("a/b", "a.b", "", "", "", Severity.ERROR, "", named, "mend it", "objects", fields)


@pytest.mark.parametrize(
    ("rule", "message", "container", "values", "path"),
    [
        (a_rule(values="image"), "container 'web' has a moving tag", "web", (), (*WEB, "image")),
        (a_rule("hostNetwork, hostPID"), "the pod sets hostPID", None, (), (*POD, "hostPID")),
        (a_rule("securityContext.capabilities.drop, securityContext.capabilities.add"), "it adds SYS_ADMIN", "web", (),
         (*WEB, "securityContext", "capabilities", "add", 1)),
        (a_rule("securityContext.privileged"), "container 'web' is privileged", "web", (), (*WEB, "securityContext")),
        # A field that the pod states for its containers stands there.
        (a_rule("securityContext.runAsNonRoot"), "container 'web' may run as root", "web", (),
         (*POD, "securityContext", "runAsNonRoot")),
        (a_rule(values="resources.limits.memory"), "container 'web' has no limit", "web", (), WEB),
        # A rule that says the container in its message only.
        (a_rule("ports"), "container 'web' takes port 53 of its node", None, (), (*WEB, "ports", 1)),
        (a_rule(values="env"), "container 'web' has a variable twice: A", "web", ("env", "A"), (*WEB, "env", 2)),
        (a_rule("volumes", "storage"), "volume 'logs' is a path of the node", None, ("storage", "logs"),
         (*POD, "volumes", 0)),
        (a_rule(values="replicas"), "it has 2 replicas", None, (), ("spec", "replicas")),
        (a_rule("metadata.labels"), "it has no label", None, (), ("metadata",)),
        (a_rule(), "no alert is about it", None, (), ("metadata", "name")),
    ],
)  # fmt: skip
def test_hit_is_about(
    rule: Rule, message: str, container: str | None, values: tuple[str, ...], path: tuple[str | int, ...]
) -> None:
    hit = Hit(rule, message, "manifests", (), (), "", container, values)
    assert path_of(hit, yaml.safe_load(TEXT)) == path


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ((), (11, 1)),
        (("kind",), (12, 7)),
        (("metadata", "name"), (13, 18)),
        # A block is found by its key, an item by its first letter.
        (("spec",), (14, 1)),
        (WEB, (21, 11)),
        ((*WEB, "securityContext", "capabilities", "add", 1), (25, 28)),
        # What is missing is shown where it would stand.
        ((*WEB, "resources", "limits"), (21, 11)),
        ((*WEB, "ports", 7), (26, 11)),
    ],
)
def test_position_of(path: tuple[str | int, ...], position: tuple[int, int]) -> None:
    assert spots_of(TEXT, 10).at(path) == position


def test_key_is_asked_for_where_the_key_is_at_fault() -> None:
    spots = spots_of(TEXT, 1)
    assert (spots.at(("spec", "replicas")), spots.key(("spec", "replicas"))) == ((6, 13), (6, 3))
    assert spots.key(("spec", "missing")) == (5, 1)


def test_last_one_counts_where_a_key_stands_twice() -> None:
    assert spots_of("a: 1\nb: 2\na: 3\n", 1).at(("a",)) == (3, 4)


def test_merged_fields_and_aliases_are_found_where_they_were_written() -> None:
    text = "base: &base\n  image: x\none:\n  <<: *base\n  name: a\ntwo: *base\nmany:\n  <<: [*base]\n"
    spots = spots_of(text, 1)
    assert [spots.at((key, "image")) for key in ("one", "two", "many")] == [(2, 10), (2, 10), (2, 10)]


def test_items_of_a_list_are_told_apart() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n  - kind: A\n  - kind: B\n"
    assert [spots_of(text, 1, item).at(("kind",)) for item in (0, 1)] == [(4, 11), (5, 11)]


@pytest.mark.parametrize("text", ["a: [", "", "\tx"])
def test_text_that_is_no_document_is_found_as_a_whole(text: str) -> None:
    spots = spots_of(text, 7)
    assert (spots.at(("a",)), spots.key(("a",))) == ((7, 1), (7, 1))


@pytest.mark.parametrize(
    ("path", "value"), [(("a", 0, "b"), 1), (("a", 3), None), (("a", "b"), None), (("c", "d"), None)]
)
def test_at_leads_to_a_value_or_nothing(path: tuple[str | int, ...], value: Any) -> None:
    assert at({"a": [{"b": 1}], "c": 2}, path) == value
