"""Fill in `${…}`: the closed set of references of the service format."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.catalogue.gaps import PORT_FIELDS, SITE
from generator.catalogue.read import Notes
from generator.catalogue.service import HTTP, Port, Service
from generator.catalogue.site import Site
from generator.catalogue.suggest import did_you_mean
from generator.finding import Place
from generator.fleet.names import has_service, host_of, service_port
from generator.fleet.unknown import note_chart_service
from generator.source import Map

_REFERENCE = re.compile(r"\$\$\{|\$\{([^{}]*)\}|\$\{")
_KINDS = ("port", "host", "address", "url", "fqdn", "site")


@dataclass(frozen=True, slots=True)
class References:
    """What the references of one environment may lead to.

    `reachable[service]` are the services that it has an edge to, itself among them.
    """

    site: Site
    environment: str
    services: Mapping[str, Service]
    reachable: Mapping[str, frozenset[str]]
    notes: Notes

    def fill(self, text: str, service: Service, place: Place) -> str:
        """Return `text` with every reference replaced. What was filled in is not read again."""
        if "${" not in text:
            return text

        def replace(match: re.Match[str]) -> str:
            inside = match.group(1)
            if inside is None:
                if match.group() == "${":
                    self.notes.error(place, "fleet/unknown-reference", "'${' has no end", "write $${ for a literal ${")
                return "${"
            value = self._value(inside, service, place)
            return match.group() if value is None else value

        return _REFERENCE.sub(replace, text)

    def fill_tree(
        self,
        value: Any,
        service: Service,
        place: Callable[[tuple[str | int, ...]], Place],
        path: tuple[str | int, ...] = (),
    ) -> Any:
        """Return plain data with the references of every text and key replaced."""

        def filled(text: str) -> str:
            return self.fill(text, service, place(path)) if "${" in text else text

        if isinstance(value, str):
            return filled(value)
        if isinstance(value, dict):
            return {filled(key): self.fill_tree(item, service, place, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill_tree(item, service, place, (*path, index)) for index, item in enumerate(value)]
        return value

    def _value(self, inside: str, service: Service, place: Place) -> str | None:
        kind, _, rest = inside.partition(":")
        match kind:
            case "port" | "host" | "address" | "url":
                return self._of_service(kind, rest, service, place)
            case "fqdn":
                return self._fqdn(rest, service, place)
            case "site":
                return self._of_site(rest, place)
            case _:
                message = f"reference '${{{inside}}}' is none of {', '.join(_KINDS)}{did_you_mean(kind, _KINDS)}"
                if inside in ("service", "SERVICE"):
                    message = f"reference '${{{inside}}}' is filled in templates only"
                self.notes.error(place, "fleet/unknown-reference", message, "write $${ for a literal ${")
                return None

    def _of_service(self, kind: str, rest: str, service: Service, place: Place) -> str | None:
        name, _, port_name = rest.partition(":")
        target = service if name == "self" else self.services.get(name)
        if target is None:
            if name not in self.notes.unread:
                guess = did_you_mean(name, self.services)
                message = f"'${{{kind}:{rest}}}' names service {name!r}, which does not exist{guess}"
                self.notes.error(place, "fleet/unknown-service", message, "name a service that exists")
            return None
        if target.name not in self.reachable.get(service.name, frozenset()) and target is not service:
            message = f"'${{{kind}:{rest}}}' needs an edge from {service.name!r} to {name!r}"
            fix, lacks = f"add {name!r} to `talks_to`", (service.name, "talks_to", "needs")
            self.notes.error(place, "fleet/reference-without-edge", message, fix, lacks=lacks)
            return None
        if target.form == "retired":
            return None  # the edge to it is a finding already
        found = target.port(port_name or HTTP)
        if found is None:
            if kind == "host" and not port_name and target.form != "chart":
                return host_of(target, target.main, None, self.site.kubernetes.cluster_domain)
            self._note_no_port(target, port_name or HTTP, place)
            return None
        component, port = found
        if kind == "port":
            return str(service_port(port))
        if not has_service(target, port):
            self._note_no_service(kind, rest, target, port, place)
            return None
        host = host_of(target, component, port, self.site.kubernetes.cluster_domain)
        address = host if kind == "host" else f"{host}:{service_port(port)}"
        return f"http://{address}" if kind == "url" else address

    def _note_no_service(self, kind: str, rest: str, target: Service, port: Port, place: Place) -> None:
        said = f"'${{{kind}:{rest}}}' names port {port.name!r}"
        if target.form == "chart":
            note_chart_service(self.notes, place, said, target, port)
            return
        served = target.provides["postgres"].port
        message = f"{said}, which the pods of {target.name!r} have and no Service"
        self.notes.error(place, "fleet/port-of-pods", message, f"write `${{{kind}:{target.name}:{served}}}`")

    def _note_no_port(self, target: Service, name: str, place: Place) -> None:
        ports = [port for component in target.components.values() for port in component.ports]
        listed = f"it has {', '.join(sorted(ports))}" if ports else "it has none"
        message = f"{target.name!r} has no port {name!r}, {listed}{did_you_mean(name, ports)}"
        fix, lacks = "name one of its ports", (target.name, *PORT_FIELDS)
        self.notes.error(place, "fleet/unknown-port", message, fix, lacks=lacks)

    def _fqdn(self, host: str, service: Service, place: Place) -> str | None:
        expose = service.expose.get(host)
        if expose is None:
            known = (", ".join(sorted(service.expose)) or "none") + did_you_mean(host, service.expose)
            message = f"'${{fqdn:{host}}}' is no host of {service.name!r}, which exposes {known}"
            fix, lacks = "name a host of its own `expose`", (service.name, "expose")
            self.notes.error(place, "fleet/unknown-host", message, fix, lacks=lacks)
            return None
        return full_host(host, expose.gateways, self.site)

    def _of_site(self, path: str, place: Place) -> str | None:
        if path == "environment":
            return self.environment
        value: object = self.site.tree
        for step in path.split("."):
            if not isinstance(value, Map) or step not in value:
                guess = did_you_mean(step, value if isinstance(value, Map) else ())
                message = f"'${{site:{path}}}' leads nowhere, the site has no {step!r} there{guess}"
                fix = "name a scalar of values/site.yaml"
                self.notes.error(place, "fleet/unknown-reference", message, fix, lacks=(SITE, step))
                return None
            value = value[step]
        if isinstance(value, dict | list) or value is None:
            message = f"'${{site:{path}}}' is not a scalar"
            self.notes.error(place, "fleet/unknown-reference", message, "name a scalar of values/site.yaml")
            return None
        return str(value).lower() if isinstance(value, bool) else str(value)


def full_host(host: str, gateways: tuple[str, ...], site: Site) -> str:
    """A host without a dot lies in the zone of its (first) gateway."""
    if "." in host:
        return host
    gateway = site.gateways.get(gateways[0]) if gateways else None
    return f"{host}.{gateway.zone if gateway else site.zone}"
