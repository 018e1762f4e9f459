"""Whatever text a person writes comes out of the render as it went in."""

from copy import deepcopy
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.chart import lone_values, service_template
from generator.emitter import emit
from generator.helm import ChartTexts, Engine, library_texts
from tests.chart.catalogue import LIBRARY, scopes

# What the reader of values/ lets through: everything printable, tabs and line ends.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n\t"), max_size=40)
HARD = ["on", "1e3", "0777", "{{ .Values }}", "a: b", "# c", "'", '"', "\\", "- x", "%", "@", "=", "<<", "é"]
HARD += ["\u2028", "\ufeff", "\n", "a\n", "a\n\n", "\na", " ", " a", "\t"]
CHART = ChartTexts(
    "media",
    {
        "Chart.yaml": "{apiVersion: v2, name: media, version: 1.0.0}",
        "templates/recyclarr.yaml": service_template("recyclarr"),
    }
    | library_texts(LIBRARY),
)
BASE = lone_values(scopes()["prod"], "prod", scopes()["prod"].fleet.services["recyclarr"])


def own_alert(text: str) -> dict[str, Any]:
    """An alert of a service's own; its last entry keeps the text from the end of the document, which Helm cuts."""
    return {"alert": "Own", "annotations": {"summary": text}, "expr": text, "for": "5m"}


def render(text: str, as_file: bool) -> dict[str, Any]:
    """The chart with `text` in every place that takes one, by kind."""
    values = deepcopy(BASE)
    objects = values["services"]["recyclarr"]["objects"]
    container = objects["CronJob"]["recyclarr"]["pod"]["container"]
    container["env"] = [{"name": "TEXT", "value": text}]
    container["args"] = [text]
    container["workingDir"] = text or "/"
    container["volumeMounts"] = [{"name": "config", "mountPath": text or "/", "subPath": text or "x"}]
    objects["CronJob"]["recyclarr"]["labels"] = {"example.net/text": text}
    objects["CronJob"]["recyclarr"]["schedule"]["schedule"] = text
    objects["ConfigMap"]["recyclarr-files"]["data"] = {"text": text}
    objects["PrometheusRule"]["recyclarr"]["marks"]["owner"] = text
    objects["PrometheusRule"]["recyclarr"]["alerts"] = [own_alert(text)]
    raw = {"apiVersion": "v1", "kind": "Odd", "spec": {text or "x": [text, {text or "x": text}]}, "status": {}}
    values["services"]["recyclarr"]["raw"] = {"Odd/recyclarr": raw}
    if as_file:
        bare = ChartTexts(CHART.name, {**CHART.texts, "values.yaml": "{}"})
        printed = Engine().render(bare, emit(values))
    else:
        printed = Engine().render_complete(CHART, values)
    return {found["kind"]: found for found in (yaml.safe_load(pair.document) for pair in printed)}


def check(text: str, as_file: bool) -> None:
    found = render(text, as_file)
    job = found["CronJob"]
    container = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    assert container["env"] == [{"name": "TEXT", "value": text}]
    assert container["args"] == [text]
    assert container["workingDir"] == (text or "/")
    assert container["volumeMounts"][0]["mountPath"] == (text or "/")
    assert job["metadata"]["labels"]["example.net/text"] == text
    assert job["spec"]["schedule"] == text
    assert found["ConfigMap"]["data"] == {"text": text}
    rules = found["PrometheusRule"]["spec"]["groups"][0]["rules"]
    assert rules[0]["labels"]["owner"] == text
    assert rules[-1] == own_alert(text)
    assert found["Odd"]["spec"][text or "x"] == [text, {text or "x": text}]


@settings(max_examples=40)
@given(TEXTS)
def test_texts_survive_the_render(text: str) -> None:
    check(text, as_file=False)


@settings(max_examples=25)
@given(st.sampled_from(HARD) | TEXTS)
@example("on")
def test_texts_survive_emitter_and_render(text: str) -> None:
    check(text, as_file=True)


def test_hard_texts_survive_both_ways() -> None:
    for text in HARD:
        check(text, as_file=False)
        check(text, as_file=True)
