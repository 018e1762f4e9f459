"""A fault of a template that many services take is one finding with many places, in every format."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.gate.edit import TODAY, copy_repository, run

TEMPLATE = "values/templates/exportarr.yaml"
DIGEST = "@sha256:af535d94061cf97a52e1661945ffba78c03f9443eae7c0da1a80a5a4be56b520"
CLONES = tuple(f"shelf-{number:02}" for number in range(1, 41))
FORMATS = {"text": "a.txt", "json": "a.json", "sarif": "a.sarif", "junit": "a.xml", "html": "a.html"}
SERVICE = """\
summary: One of forty that look alike
category: acquisition
template: servarr
image: ghcr.io/home-operations/sonarr:4.0.19.3001@sha256:{digest}
ports: {{http: 8989}}
resources: {{requests: {{cpu: 1m, memory: 8Mi}}, limits: {{memory: 16Mi}}}}
"""


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fleet with forty more services of the template `servarr`, which takes `exportarr`; that one lost its digest."""
    top = copy_repository(tmp_path_factory.mktemp("shelf"))
    for name in CLONES:
        (top / "values" / "apps" / "media" / f"{name}.yaml").write_text(
            SERVICE.format(digest="0" * 64), encoding="utf-8"
        )
    path = top / TEMPLATE
    path.write_text(path.read_text(encoding="utf-8").replace(DIGEST, ""), encoding="utf-8")
    options = [word for name, file in FORMATS.items() for word in ("--format", name, "--output", str(top / file))]
    done = run(top, "check", "--env", "prod", "--rule", "images/digest", "--today", TODAY, *options)
    assert done.returncode == 0, done.stderr
    return top


def test_json_has_one_finding_with_every_service(top: Path) -> None:
    found = [item for item in json.loads((top / "a.json").read_text())["findings"] if item["place"]["path"] == TEMPLATE]
    assert [(item["place"]["line"], item["place"]["column"], item["rule"]) for item in found] == [
        (6, 12, "images/digest")
    ]
    message = "container 'exportarr' has the image ghcr.io/onedr0p/exportarr:v2.3.0 without a digest"
    first, others = "Deployment/media/prowlarr", "Deployment/media/radarr, Deployment/media/sabnzbd and 41 more"
    assert found[0]["message"] == f"{first}: {message}; likewise {others} (prod)"
    assert len(found[0]["objects"]) == 44
    places = {place["path"]: place["line"] for place in found[0]["also"]}
    # The line that takes the template; sabnzbd takes `exportarr` itself, two lines further down.
    assert {path: line for path, line in places.items() if "shelf-" in path} == {
        f"values/apps/media/{name}.yaml": 3 for name in CLONES
    }
    assert {path: line for path, line in places.items() if "shelf-" not in path} == {
        "values/apps/media/prowlarr.yaml": 4,
        "values/apps/media/radarr.yaml": 4,
        "values/apps/media/sabnzbd.yaml": 5,
        "values/apps/media/sonarr.yaml": 4,
    }


def test_sarif_has_one_result_with_every_place(top: Path) -> None:
    results = json.loads((top / "a.sarif").read_text())["runs"][0]["results"]
    own = [item for item in results if _uri(item["locations"][0]) == TEMPLATE]
    assert len(own) == 1
    assert len(own[0]["relatedLocations"]) == 44
    assert [place["id"] for place in own[0]["relatedLocations"]] == list(range(1, 45))
    assert len({_uri(place) for place in own[0]["relatedLocations"]}) == 44


def _uri(location: dict[str, dict[str, dict[str, str]]]) -> str:
    return location["physicalLocation"]["artifactLocation"]["uri"]


def test_people_read_a_few_places_and_how_many_more(top: Path) -> None:
    text = (top / "a.txt").read_text()
    lines = text[text.index(f"{TEMPLATE}:6:12") :].splitlines()[:11]
    assert lines[1:3] == ["        image: ghcr.io/onedr0p/exportarr:v2.3.0", "               ^"]
    assert lines[3:] == [
        "  also: values/apps/media/prowlarr.yaml:4:11",
        "  also: values/apps/media/radarr.yaml:4:11",
        "  also: values/apps/media/sabnzbd.yaml:5:11",
        *(f"  also: values/apps/media/shelf-0{number}.yaml:3:11" for number in (1, 2, 3)),
        "  also: 38 more places",
        "  fix: append `@sha256:` and the digest, which `skopeo inspect` prints; Renovate keeps it fresh",
    ]


def test_junit_and_the_page_say_it_once(top: Path) -> None:
    case = ElementTree.parse(top / "a.xml").find(".//testcase[@name='digest']")
    assert case is not None
    assert (case.findtext("system-out") or "").count("exportarr:v2.3.0 without") == 1
    page = (top / "a.html").read_text()
    assert page.count("exportarr:v2.3.0 without a digest; likewise") == 1
    assert len([line for line in page.splitlines() if "more places</summary>" in line]) == 1
