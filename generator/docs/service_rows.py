"""What stands in the tables of a service's page: its doors, its workloads, its secrets."""

import json
from collections.abc import Iterator, Mapping

from generator.catalogue.quantity import show_bytes, show_cpu
from generator.catalogue.service import MAIN, Component, Port, Resources, SecretRef, Service
from generator.docs.endpoints import declared, service_link
from generator.docs.markdown import Markdown, code, codes, escape, join
from generator.docs.remarks import assumption
from generator.docs.view import Reference, Row, View
from generator.fleet.arithmetic import strategy_of
from generator.fleet.names import host_of, service_port
from generator.fleet.reference import full_host

_NONE = Markdown("–")
_OF_CHART = Markdown("as the chart names it")
_OF_PODS = Markdown("each pod, no Service")
# The one port that the Service of a Postgres cluster has.
POSTGRESQL = "postgresql"
_NO_DIGEST = Markdown("**no digest**")


def ports(view: View, service: Service) -> list[Row]:
    """Every port: name, number, and where callers in the cluster find it."""
    zone = view.fleet.site.kubernetes.cluster_domain
    rows: list[Row] = []
    for component in service.components.values():
        for port in component.ports.values():
            inside = inside_address(service, component, port, zone)
            rows.append((code(port.name), declared(port), component.workload, inside))
    return rows


def inside_address(service: Service, component: Component, port: Port, zone: str) -> Markdown:
    """Return where callers in the cluster find a port."""
    if service.form == "chart" and port.target is None:
        return _OF_CHART
    if service.form == "postgres" and port.name != POSTGRESQL:
        return _OF_PODS
    return code(f"{host_of(service, component, port, zone)}:{service_port(port)}")


def hosts(view: View, service: Service) -> list[Row]:
    """Every host: full name, path, gateway with its address, port, login."""
    site = view.fleet.site
    rows: list[Row] = []
    for expose in service.expose.values():
        host = code(full_host(expose.host, expose.gateways, site))
        for name in expose.gateways:
            gateway = site.gateways.get(name)
            address = str(gateway.ip) if gateway else ""
            for path, port in expose.paths.items():
                rows.append((host, code(path), name, address, code(port), expose.auth or _NONE))
    return rows


def balanced(view: View, service: Service) -> list[Row]:
    """Every port on an address of the LAN: address, number there, port, from where."""
    balancer = service.load_balancer
    if balancer is None:
        return []
    rows: list[Row] = []
    for name, number in balancer.ports.items():
        found = service.port(name)
        inside = found[1] if found else None
        outside = number or (inside.number if inside else 0)
        shown = f"{outside}/{inside.protocol}" if inside else str(outside)
        rows.append((balancer.ip, shown, code(name), ", ".join(balancer.sources), balancer.policy))
    return rows


def workloads(view: View, service: Service) -> list[Row]:
    """Every workload: kind and name, how many, how it is replaced, priority, when it runs."""
    rows: list[Row] = []
    for component in service.components.values():
        if component.container is None:
            continue
        kind = component.kind
        count = "one per node" if kind == "DaemonSet" else str(component.replicas)
        replaced = str(strategy_of(component)["type"]) if kind in ("Deployment", "StatefulSet", "DaemonSet") else _NONE
        when = component.schedule.get("schedule")
        rows.append(
            (
                code(f"{kind}/{component.workload}"),
                count,
                replaced,
                component.priority_class or _NONE,
                code(str(when)) if when else _NONE,
            )
        )
    return rows


def containers(reference: Reference, service: Service) -> list[Row]:
    """Every container: name, image, digest, requests, limit, devices, remark."""
    rows: list[Row] = []
    for component in service.components.values():
        for container in component.containers:
            plain = component.name == MAIN or container.name == component.workload
            name = container.name if plain else f"{component.workload}/{container.name}"
            image = container.image
            remark = assumption(reference.remark(container.tree.key_place("resources")))
            rows.append(
                (
                    code(name),
                    code(f"{image.repository}:{image.tag}"),
                    code(image.digest[:19]) if image.digest else _NO_DIGEST,
                    *_amounts(container.resources),
                    ", ".join(f"{device} × {count}" for device, count in container.devices.items()) or _NONE,
                    remark or _NONE,
                )
            )
    return rows


def _amounts(resources: Resources | None) -> tuple[str, str, str]:
    if resources is None:
        return (_NONE, _NONE, _NONE)
    cpu, memory, limit = resources.cpu_request_m, resources.memory_request_bytes, resources.memory_limit_bytes
    return (
        show_cpu(cpu) if cpu is not None else _NONE,
        show_bytes(memory) if memory is not None else _NONE,
        show_bytes(limit) if limit is not None else _NONE,
    )


def chart_pods(reference: Reference, service: Service) -> list[Row]:
    """What an upstream chart's pods are declared to be."""
    if service.chart is None:
        return []
    block = service.tree.child("chart")
    over_all = reference.remark(block.key_place("pods"))
    rows: list[Row] = []
    for pod in service.chart.pods.values():
        remark = assumption(over_all) or assumption(reference.remark(block.child("pods").key_place(pod.name)))
        count = "one per node" if pod.kind == "DaemonSet" else str(pod.replicas)
        network = Markdown("the node's") if pod.host_network else Markdown("its own")
        rows.append((code(pod.name), pod.kind, count, *_amounts(pod.resources), network, remark or _NONE))
    return rows


def secrets(service: Service) -> list[Row]:
    """Every key of the secret store that is read: item, key, as what, whose it is."""
    found: dict[tuple[str, str], list[str]] = {}
    for ref, use in _secret_uses(service):
        uses = found.setdefault((ref.owner, ref.key), [])
        if use not in uses:
            uses.append(use)
    own = f"{service.domain}/{service.name}"
    return [
        (code(owner), code(key), codes(uses), Markdown("this service") if owner == own else _owner(owner))
        for (owner, key), uses in found.items()
    ]


def _owner(owner: str) -> Markdown:
    domain, slash, name = owner.partition("/")
    return service_link(name) if slash else Markdown(f"shared item {escape(domain)}")


def _secret_uses(service: Service) -> Iterator[tuple[SecretRef, str]]:
    for component in service.components.values():
        for variable, ref in component.secrets.items():
            yield ref, variable
        for container in component.containers:
            for variable, ref in container.secrets.items():
                yield ref, variable
            for path, file in container.files.items():
                if file.secret is not None:
                    yield file.secret, path
        if component.metrics is not None and component.metrics.bearer is not None:
            yield component.metrics.bearer, "token of the scraper"
    for provided in service.provides.values():
        if provided.password is not None:
            item = f"{service.domain}/{service.name}"
            yield SecretRef(item, provided.password, provided.password, provided.place), f"password of {provided.kind}"


def secret_keys(service: Service) -> dict[tuple[str, str], None]:
    """The (item, key) pairs of the store that a service reads, in order."""
    return {(ref.owner, ref.key): None for ref, _ in _secret_uses(service)}


def grants(service: Service) -> list[Row]:
    """Every exception: where, what it allows, why, until when, who answers for it."""
    rows: list[Row] = []
    for component in service.components.values():
        for grant in component.grants.values():
            where = component.workload if grant.container in ("", service.name) else grant.container
            rows.append((where, allowed(grant.allow), grant.reason, grant.until, grant.owner))
    return rows


def allowed(allow: Mapping[str, object]) -> Markdown:
    """Return what an exception allows, in the words of its file."""
    return codes(f"{key}: {json.dumps(value, separators=(', ', ': '))}" for key, value in allow.items())


def needs(view: View, service: Service) -> list[Row]:
    """What it has of its own at a provider."""
    rows: list[Row] = []
    for component in service.components.values():
        for need in component.needs.values():
            provider = need.provider or view.fleet.site.providers.get(need.kind, "")
            variables = codes(need.env)
            rows.append(
                (
                    need.kind,
                    service_link(provider) if provider else _NONE,
                    _what(service, need.kind, need.database),
                    variables or _NONE,
                )
            )
    return rows


def _what(service: Service, kind: str, database: int | None) -> Markdown:
    if kind == "postgres":
        return Markdown(f"database and role {code(service.name.replace('-', '_'))}")
    if kind == "bucket":
        return Markdown(f"bucket {code(service.name)}, made by hand")
    return Markdown(f"database {database or 0}; one password serves all of them")


def alerts(service: Service) -> list[Row]:
    """Alerts of its own, and default ones that it switched off."""
    rows: list[Row] = []
    for alert in service.alerts.values():
        if alert.disabled is not None:
            rows.append((alert.name, Markdown("off"), alert.disabled))
        else:
            rows.append((alert.name, alert.severity or "", alert.summary or ""))
    rows += [(f"slo {slo.name}", f"{slo.objective:g}%", "objective") for slo in service.slos.values()]
    return rows


def extras(service: Service) -> list[Row]:
    """Objects and patches that no field makes."""
    patched = [(code(patch.target), Markdown("patched"), patch.reason) for patch in service.patches.values()]
    return [*[(code(target), Markdown("added as it stands"), _NONE) for target in service.objects], *patched]


def depends(service: Service) -> Markdown:
    return join(service_link(call.service) for call in service.depends_on)
