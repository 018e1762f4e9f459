"""The quick reader of plain lines answers as the whole reader does, or not at all."""

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.schema import lines
from generator.schema.lines import NOT_PLAIN, read_lines
from generator.schema.reading import read_document

DEPLOYMENT = """\
# Source: media/templates/sonarr.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: "sonarr"
  labels: {chartroom/tier: apps, app.kubernetes.io/name: sonarr}
  annotations:
    note: 'it''s "quoted"'
    "odd key": "tab\\tand \\u003cb\\u003e"
spec:
  replicas: 1
  paused: false
  ratio: 0.5
  template:
    spec:
      # a comment
      containers:
      - name: main
        args: [--port, "8989"]
        env:
          - name: TZ
            value: Europe/Berlin

          -   name: EMPTY
              value: ""
        resources:
        ports:
        - containerPort: 8989
      volumes: []
      terminationGracePeriodSeconds:
data:
  config.yaml: |
    listen: 0.0.0.0

    # not a comment
      deeper: true
  script: |-
    #!/bin/sh
    exit 0
"""
SMALL = [
    "a:\n- b\n- c:\n    d: |\n      x\n\n      y\n  e: [1, {a: b}]\nf: q\n",
    "- a\n- b: 1\n  c:\n  - x\n  -  s: z\n     w: v\n- []\n",
    "k: 'it''s'\nl: {}\nm:\ns:\n  - 1\n",
    "a: |-\n  x\n   y\n  z\nb: 1\n",
    "a:\n  b:\n    c: 1\n  d: 2\ne:\n",
    "a:\n  {}\nb:\n  - c:\n      [1, {d: e}]\n    k8s:io.f/g: h\n",
    "a: |-\n  x\nb: |\n  y\nc: d",
]


def test_plain_document_is_read_line_by_line() -> None:
    value = read_lines(DEPLOYMENT)
    assert value == read_document(DEPLOYMENT)[0]
    assert value["data"]["config.yaml"] == "listen: 0.0.0.0\n\n# not a comment\n  deeper: true\n"
    assert value["data"]["script"] == "#!/bin/sh\nexit 0"
    assert value["metadata"]["annotations"] == {"note": 'it\'s "quoted"', "odd key": "tab\tand <b>"}


@pytest.mark.parametrize("text", [*SMALL, "", "# only a comment\n", "a: 1", "- 1.5", "- x: 1\n"])
def test_small_document_is_read_line_by_line(text: str) -> None:
    assert read_lines(text) == read_document(text)[0]


def test_values_of_one_line_are_not_shared() -> None:
    first, second = read_lines("a: [1]\n"), read_lines("a: [1]\n")
    first["a"].append(2)
    assert second == {"a": [1]}


HANDED_OVER = [
    *[
        "a: b\n c",
        "a: b\n  c\n",
        "a: &x 1",
        "a: *x",
        "a: !!str 1",
        "a: >\n  x\n",
        "a: |+\n  x\n\n",
        "a: |2\n   x\n",
        "a: 'b",
    ],
    *[
        'a: "b',
        'a: "\\x41"',
        "a: 1\na: 2",
        "a: yes",
        "y: 1",
        "a: 0777",
        "? a",
        "- - 1",
        "-",
        "- ",
        "a : b",
        "a:b",
        "a: b: c",
    ],
    *[
        "a: b #c",
        "a: #c",
        "a: -",
        "a: - b",
        "a: @b",
        "a: [1",
        "a: {b: yes}",
        "a: [1] x",
        "a: b:",
        "\ta: b",
        "a: b\t",
        "a\r\n",
    ],
    *[
        "a: |\n  x",
        "a: |\n\n  x\n",
        "a: |\n",
        "a: |\nb: 1\n",
        "a: |\n    x\n  y\n",
        "a: |\n  x\n     \n",
        " a: 1",
        "a:\n   b: 1\n  c: 2\n",
    ],
    *[
        "a: 1\n  b: 2",
        "a: 1\n- b",
        "- a\nb: 1",
        "text",
        "a: 1\n...\n",
        "%YAML 1.1\n",
        "a:\n- b\n  c: 1\n",
        "8: 1",
        "a: b \n",
        "  a: 1\nb: 2\n",
    ],
    *[
        "{a: 1}",
        "a: b\n{}",
        "a:\n{}",
        "a:\n  {}\n  b: 1",
        "a:\n  {}: b",
        "a:\n  {b: *c}",
        "a: |\n  x\nb: |\n  y",
        "a: |",
    ],
    *["- a\n - b\n", "a:\n    b: 1\n  - c\n", "a: &x [b]\n", "a: [*x]\n"],
]


@pytest.mark.parametrize("text", HANDED_OVER)
def test_anything_else_is_handed_over(text: str) -> None:
    assert read_lines(text) is NOT_PLAIN


def test_memory_of_lines_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_MOST_LINES_KEPT", 3)
    assert read_lines("a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n") == {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
    assert len(lines._known) <= 3


@st.composite
def edited(draw: st.DrawFn) -> str:
    """Draw a document of the plain style with a few letters or lines changed."""
    text: str = draw(st.sampled_from([DEPLOYMENT, *SMALL, *SMALL]))
    for _ in range(draw(st.integers(1, 3))):
        rows = text.split("\n")
        at = draw(st.integers(0, len(rows) - 1))
        match draw(st.sampled_from(["insert", "delete", "swap", "drop", "indent", "dedent", "append"])):
            case "insert":
                place = draw(st.integers(0, len(text)))
                text = text[:place] + draw(st.sampled_from(" \n:-#\"'|>[]{}&*!%@,~yn01.x\\\t<=?")) + text[place:]
                continue
            case "delete":
                place = draw(st.integers(0, max(0, len(text) - 1)))
                text = text[:place] + text[place + 1 :]
                continue
            case "swap":
                other = draw(st.integers(0, len(rows) - 1))
                rows[at], rows[other] = rows[other], rows[at]
            case "drop":
                del rows[at]
            case "indent":
                rows[at] = " " * draw(st.sampled_from([1, 2, 4])) + rows[at]
            case "dedent":
                rows[at] = rows[at].removeprefix(" ").removeprefix(" ")
            case _:
                rows[at] += draw(st.sampled_from([" ", ": x", " #c", "  - z", "|", " |", " >", ":"]))
        text = "\n".join(rows)
    return text


def assert_agreement(text: str) -> None:
    quick: Any = read_lines(text)
    if quick is not NOT_PLAIN:
        whole, faults = read_document(text)
        assert (repr(quick), faults) == (repr(whole), [])


@settings(max_examples=1500)
@given(edited())
def test_edited_document_reads_the_same_or_is_handed_over(text: str) -> None:
    assert_agreement(text)


@settings(max_examples=1500)
@given(st.text("ab:-\n #\"'|[1]{}.~y", max_size=24) | st.text(string.printable, max_size=12))
def test_any_short_text_reads_the_same_or_is_handed_over(text: str) -> None:
    assert_agreement(text)
