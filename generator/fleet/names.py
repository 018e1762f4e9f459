"""Which namespace a service lives in, and under which names others find it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.catalogue.name import not_text
from generator.catalogue.read import Notes
from generator.catalogue.service import Component, Port, Service
from generator.catalogue.site import Domain
from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding, Place
from generator.fleet.model import Namespace
from generator.source import Seq
from generator.source.scalar import is_plain_text

# Kubernetes makes these; we never own them (architecture.md 25).
BUILTIN = frozenset({"kube-system", "kube-public", "kube-node-lease", "default"})
_RANK = {"restricted": 0, "baseline": 1, "privileged": 2}


def namespace_of(service: Service) -> str:
    """The namespace of a service: its own, its name if it is a chart, else its domain's."""
    if service.namespace is not None:
        return service.namespace.name
    return service.name if service.form == "chart" else service.domain


def service_name(service: Service, component: Component | None, port: Port | None) -> str:
    """The name of the Kubernetes Service that answers `port`."""
    if port is not None and port.target is not None:
        return port.target
    if service.form == "postgres":
        return f"{service.name}-rw"
    return component.workload if component is not None else service.name


def has_service(service: Service, port: Port) -> bool:
    """Whether a Service answers the port whose name we know.

    Those of a Postgres cluster have the database alone, and what a chart calls its own only `service:` tells.
    """
    if service.form == "postgres":
        return port.name == service.provides["postgres"].port
    return service.form != "chart" or port.target is not None


def service_port(port: Port) -> int | str:
    """The port of the Service; a chart's own may differ from its pods'."""
    return port.target_port if port.target_port is not None else port.number


def host_of(service: Service, component: Component | None, port: Port | None, cluster_domain: str) -> str:
    return f"{service_name(service, component, port)}.{namespace_of(service)}.svc.{cluster_domain}"


def namespaces(services: Mapping[str, Service], domains: Mapping[str, Domain], notes: Notes) -> dict[str, Namespace]:
    """Every namespace that a running service lives in, with the level that it declares."""
    found: dict[str, Namespace] = {}
    members: dict[str, list[Service]] = {}
    for service in services.values():
        name = namespace_of(service)
        known = found.get(name)
        other = name if name in domains else known.domain if known else service.domain
        if other != service.domain:
            wish = service.namespace
            also = (known.place,) if known else (domains[other].place,)
            message = f"{service.name!r} lives in namespace {name!r}, which belongs to domain {other!r}"
            place = wish.place if wish else service.place
            notes.error(place, "fleet/namespace-of-two-domains", message, "name another namespace", also=also)
            continue
        members.setdefault(name, []).append(service)
        found[name] = _with(known, _namespace(service, domains[service.domain]))
    for name, group in members.items():
        _check_neighbours(found[name], group, notes)
    return dict(sorted(found.items()))


def _namespace(service: Service, domain: Domain) -> Namespace:
    """The namespace as this service alone would have it."""
    name, wish = namespace_of(service), service.namespace
    own = name != domain.name
    stated = wish is not None and wish.level is not None
    return Namespace(
        name=name,
        domain=service.domain,
        level=(wish.level if wish else None) or ("restricted" if own else domain.pod_security),
        place=wish.place if wish else (service.place if own else domain.place),
        service=service.name if own else None,
        upstream=service.form == "chart",
        builtin=name in BUILTIN,
        reason=wish.reason if wish and stated else (None if own else domain.pod_security_reason),
        until=wish.until if wish and stated else (None if own else domain.pod_security_until),
    )


def _with(known: Namespace | None, another: Namespace) -> Namespace:
    """The namespace of both: the wider level wins, and a chart in it makes it a chart's."""
    if known is None:
        return another
    wider = another if _RANK[another.level] > _RANK[known.level] else known
    upstream = known.upstream or another.upstream
    return wider if wider.upstream == upstream else replace(wider, upstream=upstream)


def _check_neighbours(namespace: Namespace, group: list[Service], notes: Notes) -> None:
    """One exception must not loosen its neighbours: each in a wider namespace says that it needs it."""
    if namespace.service is None or namespace.builtin or namespace.level == "restricted":
        for service in group if namespace.service is None else ():
            if service.namespace is not None and service.namespace.level is not None:
                message = f"{service.name!r} states a level for namespace {namespace.name!r}, which is its domain's"
                fix = "state `pod_security` in domain.yaml, or name a namespace of its own"
                notes.error(service.namespace.place, "fleet/level-of-domain", message, fix)
        return
    for service in group:
        if service.namespace is None or service.namespace.level is None:
            place = service.namespace.place if service.namespace else service.place
            message = f"{service.name!r} shares namespace {namespace.name!r}, which {namespace.level!r} loosens for it"
            fix = "give it another namespace, or state why it needs the level too"
            also, lacks = (namespace.place,), (service.name, "namespace")
            notes.error(place, "fleet/loosened-neighbour", message, fix, also=also, lacks=lacks)


def check_written(services: Mapping[str, Service], namespaces: Mapping[str, Namespace], notes: Notes) -> None:
    """Note namespaces that a chart says it writes to, and that nobody makes."""
    known = {*namespaces, *BUILTIN}
    for service in services.values():
        if service.chart is None or "Namespace" in service.chart.kinds:
            continue
        stated = service.tree.child("chart").get("writes_to")
        for index, name in enumerate(service.chart.writes_to):
            if name not in known:
                place = stated.item_place(index) if isinstance(stated, Seq) else service.chart.place
                guess = did_you_mean(name, known)
                message = f"chart of {service.name!r} writes to namespace {name!r}, which does not exist{guess}"
                fix = "name one that exists, or add `Namespace` to `kinds` if the chart makes it"
                notes.error(place, "fleet/unknown-namespace", message, fix, lacks=(service.name, "kinds"))


def check_names(services: Mapping[str, Service], notes: Notes) -> None:
    """Objects of different services must not share a name; labels end at 63 letters."""
    for service in services.values():
        for component in service.components.values():
            if component.workload == service.name:
                continue
            place = service.tree.child("components").key_place(component.name)
            if component.workload in services:
                message = f"component {component.workload!r} has the name of a service"
                other = services[component.workload].place
                notes.error(place, "fleet/name-taken", message, "rename the component", also=(other,))
            if len(component.workload) > 52:
                message = f"{component.workload!r} has {len(component.workload)} letters, at most 52 fit"
                notes.error(place, "fleet/name-too-long", message, "shorten the component's name")
        _check_ports(service, notes)
        for what, name, place in _bare_names(service):
            if not is_plain_text(name):
                notes.findings.append(not_text(place, what, name, "rename it"))


def _bare_names(service: Service) -> Iterator[tuple[str, str, Place]]:
    """The names of a service that manifests print without quotes."""
    if service.namespace is not None:
        yield "namespace", service.namespace.name, service.namespace.place
    if service.category:
        yield "category", service.category, service.tree.value_place("category")
    for component in service.components.values():
        tree = component.tree
        yield "component", component.name, service.tree.child("components").key_place(component.name)
        for port in component.ports.values():
            yield "port", port.name, port.place
        for volume in component.volumes.values():
            yield "volume", volume.name, volume.place
        for name in component.init_containers:
            yield "init container", name, tree.child("initContainers").key_place(name)
    for host, expose in service.expose.items():
        yield "host", host, expose.place


def _check_ports(service: Service, notes: Notes) -> None:
    by_name: dict[str, Port] = {}
    for component in service.components.values():
        by_number: dict[tuple[int, str], Port] = {}
        own: list[Port] = list(component.ports.values())
        if component.containers:
            own = [port for container in component.containers for port in container.ports.values()]
        for port in own:
            first = by_name.setdefault(port.name, port)
            if first is not port:
                message = f"port name {port.name!r} stands twice in {service.name!r}"
                notes.error(port.place, "fleet/port-name", message, "rename one of them", also=(first.place,))
            if service.form == "chart":
                continue  # its ports belong to different pods
            same = by_number.setdefault((port.number, port.protocol), port)
            if same is not port:
                message = f"port {port.number}/{port.protocol} stands twice in the pod of {component.workload!r}"
                notes.findings.append(
                    Finding(port.place, "fleet/port-number", message, "change one of them", also=(same.place,))
                )
