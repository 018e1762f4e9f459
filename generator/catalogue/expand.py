"""Write every shorthand of one layer out in full, before layers are merged.

A shorthand exists only where its text can mean one thing, so a layer expands on its own. What is
written out keeps the place of the shorthand.
"""

from collections.abc import Callable

from generator.catalogue.shape.fields import COMPONENT, CONTAINER
from generator.finding import Place
from generator.source import Map, Seq, Value
from generator.source.merge import Alternatives, MergeRules
from generator.source.tree import Path

PROBE_NAMES = ("startup", "liveness", "readiness")
SAME_NUMBER = 0  # a load balancer's port outside, where the file does not state another
_HANDLERS = frozenset({"httpGet", "tcpSocket", "exec", "grpc"})
_SIZE = frozenset({"size", "storageClassName", "accessModes", "backup"})
_SOURCES = frozenset({"nfs", "emptyDir", "hostPath", "existingClaim"})

_COMPONENT_FIELDS = frozenset({*CONTAINER, *COMPONENT})

PROBE_HANDLERS: Alternatives = {name: _HANDLERS - {name} for name in _HANDLERS}
PROBES: Alternatives = {"none": frozenset(PROBE_NAMES), **{name: frozenset({"none"}) for name in PROBE_NAMES}}
VOLUME: Alternatives = {"size": _SOURCES, **{name: (_SOURCES - {name}) | _SIZE for name in _SOURCES}}
FILE: Alternatives = {
    "text": frozenset({"source", "secret"}),
    "source": frozenset({"text", "secret"}),
    "secret": frozenset({"text", "source"}),
}
EXPOSE: Alternatives = {
    "paths": frozenset({"path", "port"}),
    "path": frozenset({"paths"}),
    "port": frozenset({"paths"}),
}
ALERT: Alternatives = {
    "disabled": frozenset({"expr", "for", "severity", "summary", "runbook"}),
    "expr": frozenset({"disabled"}),
}
_BY_FIELD = {"probes": PROBE_HANDLERS, "storage": VOLUME, "files": FILE, "expose": EXPOSE, "alerts": ALERT}


def _exclusive(path: Path) -> Alternatives | None:
    """The alternatives of the map at `path`; below `chart.values` and the like the keys are not ours."""
    for owner in ("components", "initContainers"):
        if path[:1] == (owner,):
            path = path[2:]
    if path == ("probes",):
        return PROBES
    return _BY_FIELD.get(str(path[0])) if len(path) == 2 else None


def _passes_null(path: Path) -> bool:
    head = path[0]
    if head == "components":  # settled when the component is laid over its defaults
        return len(path) > 2
    if head in _COMPONENT_FIELDS:  # settled likewise, when the main component is
        return True
    return (head == "chart" and path[1:2] == ("values",)) or (head == "patch" and path[2:3] == ("merge",))


def _defaults_exclusive(path: Path) -> Alternatives | None:
    return _exclusive(path[1:]) if path[:1] == ("defaults",) else None


def _defaults_pass_null(path: Path) -> bool:
    return path[0] == "defaults"


SERVICE_RULES = MergeRules(_exclusive, _passes_null)
COMPONENT_RULES = MergeRules(_exclusive)
SITE_RULES = MergeRules(_defaults_exclusive)
# A domain's defaults lie over the site's: what they remove may be there.
DOMAIN_RULES = MergeRules(_defaults_exclusive, _defaults_pass_null)


def expand_service(layer: Map) -> Map:
    """Return a service file, a template or an override with its shorthands written out."""
    result = expand_component(layer)
    _change(result, "namespace", _NAME)
    _change_each(result, "expose", _expose)
    _change(result, "load_balancer", _load_balancer)
    _change_each(result, "slo", _OBJECTIVE)
    _change_each(result, "components", _COMPONENT)
    _change(result, "postgres", _CLAIM)
    _change(result, "chart", _CHART)
    return result


def expand_component(layer: Map) -> Map:
    """Return component fields with their shorthands written out."""
    result = _expand_container(layer)
    _change_each(result, "initContainers", _CONTAINER)
    _change_each(result, "storage", _VOLUME)
    _change(result, "talks_to", _SERVICES)
    _change(result, "needs", _needs)
    _change(result, "metrics", _metrics)
    _change(result, "strategy", _TYPE)
    return result


def _expand_container(layer: Map) -> Map:
    result = layer.copy()
    _change_each(result, "ports", _port)
    _change(result, "secrets", _secrets)
    _change_each(result, "files", _TEXT)
    _change(result, "probes", _probes)
    _change_each(result, "volumeMounts", _MOUNT_PATH)
    return result


def _expand_volume(volume: Map) -> Map:
    result = volume.copy()
    _change(result, "backup", _TIER)
    _change(result, "hostPath", _PATH)
    return result


def _expand_claim(postgres: Map) -> Map:
    result = postgres.copy()
    _change(result, "storage", _VOLUME)
    return result


def _expand_chart(chart: Map) -> Map:
    result = chart.copy()

    def pod(value: Value, place: Place) -> Value:
        if not isinstance(value, Map):
            return value
        twin = value.copy()
        _change_each(twin, "storage", _VOLUME)
        return twin

    _change_each(result, "pods", pod)
    return result


Change = Callable[[Value, Place], Value]


def _change(owner: Map, key: str, change: Change) -> None:
    value = owner.get(key)
    if value is not None:
        place = owner.value_place(key)
        owner.put(key, change(value, place), owner.key_place(key), place)


def _change_each(owner: Map, key: str, change: Change) -> None:
    value = owner.get(key)
    if isinstance(value, Map):
        twin = value.copy()
        for name in value:
            _change(twin, name, change)
        owner.put(key, twin, owner.key_place(key), owner.value_place(key))


def _map_with(change: Callable[[Map], Map]) -> Change:
    return lambda value, place: change(value) if isinstance(value, Map) else value


def _named(key: str) -> Change:
    """A scalar stands for a map with one key."""

    def change(value: Value, place: Place) -> Value:
        return value if isinstance(value, Map) else _map(place, **{key: value})

    return change


def _list_under(key: str) -> Change:
    """A list stands for a map with one key."""
    return lambda value, place: _map(place, **{key: value}) if isinstance(value, Seq) else value


_NAME, _OBJECTIVE, _TYPE, _TEXT = _named("name"), _named("objective"), _named("type"), _named("text")
_MOUNT_PATH, _TIER, _PATH = _named("mountPath"), _named("tier"), _named("path")
_SERVICES = _list_under("services")
_CONTAINER, _COMPONENT, _VOLUME = _map_with(_expand_container), _map_with(expand_component), _map_with(_expand_volume)
_CLAIM, _CHART = _map_with(_expand_claim), _map_with(_expand_chart)


def _map(place: Place, **items: Value) -> Map:
    result = Map(place)
    for key, value in items.items():
        result.put(key, value, place, place)
    return result


def _seq(value: Value, place: Place) -> Seq:
    if isinstance(value, Seq):
        return value
    result = Seq(place)
    result.add(value, place)
    return result


def _expose(value: Value, place: Place) -> Value:
    result = value.copy() if isinstance(value, Map) else _map(place, gateway=value)
    _change(result, "gateway", _seq)
    return result


def _load_balancer(value: Value, place: Place) -> Value:
    if not isinstance(value, Map):
        return value
    result = value.copy()
    ports = result.get("ports")
    if isinstance(ports, Seq):
        named = Map(ports.place)
        for index, name in enumerate(ports):
            named.put(str(name), SAME_NUMBER, ports.item_place(index), ports.item_place(index))
        result.put("ports", named, result.key_place("ports"), result.value_place("ports"))
    return result


def _port(value: Value, place: Place) -> Value:
    if isinstance(value, str):
        number, _, protocol = value.partition("/")
        # A template may write `${service}` here; what it becomes is held against the shape later.
        return _map(place, port=int(number) if number.isdecimal() else number, protocol=protocol)
    return value if isinstance(value, Map) else _map(place, port=value)


def _secrets(value: Value, place: Place) -> Value:
    if not isinstance(value, Seq):
        return value
    result = Map(value.place)
    for index, key in enumerate(value):
        result.put(str(key), key, value.item_place(index), value.item_place(index))
    return result


def _needs(value: Value, place: Place) -> Value:
    if isinstance(value, Map):
        return value
    kinds = _seq(value, place)
    result = Map(place)
    for index, kind in enumerate(kinds):
        at = kinds.item_place(index)
        result.put(str(kind), Map(at), at, at)
    return result


def _metrics(value: Value, place: Place) -> Value:
    result = value.copy() if isinstance(value, Map) else _map(place, path=value)
    _change(result, "port", _seq)
    return result


def _probes(value: Value, place: Place) -> Value:
    if isinstance(value, Map):
        result = value.copy()
        for name in PROBE_NAMES:
            _change(result, name, _probe)
        return result
    return _map(place, **{name: _probe(value, place) for name in PROBE_NAMES})


def _probe(value: Value, place: Place) -> Value:
    if not isinstance(value, str):
        return value
    if value.startswith("tcp:"):
        return _map(place, tcpSocket=_map(place, port=value.removeprefix("tcp:")))
    return _map(place, httpGet=_map(place, path=value, port="http"))
