"""From merged trees to one typed component: its containers, volumes, calls and exceptions."""

from generator.catalogue import read
from generator.catalogue.build_container import build_container, mount_of, ports_of, secret_ref, secrets_of
from generator.catalogue.gaps import HERE
from generator.catalogue.kubernetes_rules import check_own_marks, check_placement, check_rights
from generator.catalogue.read import Notes
from generator.catalogue.service import (
    HTTP,
    MAIN,
    Call,
    Caller,
    Component,
    Container,
    Grant,
    Json,
    Metrics,
    Need,
    NeedKind,
    OutsideCall,
    Port,
    Protocol,
    TalksTo,
    Volume,
    VolumeForm,
    WorkloadKind,
)
from generator.finding import Place
from generator.source import Map, Seq

_FORMS: tuple[VolumeForm, ...] = ("size", "nfs", "emptyDir", "hostPath", "existingClaim")
_SCHEDULE = (
    "schedule",
    "timeZone",
    "concurrencyPolicy",
    "startingDeadlineSeconds",
    "activeDeadlineSeconds",
    "backoffLimit",
    "parallelism",
)
_KINDS: dict[str, WorkloadKind] = {kind: kind for kind in ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job")}
_NEEDS: dict[str, NeedKind] = {"postgres": "postgres", "valkey": "valkey", "bucket": "bucket"}
RUNS_ONCE = ("CronJob", "Job")


def build_component(
    name: str, tree: Map, service: str, domain: str, owner: str, notes: Notes, *, is_chart: bool = False
) -> Component | None:
    """Build one component. `owner` answers for its exceptions; `tree` is merged and complete."""
    item = f"{domain}/{service}"
    container = (
        None
        if is_chart
        else build_container(service if name == MAIN else f"{service}-{name}", tree, item, notes, main=True)
    )
    if container is None and not is_chart:
        return None
    inits = _init_containers(tree, item, notes)
    ports: dict[str, Port] = dict(ports_of(tree)) if container is None else dict(container.ports)
    for init in inits.values():
        ports.update(init.ports)
    check_own_marks(tree, notes)
    check_placement(tree, notes)
    check_rights(tree, notes)
    rbac = tree.child("rbac")
    return Component(
        name=name,
        workload=service if name == MAIN else f"{service}-{name}",
        kind=_KINDS[read.text(tree, "kind") or "Deployment"],
        tree=tree,
        container=container,
        init_containers=inits,
        ports=ports,
        replicas=read.number(tree, "replicas", 1),
        strategy=read.json(tree, "strategy") or None,
        schedule={key: value for key in _SCHEDULE if (value := tree.get(key)) is not None},
        volumes=read.each(tree, "storage", lambda volume, value, place: build_volume(volume, value, place, notes)),
        talks_to=_talks_to(tree, service, notes),
        called_by=_called_by(tree),
        needs=_needs(tree),
        secrets=secrets_of(tree, item) if is_chart else {},
        metrics=_metrics(tree, item),
        node_selector=read.labels(tree, "nodeSelector"),
        tolerations=read.json_list(tree, "tolerations"),
        affinity=read.json(tree, "affinity") or None,
        priority_class=read.text(tree, "priorityClassName"),
        grace_period_s=read.number(tree, "terminationGracePeriodSeconds", 30),
        rbac_cluster=read.json_list(rbac, "cluster"),
        rbac_namespace=read.json_list(rbac, "namespace"),
        labels=read.labels(tree, "labels"),
        annotations=read.labels(tree, "annotations"),
        grants=_grants(tree, container.name if container else service, owner),
    )


def _init_containers(tree: Map, owner: str, notes: Notes) -> dict[str, Container]:
    def build(name: str, value: Map, place: Place) -> Container | None:
        if "image" not in value:
            notes.error(
                place,
                "catalogue/missing-field",
                f"init container {name!r} lacks 'image'",
                "add `image: registry/name:tag`",
                lacks=(HERE, "image"),
            )
            return None
        return build_container(name, value, owner, notes, sidecar=value.get("restartPolicy") == "Always")

    return read.each(tree, "initContainers", build)


def build_volume(name: str, tree: Map, place: Place, notes: Notes) -> Volume | None:
    """Build a volume, or note that it has no source or several."""
    forms = [form for form in _FORMS if tree.get(form) is not None]
    if len(forms) != 1:
        message = f"volume {name!r} has {len(forms)} sources, exactly one is expected"
        fix = "state one of size, nfs, emptyDir, hostPath, existingClaim"
        notes.error(place, "catalogue/volume-source", message, fix, lacks=(HERE, *_FORMS))
        return None
    form = forms[0]
    backup = tree.child("backup")
    if form != "size" and backup:
        message = f"volume {name!r} has a backup tier beside {form!r}, only a claim with `size` is backed up"
        notes.error(tree.key_place("backup"), "catalogue/backup-without-size", message, "remove `backup`")
    if form == "size" and not backup:
        notes.error(
            place,
            "catalogue/missing-field",
            f"volume {name!r} lacks 'backup'",
            "add `backup: tier1`, tier2, tier3 or tier4",
            lacks=(HERE, "backup"),
        )
    host_path = tree.child("hostPath")
    empty_dir = read.json(tree, "emptyDir")
    if form == "emptyDir":
        read.bytes_of(tree.child("emptyDir"), "sizeLimit", notes)
        empty_dir = {"sizeLimit": "1Gi"} | empty_dir
    return Volume(
        name=name,
        form=form,
        place=place,
        size_bytes=read.bytes_of(tree, "size", notes),
        size=read.canonical(tree, "size"),
        storage_class=read.text(tree, "storageClassName"),
        access_modes=read.texts(tree, "accessModes") or ("ReadWriteOnce",),
        tier=read.text(backup, "tier"),
        before=read.optional_texts(backup, "before"),
        after=read.optional_texts(backup, "after"),
        share=read.text(tree, "nfs"),
        empty_dir=empty_dir if form == "emptyDir" else None,
        host_path=read.text(host_path, "path"),
        host_path_type=read.text(host_path, "type"),
        claim=read.text(tree, "existingClaim"),
        mount=mount_of(name, tree, place) if tree.get("mountPath") is not None else None,
    )


def _talks_to(tree: Map, service: str, notes: Notes) -> TalksTo:
    block = tree.child("talks_to")
    calls: list[Call] = []
    kubernetes: Place | None = None
    for text, place in _items(block, "services"):
        name, colon, port = text.partition(":")
        if name == "kubernetes":
            kubernetes = place
        elif name == "self" and not colon:
            notes.error(place, "catalogue/self-without-port", "'self' names no port", "write `self:port`")
        else:
            calls.append(Call(service if name == "self" else name, port or HTTP, place))
    return TalksTo(
        services=tuple(calls),
        kubernetes=kubernetes,
        internet=tuple(_outside(text, place, 443) for text, place in _items(block, "internet")),
        lan=tuple(_outside(text, place, None) for text, place in _items(block, "lan")),
        nodes=tuple(OutsideCall("nodes", int(text), "TCP", place) for text, place in _items(block, "nodes")),
    )


def _outside(text: str, place: Place, default_port: int | None) -> OutsideCall:
    """`where[:port[/UDP]]`; `*` as a port is every port."""
    named, _, protocol = text.partition("/") if not _is_cidr(text) else (text, "", "")
    if _is_cidr(text):
        head, _, tail = text.rpartition(":")
        number, _, protocol = tail.partition("/")
        named = f"{head}:{number}"
    where, colon, port = named.rpartition(":")
    kind: Protocol = "UDP" if protocol == "UDP" else "TCP"
    if not colon:
        return OutsideCall(named, default_port, kind, place)
    return OutsideCall(where, None if port == "*" else int(port), kind, place)


def _is_cidr(text: str) -> bool:
    head = text.split(":", 1)[0]
    return "/" in head and head[:1].isdigit()


def _items(block: Map, key: str) -> list[tuple[str, Place]]:
    value = block.get(key)
    return [(str(item), value.item_place(index)) for index, item in enumerate(value)] if isinstance(value, Seq) else []


def _called_by(tree: Map) -> tuple[Caller, ...]:
    block = tree.child("called_by")
    callers = [Caller(who, port, place) for who in ("kubernetes", "nodes") for port, place in _items(block, who)]
    networks = block.child("lan")
    callers += [
        Caller(f"lan:{network}", port, place) for network in networks for port, place in _items(networks, network)
    ]
    return tuple(callers)


def _needs(tree: Map) -> dict[str, Need]:
    def build(name: str, value: Map, place: Place) -> Need:
        database = value.get("database")
        return Need(
            kind=_NEEDS[name],
            env=read.labels(value, "env"),
            place=place,
            provider=read.text(value, "from"),
            database=database if isinstance(database, int) else None,
            extensions=read.texts(value, "extensions"),
        )

    return read.each(tree, "needs", build)


def _metrics(tree: Map, owner: str) -> Metrics | None:
    block = tree.get("metrics")
    if not isinstance(block, Map):
        return None
    bearer = read.text(block, "bearer")
    return Metrics(
        ports=read.texts(block, "port") or (HTTP,),
        path=read.text(block, "path") or "/metrics",
        interval=read.text(block, "interval"),
        scheme=read.text(block, "scheme") or "http",
        place=tree.key_place("metrics"),
        bearer=secret_ref(bearer, owner, block.value_place("bearer")) if bearer else None,
    )


def _grants(tree: Map, container: str, owner: str) -> dict[str, Grant]:
    def build(name: str, value: Map, place: Place) -> Grant:
        allow: Json = read.json(value, "allow")
        return Grant(
            name=name,
            allow=allow,
            reason=str(value["reason"]),
            until=str(value["until"]),
            owner=read.text(value, "owner") or owner,
            container=read.text(value, "container") or container,
            place=place,
        )

    return read.each(tree, "exceptions", build)
