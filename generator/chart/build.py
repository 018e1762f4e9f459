"""From resolved environments to the values of every chart, and from those to its files."""

from collections.abc import Callable, Iterator, Mapping

from generator.catalogue.service import Json, Service
from generator.chart.chart import Chart, Files, chart_files, template_files
from generator.chart.delta import Values
from generator.chart.name import check_name
from generator.chart.namespace import build_namespace
from generator.chart.readme import SHARED
from generator.chart.scope import Scope, scope_of
from generator.chart.service import collect, service_values
from generator.chart.shared import GROUPS, shared_values
from generator.fleet.model import Fleet

# Finished objects (Kind_name -> manifest) that a service's patches make in one environment.
Patcher = Callable[[str, Service], Mapping[str, Json]]
Scopes = Mapping[str, Scope]
# The complete values of one chart, by environment.
ChartValues = Mapping[str, Values]
_SHARED_SUMMARY = "What belongs to the site: gateways, issuers, addresses, stores, backup, classes"


def no_patches(environment: str, service: Service) -> Mapping[str, Json]:
    return {}


def scopes_of(fleets: Mapping[str, Fleet]) -> dict[str, Scope]:
    """Index every environment once; the site's default one comes first, the others by name."""
    ordered = sorted(fleets, key=lambda name: (name != fleets[name].site.default_environment, name))
    return {environment: scope_of(fleets[environment]) for environment in ordered}


def build(fleets: Mapping[str, Fleet], patch: Patcher = no_patches) -> Files:
    """Every file of `charts/` but the library's, by path."""
    scopes = scopes_of(fleets)
    files: Files = {}
    for name, values in build_values(scopes, patch).items():
        files.update(write_chart(name, scopes, values))
    return files


def build_values(scopes: Scopes, patch: Patcher = no_patches) -> dict[str, ChartValues]:
    """The complete values of every chart in every environment; the shared one comes last."""
    return {name: chart_values(name, scopes, patch) for name in names_of(scopes)}


def names_of(scopes: Scopes) -> tuple[str, ...]:
    """The names of all charts."""
    return (*domains_of(scopes), SHARED)


def chart_values(name: str, scopes: Scopes, patch: Patcher = no_patches) -> ChartValues:
    """The complete values of one chart, a domain's or the shared one."""
    if name == SHARED:
        return {environment: _shared(scope, environment) for environment, scope in scopes.items()}
    return {environment: domain_values(name, scope, environment, patch) for environment, scope in scopes.items()}


def write_chart(name: str, scopes: Scopes, values: ChartValues) -> Files:
    """The files of one chart from its values."""
    return chart_files(_chart(name, scopes, values))


def write_templates(name: str, scopes: Scopes, values: ChartValues) -> dict[str, str]:
    """What one chart renders with, by the path within it: the fewest of its files, for who only renders."""
    return template_files(_chart(name, scopes, values))


def _chart(name: str, scopes: Scopes, values: ChartValues) -> Chart:
    default = default_of(scopes)
    if name == SHARED:
        rows = tuple(_shared_rows(values))
        return Chart(name, _SHARED_SUMMARY, "values/site.yaml", default, values, rows)
    known = next(scope.fleet.domains[name] for scope in scopes.values() if name in scope.fleet.domains)
    rows = tuple(_domain_rows(name, scopes, values))
    return Chart(name, known.summary, f"values/{known.tier}/{name}", default, values, rows)


def domains_of(scopes: Scopes) -> list[str]:
    """The domains that have a service in some environment."""
    return sorted({service.domain for scope in scopes.values() for service in scope.fleet.services.values()})


def default_of(scopes: Scopes) -> str:
    """The environment whose values are `values.yaml`."""
    for scope in scopes.values():
        if scope.fleet.site.default_environment in scopes:
            return scope.fleet.site.default_environment
    return next(iter(scopes))


def domain_values(domain: str, scope: Scope, environment: str, patch: Patcher = no_patches) -> Values:
    """The complete values of a domain in one environment."""
    fleet = scope.fleet
    check_name(domain)
    found = fleet.domains.get(domain)
    services = {
        service.name: service_values(scope, service, dict(patch(environment, service)) if service.patches else None)
        for service in scope.services.get(domain, ())
    }
    namespaces = {
        namespace.name: {"namespace": namespace.name, "objects": objects}
        for namespace in scope.namespaces.get(domain, ())
        if (objects := collect(scope, build_namespace(scope, namespace)))
    }
    return {
        "domain": domain,
        "tier": found.tier if found else "apps",
        "environment": environment,
        "namespaces": {name: namespaces[name] for name in sorted(namespaces)},
        "services": {name: services[name] for name in sorted(services)},
    }


def lone_values(scope: Scope, environment: str, service: Service) -> Values:
    """The values of a chart with this one service and without its patches: what a patch is laid over."""
    return {
        "domain": service.domain,
        "tier": service.tier,
        "environment": environment,
        "services": {service.name: service_values(scope, service)},
    }


def _shared(scope: Scope, environment: str) -> Values:
    return {"domain": SHARED, "tier": "core", "environment": environment, "services": shared_values(scope)}


def _domain_rows(domain: str, scopes: Scopes, values: ChartValues) -> Iterator[Mapping[str, str]]:
    summaries = {
        service.name: service.summary for scope in scopes.values() for service in scope.services.get(domain, ())
    }
    for name in sorted(summaries):
        yield _row(name, summaries[name], values)


def _shared_rows(values: ChartValues) -> Iterator[Mapping[str, str]]:
    for name in sorted({name for found in values.values() for name in found["services"]}):
        yield {**_row(name, GROUPS[name].summary, values), "namespace": "–"}


def _row(name: str, summary: str, values: ChartValues) -> Mapping[str, str]:
    running = [environment for environment, found in values.items() if name in found["services"]]
    first = values[running[0]]["services"][name]
    kinds = {kind for environment in running for kind in values[environment]["services"][name]["objects"]}
    return {
        "name": name,
        "summary": summary,
        "kinds": ", ".join(sorted(kinds)) or "–",
        "namespace": f"`{first['namespace']}`",
        "environments": ", ".join(running),
    }
