"""The pytest plugin `chartroom`: fixtures, markers, and case files as tests.

Installed with the package, it is there in every run; what it stands on is imported when a test asks for it.
Documented in docs/operations/guides/testing-framework.md; names and behaviour written there are stable.
"""

from __future__ import annotations

import warnings
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from generator.testing.case import CaseFile
    from generator.testing.findings import Findings
    from generator.testing.fleet import Fleet
    from generator.testing.site import Objects, Site
    from generator.testing.world import World

_RULE = 'rule(id, *, fix, title, why, severity="error", reference, values): the test is a rule of the gate'
_ENVIRONMENTS = "environments(*names): ask only about these environments"
_DOMAIN = "values/site.yaml"


class RuleWarning(UserWarning):
    """What a rule of severity `warning` found."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup("chartroom")
    group.addoption(
        "--chartroom-root",
        type=Path,
        metavar="DIR",
        help="Top of the repository; default: the nearest folder upwards with values/site.yaml.",
    )
    group.addoption(
        "--chartroom-env",
        action="append",
        default=[],
        metavar="ENV",
        help="Ask rules only about this environment; may be repeated.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say what the markers mean."""
    config.addinivalue_line("markers", _RULE)
    config.addinivalue_line("markers", _ENVIRONMENTS)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    """Take `cases/<category>/<rule>/{pass,fail}/<name>.yaml` as a test."""
    parts = file_path.parts
    if file_path.suffix != ".yaml" or len(parts) < 5 or parts[-5] != "cases" or parts[-2] not in ("pass", "fail"):
        return None
    from generator.testing.case import CaseFile

    return CaseFile.from_parent(parent, path=file_path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test per environment of what asks for `fleet`."""
    if "chartroom_environment" not in metafunc.fixturenames:
        return
    top = root_of(metafunc.config)
    files = sorted((top / "values" / "environments").glob("*.yaml"))
    mark = metafunc.definition.get_closest_marker("environments")
    wanted = set(metafunc.config.getoption("--chartroom-env"))
    names = [file.stem for file in files if not wanted or file.stem in wanted]
    if mark is not None:
        names = [name for name in names if name in mark.args]
    metafunc.parametrize("chartroom_environment", names, indirect=True, scope="session")


def root_of(config: pytest.Config) -> Path:
    """Return the top of the repository under test.

    Raises:
        pytest.UsageError: there is none.
    """
    stated: Path | None = config.getoption("--chartroom-root")
    if stated is not None:
        return stated.resolve()
    start = config.rootpath
    for folder in (start, *start.parents):
        if (folder / _DOMAIN).is_file():
            return folder
    raise pytest.UsageError(f"no {_DOMAIN} in {start} or above it; name the repository with --chartroom-root")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Fail a rule that has found something, with its findings as every other stage prints them."""
    result = yield
    if pyfuncitem.get_closest_marker("rule") is not None:
        _judge(pyfuncitem)
    return result


def _judge(item: pytest.Function) -> None:
    from generator.finding import Severity
    from generator.policy import CASES, PolicyUsage
    from generator.testing.rule import rule_of

    world = _world(item.config)
    try:
        rule = rule_of(item.function, item.nodeid.partition("::")[0])
    except PolicyUsage as error:
        pytest.fail(str(error), pytrace=False)
    if not any((world.cases / rule.id / "fail").glob("*.yaml")):
        wanted = f"{CASES}/{rule.id}/fail/{rule.id.rpartition('/')[2]}.yaml"
        pytest.fail(
            f"rule {rule.id} has never been seen failing: write {wanted} with an object that it must refuse",
            pytrace=False,
        )
    yielded: Any = item.funcargs.get("findings", ())
    found = world.unwaived(rule, yielded)
    if found and rule.severity is Severity.ERROR:
        pytest.fail(world.show(found), pytrace=False)
    for finding in found:
        warnings.warn(RuleWarning(world.show([finding])), stacklevel=1)


_WORLDS = pytest.StashKey[dict[Path, Any]]()


def _world(config: pytest.Config) -> World:
    from generator.testing.world import World

    worlds = config.stash.setdefault(_WORLDS, {})
    top = root_of(config)
    if top not in worlds:
        worlds[top] = World(top, date.today())  # noqa: DTZ011 - a waiver ends with the day of whoever runs it
    world: World = worlds[top]
    return world


@pytest.fixture(scope="session")
def chartroom_environment(request: pytest.FixtureRequest) -> str:
    """The environment that `fleet` is about; of its own so that a fixture `fleet` of yours stays yours."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def fleet(request: pytest.FixtureRequest, chartroom_environment: str) -> Fleet:
    """The repository's fleet, rendered: one environment, one test per environment."""
    return _world(request.config).fleet(chartroom_environment)


@pytest.fixture
def findings(fleet: Fleet) -> Findings:
    """What a rule refuses: `findings.add(message, object)`; the test of a rule fails if something was added."""
    from generator.testing.findings import Findings

    return Findings(fleet.environment)


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    """A small valid repository in a scratch folder, to write services into; it has the rules of this repository."""
    from generator.testing.site import Site

    try:
        repository = root_of(request.config)
    except pytest.UsageError:
        repository = None
    return Site(tmp_path / "site", repository=repository)


@pytest.fixture
def service() -> Callable[..., dict[str, Any]]:
    """Make the content of a service that passes: `service(replicas=2)`."""
    from generator.testing.site import sound_service

    return sound_service


@pytest.fixture
def render(site: Site, request: pytest.FixtureRequest) -> Callable[..., Objects]:
    """Render a service by its content or text: `render(values)["Deployment/app"]`; any chart with `chart=folder`."""
    from generator.testing.site import render_chart

    def render_values(values: Any, *, name: str = "app", chart: str | Path | None = None) -> Objects:
        if chart is not None:
            top = root_of(request.config)
            return render_chart(top / chart, values, top)
        site.add(name, values)
        return site.objects(name)

    return render_values
