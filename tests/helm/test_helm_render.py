"""Charts in memory and on disk, split into pairs; what Helm refuses is said with its words."""

from pathlib import Path

import pytest

from generator.helm import (
    ChartTexts,
    Engine,
    HelmCommand,
    HelmError,
    Pair,
    command,
    engine,
    kinds_of,
    library_texts,
    read_chart,
    renderer,
)
from generator.helm.pairs import pairs_of_files, pairs_of_stream

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".tools" / "bin"
METADATA = "{apiVersion: v2, name: tiny, version: 1.0.0}"
TEMPLATE = """\
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.name }}
data:
  text: |
    ---
    kind: Trap
---
apiVersion: apps/v1
kind: "Deployment"
"""
TINY = ChartTexts("tiny", {"Chart.yaml": METADATA, "values.yaml": "name: a", "templates/all.yaml": TEMPLATE})
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n  text: |\n    ---\n    kind: Trap"
DEPLOYMENT = 'apiVersion: apps/v1\nkind: "Deployment"'
needs_helm = pytest.mark.skipif(not (TOOLS / "helm").exists(), reason="helm is not built")


def test_the_engine_lays_values_over_those_of_the_chart() -> None:
    assert Engine().render(TINY, "name: b") == (
        Pair("tiny/templates/all.yaml", DEPLOYMENT),
        Pair("tiny/templates/all.yaml", CONFIG % "b"),
    )
    assert Engine().render(TINY, "{}")[1].document == CONFIG % "a"


def test_complete_values_replace_those_of_the_chart() -> None:
    assert Engine().render_complete(TINY, {"name": "c"})[1].document == CONFIG % "c"


@needs_helm
def test_the_command_gives_the_same_pairs() -> None:
    helm = HelmCommand(TOOLS / "helm")
    assert helm.render(TINY, "name: b") == Engine().render(TINY, "name: b")
    assert helm.render_complete(TINY, {"name": "c"}) == Engine().render_complete(TINY, {"name": "c"})


def test_kinds_are_read_at_the_margin_only() -> None:
    assert kinds_of(Engine().render(TINY, "{}")) == frozenset({("", "ConfigMap"), ("apps", "Deployment")})
    assert kinds_of((Pair("a", "no: object"),)) == frozenset()


def test_order_and_blank_lines_make_no_difference() -> None:
    expected = (Pair("c/templates/a.yaml", "a: 1"), Pair("c/templates/b.yaml", "b: 2"))
    assert pairs_of_files({"c/templates/b.yaml": "\n---\nb: 2\n\n", "c/templates/a.yaml": "a: 1"}) == expected
    assert (
        pairs_of_stream("---\n# Source: c/templates/b.yaml\n\nb: 2\n---\n# Source: c/templates/a.yaml\na: 1\n")
        == expected
    )
    assert pairs_of_stream("a: 1\n") == (Pair("", "a: 1"),)


BROKEN = [
    ({"Chart.yaml": METADATA, "templates/a.yaml": "{{ .Values.a.b }}"}, "nil pointer evaluating interface {}.b"),
    ({"Chart.yaml": METADATA, "templates/a.yaml": "{{ nonsense }}"}, 'function "nonsense" not defined'),
    ({"templates/a.yaml": "a: 1"}, "Chart.yaml file is missing"),
]


@pytest.mark.parametrize(("texts", "said"), BROKEN)
def test_what_the_engine_refuses_names_the_chart(texts: dict[str, str], said: str) -> None:
    for render in (
        lambda: Engine().render(ChartTexts("tiny", texts), "{}"),
        lambda: Engine().render_complete(ChartTexts("tiny", texts), {}),
    ):
        with pytest.raises(HelmError) as caught:
            render()
        assert str(caught.value).startswith("charts/tiny: ")
        assert said in str(caught.value)


@needs_helm
def test_what_the_command_refuses_is_quoted() -> None:
    with pytest.raises(HelmError) as caught:
        HelmCommand(TOOLS / "helm").render(ChartTexts("tiny", BROKEN[1][0]), "{}")
    assert str(caught.value).startswith("helm template failed: ")
    assert 'function "nonsense" not defined' in str(caught.value)


def test_a_command_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(HelmError) as caught:
        HelmCommand(tmp_path / "helm").run(["version"])
    assert str(caught.value).startswith("helm version failed: ")


def test_a_chart_on_disk_is_read_with_its_linked_library(tmp_path: Path) -> None:
    chart, library = tmp_path / "tiny", tmp_path / "common"
    for path, text in TINY.texts.items():
        (chart / path).parent.mkdir(parents=True, exist_ok=True)
        (chart / path).write_text(text)
    (library / "templates").mkdir(parents=True)
    (library / "Chart.yaml").write_text("{apiVersion: v2, name: common, version: 1.0.0, type: library}")
    (library / "templates" / "_a.tpl").write_text('{{ define "a" }}{{ end }}')
    (library / "README.md").write_text("not rendered")
    (chart / "charts").mkdir()
    (chart / "charts" / "common").symlink_to("../../common")
    assert sorted(read_chart(chart).texts) == [
        "Chart.yaml", "charts/common/Chart.yaml", "charts/common/templates/_a.tpl", "templates/all.yaml", "values.yaml",
    ]  # fmt: skip
    assert read_chart(chart).name == "tiny"


def test_a_link_checked_out_as_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "common").write_text("../../common")
    with pytest.raises(HelmError) as caught:
        library_texts(tmp_path / "common")
    assert str(caught.value) == (
        f"{tmp_path / 'common'} is no folder: links must be checked out as links (core.symlinks)"
    )


def test_a_library_without_its_chart_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(HelmError) as caught:
        library_texts(tmp_path)
    assert str(caught.value) == f"{tmp_path} holds no Chart.yaml"
    with pytest.raises(HelmError) as caught:
        library_texts(tmp_path / "absent")
    assert str(caught.value) == f"{tmp_path / 'absent'} cannot be read: No such file or directory"


def test_the_engine_is_chosen_where_it_is_installed() -> None:
    assert isinstance(renderer(), Engine)


def test_the_command_serves_where_there_is_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "helm_python", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HelmError) as caught:
        renderer()
    assert str(caught.value) == "no Helm here: neither a helm-python-sdk wheel for this machine nor a helm command"
    (tmp_path / "helm").write_text("#!/bin/sh\n")
    (tmp_path / "helm").chmod(0o755)
    assert renderer().executable == tmp_path / "helm"  # type: ignore[attr-defined]
    assert command(tmp_path).executable == tmp_path / "helm"


def test_a_copy_of_a_process_does_not_enter_its_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Engine()
    monkeypatch.setattr(engine, "_home", 17)
    said = "the Helm engine runs in process 17, and this is a copy of it, which cannot enter it"
    for enter in (Engine, lambda: loaded.render(TINY, "{}"), lambda: loaded.render_complete(TINY, {"name": "c"})):
        with pytest.raises(HelmError) as refused:
            enter()
        assert str(refused.value) == said
