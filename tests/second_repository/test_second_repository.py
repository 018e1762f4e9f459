"""A repository of somebody else: values, one Rego rule, one rule in Python, one case, and the wheel of Chartroom."""

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from generator.policy.rule import rule_files
from tests.second_repository.installed import ROOT, Done, Installed, build_wheel, install, start_repository

LONG = "values/apps/trial/a-service-with-a-long-name.yaml"
RULE = "policies/house/owner/owner.rego"
SERVICE = """\
summary: Comic reader
category: tools
image: docker.io/example/kavita:1.0.0
ports: {http: 5000}
probes: tcp:http
resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 128Mi}}
"""
# What lies beside the Python code of the package.
DATA = (".css", ".j2", ".js", ".json", ".typed", ".yaml")
SHORT_NAMES = '''\
import pytest


@pytest.mark.rule("house/short-names", title="Short names", fix="choose a name of at most 20 letters")
def test_short_names(fleet, findings):
    """Longer ones do not fit the labels on our boxes."""
    for item in fleet.objects("Deployment"):
        if len(item["name"]) > 20:
            findings.add(f"its name has {len(item['name'])} letters", item)
'''
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - {name: web, image: "ghcr.io/example/web:1.2.3",
       securityContext: {privileged: true}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: example}}
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def house(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The second repository after its first `chartroom charts`; each test leaves it clean."""
    installed = install(wheel, tmp_path_factory.mktemp("second"))
    start_repository(installed)
    done = installed.chartroom("charts", "--quiet")
    assert done.code == 0, done.said
    return installed


def test_wheel_carries_library_rules_cases_and_schemas(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, carried in (("charts/common", "common"), ("policies", "policies"), ("tests/cases", "cases")):
        files = {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        wanted = {f"generator/data/{carried}/{name}" for name in files if "__pycache__" not in name}
        assert wanted <= names
    data = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "generator").rglob("*")
        if path.suffix in DATA and "__pycache__" not in path.parts
    }
    assert {"generator/policy/document.schema.json", "generator/policy/capabilities.json", "generator/py.typed"} <= data
    assert data <= names
    assert "generator/data/policies/.regal/rules/no-double-loop.rego" in names


def test_second_repository_knows_nothing_of_this_checkout(house: Installed) -> None:
    done = house.run("-c", "import generator, sys; print(generator.__file__); print(*sys.path, sep='\\n')")
    assert str(ROOT / "generator") not in done.said
    assert done.said.splitlines()[0].endswith("site-packages/generator/__init__.py")


def test_first_run_writes_charts_that_helm_renders(house: Installed) -> None:
    assert (house.root / "charts/common/Chart.yaml").is_file()
    assert (house.root / "charts/trial/charts/common").resolve() == (house.root / "charts/common").resolve()
    assert house.chartroom("charts", "--check", "--quiet").code == 0


def test_check_judges_with_the_rules_that_the_wheel_brings(house: Installed) -> None:
    done = house.chartroom("check")
    assert done.code == 0, done.said
    assert "error" not in done.said


def test_rules_of_the_wheel_are_listed_tested_and_described(house: Installed) -> None:
    listed = house.chartroom("policy", "list")
    assert listed.code == 0, listed.said
    rules = {path.parent.relative_to(ROOT / "policies").as_posix() for path in rule_files(ROOT / "policies")}
    assert {line.split()[0] for line in listed.said.splitlines() if "/" in line.split()[0]} == rules
    tested = house.chartroom("policy", "test", "pods/memory")
    assert tested.code == 0, tested.said
    # `chartroom charts` has written the pages; this one says the same.
    described = house.chartroom("policy", "docs", "--output", "elsewhere")
    assert described.code == 0, described.said
    for name in ("pods/memory", "README"):
        page = f"docs/reference/rules/{name}.md"
        assert (house.root / "elsewhere" / page).read_text() == (house.root / page).read_text()
    shutil.rmtree(house.root / "elsewhere")


def test_manifests_are_judged_far_from_any_repository(house: Installed, tmp_path: Path) -> None:
    away = replace(house, root=tmp_path)
    away.write("pod.yaml", POD)
    failed = away.chartroom("check", "--manifests", "pod.yaml", "--rule", "pods/privileged")
    assert failed.code == 1
    assert (
        "pod.yaml:7:38: error: Pod/shop/web: container 'web' is privileged (manifests) [pods/privileged]" in failed.said
    )
    away.change("pod.yaml", "privileged: true", "privileged: false")
    passed = away.chartroom("check", "--manifests", "pod.yaml", "--rule", "pods/privileged")
    assert passed.code == 0, passed.said
    assert [path.name for path in tmp_path.iterdir()] == ["pod.yaml"]


def test_rego_rule_fails_then_passes(house: Installed) -> None:
    made = house.chartroom("policy", "new", "house/owner")
    assert made.code == 0, made.said
    # What an operator makes of an object carries the operator's annotations.
    house.change(RULE, "some pod in input.pods\n", 'some pod in input.pods\n\tpod.made_by == ""\n')
    tested = house.chartroom("policy", "test", "house/owner")
    assert tested.code == 0, tested.said
    failed = house.chartroom("check", "--rule", "house/owner")
    assert failed.code == 1
    # No values file states an annotation: one fault of all, so one finding.
    (line,) = (line for line in failed.said.splitlines() if line.endswith("[house/owner]"))
    assert ": error: Deployment/trial/" in line
    assert ": the pod has no annotation example.net/owner" in line
    domain = "values/apps/trial/domain.yaml"
    house.write(domain, (house.root / domain).read_text() + "defaults: {annotations: {example.net/owner: alex}}\n")
    assert house.chartroom("charts", "--quiet").code == 0
    passed = house.chartroom("check", "--rule", "house/owner")
    assert passed.code == 0, passed.said


def test_pytest_rule_fails_then_passes(house: Installed) -> None:
    house.write("policies/house/short-names/test_short_names.py", SHORT_NAMES)
    unseen = house.pytest("policies")
    assert unseen.code == 1
    assert (
        "rule house/short-names has never been seen failing: "
        "write tests/cases/house/short-names/fail/short-names.yaml with an object that it must refuse" in unseen.said
    )
    house.write("tests/cases/house/short-names/fail/long.yaml", DEPLOYMENT.format(name="a-name-of-many-many-letters"))
    house.write(LONG, SERVICE)
    failed = house.pytest("policies")
    assert failed.code == 1
    assert _finding(failed) == [
        f"{LONG}:1:1: error: Deployment/trial/a-service-with-a-long-name: "
        "its name has 26 letters (prod) [house/short-names]",
        "    summary: Comic reader",
        "    ^",
        "  fix: choose a name of at most 20 letters",
    ]
    assert house.chartroom("charts", "--quiet").code == 0
    checked = house.chartroom("check", "--rule", "house/short-names")
    assert checked.code == 1, checked.said
    assert "its name has 26 letters (prod) [house/short-names]" in checked.said
    (house.root / LONG).rename(house.root / "values/apps/trial/kavita.yaml")
    passed = house.pytest("policies")
    assert passed.code == 0, passed.said
    assert house.chartroom("charts", "--quiet").code == 0
    assert house.chartroom("check", "--rule", "house/short-names").code == 0


def test_case_fails_then_passes(house: Installed) -> None:
    case = "tests/cases/house/short-names/fail/edge.yaml"
    house.write(case, DEPLOYMENT.format(name="twenty-letters-long1"))
    failed = house.pytest("tests")
    assert failed.code == 1
    assert f"FAILED {case}::house/short-names" in failed.said
    assert "house/short-names accepts it; a case in fail/ must be refused" in failed.said
    house.change(case, "twenty-letters-long1", "twenty-1-letters-long")
    passed = house.pytest("tests")
    assert passed.code == 0, passed.said


def test_a_rule_of_ours_cannot_be_replaced_in_silence(house: Installed) -> None:
    house.write("policies/pods/memory/memory.rego", "package pods.memory\n")
    done = house.chartroom("check")
    (house.root / "policies/pods/memory/memory.rego").unlink()
    assert done.code == 2
    assert "policies/pods/memory: Chartroom brings a rule of this name; call yours otherwise" in done.said


def _finding(done: Done) -> list[str]:
    lines = done.said.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("values/"))
    return lines[start : start + 4]
