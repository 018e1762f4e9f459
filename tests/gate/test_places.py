"""Every leaf of what three services render has a line that it comes from: the whole table is compared."""

from pathlib import Path

import pytest

from tests.gate.places import FOLDER, LAYERS, SERVICES, tables, with_layers


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_layers(tmp_path_factory.mktemp("layers"))


@pytest.fixture(scope="module")
def traced(top: Path) -> dict[str, str]:
    return tables(top)


@pytest.mark.parametrize("service", SERVICES)
def test_leaves_come_from_these_lines(traced: dict[str, str], service: str) -> None:
    """After a wanted change: `python -m tests.gate.places`, then read the difference line by line."""
    assert traced[service].splitlines() == (FOLDER / f"{service}.tsv").read_text(encoding="utf-8").splitlines()


def test_every_line_is_there(traced: dict[str, str], top: Path) -> None:
    for place in {line.split("\t")[1] for text in traced.values() for line in text.splitlines()}:
        path, line, column = place.rsplit(":", 2)
        text = (top / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert 1 <= int(column) <= len(text), place


@pytest.mark.parametrize(
    ("leaf", "line", "written"),
    [
        ("spec.template.spec.containers[0].image", "values/environments/prod.yaml", "ghcr.io/home-operations/sonarr"),
        ("spec.replicas", "values/environments/prod.yaml", "2, strategy"),
        ("spec.minReadySeconds", "values/apps/media/layers.yaml", "10, template"),
        ("spec.template.spec.containers[0].env[2].value", "values/templates/servarr.yaml", "${port:self}"),
        ("spec.template.spec.initContainers[0].image", "values/templates/exportarr.yaml", "ghcr.io/onedr0p/exportarr"),
        ("spec.template.spec.containers[0].livenessProbe.httpGet.path", "values/templates/servarr.yaml", "/ping"),
        ("spec.template.spec.securityContext.runAsUser", "values/site.yaml", "1000"),
        ("spec.template.spec.priorityClassName", "values/apps/media/domain.yaml", "background"),
        (
            "spec.template.spec.securityContext.runAsNonRoot",
            "charts/common/templates/_defaults.tpl",
            "runAsNonRoot: true",
        ),
    ],
)
def test_each_layer_is_named(traced: dict[str, str], top: Path, leaf: str, line: str, written: str) -> None:
    """Override, patch, `${…}`, template below template, shorthand, defaults of site and domain, the library."""
    table = dict(entry.split("\t") for entry in traced["layers"].splitlines())
    path, number, column = table[f"Deployment/layers {leaf}"].rsplit(":", 2)
    text = (top / path).read_text(encoding="utf-8").splitlines()[int(number) - 1]
    assert (path, text[int(column) - 1 :][: len(written)]) == (line, written)


def test_what_a_component_inherits_comes_from_the_main_one(traced: dict[str, str]) -> None:
    table = dict(entry.split("\t") for entry in traced["layers"].splitlines())
    memory = "spec.template.spec.containers[0].resources.limits.memory"
    assert table[f"Deployment/layers-worker {memory}"] == table[f"Deployment/layers {memory}"]
    assert "inherit: [resources, env]" in LAYERS
