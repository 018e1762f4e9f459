"""Gateways with their certificates: a wildcard of the zone each, and what it does not cover."""

from collections.abc import Iterator

from generator.catalogue.site import Gateway
from generator.chart.route import host_name, is_wild, listener_name, object_name
from generator.chart.scope import Body, Printed, Scope

_TLS_PORT = 443
# The ports under which a gateway's own pods listen for TLS; Traefik matches listeners by that number.
_TLS_NAMES = ("websecure", "https")


def build_gateways(scope: Scope) -> Iterator[Printed]:
    """A Gateway and its Certificates per gateway of the site whose service runs here."""
    site = scope.fleet.site
    if site.backends.routing != "gateway-api":
        return
    for gateway in site.gateways.values():
        if gateway.service not in scope.fleet.services:
            continue
        namespace = scope.namespace(gateway.service)
        hosts = [f"*.{gateway.zone}", *_foreign(scope, gateway)]
        listeners = []
        for host in hosts:
            secret = certificate_name(gateway, host)
            if gateway.issuer:
                names = [gateway.zone, host] if host.startswith("*.") else [host]
                yield "Certificate", secret, {"namespace": namespace, "hosts": names, "issuer": gateway.issuer}
            name = "https" if host.startswith("*.") else listener_name(host, gateway)
            listeners.append({"name": name, "host": host, "port": _port(scope, gateway), "secret": secret})
        body: Body = {"namespace": namespace, "class": gateway.class_name, "listeners": listeners}
        yield "Gateway", gateway.name, body


def certificate_name(gateway: Gateway, host: str) -> str:
    name = f"gateway-{gateway.name}"
    return name if host.startswith("*.") else f"{name}-{object_name(host)}"


def _foreign(scope: Scope, gateway: Gateway) -> list[str]:
    hosts = {
        host_name(expose, gateway)
        for service in scope.fleet.services.values()
        for expose in service.expose.values()
        if gateway.name in expose.gateways
    }
    return sorted(host for host in hosts if not is_wild(host, gateway))


def _port(scope: Scope, gateway: Gateway) -> int:
    service = scope.fleet.services[gateway.service]
    for name in _TLS_NAMES:
        if (found := service.port(name)) is not None:
            return found[1].number
    return _TLS_PORT
