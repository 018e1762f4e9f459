"""What environments share is rendered once, and comes out as if it had been rendered for each."""

from collections.abc import Mapping
from typing import Any

import pytest

from generator.chart import service_template
from generator.helm import ChartTexts, Engine, HelmError, library_texts
from generator.pipeline import generate
from generator.pipeline.generate import Charts
from generator.pipeline.once import is_plain, render_once
from generator.pipeline.workspace import open_workspace
from tests.policy.engine import ROOT

LIBRARY = library_texts(ROOT / "charts" / "common")
TEMPLATE = service_template("a")
CHART = ChartTexts(
    "x", {"Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n", "templates/a.yaml": TEMPLATE, **LIBRARY}
)


class Counting(Engine):
    """The engine, which notes what it was asked to print, by environment."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, list[str]]] = []

    def render_files(self, chart: ChartTexts, values: Mapping[str, Any]) -> Mapping[str, str]:
        for own in values.values() if "e0" in values else [values]:
            objects = own["services"]["a"]["objects"]
            self.asked.append({kind: sorted(several) for kind, several in objects.items()})
        return super().render_files(chart, values)


def values(*, replicas: object = 1, tier: str = "apps", category: str = "c", **more: object) -> dict[str, object]:
    accounts = {"a": {"body": 1}, "b": {}}
    claim = {"a": {"accessModes": ["ReadWriteOnce"], "class": "fast", "size": f"{replicas}Gi"}}
    service = {
        "namespace": "x",
        "category": category,
        "objects": {"ServiceAccount": accounts, "PersistentVolumeClaim": claim},
    }
    return {"domain": "x", "tier": tier, "services": {"a": {**service, **more}}}


def test_the_catalogue_comes_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = open_workspace(ROOT)
    environments = tuple(workspace.fleets)
    once = Charts(workspace).render(environments)
    monkeypatch.setattr(generate, "is_plain", lambda library: False)
    assert Charts(workspace).render(environments) == once


def test_the_library_depends_on_nothing_else() -> None:
    assert is_plain(LIBRARY)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("_pod.tpl", "{{ .values.environment }}"),
        ("_pod.tpl", '{{ index .values "tier" }}'),
        ("_pod.tpl", "{{ .root.Values.services }}"),
        ("_pod.tpl", "{{ len .service.objects }}"),
        ("_pod.tpl", "{{ $.Values.x }}"),
        ("_pod.tpl", '{{ .Files.Get "x" }}'),
        ("_service.tpl", "{{ .Release.Name }}"),
    ],
)
def test_a_library_that_reads_more_is_seen(path: str, code: str) -> None:
    assert not is_plain({**LIBRARY, f"charts/common/templates/{path}": code})
    assert is_plain({**LIBRARY, f"charts/common/templates/{path}": f"{{{{- /* {code.strip('{}')} */ -}}}}"})


def test_only_what_differs_is_printed_again() -> None:
    engine = Counting()
    given = {"dev": values(), "prod": values(replicas=2), "staging": values(replicas=2)}
    rendered = render_once(engine, CHART, given, ("dev", "prod", "staging"))
    assert engine.asked == [
        {"ServiceAccount": ["a", "b"], "PersistentVolumeClaim": ["a"]},
        {"PersistentVolumeClaim": ["a"]},
        {},
    ]
    assert rendered == {name: Engine().render_complete(CHART, own) for name, own in given.items()}
    assert rendered["prod"] == rendered["staging"] != rendered["dev"]


@pytest.mark.parametrize(
    "other",
    [
        values(tier="core"),
        values(category="d"),
        values(raw={"ConfigMap/x/y": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "y"}}}),
        values(patched={"ServiceAccount_a": {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}}),
    ],
)
def test_what_an_object_depends_on_is_looked_at(other: dict[str, object]) -> None:
    engine = Counting()
    given = {"dev": values(), "prod": other}
    rendered = render_once(engine, CHART, given, ("dev", "prod"))
    assert engine.asked[1] == engine.asked[0]
    assert rendered["prod"] == Engine().render_complete(CHART, other)


def test_what_helm_refuses_is_said_of_the_chart_itself() -> None:
    broken = ChartTexts("x", {**CHART.texts, "templates/b.yaml": '{{ fail "no" }}'})
    with pytest.raises(HelmError) as caught:
        render_once(Engine(), broken, {"dev": values()}, ("dev",))
    assert "x/templates/b.yaml:1:3" in str(caught.value)
    assert "e0" not in str(caught.value)


def test_two_documents_for_one_object_are_taken_for_no_other() -> None:
    path, line = "charts/common/templates/_access.tpl", "automountServiceAccountToken: false"
    twice = ChartTexts("x", {**CHART.texts, path: CHART.texts[path].replace(line, f"{line}\n---\nkind: Other", 1)})
    given = {"dev": values(), "prod": values()}
    assert CHART.texts[path] != twice.texts[path]
    rendered = render_once(Engine(), twice, given, ("dev", "prod"))
    assert sum("kind: Other" in pair.document for pair in rendered["prod"]) == 2
    assert rendered == {name: Engine().render_complete(twice, own) for name, own in given.items()}
