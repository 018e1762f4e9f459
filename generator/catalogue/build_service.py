"""From the merged tree of a service to its typed model, with every missing field named."""

from dataclasses import replace

from generator.catalogue import read
from generator.catalogue.build_component import RUNS_ONCE, build_component, build_volume
from generator.catalogue.expand import SAME_NUMBER
from generator.catalogue.layers import Layered
from generator.catalogue.read import Notes
from generator.catalogue.service import (
    HTTP,
    MAIN,
    Alert,
    Call,
    Chart,
    ChartPod,
    Component,
    Container,
    Expose,
    File,
    Form,
    LoadBalancer,
    NamespaceWish,
    Patch,
    PodSecurity,
    Port,
    Postgres,
    Provided,
    Retired,
    Service,
    Slo,
    Volume,
)
from generator.finding import Finding, Place
from generator.source import Map, Seq, plain

_POSTGRES_PORTS = {"postgresql": 5432, "status": 8000, "metrics": 9187}
_LEVELS: dict[str, PodSecurity] = {"baseline": "baseline", "privileged": "privileged"}


def build_service(
    name: str, path: str, laid: Layered, templates: tuple[str, ...], domain: str, tier: str, owner: str
) -> tuple[Service, tuple[Finding, ...]]:
    """Build a service from its merged layers. Findings say what is missing or contradicts itself."""
    notes = Notes()
    tree, form = laid.tree, laid.form
    wish = _namespace(tree)
    service = Service(
        name=name,
        domain=domain,
        tier=tier,
        path=path,
        place=Place(path),
        tree=tree,
        form=form,
        summary=read.text(tree, "summary") or "",
        category=read.text(tree, "category") or "",
        docs=read.text(tree, "docs"),
        templates=templates,
        namespace=wish,
        components=_components(name, laid, domain, owner, notes),
        expose=read.each(tree, "expose", _expose),
        load_balancer=_load_balancer(tree),
        depends_on=_depends_on(tree),
        alerts=read.each(tree, "alerts", _alert),
        dashboards=_dashboards(tree),
        slos=read.each(tree, "slo", _slo),
        chart=_chart(tree, notes),
        postgres=_postgres(tree, notes),
        provides=_provides(tree, form),
        objects=_objects(tree),
        patches=read.each(tree, "patch", _patch),
        retired=_retired(tree),
    )
    _require(service, notes)
    return service, tuple(notes.findings)


def _components(name: str, laid: Layered, domain: str, owner: str, notes: Notes) -> dict[str, Component]:
    if laid.form == "retired":
        return {}
    if laid.form != "workload":
        return _bare_component(name, laid, domain, owner, notes)
    built: dict[str, Component] = {}
    for part, tree in {MAIN: laid.main, **laid.components}.items():
        component = build_component(part, tree, name, domain, owner, notes)
        if component is not None:
            built[part] = component
            continue
        who = f"service {name!r}" if part == MAIN else f"component '{name}-{part}'"
        place = laid.tree.place if part == MAIN else laid.tree.child("components").key_place(part)
        notes.error(place, "catalogue/missing-field", f"{who} lacks 'image'", "add `image: registry/name:tag`")
    return built


def _bare_component(name: str, laid: Layered, domain: str, owner: str, notes: Notes) -> dict[str, Component]:
    """The edges, ports and exceptions of a service whose pods are not of its own file."""
    component = build_component(MAIN, laid.main, name, domain, owner, notes, is_chart=True)
    if component is None:
        return {}
    if laid.form == "postgres":
        place = laid.tree.key_place("postgres")
        ports = {port: Port(port, number, "TCP", place) for port, number in _POSTGRES_PORTS.items()}
        component = replace(component, ports={**ports, **component.ports})
    return {MAIN: component}


def _namespace(tree: Map) -> NamespaceWish | None:
    block = tree.get("namespace")
    if not isinstance(block, Map):
        return None
    security = block.child("pod_security")
    return NamespaceWish(
        name=str(block["name"]),
        place=block.value_place("name"),
        level=_LEVELS.get(read.text(security, "level") or ""),
        reason=read.text(security, "reason"),
        until=read.text(security, "until"),
    )


def _expose(host: str, value: Map, place: Place) -> Expose:
    paths = read.labels(value, "paths") or {read.text(value, "path") or "/": read.text(value, "port") or HTTP}
    body = value.get("body_size")
    from generator.catalogue.quantity import bytes_of

    return Expose(
        host=host,
        gateways=read.texts(value, "gateway"),
        paths=paths,
        auth=read.text(value, "auth"),
        place=place,
        scheme=read.text(value, "scheme") or "http",
        timeouts=read.json(value, "timeouts") or None,
        body_size_bytes=bytes_of(body) if isinstance(body, str | int) else None,
    )


def _load_balancer(tree: Map) -> LoadBalancer | None:
    block = tree.get("load_balancer")
    if not isinstance(block, Map):
        return None
    return LoadBalancer(
        ip=read.text(block, "ip") or "",
        ports={
            name: number if isinstance(number, int) else SAME_NUMBER for name, number in block.child("ports").items()
        },
        sources=read.texts(block, "from"),
        policy=read.text(block, "externalTrafficPolicy") or "Local",
        place=tree.key_place("load_balancer"),
    )


def _depends_on(tree: Map) -> tuple[Call, ...]:
    value = tree.get("depends_on")
    return (
        tuple(Call(str(item), "", value.item_place(index)) for index, item in enumerate(value))
        if isinstance(value, Seq)
        else ()
    )


def _alert(name: str, value: Map, place: Place) -> Alert:
    return Alert(
        name=name,
        place=place,
        expr=read.text(value, "expr"),
        for_=read.text(value, "for"),
        severity=read.text(value, "severity"),
        summary=read.text(value, "summary"),
        runbook=read.text(value, "runbook"),
        disabled=read.text(value, "disabled"),
    )


def _dashboards(tree: Map) -> tuple[File, ...]:
    value = tree.get("dashboards")
    if not isinstance(value, Seq):
        return ()
    return tuple(File(str(item), "0444", value.item_place(index), source=str(item)) for index, item in enumerate(value))


def _slo(name: str, value: Map, place: Place) -> Slo:
    objective = value.get("objective")
    return Slo(
        name=name,
        objective=float(objective) if isinstance(objective, int | float) else 0.0,
        place=place,
        error_query=read.text(value, "errorQuery"),
        total_query=read.text(value, "totalQuery"),
    )


def _chart(tree: Map, notes: Notes) -> Chart | None:
    block = tree.get("chart")
    if not isinstance(block, Map):
        return None

    def pod(name: str, value: Map, place: Place) -> ChartPod:
        from generator.catalogue.build_component import _KINDS

        return ChartPod(
            name=name,
            kind=_KINDS[read.text(value, "kind") or "Deployment"],
            replicas=read.number(value, "replicas", 1),
            resources=read.resources(value, "resources", notes),
            volumes=read.each(value, "storage", lambda volume, item, at: build_volume(volume, item, at, notes)),
            host_network=value.get("hostNetwork") is True,
            ports=read.texts(value, "ports"),
            place=place,
        )

    values = plain(block.get("values"))
    return Chart(
        name=read.text(block, "name"),
        repository=read.text(block, "repository"),
        version=read.text(block, "version") or "",
        values=values if isinstance(values, dict) else {},
        pods=read.each(block, "pods", pod),
        kinds=read.texts(block, "kinds"),
        place=tree.key_place("chart"),
        git=read.text(block, "git"),
        path=read.text(block, "path"),
        skip_crds=block.get("skipCrds") is True,
    )


def _postgres(tree: Map, notes: Notes) -> Postgres | None:
    block = tree.get("postgres")
    if not isinstance(block, Map):
        return None
    image, resources = read.image(block, "image", notes), read.resources(block, "resources", notes)
    storage: Volume | None = None
    if isinstance(claim := block.get("storage"), Map):
        storage = build_volume("storage", claim, block.key_place("storage"), notes)
    missing = [
        key
        for key, value in (
            ("instances", block.get("instances")),
            ("image", image),
            ("storage", storage),
            ("resources", resources),
        )
        if value is None
    ]
    if image is None or resources is None or storage is None or missing:
        for key in missing:
            notes.error(
                tree.key_place("postgres"), "catalogue/missing-field", f"'postgres' lacks {key!r}", f"add `{key}`"
            )
        return None
    parameters = {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in block.child("parameters").items()
    }
    return Postgres(
        read.number(block, "instances", 1),
        image,
        storage,
        resources,
        parameters,
        read.texts(block, "preload"),
        tree.key_place("postgres"),
    )


def _provides(tree: Map, form: Form) -> dict[str, Provided]:
    def build(name: str, value: Map, place: Place) -> Provided:
        return Provided(
            "bucket" if name == "bucket" else "valkey",
            str(value["port"]),
            place,
            read.text(value, "password"),
            read.text(value, "region"),
        )

    provided = read.each(tree, "provides", build)
    if form == "postgres":
        provided["postgres"] = Provided("postgres", "postgresql", tree.key_place("postgres"))
    return provided


def _objects(tree: Map) -> dict[str, dict[str, object]]:
    value = plain(tree.child("objects"))
    return value if isinstance(value, dict) else {}


def _patch(target: str, value: Map, place: Place) -> Patch:
    return Patch(target, read.json(value, "merge"), str(value["reason"]), place)


def _retired(tree: Map) -> Retired | None:
    block = tree.get("retired")
    if not isinstance(block, Map):
        return None
    return Retired(str(block["since"]), str(block["reason"]), read.text(block, "successor"))


def _require(service: Service, notes: Notes) -> None:
    """Note every required field that no layer gave."""
    _require_form(service, notes)
    if service.chart is not None:
        _require_chart(service, notes)
    for slo in service.slos.values():
        if slo.name != "availability" and not (slo.error_query and slo.total_query):
            message = f"slo {slo.name!r} of {service.name!r} lacks its queries, only 'availability' has some by itself"
            notes.error(slo.place, "catalogue/missing-field", message, "add `errorQuery` and `totalQuery`")
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
            )


_FORMS = {key: key for key in ("retired", "chart", "postgres")} | dict.fromkeys(("image", "components"), "workload")
# What may stand beside a chart or a Postgres cluster, whose pods are not ours; and beside `retired`.
_BESIDE = frozenset({
    "summary", "category", "docs", "template", "namespace", "ports", "secrets", "needs", "expose", "load_balancer",
    "talks_to", "called_by", "metrics", "depends_on", "alerts", "dashboards", "slo", "provides", "exceptions", "objects",
    "patch",
})  # fmt: skip
_BESIDE_RETIRED = frozenset({"summary", "category", "docs"})


def _require_form(service: Service, notes: Notes) -> None:
    """A service is one thing: a workload, a chart, a Postgres cluster, objects, or retired."""
    tree, form = service.tree, service.form
    if form == "objects" and not service.objects:
        message = f"service {service.name!r} is nothing yet"
        fix = "add `image`, `chart`, `postgres`, `objects` or `retired`"
        notes.error(service.place, "catalogue/missing-field", message, fix)
    if form == "workload":
        return
    allowed = _BESIDE_RETIRED if form == "retired" else _BESIDE
    for key in tree:
        if key not in allowed and key != form:
            fix = f"remove {key!r}" if _FORMS.get(key) in (None, form) else f"keep one of {form!r} and {key!r}"
            message = f"{key!r} means nothing beside {form!r} in {service.name!r}"
            notes.error(tree.key_place(key), "catalogue/beside", message, fix)


def _require_container(service: Service, component: Component, container: Container, notes: Notes) -> None:
    is_main = container is component.container
    who = f"{component.workload!r}" if is_main else f"init container {container.name!r} of {component.workload!r}"
    place = service.place if is_main and component.name == MAIN else container.tree.place
    resources = container.resources
    for label, value, example in (
        ("resources.requests.cpu", resources and resources.cpu_request_m, "50m"),
        ("resources.requests.memory", resources and resources.memory_request_bytes, "128Mi"),
        ("resources.limits.memory", resources and resources.memory_limit_bytes, "512Mi"),
    ):
        if value is None:
            notes.error(
                place,
                "catalogue/missing-field",
                f"{who} lacks {label!r}",
                f"add `{label.rsplit('.', 1)[1]}` such as {example}",
            )
    runs_once = component.kind in RUNS_ONCE if is_main else not container.sidecar
    has_probes = bool(container.probes) or container.no_probes is not None
    if runs_once and container.probes:
        notes.error(
            container.tree.key_place("probes"),
            "catalogue/probe-on-run-once",
            f"{who} runs once and has probes",
            "remove `probes`",
        )
    if not runs_once and not has_probes:
        notes.error(
            place,
            "catalogue/missing-field",
            f"{who} lacks 'probes'",
            "add `probes: /path`, `tcp:port`, or {none: reason}",
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
        )
    has_source = (chart.name and chart.repository) or (chart.git and chart.path)
    if not chart.version or not has_source:
        message = f"chart of {service.name!r} lacks its source"
        notes.error(
            chart.place,
            "catalogue/missing-field",
            message,
            "state name, repository and version, or git, path and version",
        )
    for name, pod in chart.pods.items():
        if pod.resources is None:
            notes.error(
                pod.place,
                "catalogue/missing-field",
                f"pod {name!r} of the chart lacks 'resources'",
                "add requests and the memory limit",
            )
