"""What a finished service must have, and what may stand beside what."""

from generator.catalogue.build_component import RUNS_ONCE
from generator.catalogue.gaps import HERE
from generator.catalogue.read import Notes
from generator.catalogue.service import MAIN, Component, Container, Service

_FORMS = {key: key for key in ("retired", "chart", "postgres")} | dict.fromkeys(("image", "components"), "workload")
# What may stand beside a chart or a Postgres cluster, whose pods are not ours; and beside `retired`.
_BESIDE = frozenset({
    "summary", "category", "docs", "template", "namespace", "ports", "secrets", "needs", "expose", "load_balancer",
    "talks_to", "called_by", "metrics", "depends_on", "alerts", "dashboards", "slo", "provides", "exceptions",
    "objects", "patch",
})  # fmt: skip
_BESIDE_RETIRED = frozenset({"summary", "category", "docs"})


def require(service: Service, notes: Notes) -> None:
    """Note every required field that no layer gave."""
    _require_form(service, notes)
    if service.chart is not None:
        _require_chart(service, notes)
    for slo in service.slos.values():
        if slo.name != "availability" and not (slo.error_query and slo.total_query):
            message = f"slo {slo.name!r} of {service.name!r} lacks its queries, only 'availability' has some by itself"
            fix = "add `errorQuery` and `totalQuery`"
            notes.error(slo.place, "catalogue/missing-field", message, fix, lacks=(HERE, "slo"))
    if service.form != "workload":
        return
    for component in service.components.values():
        place = component.tree.place if component.name != MAIN else service.place
        for container in component.containers:
            _require_container(service, component, container, notes)
        if component.kind == "CronJob" and "schedule" not in component.schedule:
            notes.error(
                place,
                "catalogue/missing-field",
                f"CronJob {component.workload!r} lacks 'schedule'",
                'add `schedule: "0 3 * * *"`',
                lacks=(HERE, "schedule"),
            )


def _require_form(service: Service, notes: Notes) -> None:
    """A service is one thing: a workload, a chart, a Postgres cluster, objects, or retired."""
    tree, form = service.tree, service.form
    if service.is_nothing:
        message = f"service {service.name!r} is nothing yet"
        fix = "add `image`, `chart`, `postgres`, `objects` or `retired`"
        notes.error(service.place, "catalogue/missing-field", message, fix, lacks=(HERE, *_FORMS, "objects"))
    if form == "workload":
        return
    allowed = _BESIDE_RETIRED if form == "retired" else _BESIDE
    for key in tree:
        if key not in allowed and key != form:
            fix = f"remove {key!r}" if _FORMS.get(key) in (None, form) else f"keep one of {form!r} and {key!r}"
            message = f"{key!r} means nothing beside {form!r} in {service.name!r}"
            notes.error(tree.key_place(key), "catalogue/beside", message, fix, lacks=(HERE, *_FORMS))


def _require_container(service: Service, component: Component, container: Container, notes: Notes) -> None:
    is_main = container is component.container
    part = "sidecar" if container.sidecar else "init container"
    who = f"{component.workload!r}" if is_main else f"{part} {container.name!r} of {component.workload!r}"
    place = service.place if is_main and component.name == MAIN else container.tree.place
    resources = container.tree.child("resources")
    for kind, name, example in (
        ("requests", "cpu", "50m"),
        ("requests", "memory", "128Mi"),
        ("limits", "memory", "512Mi"),
    ):
        if name not in resources.child(kind):
            message = f"{who} lacks 'resources.{kind}.{name}'"
            fix, lacks = f"add `{name}` such as {example}", (HERE, kind, name, "resources")
            notes.error(place, "catalogue/missing-field", message, fix, lacks=lacks)
    runs_once = component.kind in RUNS_ONCE if is_main else not container.sidecar
    has_probes = bool(container.tree.child("probes"))
    if runs_once and container.probes:
        notes.error(
            container.tree.key_place("probes"),
            "catalogue/probe-on-run-once",
            f"{who} runs once and has probes",
            "remove `probes`",
            lacks=(HERE, "kind", "restartPolicy"),
        )
    if not runs_once and not has_probes:
        notes.error(
            place,
            "catalogue/missing-field",
            f"{who} lacks 'probes'",
            "add `probes: /path`, `tcp:port`, or {none: reason}",
            lacks=(HERE, "probes", "kind"),
        )


def _require_chart(service: Service, notes: Notes) -> None:
    chart = service.chart
    assert chart is not None
    if "pods" not in service.tree.child("chart"):
        notes.error(
            chart.place,
            "catalogue/missing-field",
            f"chart of {service.name!r} lacks 'pods'",
            "declare its pods; `pods: {}` for a chart of definitions only",
            lacks=(HERE, "pods"),
        )
    has_source = (chart.name and chart.repository) or (chart.git and chart.path)
    if not chart.version or not has_source:
        message = f"chart of {service.name!r} lacks its source"
        notes.error(
            chart.place,
            "catalogue/missing-field",
            message,
            "state name, repository and version, or git, path and version",
            lacks=(HERE, "name", "repository", "version", "git", "path"),
        )
    for name, pod in chart.pods.items():
        if pod.resources is None:
            notes.error(
                pod.place,
                "catalogue/missing-field",
                f"pod {name!r} of the chart lacks 'resources'",
                "add requests and the memory limit",
                lacks=(HERE, "resources"),
            )
