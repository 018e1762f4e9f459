"""The page of one service, for every environment at once."""

from collections.abc import Callable

from generator.catalogue.service import Service
from generator.docs import endpoints, service_rows, storage_rows
from generator.docs.facts import Facts
from generator.docs.markdown import Markdown, code, escape, join, link, table
from generator.docs.pages import write
from generator.docs.view import Reference, Row, View, across
from generator.docs.way import draw

_ROOT = "../../../"

_HEADS = {
    "ports": ("port", "number", "workload", "in the cluster as"),
    "hosts": ("host", "path", "gateway", "address", "port", "login"),
    "balanced": ("address", "number", "port", "from", "traffic policy"),
    "workloads": ("workload", "pods", "replaced by", "priority", "runs at"),
    "containers": ("container", "image", "digest", "CPU", "memory", "memory limit", "devices", "remark"),
    "chart_pods": ("pods", "kind", "how many", "CPU", "memory", "memory limit", "network", "remark"),
    "volumes": ("volume", "is", "size", "class", "tier", "mounted at", "remark"),
    "secrets": ("item", "key", "read as", "belongs to"),
    "needs": ("needs", "from", "gets", "told in"),
    "calls": ("to", "ports", "why"),
    "callers": ("from", "ports", "why"),
    "gaps": ("connection", "why"),
    "grants": ("for", "allows", "because", "until", "owner"),
    "alerts": ("alert", "severity", "about"),
    "extras": ("object", "is", "because"),
}


def service_page(reference: Reference, service: Service) -> str:
    """Write the page of a service from what it is in each environment."""
    where = reference.running(service.name)
    first = where[0][1] if where else service
    tables: dict[str, object] = {
        name: across(_HEADS[name], [(view.name, rows_of(view, own)) for view, own in where])
        for name, rows_of in _rows(reference).items()
    }
    several = any(len(own.components) > 1 for _, own in where)
    for name, edges in (("calls", endpoints.calls), ("callers", endpoints.callers)):
        head = (*_HEADS[name], "component") if several else _HEADS[name]
        found = [(view.name, edges(view, own.name, components=several)) for view, own in where]
        tables[name] = across(head, found)
    return write(
        "service",
        {
            **tables,
            "service": first,
            "source": link(first.path, f"{_ROOT}{first.path}"),
            "templates": join(_template(name) for name in first.templates),
            "environments": _environments(reference, service.name),
            "way": draw(*where[0]) if where else "",
            "drawn": where[0][0].name if where else "",
            "depends": service_rows.depends(first),
            "successor": _successor(reference, first),
            "facts": [_facts_values(facts) for facts in reference.facts.get(service.name, ())],
        },
    )


RowsOf = Callable[[View, Service], list[Row]]


def _rows(reference: Reference) -> dict[str, RowsOf]:
    return {
        "ports": service_rows.ports,
        "hosts": service_rows.hosts,
        "balanced": service_rows.balanced,
        "workloads": service_rows.workloads,
        "containers": lambda _, service: service_rows.containers(reference, service),
        "chart_pods": lambda _, service: service_rows.chart_pods(reference, service),
        "volumes": lambda view, service: storage_rows.volumes(reference, view, service),
        "secrets": lambda _, service: service_rows.secrets(service),
        "needs": service_rows.needs,
        "gaps": lambda view, service: endpoints.gap_rows(view.not_enforced.get(service.path, ())),
        "grants": lambda _, service: service_rows.grants(service),
        "alerts": lambda _, service: service_rows.alerts(service),
        "extras": lambda _, service: service_rows.extras(service),
    }


def _template(name: str) -> Markdown:
    return link(name, f"{_ROOT}values/templates/{name}.yaml")


def _successor(reference: Reference, service: Service) -> Markdown:
    name = service.retired.successor if service.retired else None
    if name is None:
        return Markdown("")
    return endpoints.service_link(name) if name in reference.services else escape(name)


def _environments(reference: Reference, name: str) -> Markdown:
    rows: list[Row] = []
    for view in reference.views:
        fleet = view.fleet
        if name not in fleet.services:
            rows.append((view.name, Markdown("retired" if name in fleet.retired else "off"), "", ""))
            continue
        namespace = fleet.namespace_of[name]
        known = fleet.namespaces.get(namespace)
        rows.append((view.name, Markdown("**runs**"), code(namespace), known.level if known else ""))
    return table(("environment", "state", "namespace", "Pod Security"), rows)


def _facts_values(facts: Facts) -> dict[str, object]:
    gotchas = [
        (
            gotcha.fact,
            Markdown("**not answered**") if gotcha.answer is None else code(gotcha.answer),
            gotcha.why or (code(gotcha.file) if gotcha.file else ""),
        )
        for gotcha in facts.gotchas
    ]
    return {
        "row": facts.row,
        "source": link(facts.path, f"{_ROOT}{facts.path}"),
        "gotchas": table(("warning", "the line that answers it", "remark"), gotchas),
        "omitted": table(("left out", "because"), [(code(fact), why) for fact, why in facts.omitted.items()]),
    }
