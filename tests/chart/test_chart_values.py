"""Values of a chart: complete for one environment, a delta for each other, closed by a schema."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.chart import Link, build, delta, merged, seen_in, write_chart
from generator.chart.delta import Values
from generator.chart.patch import overlaid
from generator.helm import ChartTexts, Engine, HelmCommand, HelmError, Pairs, read_chart
from tests.chart.catalogue import (
    ENVIRONMENTS,
    LIBRARY,
    ROOT,
    chart_texts,
    fleets,
    parsed,
    patcher,
    rendered,
    scopes,
    values,
)

TOOLS = ROOT / ".tools" / "bin"
HELMS = [name for name in ("helm", "helm3") if (TOOLS / name).exists()]
CHARTS = ("backup", "databases", "home", "media", "observability", "security", "shared-config")
TREES = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "a", "on", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)
MAPS = st.dictionaries(st.sampled_from("abcd"), TREES, max_size=4)


def typed(value: object) -> object:
    """The value with its types spelled out: Python calls true and 1 equal."""
    if isinstance(value, dict):
        return {key: typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return (type(value).__name__, value)


@given(MAPS, MAPS)
def test_delta_laid_over_the_base_is_what_was_wanted(base: Values, wanted: Values) -> None:
    assert typed(merged(base, delta(base, wanted))) == typed(wanted)


@given(MAPS)
def test_delta_of_equals_is_empty(base: Values) -> None:
    assert delta(base, dict(base)) == {}


@given(base=MAPS, wanted=MAPS)
def test_the_engine_merges_as_we_do(base: Values, wanted: Values) -> None:
    printed = '{{ toJson (omit .Values "common" "global") }}'
    texts = {
        "Chart.yaml": "{apiVersion: v2, name: probe, version: 1.0.0}",
        "values.yaml": yaml.safe_dump(base),
        "templates/values.yaml": printed,
    }
    changed = yaml.safe_dump(delta(base, wanted))
    found = Engine().render(ChartTexts("probe", texts), changed)
    assert typed(yaml.safe_load(found[0].document)) == typed(wanted)


def test_charts_are_those_of_the_domains() -> None:
    assert tuple(sorted(values())) == CHARTS


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_written_values_make_the_environment(name: str, environment: str) -> None:
    files = write_chart(name, scopes(), values()[name])
    base, changed = (
        yaml.safe_load(str(files[f"charts/{name}/{part}.yaml"])) for part in ("values", f"values-{environment}")
    )
    assert typed(merged(base, changed)) == typed(values()[name][environment])


def test_the_default_environment_is_values_yaml() -> None:
    files = write_chart("media", scopes(), values()["media"])
    assert files["charts/media/values-prod.yaml"] == (
        "# Generated from values/apps/media by `make charts`: change that, not this.\n"
        "# Nothing differs: values.yaml is this environment.\n"
        "{}\n"
    )


def test_a_service_of_one_environment_only_stands_in_its_delta() -> None:
    files = write_chart("home", scopes(), values()["home"])
    base = yaml.safe_load(str(files["charts/home/values.yaml"]))
    changed = yaml.safe_load(str(files["charts/home/values-staging.yaml"]))
    assert "kiosk" not in base["services"]
    assert changed["services"]["mosquitto"] is None
    assert changed["services"]["photos"] is None
    assert sorted({pair.source for pair in rendered("home", "staging")}) == [
        "home/templates/kiosk.yaml",
        "home/templates/namespaces.yaml",
    ]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_complete_values_render_as_the_files_do(name: str, environment: str) -> None:
    files = write_chart(name, scopes(), values()[name])
    chart = chart_texts(name, scopes(), values()[name])
    assert Engine().render(chart, str(files[f"charts/{name}/values-{environment}.yaml"])) == rendered(name, environment)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The charts as they lie in a clone, the library linked."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(LIBRARY, root / "charts" / "common")
    for path, text in build(fleets(), patcher(scopes())).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, Link):
            target.symlink_to(text.target)
        else:
            target.write_text(text)
    return root / "charts"


@pytest.mark.skipif(len(HELMS) < 2, reason="helm and helm3 are not built")
@pytest.mark.parametrize("name", CHARTS)
def test_both_helms_print_what_the_engine_prints(written: Path, name: str) -> None:
    for environment in ENVIRONMENTS:
        given_values = written / name / f"values-{environment}.yaml"
        expected: Pairs = rendered(name, environment)
        for helm in HELMS:
            assert HelmCommand(TOOLS / helm).render_folder(written / name, given_values) == expected
        assert Engine().render(read_chart(written / name), given_values.read_text()) == expected


@pytest.mark.skipif(len(HELMS) < 2, reason="helm and helm3 are not built")
@pytest.mark.parametrize("helm", HELMS)
def test_helm_lints_and_packages_each_chart(written: Path, tmp_path: Path, helm: str) -> None:
    for name in CHARTS:
        lint = [str(TOOLS / helm), "lint", "--strict", str(written / name)]
        found = subprocess.run(lint, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout
    pack = [str(TOOLS / helm), "package", str(written / "media"), "--destination", str(tmp_path)]
    subprocess.run(pack, capture_output=True, check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["media-1.0.0.tgz"]


TYPOS = [
    ("services: {sonar: {}}", "at '/services': additional properties 'sonar' not allowed"),
    ("services: {sonarr: {namespce: x}}", "at '/services/sonarr': additional properties 'namespce' not allowed"),
    (
        "services: {sonarr: {objects: {Deploymnt: {}}}}",
        "at '/services/sonarr/objects': additional properties 'Deploymnt' not allowed",
    ),
    (
        "services: {sonarr: {objects: {Deployment: {sonarr: {replica: 2}}}}}",
        "at '/services/sonarr/objects/Deployment/sonarr': additional properties 'replica' not allowed",
    ),
    (
        "services: {sonarr: {objects: {Deployment: {sonarr: {pod: {container: {imag: x}}}}}}}",
        "at '/services/sonarr/objects/Deployment/sonarr/pod/container': additional properties 'imag' not allowed",
    ),
    (
        "services: {sonarr: {objects: {Deployment: {sonarr: {replicas: two}}}}}",
        "at '/services/sonarr/objects/Deployment/sonarr/replicas': got string, want integer",
    ),
    ("environment: test", "at '/environment': value must be one of 'prod', 'staging'"),
    ("domian: media", "at '': additional properties 'domian' not allowed"),
]


@pytest.mark.parametrize(("typo", "said"), TYPOS)
def test_the_schema_refuses_a_typo(typo: str, said: str) -> None:
    chart = chart_texts("media", scopes(), values()["media"])
    with pytest.raises(HelmError) as caught:
        Engine().render(chart, typo)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_values_tell_what_the_render_prints(name: str, environment: str) -> None:
    printed = []
    for found in parsed(rendered(name, environment)):
        group, slash, _ = found["apiVersion"].rpartition("/")
        metadata = found["metadata"]
        printed.append((group if slash else "", found["kind"], metadata.get("namespace"), metadata["name"]))
    told = [tuple(seen) for seen in seen_in(values()[name][environment])]
    assert sorted(map(str, told)) == sorted(map(str, printed))
    assert len(told) == len(set(told))


def test_building_twice_gives_the_same_bytes() -> None:
    again = build(dict(reversed(fleets().items())), patcher(scopes()))
    assert again == build(fleets(), patcher(scopes()))


@given(st.dictionaries(st.sampled_from("abcd"), TREES | st.none(), max_size=4))
def test_a_patch_over_nothing_is_the_patch_without_nulls(merge: Values) -> None:
    assert overlaid({}, merge) == overlaid(overlaid({}, merge), merge)
