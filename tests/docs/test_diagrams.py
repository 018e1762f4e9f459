"""Every diagram is one that mermaid itself reads."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.docs.domain_edges import domain_edges
from generator.docs.mermaid import MOST_EDGES, Flow, label
from generator.docs.view import View
from generator.fleet.model import Pods, Range
from tests.docs.small import ROOT, fleets_of, real_pages, write_values

MERMAID = ROOT / "tools" / "mermaid"
PLACES = os.pathsep.join([str(ROOT / ".venv" / "bin"), os.environ.get("PATH", "")])
ODD = [
    '"',
    "`",
    "#",
    ";",
    "<b>",
    "{{x}}",
    "a|b",
    "end",
    "%%{init}%%",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "ä",
    "\n",
    "-->",
    "&amp;",
    "$$x$$",
]


def parse(*paths: Path) -> str:
    node = shutil.which("node", path=PLACES)
    if node is None or not (MERMAID / "node_modules").exists():
        pytest.skip("Node or mermaid is not set up; make test does it")
    command = [node, str(MERMAID / "parse.mjs"), *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_mermaid_reads_each_diagram_of_the_fleet(tmp_path: Path) -> None:
    diagrams = 0
    for path, text in real_pages().items():
        diagrams += text.count("```mermaid")
        (tmp_path / path.replace("/", "-")).write_text(text)
    assert diagrams > 0
    assert parse(tmp_path) == f"{diagrams} diagrams parsed, 0 with a fault\n"


def test_mermaid_reads_odd_labels(tmp_path: Path) -> None:
    flow = Flow()
    for text in ODD:
        flow.edge(flow.node(f"a {text}", text), flow.node(f"b {text}", text, text, shape="[()]"), text)
    (tmp_path / "odd.md").write_text(flow.markdown())
    assert parse(tmp_path) == "1 diagrams parsed, 0 with a fault\n"


def test_mermaid_reads_a_diagram_as_large_as_we_draw(tmp_path: Path) -> None:
    flow = Flow()
    for number in range(MOST_EDGES):
        flow.edge(flow.node(f"a{number}", "a"), flow.node(f"b{number}", "b"))
    assert flow.edges == MOST_EDGES
    (tmp_path / "large.md").write_text(flow.markdown())
    assert parse(tmp_path) == "1 diagrams parsed, 0 with a fault\n"


def test_a_flow_draws_each_node_and_edge_once() -> None:
    flow = Flow()
    assert not flow
    flow.edge(flow.node("a", "one"), flow.node("b", "two", "lines", shape="([])"), "8080/TCP")
    flow.edge(flow.node("a", "ignored"), flow.node("b", "ignored"), "8080/TCP")
    assert flow
    assert flow.edges == 1
    assert flow.markdown() == (
        '```mermaid\nflowchart LR\n  n0["one"]\n  n1(["two<br/>lines"])\n  n0 -- "8080/TCP" --> n1\n```'
    )


@given(st.text(max_size=40))
def test_a_label_holds_nothing_that_mermaid_or_a_browser_reads(text: str) -> None:
    inside = label(text)[1:-1]
    assert not set(inside) & set('"`<>&{}[]|\\%\n')
    assert label(text)[0] == label(text)[-1] == '"'


def test_more_edges_than_a_picture_takes_are_a_table_only(tmp_path: Path) -> None:
    fleet = fleets_of(write_values(tmp_path))["prod"]
    pattern = next(edge for edge in fleet.edges if edge.reason == "talks_to" and isinstance(edge.source, Pods))
    many = tuple(replace(pattern, target=Range(f"r{number}", "192.0.2.0/24")) for number in range(MOST_EDGES + 1))
    diagram, pairs, left_out = domain_edges(View("prod", replace(fleet, edges=many)))
    assert diagram == ""
    assert len(pairs.splitlines()) == MOST_EDGES + 3
    assert left_out == "201 pairs of 9 services are too many for one picture; the table has them all."


def test_a_fleet_without_edges_has_no_picture(tmp_path: Path) -> None:
    fleet = fleets_of(write_values(tmp_path))["dev"]
    assert domain_edges(View("dev", replace(fleet, edges=()))) == ("", "", "")
