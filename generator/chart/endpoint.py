"""Services: the addresses of workloads inside the cluster, and outside of it."""

from collections.abc import Iterator

from generator.catalogue.service import Component, Json, Service
from generator.chart.route import behind_tls
from generator.chart.scope import Body, Printed, Scope, workloads_of

# Both kinds carry this label, and monitors leave out what carries it.
_LABEL = "chartroom/service"
_ADDRESS = {"metallb": "metallb.io/loadBalancerIPs", "cilium": "lbipam.cilium.io/ips"}


def build_endpoints(scope: Scope, service: Service) -> Iterator[Printed]:
    """A Service per workload with ports, a headless one for a StatefulSet, one outside."""
    annotations = behind_tls(scope, service)
    for component in workloads_of(service):
        if component.kind in ("CronJob", "Job"):
            continue
        ports = service_ports(component)
        if ports:
            body: Body = {"component": component.name, "type": "ClusterIP", "ports": ports}
            if annotations.get(component.workload):
                body["annotations"] = annotations[component.workload]
            yield "Service", component.workload, _labelled(component, body)
        if component.kind == "StatefulSet":
            body = {"component": component.name, "type": "ClusterIP", "headless": True, "ports": ports}
            yield "Service", f"{component.workload}-headless", _labelled(component, body, "headless")
    if service.chart is None and service.load_balancer is not None:
        yield from _outside(scope, service)


def service_ports(component: Component) -> list[Json]:
    return [
        {"name": port.name, "port": port.number, "protocol": port.protocol, "targetPort": port.name}
        for port in component.ports.values()
    ]


def _labelled(component: Component, body: Body, purpose: str | None = None) -> Body:
    labels = dict(component.labels)
    if purpose:
        labels[_LABEL] = purpose
    return body | {"labels": labels} if labels else body


def _outside(scope: Scope, service: Service) -> Iterator[Printed]:
    """The load balancer: node ports stay closed, for they would answer networks that `from` leaves out."""
    balancer = service.load_balancer
    assert balancer is not None
    found = [(service.port(name), number) for name, number in balancer.ports.items()]
    ports = [
        {
            "name": pair[1].name,
            "port": number or pair[1].number,
            "protocol": pair[1].protocol,
            "targetPort": pair[1].name,
        }
        for pair, number in found
        if pair is not None
    ]
    component = next((pair[0] for pair, _ in found if pair is not None), None)
    if component is None:
        return
    key = _ADDRESS[scope.fleet.site.backends.load_balancer]
    body: Body = {
        "component": component.name,
        "annotations": {key: balancer.ip},
        "type": "LoadBalancer",
        "externalTrafficPolicy": balancer.policy,
        "ports": ports,
    }
    yield "Service", f"{service.name}-lb", _labelled(component, body, "lb")
