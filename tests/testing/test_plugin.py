"""The pytest plugin, as a repository of somebody else sees it."""

from collections.abc import Callable
from pathlib import Path

import pytest

import generator.testing.case
import generator.testing.site  # noqa: F401 - pytester forgets what an inner run imports; two copies of a class are two classes
from tests.testing.house import DEPLOYMENT, FAIL, OWNER, PASS, with_rule, write_house

pytest_plugins = "pytester"
QUIET = ("-q", "-p", "no:asyncio", "-p", "no:cacheprovider", "--import-mode=importlib")
TRAEFIK = "Deployment/trial/traefik-internet: its name has 16 letters (prod) [house/short-names]"
SECOND = "summary: A second environment\nsite: {kubernetes: {api: 10.0.10.9}}\n"
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Write a house with further files, and run pytest in it."""

    def run_pytest(files: dict[str, str], *arguments: str) -> pytest.RunResult:
        write_house(pytester.path, files)
        return pytester.runpytest_inprocess(*QUIET, *arguments)

    return run_pytest


def test_rule_that_finds_nothing_passes_once_per_environment(run: Run) -> None:
    result = run(with_rule(), "-vv")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [
            "policies/house/short-names/test_short_names.py::test_short_names?prod? PASSED*",
            f"{FAIL}::house/short-names PASSED*",
            f"{PASS}::house/short-names PASSED*",
        ]
    )


def test_rule_that_finds_something_fails_with_the_finding(run: Run) -> None:
    result = run(with_rule(most=15), "policies")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_short_names?prod?*",
            f"values/apps/trial/traefik-internet.yaml:1:1: error: {TRAEFIK}".replace("[", "[[]"),
            "    summary: Gateway of the internet",
            "    ^",
            "  fix: choose a shorter name",
        ]
    )


def test_rule_of_severity_warning_warns(run: Run) -> None:
    result = run(with_rule(most=16, more=', severity="warning"'), "policies")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*RuleWarning: *blackbox-exporter*17 letters (prod)*"])


def test_waived_finding_is_silent(run: Run) -> None:
    waiver = (
        "waivers:\n"
        "- {rule: house/short-names, object: Deployment/trial/blackbox-exporter, reason: known, owner: alex,"
        " created: 2026-01-01, until: 2099-01-01}\n"
    )
    result = run({**with_rule(most=16), "policies/waivers.yaml": waiver}, "policies")
    result.assert_outcomes(passed=1)


def test_rule_without_a_fail_case_is_refused(run: Run) -> None:
    files = with_rule()
    del files[FAIL]
    result = run(files, "policies")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "rule house/short-names has never been seen failing: "
            "write tests/cases/house/short-names/fail/short-names.yaml with an object that it must refuse"
        ]
    )


def test_rule_without_fix_is_refused(run: Run) -> None:
    files = with_rule()
    path = "policies/house/short-names/test_short_names.py"
    files[path] = files[path].replace('fix="choose a shorter name"', 'fix=""')
    result = run(files, "policies")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"{path}: the rule of test_short_names says nothing under fix; say what to write*"])


@pytest.mark.parametrize(
    ("arguments", "mark", "expected"),
    [((), "", ["prod", "second"]), (("--chartroom-env", "second"), "", ["second"]), ((), '"prod"', ["prod"])],
)
def test_environments_are_chosen_by_option_and_mark(
    run: Run, arguments: tuple[str, ...], mark: str, expected: list[str]
) -> None:
    marked = f"@pytest.mark.environments({mark})\n" if mark else ""
    test = f"import pytest\n\n\n{marked}def test_it(fleet): ...\n"
    files = {"values/environments/second.yaml": SECOND, "tests/test_it.py": test}
    result = run(files, "tests", "--collect-only", *arguments)
    result.stdout.fnmatch_lines([f"tests/test_it.py::test_it?{name}?" for name in expected])
    assert str(result.stdout).count("::test_it") == len(expected)


def test_a_fixture_fleet_of_ones_own_stays_ones_own(run: Run) -> None:
    test = (
        "import pytest\n\n@pytest.fixture\ndef fleet():\n    return 1\n\ndef test_it(fleet):\n    assert fleet == 1\n"
    )
    run({"tests/test_it.py": test}, "tests").assert_outcomes(passed=1)


def test_repository_is_found_upwards_or_by_option(pytester: pytest.Pytester, tmp_path: Path) -> None:
    house = write_house(tmp_path / "house", {"tests/test_it.py": "def test_it(fleet): assert fleet.services\n"})
    arguments = (*QUIET, "--rootdir", str(house / "tests"), str(house / "tests"))
    pytester.runpytest_inprocess(*arguments).assert_outcomes(passed=1)
    pytester.makepyfile(test_other="def test_it(fleet): assert fleet.services\n")
    lost = pytester.runpytest_inprocess(*QUIET)
    lost.stdout.fnmatch_lines(["*no values/site.yaml in * or above it; name the repository with --chartroom-root"])
    found = pytester.runpytest_inprocess(*QUIET, "--chartroom-root", str(house), "test_other.py")
    found.assert_outcomes(passed=1)


def test_cases_tell_a_rule_from_its_opposite(run: Run) -> None:
    files = {**with_rule(), FAIL: DEPLOYMENT.format(name="app"), PASS: DEPLOYMENT.format(name="x" * 30)}
    result = run(files, "tests")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "*house/short-names fail long*",
            "house/short-names accepts it; a case in fail/ must be refused",
            "*house/short-names pass short*",
            "house/short-names refuses it; a case in pass/ must be accepted:",
            f"  Deployment/example/{'x' * 30}: its name has 30 letters",
        ]
    )


def test_one_bad_case_does_not_hide_the_others(run: Run) -> None:
    files = {
        **with_rule(),
        "tests/cases/house/short-names/fail/a-broken.yaml": "a: [",
        "tests/cases/house/short-name/fail/b-unknown.yaml": DEPLOYMENT.format(name="app"),
        "tests/cases/pods/memory/fail/c-python-and-rego.yaml": DEPLOYMENT.format(name="app"),
    }
    result = run(files, "tests")
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines(
        [
            "house/short-name is no rule, did you mean 'house/short-names'?",
            "*a-broken.yaml: the case cannot be read: *",
        ]
    )


def test_cases_of_rego_rules_are_asked_in_one_run(run: Run) -> None:
    cases = {
        f"tests/cases/house/owner/{verdict}/{verdict}.yaml": DEPLOYMENT.format(name="app").replace("}", f"{more}}}")
        for verdict, more in (("fail", ""), ("pass", ", annotations: {owner: alex}"))
    }
    result = run({"policies/house/owner/owner.rego": OWNER, **cases}, "tests")
    result.assert_outcomes(passed=2)


def test_without_conftest_every_rego_case_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    files = {
        "policies/house/owner/owner.rego": OWNER,
        "tests/cases/house/owner/fail/x.yaml": DEPLOYMENT.format(name="a"),
    }
    monkeypatch.setattr("generator.testing.case.TOOLS", "nowhere")
    result = run(files, "tests")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["conftest is missing, so nothing was judged; *"])


def test_files_that_are_no_cases_are_left_alone(run: Run) -> None:
    files = {
        "tests/cases/x.yaml": "a: 1",
        "tests/cases/house/x/maybe/y.yaml": "a: 1",
        "tests/test_it.py": "def test_it(): ...",
    }
    run(files, "tests").assert_outcomes(passed=1)


CHART_TEST = """\
def test_service(render, service):
    objects = render(service(replicas=2, probes=None) | {"probes": "tcp:http"})
    assert objects["Deployment/app"]["spec"]["replicas"] == 2
    assert "Service/app" in objects.names()


def test_text(render):
    try:
        render("summary: x")
    except AssertionError as error:
        assert "values/apps/trial/app.yaml:1:1: error: the file lacks 'category' [shape/missing-key]" in str(error)
    else:
        raise AssertionError("it rendered")


def test_own_chart(render):
    objects = render({"name": "x"}, chart="mine")
    assert objects["ConfigMap/x"]["data"] == {"a": "b"}


def test_site(site, service):
    site.add("application-of-many-letters", service(ports={"http": 8080}))
    assert site.findings() == ()
    assert [finding.rule for finding in site.judge("house/short-names")] == ["house/short-names"]
    assert site.judge("pods/memory") == []
    assert "Deployment/traefik" in site.objects().names()
"""
OWN_CHART = {
    "mine/Chart.yaml": "apiVersion: v2\nname: mine\nversion: 1.0.0\n",
    "mine/values.yaml": "name: y\n",
    "mine/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\ndata: {a: b}\n",
}


def test_fixtures_for_charts_and_sites(run: Run) -> None:
    run({**with_rule(), **OWN_CHART, "tests/test_charts.py": CHART_TEST}, "tests/test_charts.py").assert_outcomes(
        passed=4
    )


def test_fixtures_work_where_there_is_no_repository(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it="def test_it(render, service):\n    assert render(service()).names()\n")
    pytester.runpytest_inprocess(*QUIET).assert_outcomes(passed=1)
