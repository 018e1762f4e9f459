"""From the merged tree of a service to its typed model, with every missing field named."""

from dataclasses import replace

from generator.catalogue import read
from generator.catalogue.build_component import build_component, build_volume
from generator.catalogue.expand import SAME_NUMBER
from generator.catalogue.gaps import HERE
from generator.catalogue.layers import Layered
from generator.catalogue.read import Notes
from generator.catalogue.require import require
from generator.catalogue.service import (
    HTTP,
    MAIN,
    Alert,
    Call,
    Chart,
    ChartPod,
    Component,
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
from generator.finding import Place
from generator.source import Map, Seq, plain

_POSTGRES_PORTS = {"postgresql": 5432, "status": 8000, "metrics": 9187}
_LEVELS: dict[str, PodSecurity] = {"baseline": "baseline", "privileged": "privileged"}


def build_service(
    name: str, path: str, laid: Layered, templates: tuple[str, ...], domain: str, tier: str, owner: str, notes: Notes
) -> Service:
    """Build a service from its merged layers. Notes say what is missing or contradicts itself."""
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
    require(service, notes)
    return service


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
        fix = "add `image: registry/name:tag`"
        notes.error(place, "catalogue/missing-field", f"{who} lacks 'image'", fix, lacks=(HERE, "image"))
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
        writes_to=read.texts(block, "writes_to"),
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
            place, message = tree.key_place("postgres"), f"'postgres' lacks {key!r}"
            notes.error(place, "catalogue/missing-field", message, f"add `{key}`", lacks=(HERE, key))
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
