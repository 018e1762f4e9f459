"""What Prometheus scrapes, and what the blackbox exporter asks because nothing can be scraped."""

from collections.abc import Iterator

from generator.catalogue.service import Component, Json, Service
from generator.chart.scope import Body, Printed, Scope, workloads_of
from generator.fleet.model import ProbeTarget

_PROBER_PORT = 9115
_POSTGRES_PORT = "metrics"


def build_monitors(scope: Scope, service: Service) -> Iterator[Printed]:
    """A ServiceMonitor per scraped component, a Probe per probed one, a PodMonitor for Postgres."""
    for component in workloads_of(service):
        if component.metrics is not None and component.ports:
            endpoints = _endpoints(scope, service, component)
            yield "ServiceMonitor", component.workload, {"component": component.name, "endpoints": endpoints}
    for target in scope.probes.get(service.name, ()):
        component = service.components[target.component]
        yield "Probe", component.workload, _probe(scope, target)
    if service.postgres is not None:
        pods = {"cnpg.io/cluster": service.name}
        yield "PodMonitor", service.name, {"pods": pods, "endpoints": [{"port": _POSTGRES_PORT}]}


def _endpoints(scope: Scope, service: Service, component: Component) -> list[Json]:
    metrics = component.metrics
    assert metrics is not None
    shared: Json = {"path": metrics.path, "interval": metrics.interval or scope.fleet.site.monitoring.interval}
    if metrics.scheme != "http":
        shared["scheme"] = metrics.scheme
    if metrics.bearer:
        credentials = {"name": service.name, "key": metrics.bearer.object_key}
        shared["authorization"] = {"type": "Bearer", "credentials": credentials}
    return [{"port": port, **shared} for port in metrics.ports]


def _probe(scope: Scope, target: ProbeTarget) -> Body:
    site = scope.fleet.site
    prober = scope.fleet.services[site.monitoring.prober or ""]
    found = prober.port("http")
    port = found[1].number if found else _PROBER_PORT
    where = f"{prober.name}.{scope.namespace(prober.name)}.svc.{site.kubernetes.cluster_domain}"
    return {
        "component": target.component,
        "interval": site.monitoring.interval,
        "module": target.module,
        "prober": f"{where}:{port}",
        "target": target.target,
    }
