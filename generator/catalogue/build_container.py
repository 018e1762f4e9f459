"""From a merged tree to one typed container."""

from generator.catalogue import read
from generator.catalogue.expand import PROBE_NAMES
from generator.catalogue.gaps import HERE
from generator.catalogue.kubernetes_rules import check_divisors, check_hooks, check_probe_fields
from generator.catalogue.read import Notes
from generator.catalogue.service import HTTP, Container, File, Json, Mount, Port, SecretRef
from generator.finding import Place
from generator.source import Map, plain

_HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")
# failureThreshold and periodSeconds of a probe that does not state them (service-format §3).
PROBE_DEFAULTS: dict[str, tuple[int, int]] = {"startup": (60, 5), "liveness": (5, 30), "readiness": (3, 10)}


def build_container(
    name: str, tree: Map, owner: str, notes: Notes, *, sidecar: bool = False, main: bool = False
) -> Container | None:
    """Build a container, or note why it cannot be one. `owner` is `<domain>/<service>`."""
    image = read.image(tree, "image", notes)
    if image is None:
        return None
    probes, refused = _probes(tree, notes)
    check_hooks(tree, notes)
    check_probe_fields(tree, notes)
    check_divisors(tree, notes)
    block = tree.child("securityContext")
    return Container(
        name=name,
        image=image,
        tree=tree,
        command=read.optional_texts(tree, "command"),
        args=read.optional_texts(tree, "args"),
        working_dir=read.text(tree, "workingDir"),
        lifecycle=read.json(tree, "lifecycle") or None,
        env=_env(tree),
        secrets=secrets_of(tree, owner),
        files=read.each(tree, "files", lambda path, value, place: _file(path, value, place, owner, notes)),
        ports=ports_of(tree),
        probes=probes,
        no_probes=refused,
        resources=read.resources(tree, "resources", notes),
        security=_json_of(block),
        devices={device: count for device, count in tree.child("devices").items() if isinstance(count, int)},
        sidecar=sidecar,
        mounts=() if main else _mounts(tree),
    )


def _json_of(tree: Map) -> Json:
    value = plain(tree)
    assert isinstance(value, dict)
    return value


def _env(tree: Map) -> dict[str, str | Json]:
    """Texts as Kubernetes wants them: true and 60 become "true" and "60"."""
    env: dict[str, str | Json] = {}
    for name, value in tree.child("env").items():
        if isinstance(value, Map):
            env[name] = _json_of(value)
        elif isinstance(value, bool):
            env[name] = "true" if value else "false"
        else:
            env[name] = str(value)
    return env


def secret_ref(value: str, owner: str, place: Place) -> SecretRef:
    """`KEY` of the service itself, or `OWNER/KEY`; whose the owner is, the fleet finds out."""
    item, slash, key = value.rpartition("/")
    return SecretRef(item, key, f"{item}.{key}", place) if slash else SecretRef(owner, key, key, place)


def secrets_of(tree: Map, owner: str) -> dict[str, SecretRef]:
    secrets = tree.child("secrets")
    return {name: secret_ref(str(value), owner, secrets.value_place(name)) for name, value in secrets.items()}


def ports_of(tree: Map) -> dict[str, Port]:
    def build(name: str, value: Map, place: Place) -> Port:
        target, _, port = str(value.get("service") or "").partition(":")
        protocol = "UDP" if value.get("protocol") == "UDP" else "TCP"
        number = read.number(value, "port", 0)
        target_port: int | str | None = int(port) if port.isdigit() else port or None
        return Port(name, number, "UDP" if protocol == "UDP" else "TCP", place, target or None, target_port)

    return read.each(tree, "ports", build)


def _file(path: str, value: Map, place: Place, owner: str, notes: Notes) -> File | None:
    sources = [key for key in ("text", "source", "secret") if value.get(key) is not None]
    if len(sources) != 1:
        notes.error(
            place,
            "catalogue/file-source",
            f"file {path!r} has {len(sources)} sources, exactly one is expected",
            "state one of text, source, secret",
            lacks=(HERE, "text", "source", "secret"),
        )
        return None
    secret = read.text(value, "secret")
    return File(
        path=path,
        mode=read.text(value, "mode") or "0444",
        place=place,
        text=read.text(value, "text"),
        source=read.text(value, "source"),
        secret=secret_ref(secret, owner, value.value_place("secret")) if secret else None,
    )


def _mounts(tree: Map) -> tuple[Mount, ...]:
    def build(volume: str, value: Map, place: Place) -> Mount:
        return mount_of(volume, value, place)

    return tuple(read.each(tree, "volumeMounts", build).values())


def mount_of(volume: str, value: Map, place: Place) -> Mount:
    return Mount(volume, str(value["mountPath"]), read.text(value, "subPath"), value.get("readOnly") is True, place)


def _probes(tree: Map, notes: Notes) -> tuple[dict[str, Json], str | None]:
    block = tree.child("probes")
    refused = read.text(block, "none")
    probes: dict[str, Json] = {}
    for name in PROBE_NAMES:
        value = block.get(name)
        if not isinstance(value, Map):
            continue
        chosen = [handler for handler in _HANDLERS if handler in value]
        if len(chosen) != 1:
            message = f"the {name} probe has {len(chosen)} handlers, exactly one is expected"
            fix = "state one of httpGet, tcpSocket, exec, grpc"
            notes.error(block.key_place(name), "catalogue/probe-handler", message, fix, lacks=(HERE, *_HANDLERS))
            continue
        threshold, period = PROBE_DEFAULTS[name]
        probe = _json_of(value)
        handler = probe[chosen[0]]
        if chosen[0] in ("httpGet", "tcpSocket"):
            handler.setdefault("port", HTTP)
        if chosen[0] == "httpGet":
            handler.setdefault("path", "/")
        probe.setdefault("timeoutSeconds", 5)
        probe.setdefault("periodSeconds", period)
        probe.setdefault("failureThreshold", threshold)
        probes[name] = probe
    return probes, refused
