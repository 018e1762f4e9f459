"""Hosts: routes through the gateways, by Gateway API or by Ingress."""

from collections.abc import Iterator

from generator.catalogue.service import Expose, Service
from generator.catalogue.site import Gateway
from generator.chart.scope import Body, Printed, Scope
from generator.fleet.ingress_class import ingress_class

_HTTPS = "https"


def build_routes(scope: Scope, service: Service) -> Iterator[Printed]:
    """A route per host; a host is reached through each of its gateways."""
    for expose in service.expose.values():
        gateways = [scope.fleet.site.gateways[name] for name in expose.gateways if name in scope.fleet.site.gateways]
        if not gateways:
            continue
        if scope.fleet.site.backends.routing == "ingress":
            yield from _ingresses(service, expose, gateways)
        else:
            yield from _http_routes(scope, service, expose, gateways)


def host_name(expose: Expose, gateway: Gateway) -> str:
    """The host with its zone."""
    return expose.host if "." in expose.host else f"{expose.host}.{gateway.zone}"


def is_wild(host: str, gateway: Gateway) -> bool:
    """Say whether the gateway's wildcard certificate covers `host`."""
    return host == gateway.zone or host.partition(".")[2] == gateway.zone


def object_name(host: str) -> str:
    return host.replace(".", "-")


def listener_name(host: str, gateway: Gateway) -> str:
    """The listener of the wildcard, or the one of a host that it does not cover."""
    return _HTTPS if is_wild(host, gateway) else f"{_HTTPS}-{object_name(host)}"


def _paths(service: Service, expose: Expose) -> list[Body]:
    paths: list[Body] = []
    for path, name in expose.paths.items():
        if (found := service.port(name)) is None:
            continue
        component, port = found
        path_body: Body = {"path": path, "service": port.target or component.workload}
        path_body["port"] = port.target_port if isinstance(port.target_port, int) else port.number
        if expose.timeouts:
            path_body["timeouts"] = expose.timeouts
        paths.append(path_body)
    return paths


def _component(service: Service, expose: Expose) -> Body:
    found = service.port(next(iter(expose.paths.values())))
    return {"component": found[0].name} if found else {}


def _http_routes(scope: Scope, service: Service, expose: Expose, gateways: list[Gateway]) -> Iterator[Printed]:
    """One HTTPRoute per zone that the host has; usually there is one."""
    hosts: dict[str, list[Gateway]] = {}
    for gateway in gateways:
        hosts.setdefault(host_name(expose, gateway), []).append(gateway)
    paths = _paths(service, expose)
    for number, (host, through) in enumerate(hosts.items()):
        name = object_name(expose.host) if number == 0 else f"{object_name(expose.host)}-{through[0].name}"
        parents = [
            {
                "name": gateway.name,
                "namespace": scope.namespace(gateway.service),
                "section": listener_name(host, gateway),
            }
            for gateway in through
        ]
        yield "HTTPRoute", name, _component(service, expose) | {"gateways": parents, "host": host, "paths": paths}
    if expose.scheme == _HTTPS:
        for target in {path["service"]: path for path in paths}.values():
            port = next((name for path, name in expose.paths.items() if path == target["path"]))
            body = {"service": target["service"], "port": port, "host": next(iter(hosts))}
            yield "BackendTLSPolicy", f"{object_name(expose.host)}-{target['service']}"[:63], body


def _ingresses(service: Service, expose: Expose, gateways: list[Gateway]) -> Iterator[Printed]:
    """One Ingress per gateway: an Ingress has one class."""
    for number, gateway in enumerate(gateways):
        name = object_name(expose.host) if number == 0 else f"{object_name(expose.host)}-{gateway.name}"
        body = _component(service, expose)
        annotations: dict[str, str] = {}
        if gateway.issuer:
            annotations["cert-manager.io/cluster-issuer"] = gateway.issuer
            body["secretName"] = f"{name}-tls"
        known = ingress_class(gateway.class_name)
        if expose.scheme == _HTTPS:
            annotations |= known.tls_of_ingress
        if expose.body_size_bytes is not None and known.body_size is not None:
            annotations[known.body_size] = str(expose.body_size_bytes)
        if annotations:
            body["annotations"] = annotations
        paths = [{key: path[key] for key in ("path", "service", "port")} for path in _paths(service, expose)]
        yield "Ingress", name, body | {"class": gateway.class_name, "host": host_name(expose, gateway), "paths": paths}


def behind_tls(scope: Scope, service: Service) -> dict[str, dict[str, str]]:
    """Annotations of Services, by name, that make an Ingress controller speak TLS to their pods."""
    site = scope.fleet.site
    if site.backends.routing != "ingress":
        return {}
    found: dict[str, dict[str, str]] = {}
    for expose in service.expose.values():
        if expose.scheme == _HTTPS:
            for gateway in (site.gateways[name] for name in expose.gateways if name in site.gateways):
                for path in _paths(service, expose):
                    found.setdefault(path["service"], {}).update(ingress_class(gateway.class_name).tls_of_service)
    return found
