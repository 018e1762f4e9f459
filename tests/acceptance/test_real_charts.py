"""The written charts of the real catalogue, as a user's Helm renders them."""

import json
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from generator.chart import build_values, merged, scopes_of
from generator.helm import Engine, HelmCommand, Pairs, read_chart
from generator.pipeline.charts import render_everything
from generator.pipeline.generate import Charts, generate
from generator.pipeline.workspace import open_workspace
from generator.schema import Validator, judge_all, read_manifests
from generator.source import plain, read_file
from tests.acceptance.repository import ROOT, chartroom, edit, tools_missing

CHARTS = sorted(path.name for path in (ROOT / "charts").iterdir() if (path / "values.schema.json").exists())
ENVIRONMENTS = ("dev", "prod", "staging")
HELMS = ("helm", "helm3")
needs_helms = pytest.mark.skipif(bool(tools_missing(*HELMS)), reason=tools_missing(*HELMS) or "built")


@pytest.fixture(scope="module")
def wanted(written: Path) -> dict[str, dict[str, Pairs]]:
    """environment -> chart -> what the engine makes of finished values."""
    return render_everything(written)


def texts_of(wanted: dict[str, dict[str, Pairs]]) -> list[str]:
    return [pair.document for charts in wanted.values() for pairs in charts.values() for pair in pairs]


def test_there_is_a_chart_per_domain_and_one_for_the_site(written: Path) -> None:
    domains = {path.parent.name for path in (written / "values").glob("*/*/domain.yaml")}

    assert {"media", "shared-config"} <= set(CHARTS) <= domains | {"shared-config"}


@pytest.mark.parametrize("name", CHARTS)
def test_the_engine_renders_the_files_as_it_renders_finished_values(
    name: str, written: Path, wanted: dict[str, dict[str, Pairs]]
) -> None:
    chart = read_chart(written / "charts" / name)
    for environment in ENVIRONMENTS:
        values = (written / "charts" / name / f"values-{environment}.yaml").read_text(encoding="utf-8")
        assert Engine().render(chart, values) == wanted[environment][name]


@needs_helms
def test_both_helms_print_what_the_engine_prints(written: Path, wanted: dict[str, dict[str, Pairs]]) -> None:
    """Each chart in each environment; two at once, since Helm is a process of its own."""

    def compare(job: tuple[str, str, str]) -> list[str]:
        helm, name, environment = job
        folder = written / "charts" / name
        found = HelmCommand(ROOT / ".tools" / "bin" / helm).render_folder(folder, folder / f"values-{environment}.yaml")
        missing = Counter(wanted[environment][name]) - Counter(found)
        extra = Counter(found) - Counter(wanted[environment][name])
        return [f"{helm} {name} {environment}: {pair.source}" for pair in (missing + extra).elements()]

    jobs = [(helm, name, environment) for helm in HELMS for name in CHARTS for environment in ENVIRONMENTS]
    with ThreadPoolExecutor(max_workers=2) as pool:
        assert [line for lines in pool.map(compare, jobs) for line in lines] == []


@needs_helms
def test_every_chart_lints_and_packages(written: Path, tmp_path: Path) -> None:
    for name in CHARTS:
        for arguments in (["lint", "--strict"], ["package", "--destination", str(tmp_path)]):
            command = [str(ROOT / ".tools/bin/helm"), *arguments, str(written / "charts" / name)]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            assert run.returncode == 0, f"{name}: {run.stdout}{run.stderr}"
    assert len(list(tmp_path.glob("*.tgz"))) == len(CHARTS)


def test_the_delta_over_the_base_is_the_resolved_environment(written: Path) -> None:
    values = build_values(scopes_of(open_workspace(written).fleets))
    for name in CHARTS:
        folder = f"charts/{name}"
        base = plain(read_file(written, f"{folder}/values.yaml").tree)
        assert isinstance(base, dict)
        for environment in ENVIRONMENTS:
            path = written / folder / f"values-{environment}.yaml"
            change = plain(read_file(written, f"{folder}/{path.name}").tree) if path.read_text().strip() else {}
            assert isinstance(change, dict)
            assert typed(merged(base, change)) == typed(json.loads(json.dumps(values[name][environment]))), path


def typed(value: object) -> object:
    """The value with its types spelled out: Python calls true and 1 equal."""
    return json.dumps(value, sort_keys=True)


def test_the_schema_of_every_chart_refuses_a_typing_error(written: Path) -> None:
    from generator.helm import HelmError

    for name in CHARTS:
        with pytest.raises(HelmError, match="additional properties 'servises' not allowed"):
            Engine().render(read_chart(written / "charts" / name), "servises: {}")


# One backend changed at a time: the edit of values/site.yaml.
INFISICAL = "    infisical:\n"
BACKENDS: dict[str, tuple[str, str]] = {
    "as it is": ("backends:", "backends:"),
    "routing ingress": ("routing: gateway-api", "routing: ingress"),
    "network_policy kubernetes": ("network_policy: cilium", "network_policy: kubernetes"),
    "load_balancer cilium": ("load_balancer: metallb", "load_balancer: cilium"),
    "backup volsync": ("backup: velero}", "backup: volsync}"),
    "secrets provider vault": ("", ""),
}
VAULT = """\
    vault:
      server: https://bao.example.net
      path: kv
      version: v2
      auth: {kubernetes: {mountPath: kubernetes, role: external-secrets}}
"""


def with_backend(root: Path, case: str) -> None:
    old, new = BACKENDS[case]
    if old:
        edit(root, "values/site.yaml", old, new)
        return
    site = (root / "values/site.yaml").read_text()
    start = site.index(INFISICAL)
    end = site.index("\nproviders:", start) + 1
    (root / "values/site.yaml").write_text(site[:start] + VAULT + site[end:])
    for environment in ("dev", "staging"):
        path = f"values/environments/{environment}.yaml"
        item = f", provider: {{infisical: {{secretsScope: {{environmentSlug: {environment}}}}}}}"
        edit(root, path, item, f", provider: {{vault: {{path: kv-{environment}}}}}")


@pytest.mark.slow
@pytest.mark.parametrize("case", BACKENDS)
def test_the_whole_catalogue_fits_the_schemas_under_each_backend(case: str, written: Path, tmp_path: Path) -> None:
    root = tmp_path / "fleet"
    shutil.copytree(written / "values", root / "values")
    (root / "charts").mkdir()
    shutil.copytree(written / "charts" / "common", root / "charts" / "common")
    with_backend(root, case)
    workspace = open_workspace(root)

    rendered = Charts(workspace).render(ENVIRONMENTS)

    texts = texts_of(rendered)
    verdicts = judge_all(texts, Validator("1.36"))
    faults = sorted({str(fault) for verdict in verdicts for _, fault in verdict.faults})
    assert faults == []
    assert sum(len(verdict.manifests) for verdict in verdicts) >= len(texts) > 1000
    assert any("\n    vault:\n" in text for text in texts) is (case == "secrets provider vault")
    assert generate(workspace).entries.keys() >= {"docs/reference/README.md", "kubernetes/prod/apps/media.yaml"}


KINDS = {
    "as it is": (
        {"HTTPRoute", "Gateway", "CiliumNetworkPolicy", "IPAddressPool", "Schedule"},
        {"Ingress", "ReplicationSource"},
    ),
    "routing ingress": ({"Ingress"}, {"HTTPRoute", "Gateway"}),
    "network_policy kubernetes": ({"NetworkPolicy"}, {"CiliumNetworkPolicy"}),
    "load_balancer cilium": ({"CiliumLoadBalancerIPPool"}, {"IPAddressPool", "L2Advertisement"}),
    "backup volsync": ({"ReplicationSource"}, {"Schedule"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", KINDS)
def test_a_backend_brings_its_kinds_and_takes_those_of_the_other(case: str, written: Path, tmp_path: Path) -> None:
    root = tmp_path / "fleet"
    shutil.copytree(written / "values", root / "values")
    (root / "charts").mkdir()
    shutil.copytree(written / "charts" / "common", root / "charts" / "common")
    with_backend(root, case)

    rendered = Charts(open_workspace(root)).render(("prod",))

    brings, takes = KINDS[case]
    kinds = {manifest.object["kind"] for text in texts_of(rendered) for manifest in read_manifests(text).manifests}
    assert brings <= kinds
    assert takes & kinds == set()


def test_a_chart_renders_in_a_clone_without_any_build(written: Path) -> None:
    """`chartroom render` and the files agree: nothing of a run is needed to render what is committed."""
    run = chartroom(written, "render", "media", "--env", "staging")
    values = (written / "charts/media/values-staging.yaml").read_text()

    pairs = Engine().render(read_chart(written / "charts" / "media"), values)

    assert run.out == "".join(f"---\n# Source: {pair.source}\n{pair.document}\n" for pair in pairs)
