"""What pages take from files that the typed model does not carry."""

from pathlib import Path

import pytest

from generator.docs import Facts, FactsError, Gotcha, read_facts, read_remarks
from generator.docs.remarks import assumption
from tests.docs.small import ROOT, write_values

REMARKS = """\
# a line of its own
image: docker.io/a/b:1                          # unverified
resources: {}   # our figure
url: "http://x/#anchor"
text: "a # b"
list: [a, b]    #without a blank
plain: a#b
"""
ASSUMED = [
    ("our figure", "our figure"),
    ("our figures: the facts give none", "our figure"),
    ("tag unverified: like the other", "unverified"),
    ("posters", ""),
    ("", ""),
]


def test_facts_by_service_its_own_row_first(tmp_path: Path) -> None:
    found = read_facts(write_values(tmp_path))
    assert found == {
        "empty": (Facts("empty", "tests/facts/empty.yaml", {}, ()),),
        "web": (
            Facts(
                "web",
                "tests/facts/web.yaml",
                {"port/admin": "it is off"},
                (
                    Gotcha("listens on localhost", "ports: {http: 8080, dns: 53/UDP}"),
                    Gotcha("needs a zone", "zone: home.example.net", "values/site.yaml"),
                    Gotcha("grows without end", None, None, "the volume is watched"),
                ),
            ),
            Facts("addon", "tests/facts/addon.yaml", {"env/MORE": "optional"}, ()),
        ),
    }


def test_facts_of_this_repository_belong_to_services() -> None:
    found = read_facts(ROOT)
    assert [facts.row for facts in found["qbittorrent"]] == ["qbittorrent", "gluetun"]
    assert "gluetun" not in found


def test_no_folder_is_no_facts(tmp_path: Path) -> None:
    assert read_facts(tmp_path) == {}


def test_a_broken_file_of_facts_is_named(tmp_path: Path) -> None:
    (tmp_path / "tests/facts").mkdir(parents=True)
    (tmp_path / "tests/facts/web.yaml").write_text("row:\n  a: 1\nomitted: &x {}\n")
    with pytest.raises(FactsError) as raised:
        read_facts(tmp_path)
    assert str(raised.value) == "tests/facts/web.yaml:3:10: anchor '&x' is not read here"


def test_remarks_are_the_comments_at_the_end_of_lines(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(REMARKS)
    (tmp_path / "b.yaml").write_text("a: b\n")
    (tmp_path / "c.yaml").write_bytes(b"\xff # x")
    found = read_remarks(tmp_path, ["a.yaml", "b.yaml", "c.yaml", "absent.yaml", "a.yaml"])
    assert found == {"a.yaml": {2: "unverified", 3: "our figure", 6: "without a blank"}}


@pytest.mark.parametrize(("remark", "wanted"), ASSUMED)
def test_assumption(remark: str, wanted: str) -> None:
    assert assumption(remark) == wanted
